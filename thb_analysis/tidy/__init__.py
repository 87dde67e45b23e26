"""Observations to tidy tables: reconciling, revisions, writing."""

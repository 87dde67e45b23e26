"""Workbooks on trafficking in human beings, read by meaning: tidy tables, charts and the yearly overview."""

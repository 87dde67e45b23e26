"""Exports for others to use: the tables as files, each with what is needed to understand it."""

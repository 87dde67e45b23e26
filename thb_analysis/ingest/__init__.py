"""Workbooks to observations: book → cells → recognised tables → observations."""

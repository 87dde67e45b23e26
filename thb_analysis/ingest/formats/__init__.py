"""The formats of spreadsheets: a file's bytes become sheets of cells.  Knows nothing of what they mean."""

"""Pure functions: tidy tables in, statements that hold out."""

"""One style and one way of saving for every picture."""

"""What texts mean: words of the catalogue, matched whole, and what they say together.  Knows nothing of places."""

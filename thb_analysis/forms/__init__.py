"""The yearly request: forms drawn from the catalogue, answers marked and asked about, and who owes what."""

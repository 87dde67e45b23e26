"""Disclosure control: what of a table can be told without giving a person away."""

"""Figures that have a key and are still not taken: what a stray number, or a heading gone astray, would look like."""

"""What leaves the house: the overview page and exports."""

"""What a sheet means: which labels head which figures, and which figures must not be taken."""

"""What is written alike is read once: rows of large tables, and sheets that repeat one seen before."""

"""What is computed from the tables."""

"""What needs a real office suite."""

"""The tests, in the order of the way of the data."""

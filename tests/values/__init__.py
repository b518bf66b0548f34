"""Tests of the values: every way of writing, and any object at all."""

"""Tables, key figures and sentences as objects and as HTML."""

"""The slides, read back as PowerPoint reads them."""

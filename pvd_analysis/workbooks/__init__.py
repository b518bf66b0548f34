"""Excel workbooks: French, printable, accessible, and whole; those of the committee, of the analyst, and any table."""

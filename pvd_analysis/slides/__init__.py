"""The slides of a quarter, made from the tables, the figures and the sentences of the reports."""

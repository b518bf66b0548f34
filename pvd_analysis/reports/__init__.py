"""HTML reports and workbooks, from notebooks and tables."""

"""Reports as HTML pages and workbooks."""

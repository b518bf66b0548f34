"""Reports: notebooks executed by papermill, their pages, their campaigns, and what is said of each run."""

import sys

# jsonschema, with which notebooks are checked, would build a grammar of international addresses when it is imported:
# 1.5 s in every process, for a format that no notebook has. Without this package it does without that format.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

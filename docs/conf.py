"""The documentation site, from the guide and the docstrings: `make docs` builds it in site/. It asks nothing of the network."""

import importlib.metadata

project = "pvd_analysis"
author = "pvd_analysis"
version = release = importlib.metadata.version("pvd-analysis")
language = "fr"
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["planification"]
html_theme = "furo"
html_title = f"pvd_analysis {release}"
html_show_sourcelink = False
myst_heading_anchors = 4
default_role = "literal"
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
napoleon_google_docstring = False

"""How tables, key figures and datasets are written in HTML, and how they and the figures look inside JupyterLab.

JupyterLab's own style sheet is made for tables of numbers. A report has a style sheet of its own, and keeps no ``<style>`` of
an output.
"""

import re
from html import escape
from importlib.resources import files
from typing import Final

from jinja2 import Environment, StrictUndefined, Template

__all__ = ["NOTEBOOK_STYLE", "template"]

NOTEBOOK_STYLE: Final = f"<style>{files(__package__).joinpath('style.css').read_text(encoding='utf-8')}</style>"
"""Goes before what shows itself in a notebook; said once or many times, it does the same."""

_ENVIRONMENT: Final = Environment(undefined=StrictUndefined, finalize=lambda said: escape(str(said)))


def template(name: str) -> Template:
    """Return a template of this package, ``"table.html.j2"``: every text is escaped, and the ends of its lines say nothing."""
    written = files(__package__).joinpath(name).read_text(encoding="utf-8")
    return _ENVIRONMENT.from_string(re.sub(r"\n *", "", written))

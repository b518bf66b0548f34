"""The look of tables, key figures and figures inside JupyterLab, whose own style sheet is made for tables of numbers.

A report has a style sheet of its own, and keeps no ``<style>`` of an output.
"""

from importlib.resources import files
from typing import Final

__all__ = ["NOTEBOOK_STYLE"]

NOTEBOOK_STYLE: Final = f"<style>{files(__package__).joinpath('style.css').read_text(encoding='utf-8')}</style>"
"""Goes before what shows itself in a notebook; said once or many times, it does the same."""

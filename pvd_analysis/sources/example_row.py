"""The example row of an empty classeur: written to show how a row is filled in, and never read as data.

Its first cell begins with « Exemple : ». A row so marked is no data; it is passed over without a word only while it
still says what `example_cells` wrote: once someone has typed their own values in it, it is set aside with a finding.
"""

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any, Final

from pvd_analysis.sources.form import Field, Form
from pvd_analysis.values import format_date
from pvd_analysis.values.text import fold

EXAMPLE_MARK: Final = "Exemple\N{NO-BREAK SPACE}: "
# What stands for the code of the département in the examples.
_OWN: Final = "{departement}"
_MARKED: Final = re.compile(r"\s*exemple\s*:", re.IGNORECASE)


def example_cells(form: Form, commune: str, departement: str) -> list[Any]:
    """Return what the example row says in each column of a form: texts, numbers, dates, and the mark in the first.

    The commune and the identifiers are of the département whose classeur it is.
    """
    examples = [commune if field.example is None else field.example for field in form.fields]
    cells = [each.replace(_OWN, departement) if isinstance(each, str) else each for each in examples]
    return [EXAMPLE_MARK + _shown(cells[0]), *cells[1:]]


def is_example_row(row: list[Any]) -> bool:
    """Whether the first cell that says something begins with « Exemple : ».

    >>> is_example_row(["Exemple : 40-001", "Mugron"]), is_example_row(["Exemple-le-Neuf", "Mugron"])
    (True, False)
    """
    first = next((cell for cell in row if cell not in (None, "")), None)
    return isinstance(first, str) and _MARKED.match(first) is not None


def is_untouched_example(row: list[Any], columns: Mapping[int, Field]) -> bool:
    """Whether a row is the example row as it was written: in each column of the form blank, or still the example."""
    if not is_example_row(row):
        return False
    known = [(row[index], field) for index, field in columns.items() if index < len(row)]
    return all(
        cell in (None, "") or field.example is None or _says_the_same(cell, field.example) for cell, field in known
    )


def _says_the_same(cell: Any, example: Any) -> bool:
    if isinstance(example, int | float) and isinstance(cell, int | float):
        return float(cell) == float(example)
    said, meant = fold(_MARKED.sub("", _shown(cell))), _shown(example)
    return said.endswith(fold(meant.removeprefix(_OWN))) if meant.startswith(_OWN) else said == fold(meant)


def _shown(value: Any) -> str:
    if isinstance(value, dt.date):
        return format_date(value.date() if isinstance(value, dt.datetime) else value)
    return str(value)

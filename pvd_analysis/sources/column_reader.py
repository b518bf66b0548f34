"""One column of a sheet, read: each different cell once, by the kind of the column and the unit that it stands under."""

import re
from dataclasses import dataclass
from typing import Any

import numpy as np

from pvd_analysis.sources.cells import Place, cell_reader, plain_text, read_text
from pvd_analysis.sources.columns import decided_by_column
from pvd_analysis.sources.form import Field, Form
from pvd_analysis.sources.header import Header
from pvd_analysis.sources.raw_file import Sheet
from pvd_analysis.sources.sheet_traits import UnheldCell
from pvd_analysis.sources.units import factor_of_unit, written_units
from pvd_analysis.values import Reading

# A project of a commune beyond a billion euros is a slip.
_LARGEST_CENTS = 100_000_000_000
_SAYS_EUROS = re.compile(r"(?i)€|eur")
_NUMBERS = frozenset({bool, int, float})


@dataclass(frozen=True, slots=True)
class ReadColumn:
    """One column of a sheet, read: its values, and by position the readings that call for a finding."""

    field: Field
    index: int
    values: list[Any]
    remarks: dict[int, Reading[Any]]
    has_unit: bool = False

    @property
    def has_value(self) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Whether each cell has a value."""
        return np.fromiter((value is not None for value in self.values), bool, len(self.values))


def says(row: list[Any]) -> bool:
    """Whether something is written in a row."""
    return any(
        cell is not None
        and (cell.strip() if isinstance(cell, str) else not (isinstance(cell, UnheldCell) and cell.is_blank))
        for cell in row
    )


def unit_beside(sheet: Sheet, form: Form, header: Header, file: str, cells: list[list[Any]]) -> str:
    """Return the text beside a table that says its amounts in another unit, else a blank: a title, a note, a name."""
    beside = [[file.rpartition("/")[2].replace("_", " ; ")], [sheet.name], *sheet.rows[: header.row]]
    # a note, and a row of units under the header, is short of what a row needs
    needed = [index for index, field in header.columns.items() if field.is_required]
    notes = [row for row in cells if sum(map(bool, row)) <= 2 or row is cells[0]]
    beside += [row for row in notes if not all(index < len(row) and says([row[index]]) for index in needed)]
    return next((cell for row in beside for cell in row if isinstance(cell, str) and written_units(cell)), "")


def read_columns(cells: list[list[Any]], form: Form, header: Header, place: Place, unit: str) -> list[ReadColumn]:
    """Return the columns of a form, read from the rows below its header; the unit is a text that says another than euros."""
    shortest = min(map(len, cells), default=0)
    columns = []
    for index, field in header.columns.items():
        ragged = index >= shortest
        column = (
            [row[index] if index < len(row) else None for row in cells] if ragged else [row[index] for row in cells]
        )
        columns.append(
            _read_column(
                column, form, index, field, place, (header.units.get(index) or unit) if field.is_amount else ""
            )
        )
    return columns


def _read_column(cells: list[Any], form: Form, index: int, field: Field, place: Place, unit: str) -> ReadColumn:
    """Read each different cell once: a list of a country writes the same few thousand values over and over."""
    read = cell_reader(field.kind, place)
    is_held = UnheldCell not in set(map(type, cells))
    if read is read_text and field.default is None and is_held:
        blanks = dict.fromkeys(form.blanks)
        if set(map(type, cells)) <= {str, type(None)}:
            texts = blanks | {cell: plain_text(cell) for cell in set(cells).difference(blanks)}
            return ReadColumn(field, index, [texts[cell] for cell in cells], {})
        return ReadColumn(field, index, [None if cell in blanks else plain_text(cell) for cell in cells], {})
    known: dict[Any, Any] = {}
    remarked: dict[Any, Reading[Any]] = {}
    # 1, 1.0 and True are one dictionary key and three different cells.
    is_mixed = len(_NUMBERS.intersection(map(type, cells))) > 1 or not is_held
    keys: list[Any] = list(zip(map(type, cells), cells, strict=True)) if is_mixed else cells
    decided = decided_by_column(field.kind, cells)
    factor = factor_of_unit(unit)
    for key in dict.fromkeys(keys):
        cell = key[1] if is_mixed else key
        if cell in decided:
            reading = decided[cell]
        else:
            reading = _unheld(cell) if isinstance(cell, UnheldCell) else read(None if cell in form.blanks else cell)
        if unit and reading.value and not _SAYS_EUROS.search(str(cell)):
            reading = Reading(
                problem=f"{plain_text(cell)}, sous « {' '.join(unit.split())} »",
                expected="un montant en euros hors taxes, ou son unité dans la cellule, par exemple « 30 k€ »",
                proposal=reading.value * factor if factor else None,
            )
        known[key] = field.default if reading.is_absent else reading.value
        if reading.problem is not None or (field.is_amount and not 0 <= (reading.value or 0) <= _LARGEST_CENTS):
            remarked[key] = reading
    remarks = {position: remarked[key] for position, key in enumerate(keys) if key in remarked} if remarked else {}
    return ReadColumn(field, index, [known[key] for key in keys], remarks, has_unit=bool(unit))


def _unheld(cell: UnheldCell) -> Reading[Any]:
    return Reading(problem=cell.problem, expected=cell.expected, proposal=cell.proposal or None)

"""The columns of a sheet, read: each different cell once, by the kind of its column and the unit that it stands under.

A column also decides for its cells: a point, a date or a rate that reads two ways alone is read by what stands beside it.
"""

import datetime as dt
import re
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np

from pvd_analysis.constats import Origine
from pvd_analysis.sources.cells import Place, cell_reader, plain_text, read_text
from pvd_analysis.sources.form import Field
from pvd_analysis.sources.header import Header
from pvd_analysis.sources.raw_file import Sheet
from pvd_analysis.sources.sheet_traits import UnheldCell
from pvd_analysis.sources.units import factor_of_unit, written_units
from pvd_analysis.values import Reading, days_either_way, format_rate, read_rate

_THOUSAND_OR_DECIMALS = re.compile(r"[1-9]\d{0,2}\.\d{3}", re.ASCII)
_COMPUTED = re.compile(r"\d+\.\d+", re.ASCII)
_WHOLE_YEAR = re.compile(r"\d{4}", re.ASCII)
_AMOUNT_EXPECTED = "« 104000 » ou « 104.00 », et de même dans toute la colonne"
_DATE_EXPECTED = "le jour avant le mois dans toute la colonne, ou le mois en lettres, par exemple « 20 mai 2021 »"
_RATE_EXPECTED = "« 30 % » ou « 0,3 », et de même dans toute la colonne"

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


@dataclass(frozen=True, slots=True)
class Below:
    """The rows below a header that say something, with their numbers in the sheet, and their columns as they are read."""

    file: str
    sheet: str
    header: Header
    numbers: list[int]
    cells: list[list[Any]]
    columns: list[ReadColumn]

    def origin(self, position: int, index: int | None = None) -> Origine:
        """Return where one of the rows stands, or its cell in a column."""
        return Origine(self.file, self.sheet or None, self.numbers[position], None if index is None else index + 1)


def says(row: list[Any]) -> bool:
    """Whether something is written in a row."""
    return any(
        cell is not None
        and (cell.strip() if isinstance(cell, str) else not (isinstance(cell, UnheldCell) and cell.is_blank))
        for cell in row
    )


def unit_beside(sheet: Sheet, header: Header, file: str, cells: list[list[Any]]) -> str:
    """Return the text beside a table that says its amounts in another unit, else a blank: a title, a note, a name."""
    beside = [[file.rpartition("/")[2].replace("_", " ; ")], [sheet.name], *sheet.rows[: header.row]]
    # a note, and a row of units under the header, is short of what a row needs
    needed = [index for index, field in header.columns.items() if field.is_required]
    notes = [row for row in cells if sum(map(bool, row)) <= 2 or row is cells[0]]
    beside += [row for row in notes if not all(index < len(row) and says([row[index]]) for index in needed)]
    return next((cell for row in beside for cell in row if isinstance(cell, str) and written_units(cell)), "")


def read_columns(cells: list[list[Any]], header: Header, place: Place, unit: str) -> list[ReadColumn]:
    """Return the columns of a form, read from the rows below its header; the unit is a text that says another than euros."""
    shortest = min(map(len, cells), default=0)
    columns = []
    for index, field in header.columns.items():
        if index < shortest:
            column = [row[index] for row in cells]
        else:
            column = [row[index] if index < len(row) else None for row in cells]
        own = (header.units.get(index) or unit) if field.is_amount else ""
        columns.append(_read_column(column, header.form.blanks, index, field, place, own))
    return columns


def _read_column(
    cells: list[Any], blanks: frozenset[str], index: int, field: Field, place: Place, unit: str
) -> ReadColumn:
    """Read each different cell once: a list of a country writes the same few thousand values over and over."""
    read = cell_reader(field.kind, place)
    is_held = UnheldCell not in set(map(type, cells))
    if read is read_text and field.default is None and is_held:
        if set(map(type, cells)) <= {str, type(None)}:
            texts = {cell: None if cell in blanks else plain_text(cell) for cell in set(cells)}
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
        reading: Reading[Any]
        if isinstance(cell, UnheldCell):
            reading = Reading(problem=cell.problem, expected=cell.expected, proposal=cell.proposal or None)
        else:
            reading = decided[cell] if cell in decided else read(None if cell in blanks else cell)
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


def decided_by_column(kind: str, cells: list[Any]) -> dict[Any, Reading[Any]]:
    """Return the readings that a column of a kind gives to some of its cells; the others are read alone."""
    if kind == "euros_point":
        return _points(cells)
    if kind == "date":
        return _month_first(cells)
    return _percentages(cells) if kind in {"taux", "points"} else {}


def _points(cells: list[Any]) -> dict[Any, Reading[Any]]:
    """Refuse « 104.000 », thousands or decimals, where no other point tells that a computer wrote decimals, as « 98708.7 »."""
    pointed = {cell for cell in cells if isinstance(cell, str) and "." in cell}
    doubtful = {cell for cell in pointed if _THOUSAND_OR_DECIMALS.fullmatch(cell.strip())}
    others = pointed - doubtful
    if others and all(_COMPUTED.fullmatch(cell.strip().lstrip("+-")) for cell in others):
        return {}
    return {cell: _two_ways(cell, _AMOUNT_EXPECTED) for cell in doubtful}


def _month_first(cells: list[Any]) -> dict[Any, Reading[Any]]:
    """Read « 05/20/2021 » as the only day that it can be, and refuse what may be two days in the same column."""
    ways = {cell: days_either_way(cell) for cell in cells if isinstance(cell, str | dt.date)}
    certain = {
        cell: month_first for cell, (day_first, month_first) in ways.items() if day_first is None and month_first
    }
    if not certain:
        return {}
    # a program that wrote days over 12 as dates knew which is the month
    has_days = any(isinstance(cell, dt.date) and month_first is None for cell, (_, month_first) in ways.items())
    readings: dict[Any, Reading[Any]] = {}
    for cell, (day_first, month_first) in ways.items():
        if cell in certain:
            if _WHOLE_YEAR.search(str(cell)):
                readings[cell] = Reading(month_first)
        elif day_first and month_first and day_first != month_first and not (has_days and isinstance(cell, dt.date)):
            shown = f"{cell:%d/%m/%Y}" if isinstance(cell, dt.date) else cell
            readings[cell] = _two_ways(shown, _DATE_EXPECTED, f"{day_first} ou {month_first}")
    return readings


def _percentages(cells: list[Any]) -> dict[Any, Reading[Any]]:
    """Read « 30 » as 30 % in a column of such numbers, and refuse « 0,3 » beside them: 30 % or 0,3 %."""
    counts = Counter(cell for cell in cells if _is_bare(cell))
    read = {cell: read_rate(cell) for cell in counts}
    percentages = {cell for cell, reading in read.items() if reading.proposal}
    fractions = {cell: reading.value for cell, reading in read.items() if reading.value}
    if not percentages or sum(counts[cell] for cell in percentages) < sum(counts[cell] for cell in fractions):
        return {}
    return {cell: Reading(read[cell].proposal) for cell in percentages} | {
        cell: _two_ways(cell, _RATE_EXPECTED, f"{format_rate(value / 100, 4)} ou {format_rate(value, 4)}")
        for cell, value in fractions.items()
    }


def _is_bare(cell: Any) -> bool:
    return isinstance(cell, int | float | Decimal) or (isinstance(cell, str) and "%" not in cell and "c" not in cell)


def _two_ways(cell: object, expected: str, ways: str = "") -> Reading[Any]:
    said = f" : {ways}" if ways else ""
    return Reading(problem=f"« {cell} » se lit de deux façons{said}", expected=expected)

"""What a column decides for its cells: a point, a date or a rate that reads two ways alone is read by what stands beside it."""

import datetime as dt
import re
from collections import Counter
from decimal import Decimal
from typing import Any

from pvd_analysis.values import Reading, days_either_way, format_rate, read_rate

_THOUSAND_OR_DECIMALS = re.compile(r"[1-9]\d{0,2}\.\d{3}", re.ASCII)
_COMPUTED = re.compile(r"\d+\.\d+", re.ASCII)
_WHOLE_YEAR = re.compile(r"\d{4}", re.ASCII)
_AMOUNT_EXPECTED = "« 104000 » ou « 104.00 », et de même dans toute la colonne"
_DATE_EXPECTED = "le jour avant le mois dans toute la colonne, ou le mois en lettres, par exemple « 20 mai 2021 »"
_RATE_EXPECTED = "« 30 % » ou « 0,3 », et de même dans toute la colonne"


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

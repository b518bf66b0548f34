"""Plain numbers, without a unit."""

from decimal import Decimal
from typing import Final

from pvd_analysis.values.numbers import exact_number, parse_number
from pvd_analysis.values.reading import Reading, error_reading, is_blank
from pvd_analysis.values.text import quoted, unboxed

_EXPECTED_NUMBER: Final = "un nombre, par exemple « 12 345,67 »"
_EXPECTED_INTEGER: Final = "un nombre entier, par exemple « 12 »"
_LARGEST: Final = 2**63 - 1


def read_decimal(cell: object) -> Reading[Decimal]:
    """Read a plain number, exactly.

    >>> read_decimal("1 234,5").value
    Decimal('1234.5')
    >>> read_decimal("3 jours").problem
    "« 3 jours » n'est pas un nombre"
    """
    return _read(cell, _EXPECTED_NUMBER)


def read_integer(cell: object) -> Reading[int]:
    """Read a whole number; « 12,0 » and 12.0 are 12, « 12,5 » is refused.

    >>> read_integer("1 234").value, read_integer(12.0).value
    (1234, 12)
    """
    number = _read(cell, _EXPECTED_INTEGER)
    if number.is_absent:
        return Reading()
    if number.value is None:
        return Reading(problem=number.problem, expected=number.expected, proposal=_whole(number.proposal))
    whole = _whole(number.value)
    if whole is not None:
        return Reading(whole)
    why = "n'est pas un nombre entier" if abs(number.value) <= _LARGEST else "est hors de toute vraisemblance"
    return Reading(problem=f"{quoted(cell)} {why}", expected=_EXPECTED_INTEGER)


def _read(cell: object, expected: str) -> Reading[Decimal]:
    if is_blank(cell := unboxed(cell)):
        return Reading()
    if isinstance(cell, str):
        return error_reading(cell) or parse_number(cell, cell, expected)
    return exact_number(cell, expected)


def _whole(number: Decimal | None) -> int | None:
    if number is None or abs(number) > _LARGEST or number != int(number):
        return None
    return int(number)

"""Rates, as exact fractions of one."""

import re
from decimal import Decimal
from typing import Final

from pvd_analysis.values.numbers import EXACT, exact_number, parse_number
from pvd_analysis.values.reading import Reading, error_reading, is_blank
from pvd_analysis.values.text import flat, quoted, unboxed

_EXPECTED: Final = "un taux, par exemple « 80 % » ou « 0,8 »"
_LONGEST: Final = 80
# What nearly every cell of a list of aids holds.
_FRACTION: Final = re.compile(r"0[.,]\d{1,20}", re.ASCII)
_PERCENT: Final = re.compile(r"([^%]*?) ?(?:%|pour ?cents?)", re.IGNORECASE)


def read_rate(cell: object) -> Reading[Decimal]:
    """Read a rate as a fraction of one; a bare number over 1 may be a percentage, and is refused with that proposal.

    An explicit percentage over 100 % is read: whether it is plausible is judged where its meaning is known.

    >>> read_rate("80 %").value, read_rate("0,8").value
    (Decimal('0.8'), Decimal('0.8'))
    >>> read_rate("80").proposal
    Decimal('0.8')
    """
    if type(cell) is str and _FRACTION.fullmatch(cell):
        return Reading(Decimal(cell.replace(",", ".")))
    if is_blank(cell := unboxed(cell)):
        return Reading()
    if not isinstance(cell, str):
        return _fraction(exact_number(cell, _EXPECTED), cell)
    if (error := error_reading(cell)) is not None:
        return error
    text = flat(cell) if len(cell) <= 4 * _LONGEST else ""
    percent = _PERCENT.fullmatch(text) if len(text) <= _LONGEST else None
    if percent is None:
        return _fraction(parse_number(text, cell, _EXPECTED, thousands=False), cell)
    number = parse_number(percent[1], cell, _EXPECTED, thousands=False)
    if number.value is None:
        return _refused(cell, "n'est pas un taux")
    if number.value < 0:
        return _refused(cell, "est négatif")
    return Reading(_hundredth(number.value))


def _fraction(number: Reading[Decimal], cell: object) -> Reading[Decimal]:
    value = number.value
    if value is None:
        return _refused(cell, "n'est pas un taux")
    if value < 0:
        return _refused(cell, "est négatif")
    if value > 100:
        return _refused(cell, "dépasse 100 %")
    if value > 1:
        return _refused(cell, "dépasse 1 : est-ce un pourcentage ?", _hundredth(value))
    return Reading(value.copy_abs())


def _hundredth(value: Decimal) -> Decimal:
    hundredth = EXACT.normalize(EXACT.divide(value.copy_abs(), Decimal(100)))
    # A normal 2 is shown 2, but a normal 20 is shown 2E+1.
    return EXACT.quantize(hundredth, Decimal(1)) if hundredth == int(hundredth) else hundredth


def _refused(cell: object, why: str, proposal: Decimal | None = None) -> Reading[Decimal]:
    return Reading(problem=f"{quoted(cell)} {why}", expected=_EXPECTED, proposal=proposal)

"""French numbers: thousands in groups of three, a decimal comma, and what is too ambiguous to read."""

import math
import re
from decimal import Context, Decimal
from typing import Final

from pvd_analysis.values.reading import Reading, error_reading, is_blank
from pvd_analysis.values.text import flat, quoted, unboxed

# The default context rounds to 28 digits without a word; no number that is read here has more than these.
EXACT: Final = Context(prec=200)
_LONGEST: Final = 40
# Beyond, a number is a typing accident, and its digits would cost more to write than to refuse.
_FARTHEST: Final = Decimal(10) ** 60

# Thousands stand in groups of three, or the digits stand together; the decimals follow a comma or a dot.
_PLAIN: Final = re.compile(r"[1-9]\d{0,2}(?: \d{3})+(?:[.,]\d+)?|\d+(?:[.,]\d+)?|[.,]\d+", re.ASCII)
# Of two dots none is that of decimals: « 1.193.779,00 » has one reading, « 1.234,56 » may be English with a slip.
_DOTTED: Final = re.compile(r"[1-9]\d{0,2}(?:\.\d{3}){2,}(?:,\d+)?", re.ASCII)
# 0,125 cannot be a thousand; 1,125 can.
_ONE_OF_THREE: Final = re.compile(r"[1-9]\d{0,2}[.,]\d{3}", re.ASCII)
_SEPARATED: Final = re.compile(r"[1-9]\d{0,2}([.,])\d{3}(?:\1\d{3})*(?:(?!\1)[.,]\d+)?", re.ASCII)
# No proposal for « 06 12 34 56 78 »: a telephone number is no amount.
_BROKEN: Final = re.compile(r"[1-9]\d*(?: \d+)+(?:[.,]\d+)?", re.ASCII)

_EXPECTED: Final = "un nombre, par exemple « 12 345,67 »"


def read_decimal(cell: object) -> Reading[Decimal]:
    """Read a plain number, without a unit, exactly.

    >>> read_decimal("1 234,5").value
    Decimal('1234.5')
    >>> read_decimal("3 jours").problem
    "« 3 jours » n'est pas un nombre"
    """
    if is_blank(cell := unboxed(cell)):
        return Reading()
    if isinstance(cell, str):
        return error_reading(cell) or parse_number(cell, cell, _EXPECTED)
    return exact_number(cell, _EXPECTED)


def parse_number(digits: str, cell: object, expected: str, *, thousands: bool = True) -> Reading[Decimal]:
    """Read the digits of a number, sign included; units must have been taken off.

    ``1.234,56`` (thousands with dots), ``12 34,5`` (a broken group) and ``1,234`` (a thousand or a decimal?) are
    refused with a proposal.

    Parameters
    ----------
    digits
        The text of the number alone.
    cell
        The whole cell, for the sentence of a refusal.
    expected
        What a refusal says that it expects.
    thousands
        Whether a separator before three digits may be one of thousands: it may not in a rate.
    """
    text = flat(digits) if len(digits) <= 4 * _LONGEST else ""
    negative = False
    if text.startswith("(") and text.endswith(")"):
        negative, text = True, text[1:-1].strip()
    elif text[:1] in {"-", "+"}:
        negative, text = text[0] == "-", text[1:].strip()
    if len(text) > _LONGEST:
        text = ""
    if _DOTTED.fullmatch(text):
        text = text.replace(".", "")
    if _PLAIN.fullmatch(text) and not (thousands and _ONE_OF_THREE.fullmatch(text)):
        return Reading(_signed(_decimal(text), negative))
    meant = _meant(text)
    if meant is None:
        return Reading(problem=f"{quoted(cell)} n'est pas un nombre", expected=expected)
    why = "ses chiffres ne vont pas par groupes de trois" if " " in text else "plusieurs lectures possibles"
    return Reading(problem=f"{quoted(cell)} : {why}", expected=expected, proposal=_signed(meant, negative))


def _signed(number: Decimal, negative: bool) -> Decimal:
    # A multiplication by -1 would round to 28 digits.
    return number.copy_negate() if negative else number


def _decimal(text: str) -> Decimal:
    return Decimal(text.replace(" ", "").replace(",", "."))


def _meant(text: str) -> Decimal | None:
    """Return the number that an ambiguous text most likely means, for a person to confirm.

    ``1,234`` most likely means a thousand: amounts have two decimals, so three digits are a group.
    """
    if match := _SEPARATED.fullmatch(text):
        return _decimal(text.replace(match[1], ""))
    return _decimal(text) if _BROKEN.fullmatch(text) else None


def exact_number(cell: object, expected: str) -> Reading[Decimal]:
    """Read a spreadsheet's number as the decimal that it shows: 0.1 is a tenth, not the binary number beside it."""
    if isinstance(cell, bool) or not isinstance(cell, int | float | Decimal):
        return Reading(problem=f"{quoted(cell)} n'est pas un nombre", expected=expected)
    if (isinstance(cell, float) and not math.isfinite(cell)) or (isinstance(cell, Decimal) and not cell.is_finite()):
        return Reading(problem=f"{quoted(cell)} n'est pas un nombre", expected=expected)
    if not -_FARTHEST < cell < _FARTHEST or (isinstance(cell, Decimal) and len(cell.as_tuple().digits) > 2 * _LONGEST):
        return Reading(problem=f"{quoted(cell)} a trop de chiffres", expected=expected)
    return Reading(Decimal(float.__repr__(cell)) if isinstance(cell, float) else Decimal(cell))

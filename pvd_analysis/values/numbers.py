"""French numbers, rates and answers by yes or no: what is too ambiguous to read is refused, with a proposal."""

import math
import re
from decimal import Context, Decimal
from typing import Any, Final

from pvd_analysis.values.reading import Reading, read_cell
from pvd_analysis.values.text import flat, fold, quoted

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

_RATE_EXPECTED: Final = "un taux, par exemple « 80 % » ou « 0,8 »"
_LONGEST_RATE: Final = 80
# What nearly every cell of a list of aids holds.
_FRACTION: Final = re.compile(r"0[.,]\d{1,20}", re.ASCII)
_PERCENT: Final = re.compile(r"([^%]*?) ?(?:%|pour ?cents?)", re.IGNORECASE)

_TRUE: Final = frozenset({"oui", "o", "x", "vrai", "true", "1", "yes"})
_FALSE: Final = frozenset({"non", "n", "faux", "false", "0", "no"})
# « ✗ » is not here: one person ticks with it, another strikes out.
_TICKS: Final = frozenset("✓✔☑✅")
_LONGEST_ANSWER: Final = 20


def read_decimal(cell: object) -> Reading[Decimal]:
    """Read a plain number, without a unit, exactly.

    >>> read_decimal("1 234,5").value
    Decimal('1234.5')
    >>> read_decimal("3 jours").problem
    "« 3 jours » n'est pas un nombre"
    """
    return read_cell(
        cell, lambda text: parse_number(text, text, _EXPECTED), lambda number: exact_number(number, _EXPECTED)
    )


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
    return read_cell(cell, _read_rate_text, lambda number: _fraction(exact_number(number, _RATE_EXPECTED), number))


def _read_rate_text(cell: str) -> Reading[Decimal]:
    text = flat(cell) if len(cell) <= 4 * _LONGEST_RATE else ""
    percent = _PERCENT.fullmatch(text) if len(text) <= _LONGEST_RATE else None
    number = parse_number(percent[1] if percent else text, cell, _RATE_EXPECTED, thousands=False)
    if percent is None or number.value is None or number.value < 0:
        return _fraction(number, cell)
    return Reading(_hundredth(number.value))


def _fraction(number: Reading[Decimal], cell: object) -> Reading[Decimal]:
    value = number.value
    if value is None:
        return _no_rate(cell, "n'est pas un taux")
    if value < 0:
        return _no_rate(cell, "est négatif")
    if value > 100:
        return _no_rate(cell, "dépasse 100 %")
    if value > 1:
        return _no_rate(cell, "dépasse 1 : est-ce un pourcentage ?", _hundredth(value))
    return Reading(value.copy_abs())


def _hundredth(value: Decimal) -> Decimal:
    hundredth = EXACT.normalize(EXACT.divide(value.copy_abs(), Decimal(100)))
    # A normal 2 is shown 2, but a normal 20 is shown 2E+1.
    return EXACT.quantize(hundredth, Decimal(1)) if hundredth == int(hundredth) else hundredth


def _no_rate(cell: object, why: str, proposal: Decimal | None = None) -> Reading[Decimal]:
    return Reading(problem=f"{quoted(cell)} {why}", expected=_RATE_EXPECTED, proposal=proposal)


def read_boolean(cell: object) -> Reading[bool]:
    """Read oui or non, in any of the ways of a spreadsheet; a cross or a tick means yes.

    >>> read_boolean("Oui").value, read_boolean("x").value, read_boolean("non").value
    (True, True, False)
    """
    return read_cell(cell, _read_answer, _of_number)


def _read_answer(cell: str) -> Reading[bool]:
    text = flat(cell) if len(cell) <= 4 * _LONGEST_ANSWER else ""
    # Only what stands alone: « oui ? » and « -1 » are no answers.
    word = fold(text) if text.isalnum() else ""
    if word in _TRUE or text in _TICKS:
        return Reading(True)
    return Reading(False) if word in _FALSE else _no_answer(cell)


def _of_number(cell: Any) -> Reading[bool]:
    # Never `cell in {0, 1}`: a signalling Decimal raises when it is compared.
    is_number = isinstance(cell, bool | int | float) or (isinstance(cell, Decimal) and cell.is_finite())
    return Reading(bool(cell)) if is_number and (cell == 0 or cell == 1) else _no_answer(cell)


def _no_answer(cell: object) -> Reading[bool]:
    expected = "une réponse par oui ou non, par exemple « oui », « non » ou « x »"
    return Reading(problem=f"{quoted(cell)} n'est ni oui ni non", expected=expected)

"""French amounts, read to the cent or refused."""

import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from pvd_analysis.values.numbers import EXACT, exact_number, parse_number
from pvd_analysis.values.reading import Reading, read_cell
from pvd_analysis.values.text import flat, quoted

_EXPECTED: Final = "un montant en euros hors taxes, par exemple « 12 345,67 € »"
_LONGEST: Final = 80
_LARGEST_CENTS: Final = 10**15
# 98708.70000000001 is 98 708,70 written by a computer; 99977.22933 really has more than two decimals. The noise of a
# binary number grows with it, and stays under its fifteenth digit.
_FLOAT_NOISE: Final = Decimal("0.000001")
_FLOAT_PRECISION: Final = Decimal("1E-15")

_AMOUNT: Final = re.compile(
    r"(?P<before>€|eur(?:os?)?\b)? ?"
    r"(?P<number>[-+(]?[-+(\d., ]*\d[\d., ]*\)?) ?"
    r"(?P<scale>k|milliards?|md|millions?|mille|milliers?|m)? ?"
    r"(?:(?:d['’] ?)?(?P<after>€|euros?|eur))?"
    r"(?: ?\(?(?P<tax>h\.? ?t\.?|hors taxes?|t\.? ?t\.? ?c\.?|toutes taxes comprises)\)?)?",
    re.IGNORECASE | re.ASCII,
)
_PLAIN: Final = re.compile(r"(\d{1,12})(?:[.,](\d{1,2}))?", re.ASCII)
_SCALES: Final = {
    "k": 1000, "mille": 1000, "millier": 1000, "milliers": 1000, "m": 10**6, "million": 10**6, "millions": 10**6,
    "md": 10**9, "milliard": 10**9, "milliards": 10**9,
}  # fmt: skip


def read_amount(cell: object) -> Reading[int]:
    """Read an amount before tax, in whole cents.

    Units (€, euros, k€, M€, millions d'euros), any space, a minus or brackets for a negative amount are understood.
    Ambiguous writings are refused with a proposal; an amount with tax is refused, since costs are before tax; true
    decimals beyond the cent are rounded half up, with a remark.

    >>> read_amount("43,5 k€").value, read_amount("(1 200)").value
    (4350000, -120000)
    >>> read_amount("1.234,56").proposal
    123456
    """
    if (cents := _plain_cents(cell)) is not None:
        return Reading(cents)
    return read_cell(cell, _read_text, lambda number: _in_cents(exact_number(number, _EXPECTED), number))


def _plain_cents(cell: object) -> int | None:
    """Return the cents of a bare number with at most two decimals, as nearly every cell of a list is, else None.

    A float is the nearest to one amount in cents only, as long as the amount has fifteen digits.
    """
    if type(cell) is float and abs(cell) < _LARGEST_CENTS // 100:
        cents = round(cell * 100)
        return cents if cents / 100 == cell else None
    if type(cell) is str and (match := _PLAIN.fullmatch(cell)):
        return int(match[1]) * 100 + int((match[2] or "").ljust(2, "0"))
    return None


def _read_text(cell: str) -> Reading[int]:
    text = flat(cell) if len(cell) <= 4 * _LONGEST else ""
    # « (1 200 €) » has its unit inside the brackets, « (1 200) € » outside.
    inside = text.startswith("(") and text.endswith(")") and text.count("(") == 1
    match = _AMOUNT.fullmatch(text[1:-1].strip() if inside else text) if len(text) <= _LONGEST else None
    if match is None or (match["before"] and match["after"]):
        return _refused(cell, "n'est pas un montant")
    digits = f"({match['number']})" if inside else match["number"]
    if inside and match["number"].lstrip()[:1] in {"-", "+", "("}:
        return _refused(cell, "a deux signes")
    unit = match["scale"] or ""
    amount = _scaled(digits, Decimal(_SCALES.get(unit.lower(), 1)), cell)
    if unit == "m" and not amount.is_refused:
        return _refused(cell, ": « m » peut dire mille ou million", amount.value)
    if (match["tax"] or "").lower().startswith("t") and not amount.is_refused:
        return Reading(
            problem=f"{quoted(cell)} est un montant TTC",
            expected="un montant hors taxes (HT), par exemple « 12 345,67 € »",
            proposal=amount.value,
        )
    return amount


def _scaled(digits: str, scale: Decimal, cell: str) -> Reading[int]:
    number = parse_number(digits, cell, _EXPECTED)
    if scale != 1 and number.is_refused:
        # « 1,234 M€ » most likely has three decimals, where « 1,234 » most likely has thousands.
        decimals = parse_number(digits, cell, _EXPECTED, thousands=False)
        number = Reading(problem=number.problem, expected=number.expected, proposal=decimals.value or number.proposal)
    return _in_cents(number, cell, scale)


def _in_cents(number: Reading[Decimal], cell: object, scale: Decimal = Decimal(1)) -> Reading[int]:
    if number.value is None:
        proposal = None if number.proposal is None else _cents(EXACT.multiply(number.proposal, scale))
        return Reading(problem=number.problem, expected=_EXPECTED, proposal=proposal)
    euros = EXACT.multiply(number.value, scale)
    cents = _cents(euros)
    if cents is None:
        return _refused(cell, "est hors de toute vraisemblance")
    distance = abs(EXACT.subtract(euros, EXACT.divide(Decimal(cents), Decimal(100))))
    if distance >= max(_FLOAT_NOISE, EXACT.multiply(abs(euros), _FLOAT_PRECISION)):
        return Reading(cents, problem=f"{quoted(cell)} a plus de deux décimales, arrondi au centime")
    return Reading(cents)


def _cents(euros: Decimal) -> int | None:
    # Compared first: the digits of 1E+999999 would fill the memory.
    if abs(euros) > _LARGEST_CENTS // 100:
        return None
    return int(EXACT.multiply(euros, Decimal(100)).to_integral_value(ROUND_HALF_UP))


def _refused(cell: object, why: str, proposal: int | None = None) -> Reading[int]:
    return Reading(problem=f"{quoted(cell)} {why}", expected=_EXPECTED, proposal=proposal)

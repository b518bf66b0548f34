"""Answers by yes or no."""

from decimal import Decimal
from typing import Final

from pvd_analysis.values.reading import Reading, error_reading, is_blank
from pvd_analysis.values.text import flat, fold, quoted, unboxed

_TRUE: Final = frozenset({"oui", "o", "x", "vrai", "true", "1", "yes"})
_FALSE: Final = frozenset({"non", "n", "faux", "false", "0", "no"})
# « ✗ » is not here: one person ticks with it, another strikes out.
_TICKS: Final = frozenset("✓✔☑✅")
_LONGEST: Final = 20
_EXPECTED: Final = "une réponse par oui ou non, par exemple « oui », « non » ou « x »"


def read_boolean(cell: object) -> Reading[bool]:
    """Read oui or non, in any of the ways of a spreadsheet; a cross or a tick means yes.

    >>> read_boolean("Oui").value, read_boolean("x").value, read_boolean("non").value
    (True, True, False)
    """
    if is_blank(cell := unboxed(cell)):
        return Reading()
    # Never `cell in {0, 1}`: a signalling Decimal raises when it is compared.
    if isinstance(cell, bool | int | float) or (isinstance(cell, Decimal) and cell.is_finite()):
        if cell == 0 or cell == 1:
            return Reading(bool(cell))
    elif isinstance(cell, str):
        if (error := error_reading(cell)) is not None:
            return error
        text = flat(cell) if len(cell) <= 4 * _LONGEST else ""
        # Only what stands alone: « oui ? » and « -1 » are no answers.
        word = fold(text) if text.isalnum() else ""
        if word in _TRUE or text in _TICKS:
            return Reading(True)
        if word in _FALSE:
            return Reading(False)
    return Reading(problem=f"{quoted(cell)} n'est ni oui ni non", expected=_EXPECTED)

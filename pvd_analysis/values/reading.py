"""What reading one cell gives: a value, an absence, or a problem said in French."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, Generic, TypeVar

from pvd_analysis.values.text import flat, fold, quoted, unboxed

T = TypeVar("T")

# « néant » and « à préciser » are not here: the first may be a zero, the second announces a value.
_NOT_SAID: Final = frozenset(
    {"nc", "n c", "nr", "n r", "nd", "n d", "so", "s o", "sans objet", "inconnu", "inconnue", "na", "n a", "non connu",
     "non communique", "non communiquee", "non renseigne", "non renseignee"}
)  # fmt: skip
_LONGEST_NOT_SAID: Final = 30
_EXCEL_ERROR: Final = re.compile(
    r"#{2,}|# ?(?:DIV ?/ ?0|N ?/ ?[AD]|REF|VALEUR|VALUE|NOM|NAME|NULL?|NOMBRE|NUM|EPARS|SPILL|PROPAGATION|CALCU?L?"
    r"|CHAMP|FIELD|BLOQUÉ|BLOCKED|INCONNU|UNKNOWN|CONNEXION|CONNECT|OCCUPÉ|BUSY) ?[!?]?|Err ?: ?\d{3}",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Reading(Generic[T]):
    """The outcome of reading one cell.

    Four cases, and no other:

    - ``Reading(value)``: read exactly;
    - ``Reading()``: the cell says nothing (blank, ``-``, ``NC``), which is not a fault;
    - ``Reading(problem=..., expected=..., proposal=...)``: it could not be read; ``value`` is None, and ``proposal``
      is what the author may have meant, for a person to confirm;
    - ``Reading(value, problem=...)``: read, with a remark (an amount rounded to the cent).

    ``problem`` and ``expected`` are French sentences without a final full stop, shown to the analyst; ``expected``
    carries an example.
    """

    value: T | None = None
    problem: str | None = None
    expected: str | None = None
    proposal: T | None = None

    def __post_init__(self) -> None:
        if self.problem is None and (self.expected is not None or self.proposal is not None):
            raise ValueError("a reading without a problem has nothing to expect or propose")

    @property
    def is_absent(self) -> bool:
        """Whether the cell says nothing at all."""
        return self.value is None and self.problem is None

    @property
    def is_refused(self) -> bool:
        """Whether the cell says something that could not be read."""
        return self.value is None and self.problem is not None


def is_blank(cell: object) -> bool:
    """Whether a cell says nothing: empty, spaces, dashes, « NC », « non communiqué ».

    A NaN is blank too: pandas writes an empty cell so.

    >>> is_blank(" — "), is_blank("NC"), is_blank("0")
    (True, True, False)
    """
    if cell is None or type(cell).__name__ in {"NAType", "NaTType"}:
        return True
    if isinstance(cell, float):
        return math.isnan(cell)
    if isinstance(cell, Decimal):
        return cell.is_nan()
    if not isinstance(cell, str):
        return False
    text = flat(cell)
    if not text.strip("-_. "):
        return True
    return len(text) <= _LONGEST_NOT_SAID and not text.startswith("#") and fold(text) in _NOT_SAID


def error_reading(written: str) -> Reading[Any] | None:
    """Return the refusal of a spreadsheet's error (``#DIV/0 !``, ``#REF!``), None when the text is not one.

    >>> error_reading("#REF!").problem
    "« #REF! » est une erreur d'Excel, pas une valeur"
    """
    if not _EXCEL_ERROR.fullmatch(flat(written)):
        return None
    return Reading(
        problem=f"{quoted(written)} est une erreur d'Excel, pas une valeur",
        expected="une valeur ou une cellule vide, par exemple après correction de la formule dans le fichier d'origine",
    )


def read_cell(
    cell: object, read_text: Callable[[str], Reading[T]], read_other: Callable[[Any], Reading[T]]
) -> Reading[T]:
    """Read a cell that may be blank or in error by what reads its text, or its number, date or boolean."""
    if is_blank(cell := unboxed(cell)):
        return Reading()
    if isinstance(cell, str):
        return error_reading(cell) or read_text(cell)
    return read_other(cell)

"""What a sheet holds beside the values of its cells: errors, formulas, merged and hidden cells, the units of its formats."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class UnheldCell:
    """A cell that is blank for the reader of workbooks and that shows something: the rule of its finding, and its words."""

    rule: str
    problem: str
    expected: str
    proposal: str = ""

    @property
    def is_blank(self) -> bool:
        """Whether the cell itself is blank, and only covered by another."""
        return self.rule == "cellules_fusionnees"

    def __str__(self) -> str:
        return "" if self.is_blank else self.problem


@dataclass(slots=True)
class SheetTraits:
    """What is to be known of a sheet beside its cells; rows and columns from 0."""

    is_hidden: bool = False
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    uncalculated: list[tuple[int, int]] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)
    struck: set[tuple[int, int]] = field(default_factory=set)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    factors: dict[tuple[int, int], int] = field(default_factory=dict)

    def marked(self, rows: list[list[Any]]) -> None:
        """Put an `UnheldCell` in each cell of the rows that is blank for one of these reasons, and in euros what is shown in k€."""
        for (row, column), factor in self.factors.items():
            held = cell_at(rows, row, column)
            if type(held) in {int, float}:
                rows[row][column] = float(Decimal(repr(held)) * factor)
        for place, error in self.errors.items():
            _put(
                rows,
                place,
                UnheldCell("cellule_en_erreur", error, "une valeur ou une cellule vide : corrigez la formule"),
            )
        for place in self.uncalculated:
            expected = "la valeur : ouvrez le classeur dans Excel ou LibreOffice, et enregistrez-le"
            _put(rows, place, UnheldCell("cellule_en_erreur", "une formule qui n'a pas été calculée", expected))
        for first_row, first_column, last_row, last_column in self.merged:
            shown = cell_at(rows, first_row, first_column)
            if shown in (None, "") or first_row == last_row:
                continue
            for row in range(first_row + 1, last_row + 1):
                for column in range(first_column, last_column + 1):
                    said = f"une cellule fusionnée avec celle de la ligne {first_row + 1}"
                    _put(
                        rows,
                        (row, column),
                        UnheldCell("cellules_fusionnees", said, "une valeur sur chaque ligne", str(shown)),
                    )


def cell_at(rows: list[list[Any]], row: int, column: int) -> Any:
    """Return a cell, None beyond the end of its row or of the sheet."""
    return rows[row][column] if row < len(rows) and column < len(rows[row]) else None


def _put(rows: list[list[Any]], place: tuple[int, int], cell: UnheldCell) -> None:
    """Put a cell where the reader holds nothing: a row that it cut short is made longer, none is added by a merged cell."""
    row, column = place
    if row >= len(rows):
        if cell.is_blank:
            return
        rows.extend([] for _ in range(row + 1 - len(rows)))
    rows[row].extend([None] * (column + 1 - len(rows[row])))
    if rows[row][column] in (None, ""):
        rows[row][column] = cell

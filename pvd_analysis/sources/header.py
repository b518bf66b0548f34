"""Where the header of a table stands in a sheet, and which column says what."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pvd_analysis.constats import Constat, Origine
from pvd_analysis.sources.form import Field, Form
from pvd_analysis.sources.raw_file import RawFile, Sheet
from pvd_analysis.values import counted
from pvd_analysis.values.text import fold

__all__ = ["Header", "find_header", "fitting_sheets", "left_out"]


@dataclass(frozen=True, slots=True)
class Header:
    """Where a form's header stands in a sheet: its row (from 0) and the column index of each field."""

    row: int
    columns: dict[int, Field]
    unknown: dict[int, str]
    repeated: dict[int, str]

    @property
    def found(self) -> set[str]:
        """The names of the fields found."""
        return {field.column for field in self.columns.values()}

    def missing(self, form: Form) -> list[Field]:
        """Return the required fields that have no column."""
        return [field for field in form.required_fields if field.column not in self.found]


def find_header(sheet: Sheet, form: Form) -> Header | None:
    """Return where the form's header stands in a sheet, or None when no row looks like it.

    The row that holds most of the form's headers wins, wherever it stands in the first rows; a row with less than two
    of them, or less than half of the required ones, is not a header.
    """
    by_header = form.field_by_header()
    left_out = {fold(header) for header in (*form.personal_headers, *form.ignored_headers)}
    best: Header | None = None
    for row_index, folded_row in enumerate(sheet.folded_head):
        columns: dict[int, Field] = {}
        unknown: dict[int, str] = {}
        repeated: dict[int, str] = {}
        for index, folded in folded_row.items():
            field = by_header.get(folded)
            written = sheet.rows[row_index][index].strip()
            if field is None:
                if folded not in left_out:
                    unknown[index] = written
            elif field in columns.values():
                repeated[index] = written
            else:
                columns[index] = field
        if len(columns) > (len(best.columns) if best else 0):
            best = Header(row_index, columns, unknown, repeated)
    if best is None:
        return None
    enough = len(form.required_fields) - len(best.missing(form)) >= len(form.required_fields) / 2
    return best if enough and len(best.columns) >= min(2, len(form.fields)) else None


def fitting_sheets(sheets: Iterable[Sheet], forms: Sequence[Form]) -> list[tuple[Form, Sheet, Header]]:
    """Return the sheets that are lists: of each, the form that knows most of its columns and misses none that it needs."""
    found = []
    for sheet in sheets:
        fitting = [
            (form, sheet, header)
            for form in forms
            if (header := find_header(sheet, form)) is not None
            and not header.missing(form)
            and 2 * len(header.found) > len(form.fields)
        ]
        if fitting:
            found.append(max(fitting, key=lambda place: len(place[2].columns) - len(place[2].unknown)))
    return found


def left_out(raw: RawFile, lists: Sequence[Sheet]) -> list[Constat]:
    """Say how many rows stand in each sheet beside the lists of a file, which is no table."""
    beside = [sheet for sheet in raw.sheets if not any(sheet is other for other in lists)]
    written = {id(sheet): sum(any(cell not in (None, "") for cell in row) for row in sheet.rows) for sheet in beside}
    return [
        Constat(
            "feuille_hors_liste", Origine(raw.name, sheet.name or None), trouve=counted(written[id(sheet)], "ligne")
        )
        for sheet in beside
        if written[id(sheet)]
    ]

"""Where the header of a table stands in a sheet, and which column says what."""

from dataclasses import dataclass

from pvd_analysis.sources.form import Field, Form
from pvd_analysis.sources.raw_file import Sheet
from pvd_analysis.values.text import fold

__all__ = ["Header", "find_header"]


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

"""Where the header of a table stands in a sheet, and which column says what."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pvd_analysis.constats import Constat, Origine
from pvd_analysis.sources.form import Field, Form
from pvd_analysis.sources.raw_file import RawFile, Sheet
from pvd_analysis.sources.units import without_unit
from pvd_analysis.values import counted
from pvd_analysis.values.text import fold

_AMOUNT_LIKE = re.compile(r"\d{3}|€")


@dataclass(frozen=True, slots=True)
class Header:
    """Where a form's header stands in a sheet: its row (from 0), the column index of each field, and the unit that one says."""

    form: Form
    row: int
    columns: dict[int, Field]
    unknown: dict[int, str]
    repeated: dict[int, str]
    is_on_two_rows: bool = False
    units: dict[int, str] = field(default_factory=dict)

    @property
    def found(self) -> set[str]:
        """The names of the fields found."""
        return {field.column for field in self.columns.values()}

    @property
    def missing(self) -> list[Field]:
        """The required fields that have no column."""
        return [field for field in self.form.required_fields if field.column not in self.found]


def find_header(sheet: Sheet, form: Form) -> Header | None:
    """Return where the form's header stands in a sheet, or None when no row looks like it.

    The row that holds most of the form's headers wins, wherever it stands in the first rows; a row with less than two
    of them, or less than half of the required ones, is not a header. The row below one may say more of a header that
    stands over several columns: « Montant » over « demandé » and « accordé ». Of two headers for the same column, the
    one that the form names first is read.
    """
    by_header = form.field_by_header()
    best: Header | None = None
    for row_index, folded_row in enumerate(sheet.folded_head):
        known = {field.column for folded in folded_row.values() if (field := by_header.get(folded))}
        if len(known) > (len(best.columns) if best else 0):
            best = _header(form, row_index, dict(enumerate(sheet.rows[row_index])))
    if best is None:
        return None
    if (above := _said_above(sheet.rows, best)) is not None:
        qualified = _header(form, best.row, above)
        if len(qualified.repeated) < len(best.repeated):
            best = replace(qualified, is_on_two_rows=True)
    elif (below := _said_below(sheet.rows, best.row)) is not None:
        best = replace(_header(form, best.row + 1, below), is_on_two_rows=True)
    best = _without_rivals(best, sheet.rows)
    enough = len(form.required_fields) - len(best.missing) >= len(form.required_fields) / 2
    return best if enough and len(best.columns) >= min(2, len(form.fields)) else None


def _without_rivals(header: Header, rows: list[list[Any]]) -> Header:
    """Leave out an amount that two columns of one name say differently: nothing tells which of them is meant."""
    for index, name in header.repeated.items():
        rivals = [
            read
            for read, field in header.columns.items()
            if field.is_amount and fold(str(rows[header.row][read])) == fold(name)
        ]
        for read in rivals:
            pairs = [(row[read], row[index]) for row in rows[header.row + 1 :] if max(read, index) < len(row)]
            if any(one != other and None not in (one, other) and "" not in (one, other) for one, other in pairs):
                return replace(
                    header,
                    columns={place: field for place, field in header.columns.items() if place != read},
                    unknown=header.unknown | {read: name, index: name},
                    repeated={place: text for place, text in header.repeated.items() if place != index},
                )
    return header


def fitting_sheets(sheets: Iterable[Sheet], forms: Sequence[Form]) -> list[tuple[Sheet, Header]]:
    """Return the sheets that are lists: of each, the form that knows most of its columns and misses none that it needs."""
    found = []
    for sheet in sheets:
        headers = [header for form in forms if (header := find_header(sheet, form)) is not None]
        fitting = [each for each in headers if not each.missing and 2 * len(each.found) > len(each.form.fields)]
        if fitting:
            found.append((sheet, max(fitting, key=lambda header: len(header.columns) - len(header.unknown))))
    return found


def filled_rows(sheet: Sheet) -> int:
    """Return how many rows of a sheet hold something."""
    return sum(any(cell not in (None, "") for cell in row) for row in sheet.rows)


def left_out(raw: RawFile, lists: Sequence[Sheet]) -> list[Constat]:
    """Say how many rows stand in each sheet beside the lists of a file, which is no table."""
    beside = [sheet for sheet in raw.sheets if not any(sheet is other for other in lists)]
    return [
        Constat("feuille_hors_liste", Origine(raw.name, sheet.name or None), trouve=counted(rows, "ligne"))
        for sheet in beside
        if (rows := filled_rows(sheet))
    ]


def _header(form: Form, row: int, texts: Mapping[int, Any]) -> Header:
    by_header = form.field_by_header()
    skipped = {fold(header) for header in (*form.personal_headers, *form.ignored_headers)}
    unknown: dict[int, str] = {}
    found: dict[str, list[int]] = {}
    written = {index: text.strip() for index, text in texts.items() if isinstance(text, str) and fold(text)}
    units: dict[int, str] = {}
    for index, text in written.items():
        bare, unit = without_unit(text)
        if (known := by_header.get(fold(text))) is not None:
            found.setdefault(known.column, []).append(index)
        elif unit and (known := by_header.get(fold(bare))) is not None and known.is_amount:
            found.setdefault(known.column, []).append(index)
            units[index] = unit
        elif fold(text) not in skipped:
            unknown[index] = text
    columns: dict[int, Field] = {}
    repeated: dict[int, str] = {}
    for column, places in found.items():
        known = next(each for each in form.fields if each.column == column)
        order = [fold(header) for header in known.headers]
        # a header that says euros comes before one in thousands
        read = min(places, key=lambda index: len(order) if index in units else order.index(fold(written[index])))
        columns[read] = known
        repeated |= {index: written[index] for index in places if index != read}
    return Header(form, row, dict(sorted(columns.items())), unknown, repeated, units=units)


def _said_above(rows: list[list[Any]], header: Header) -> dict[int, str] | None:
    """Return the headers, those that stand twice with what the row above says over them; None when none does.

    « Montant » and « Montant », under « demandé » and « accordé ».
    """
    if not header.repeated or not header.row:
        return None
    names = {index: str(cell or "").strip() for index, cell in enumerate(rows[header.row])}
    twice = {fold(text) for text in header.repeated.values()}
    over, said = "", dict[int, str]()
    for index, text in names.items():
        above = rows[header.row - 1][index] if index < len(rows[header.row - 1]) else None
        over = above.strip() if isinstance(above, str) and above.strip() else over
        if fold(text) in twice and over:
            said[index] = f"{text} {over}"
    return {index: text for index, text in (names | said).items() if text} if len(set(said.values())) > 1 else None


def _said_below(rows: list[list[Any]], row: int) -> dict[int, str] | None:
    """Return the headers with what the row below adds to those that stand over several columns; None when it does not.

    Such a row says something under one header and the blank ones after it alone, twice at least, and in words.
    """
    if row + 1 >= len(rows):
        return None
    above = [str(cell or "").strip() for cell in rows[row]]
    below = {
        index: text for index, cell in enumerate(rows[row + 1]) if cell is not None and (text := str(cell).strip())
    }
    if len(below) < 2 or any(
        not isinstance(rows[row + 1][index], str) or _AMOUNT_LIKE.search(below[index]) for index in below
    ):
        return None
    headers, over, spans = {}, "", dict[int, str]()
    for index in range(max(len(above), max(below) + 1)):
        text = above[index] if index < len(above) else ""
        is_spanned = not text and bool(over)
        over = text or over
        if index in below:
            spans[index] = over
        headers[index] = f"{over} {below[index]}" if index in below else ("" if is_spanned else text)
    is_shared = all(over and list(spans.values()).count(over) > 1 for over in spans.values())
    return {index: text for index, text in headers.items() if text} if is_shared else None

"""Tables as an Excel workbook: exact values in French formats, text that stays text, sheets that print on A4.

The same sheets give the same bytes, whenever and wherever they are written.
"""

import datetime as dt
import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pvd_analysis.reports.french_workbook import (
    BLUE,
    FRENCH,
    GREY,
    INK,
    PALE_BLUE,
    RULE,
    french_workbook,
    set_page,
)
from pvd_analysis.reports.text_fit import LINE_HEIGHT, bounded, row_height
from pvd_analysis.reports.whole_file import write_whole
from pvd_analysis.tables.report_table import Cell, Column, ReportTable, Row

__all__ = ["Sheet", "write_workbook"]

_MIN_WIDTH: Final = 8
_MAX_WIDTH: Final = 60
_MAX_SHARED_WIDTH: Final = 36
_PRINTED_WIDTH: Final = 190
_NARROWEST_TEXT: Final = 18
_SENTENCE_WIDTH: Final = 100
_FORBIDDEN_IN_SHEET_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_FORBIDDEN_IN_TABLE_NAME = re.compile(r"[^A-Za-z0-9_]")
_LIKE_A_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its name on the tab, its heading, sentences of introduction, then its tables one under the other."""

    name: str
    heading: str
    intro: tuple[str, ...] = ()
    tables: tuple[ReportTable, ...] = ()


def write_workbook(path: Path, sheets: Sequence[Sheet], *, title: str, subject: str, created: dt.datetime) -> None:
    """Write the workbook at `path`, whole or not at all.

    Parameters
    ----------
    path : Path
        Where; an existing file is replaced once the new one is complete.
    sheets : sequence of Sheet
        In the order of the tabs. A sheet with one table has its header frozen, filters, and the header repeated on
        each printed page; in a sheet with several, the heading is.
    title, subject : str
        Properties of the document.
    created : datetime
        Date of the document in its properties, the day of the *arrêté* for instance: never the clock.

    Raises
    ------
    ValueError
        When there is no sheet, or two tables have one key.
    OSError
        When the file cannot be written; what stood at `path` is untouched.
    """
    if not sheets:
        raise ValueError("a workbook has at least one sheet")
    content = BytesIO()
    with french_workbook(content) as workbook:
        workbook.set_properties({"title": title, "subject": subject, "author": "Préfecture", "created": created})
        formats = _Formats(workbook)
        table_names = _table_names(table for sheet in sheets for table in sheet.tables)
        for name, sheet in zip(_sheet_names(sheet.name for sheet in sheets), sheets, strict=True):
            _SheetWriter(workbook.add_worksheet(name), formats, table_names).write(sheet, title)
    write_whole(path, content.getvalue())


class _Formats:
    """The cell formats of a workbook, each made once."""

    def __init__(self, workbook: xlsxwriter.Workbook) -> None:
        self._workbook = workbook
        self._made: dict[tuple[tuple[str, object], ...], Format] = {}

    def _format(self, **properties: object) -> Format:
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            self._made[key] = self._workbook.add_format({"font_color": INK, "valign": "top", **properties})
        return self._made[key]

    def heading(self) -> Format:
        return self._format(bold=True, font_size=15, font_color=BLUE, valign="vcenter")

    def table_title(self) -> Format:
        return self._format(bold=True, font_size=12, font_color=BLUE, valign="vcenter")

    def sentence(self, *, is_wrapped: bool = False) -> Format:
        return self._format(text_wrap=is_wrapped)

    def note(self, *, is_wrapped: bool = False) -> Format:
        return self._format(text_wrap=is_wrapped, font_size=9, font_color=GREY)

    def header(self, is_numeric: bool, *, is_stub: bool) -> Format:
        return self._format(
            bold=True,
            indent=0 if is_numeric or is_stub else 1,
            font_color=BLUE,
            bg_color=PALE_BLUE,
            text_wrap=True,
            valign="vcenter",
            align="right" if is_numeric else "left",
            bottom=2,
            bottom_color=BLUE,
        )

    def body(
        self, cell: Cell, number_format: str = "", *, is_total: bool, is_stub: bool, is_quoted: bool = False
    ) -> Format:
        is_numeric = cell.column.is_numeric
        properties: dict[str, object] = {"bottom": 1, "bottom_color": RULE, "align": "right" if is_numeric else "left"}
        if number_format:
            properties["num_format"] = number_format
        if not is_numeric:
            properties |= {"text_wrap": True, "indent": 0 if is_stub else 1}
        if is_quoted:
            properties["quote_prefix"] = True
        if is_total:
            properties |= {"bold": True, "top": 1, "top_color": BLUE, "bg_color": "#F1F5F9"}
        return self._format(**properties)


class _SheetWriter:
    """Writes one sheet from top to bottom."""

    def __init__(self, sheet: Worksheet, formats: _Formats, table_names: dict[str, str]) -> None:
        self._sheet = sheet
        self._formats = formats
        self._table_names = table_names
        self._row = 0
        self._last_column = 0

    def write(self, sheet: Sheet, document_title: str) -> None:
        rows_of = {table.key: list(table.rows()) for table in sheet.tables}
        widths = self._column_widths(sheet.tables, rows_of)
        for position, width in enumerate(widths):
            self._sheet.set_column(position, position, width)
        span = self._sentence_span(widths)
        self._last_column = len(widths) - 1

        self._sheet.set_row(0, 24)
        self._sheet.write_string(0, 0, bounded(sheet.heading), self._formats.heading())
        self._row = 1
        for text in sheet.intro:
            self._write_sentence(text, span, self._formats.sentence)
        only_table = sheet.tables[0] if len(sheet.tables) == 1 else None
        for table in sheet.tables:
            self._row += 1
            if table is not only_table or table.title != sheet.heading:
                self._sheet.set_row(self._row, 20)
                self._sheet.write_string(self._row, 0, bounded(table.title), self._formats.table_title())
                self._row += 1
            header_row = self._row
            self._write_table(table, rows_of[table.key], widths, has_filter=table is only_table)
            if table is only_table:
                self._freeze(header_row, widths)
            for note in (*table.notes, *([f"Source\N{NO-BREAK SPACE}: {table.source}"] if table.source else [])):
                self._write_sentence(note, span, self._formats.note)
        if only_table is None:
            self._freeze(0, [])
        self._set_page(document_title)

    def _write_table(self, table: ReportTable, rows: list[Row], widths: list[float], *, has_filter: bool) -> None:
        header_row, last_column = self._row, len(table.columns) - 1
        headers = _unique_headers(table.columns)
        header_formats = [
            self._formats.header(column.is_numeric, is_stub=position == 0)
            for position, column in enumerate(table.columns)
        ]
        for position, (text, header_format) in enumerate(zip(headers, header_formats, strict=True)):
            self._sheet.write_string(header_row, position, text, header_format)
        self._sheet.set_row(
            header_row, row_height(headers, [width - (3 if has_filter else 0) for width in widths], bold=True) + 6
        )
        self._row += 1
        if not rows:
            self._sheet.write_string(self._row, 0, bounded(table.empty), self._formats.note())
            self._row += 1
            return
        number_formats = [
            _number_format(column, [row.cells[position].value for row in rows])
            for position, column in enumerate(table.columns)
        ]
        for row in rows:
            for position, (cell, number_format) in enumerate(zip(row.cells, number_formats, strict=True)):
                self._write_cell(position, cell, number_format, is_total=row.is_total)
            texts = ["" if cell.column.is_numeric else cell.text for cell in row.cells]
            self._sheet.set_row(self._row, row_height(texts, widths, bold=row.is_total) + 3)
            self._row += 1
        # the totals at the foot stay out of the range that filters and sorts: they would be sorted among the rows
        foot = 0
        while foot < len(rows) - 1 and rows[-1 - foot].is_total:
            foot += 1
        outcome = self._sheet.add_table(
            header_row,
            0,
            self._row - 1 - foot,
            last_column,
            {
                "name": self._table_names[table.key],
                "title": bounded(table.title, 255),
                "description": bounded(_description(table, len(rows)), 255),
                "style": None,
                "autofilter": has_filter,
                "columns": [
                    {"header": text, "header_format": header_format}
                    for text, header_format in zip(headers, header_formats, strict=True)
                ],
            },
        )
        if outcome != 0:
            raise ValueError(f"table {table.key!r} could not be declared to Excel (code {outcome})")

    def _write_cell(self, position: int, cell: Cell, number_format: str, *, is_total: bool) -> None:
        row, is_stub = self._row, position == 0
        if cell.value is None:
            self._sheet.write_blank(row, position, None, self._formats.body(cell, is_total=is_total, is_stub=is_stub))
            return
        is_date = isinstance(cell.value, dt.date)
        if cell.column.is_numeric or is_date:
            body = self._formats.body(cell, number_format, is_total=is_total, is_stub=is_stub)
            if is_date:
                self._sheet.write_datetime(row, position, cell.value, body)
            else:
                self._sheet.write_number(row, position, _number(cell), body)
            return
        # quoted, so that it stays a text even when someone edits the cell
        is_quoted = cell.text.startswith(_LIKE_A_FORMULA)
        body = self._formats.body(cell, is_total=is_total, is_stub=is_stub, is_quoted=is_quoted)
        self._sheet.write_string(row, position, bounded(cell.text), body)

    def _write_sentence(self, text: str, span: tuple[int, float], kind: Callable[..., Format]) -> None:
        """Write a sentence across the sheet: over the blank cells beside it, or on several lines of merged cells."""
        last_column, width = span
        lines = max(1, math.ceil(len(text) / width))
        if lines > 1:
            self._sheet.set_row(self._row, lines * LINE_HEIGHT)
            self._sheet.merge_range(self._row, 0, self._row, last_column, "", kind(is_wrapped=True))
        self._sheet.write_string(self._row, 0, bounded(text), kind(is_wrapped=lines > 1))
        self._last_column = max(self._last_column, last_column)
        self._row += 1

    def _freeze(self, header_row: int, widths: list[float]) -> None:
        # a wide first column held in place would leave no room for the others on a small screen
        frozen_columns = 1 if len(widths) > 5 and widths[0] <= 35 else 0
        self._sheet.freeze_panes(header_row + 1, frozen_columns)
        self._sheet.repeat_rows(header_row)

    def _set_page(self, document_title: str) -> None:
        self._sheet.hide_gridlines(2)
        set_page(self._sheet, document_title)
        self._sheet.print_area(0, 0, max(self._row - 1, 0), self._last_column)

    @staticmethod
    def _column_widths(tables: Sequence[ReportTable], rows_of: dict[str, list[Row]]) -> list[float]:
        count = max((len(table.columns) for table in tables), default=1)
        has_filter = len(tables) == 1
        # tables one under the other share their columns: the sentences of one must not stretch the numbers of another
        bound = _MAX_WIDTH if has_filter else _MAX_SHARED_WIDTH
        widths = [float(_MIN_WIDTH)] * count
        for table in tables:
            for position, column in enumerate(table.columns):
                texts = [row.cells[position].text for row in rows_of[table.key]]
                content = max((_longest_line(text) for text in texts), default=0) * 1.02 + 2.5
                longest_word = max(len(word) for word in (column.label or " ").split(" ")) * 1.08 + 2
                header = longest_word + (3 if has_filter else 0)
                one_line_header = min(len(column.label) * 1.08 + 5, 13)
                widths[position] = max(widths[position], min(max(content, header, one_line_header), bound))
        is_text = [
            all(len(table.columns) <= position or table.columns[position].kind == "texte" for table in tables)
            for position in range(count)
        ]
        return _fitted(widths, is_text)

    @staticmethod
    def _sentence_span(widths: list[float]) -> tuple[int, float]:
        """Return the last column that sentences run to, and the characters that fit up to there."""
        total = 0.0
        position = 0
        for position, width in enumerate(widths):
            total += width
            if total >= _SENTENCE_WIDTH:
                return position, total
        while total < _SENTENCE_WIDTH:
            position += 1
            total += 8.43
        return position, total


def _fitted(widths: list[float], is_text: Sequence[bool]) -> list[float]:
    """Return the widths with the columns of text narrowed, so that the sheet can be read once on a page's width."""
    bound = float(_MAX_WIDTH)
    while sum(widths) > _PRINTED_WIDTH and bound > _NARROWEST_TEXT:
        bound -= 2
        widths = [min(width, bound) if text else width for width, text in zip(widths, is_text, strict=True)]
    return widths


def _number(cell: Cell) -> float:
    """Return the number written for a quantity: here alone, at the edge, cents become a binary number of euros."""
    if cell.column.kind == "euros":
        return float(Decimal(cell.value) / 100)
    if cell.column.kind == "points":
        return round(float(cell.value) * 100, 6)
    return float(cell.value)


def _number_format(column: Column, values: Sequence[Any]) -> str:
    """Return the format of a column: one number of decimals for all its rows, French separators everywhere."""
    known = [value for value in values if value is not None]
    match column.kind:
        case "euros":
            decimals = "" if all(value % 100 == 0 for value in known) else ".00"
            return f'{FRENCH}#,##0{decimals}\\ "€"'
        case "taux":
            return f"{FRENCH}0.0\\ %"
        case "points":
            decimals = "" if all(float(value * 100).is_integer() for value in known) else ".0"
            return f'{FRENCH}0{decimals}\\ "points"'
        case "nombre":
            digits = max((_decimals(value) for value in known), default=0)
            return f"{FRENCH}#,##0" + ("." + "0" * digits if digits else "")
        case "date":
            return f"{FRENCH}d mmmm yyyy;@"
        case _:
            return ""


def _decimals(value: float) -> int:
    return next((digits for digits in range(3) if round(value, digits) == value), 3)


def _longest_line(text: str) -> int:
    return max((len(line) for line in text.splitlines()), default=0)


def _unique_headers(columns: Sequence[Column]) -> list[str]:
    """Return the labels, numbered where two are the same: Excel refuses a table that repeats one, whatever the case."""
    headers: list[str] = []
    for column in columns:
        label = bounded(" ".join(column.label.split()) or column.name, 250)
        header, number = label, 2
        while header.casefold() in {other.casefold() for other in headers}:
            header = f"{label} ({number})"
            number += 1
        headers.append(header)
    return headers


def _description(table: ReportTable, count: int) -> str:
    columns = ", ".join(column.label for column in table.columns)
    return f"{table.title}. Lignes\N{NO-BREAK SPACE}: {count}. Colonnes\N{NO-BREAK SPACE}: {columns}."


def _table_names(tables: Iterable[ReportTable]) -> dict[str, str]:
    names: dict[str, str] = {}
    for table in tables:
        if table.key in names:
            raise ValueError(f"two tables of the workbook have the key {table.key!r}")
        name = "Tableau_" + _FORBIDDEN_IN_TABLE_NAME.sub("_", table.key)
        while name in names.values():
            name += "_"
        names[table.key] = name
    return names


def _sheet_names(wanted: Iterable[str]) -> list[str]:
    """Return names that Excel accepts: at most 31 characters, no bracket, colon, star or slash, no name twice."""
    names: list[str] = []
    for written in wanted:
        name = " ".join(_FORBIDDEN_IN_SHEET_NAME.sub(" ", written).split())[:31].strip(" '") or "Feuille"
        if name.casefold() == "history":  # reserved by Excel
            name = "Historique"
        unique, number = name, 2
        while unique.casefold() in {other.casefold() for other in names}:
            suffix = f" ({number})"
            unique = name[: 31 - len(suffix)] + suffix
            number += 1
        names.append(unique)
    return names

"""One sheet of a workbook, written from top to bottom: a title, sentences, tables.

A column is written at once: its number format, its width and the formats of its cells are worked out once for all rows.
"""

import contextlib
import datetime as dt
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_range
from xlsxwriter.worksheet import Worksheet

from pvd_analysis.tables.cells import Column
from pvd_analysis.tables.report_table import ReportTable
from pvd_analysis.values import format_boolean
from pvd_analysis.workbooks.french_workbook import (
    CellFormats,
    declare_table,
    number_format,
    set_page,
)
from pvd_analysis.workbooks.text_fit import (
    LINE_HEIGHT,
    PAGE_WIDTH,
    bounded,
    fewest_pages,
    numbered,
    printed_width,
    row_height,
    row_heights,
)

_SENTENCE_WIDTH: Final = 100
_DEFAULT_WIDTH: Final = 8.43
_ROW_HEIGHT: Final = LINE_HEIGHT + 2
_LIKE_A_FORMULA: Final = frozenset("=+-@\t\r")

Formulas: TypeAlias = Mapping[str, Mapping[int, str]]
_NO_FORMULA: Final[Formulas] = {}


@dataclass(frozen=True, slots=True)
class TablePlace:
    """Where a table stands in its sheet: the row of its header, the first and the last row of its body (from 0)."""

    header: int
    first: int
    last: int


class SheetWriter:
    """Writes one sheet; `row` is the next row to write.

    Parameters
    ----------
    sheet : Worksheet
    formats : CellFormats
    table_names : mapping
        The name in Excel of each table, by its key.
    widths : sequence of float
        The widths of the columns, in characters.
    """

    def __init__(
        self, sheet: Worksheet, formats: CellFormats, table_names: Mapping[str, str], widths: Sequence[float]
    ) -> None:
        self.sheet = sheet
        self.row = 0
        self._formats = formats
        self._table_names = table_names
        self._widths = list(widths)
        self._last_column = len(widths) - 1
        self._heights: dict[int, float] = {}
        self._titles: list[int] = []
        sheet.set_default_row(_ROW_HEIGHT)
        for position, width in enumerate(widths):
            sheet.set_column(position, position, width)

    def set_height(self, row: int, height: float) -> None:
        """Give a row another height than that of one line."""
        self.sheet.set_row(row, height)
        self._heights[row] = height

    def heading(self, text: str, sentences: Iterable[str] = ()) -> None:
        """Write the title of the sheet in its first cell, and sentences under it."""
        self.set_height(self.row, 24)
        self.sheet.write_string(self.row, 0, bounded(text), self._formats.look("heading"))
        self.row += 1
        self.sentences(sentences)

    def sentences(self, texts: Iterable[str]) -> None:
        """Write sentences, one under the other."""
        for text in texts:
            self._sentence(text, "sentence")

    def table_title(self, text: str) -> None:
        """Write the title of a table, one row below what stands above."""
        self.set_height(self.row, 9)
        self.row += 1
        self._titles.append(self.row)
        self.set_height(self.row, 18)
        self.sheet.write_string(self.row, 0, bounded(text), self._formats.look("table_title"))
        self.row += 1

    def notes(self, table: ReportTable) -> None:
        """Write the notes and the source of a table."""
        for note in (*table.notes, *([f"Source\N{NO-BREAK SPACE}: {table.source}"] if table.source else [])):
            self._sentence(note, "note")

    def table(
        self,
        table: ReportTable,
        columns: Sequence[Sequence[Any]],
        *,
        has_filter: bool,
        formulas: Formulas = _NO_FORMULA,
    ) -> TablePlace:
        """Write the header and the rows of a table, its totals as formulas, and declare it to Excel.

        Parameters
        ----------
        table : ReportTable
        columns : sequence
            The values of its columns (`ReportTable.values`).
        has_filter : bool
        formulas : mapping, optional
            The formulas of other cells than totals: by the name of their column, then by their row in the table.
        """
        if not len(table):  # a sentence, and neither headers nor notes on nothing
            self._sentence(table.empty, "note")
            return TablePlace(self.row - 1, self.row - 1, self.row - 1)
        header = self.header(table.columns, has_filter=has_filter)
        first = self.row
        # No total stands among the rows of a table of Excel, where a pivot would add it to them: all are at the foot.
        written = table.totals()
        order = sorted(range(len(table)), key=lambda rank: rank in written)
        totals = frozenset(range(len(table) - len(written), len(table)))
        texts, text_widths = [], []
        for position, (column, said) in enumerate(zip(table.columns, columns, strict=True)):
            given = {order.index(rank): formula for rank, formula in formulas.get(column.name, {}).items()}
            values = [said[rank] for rank in order]
            sums = self._sums(position, sorted(written), len(table)) if column.name in table.summed else {}
            # what is not known adds up to nothing known, and a formula would make it 0
            sums = {rank: formula for rank, formula in sums.items() if values[rank] is not None}
            self.column(position, column, values, totals=totals, formulas={**sums, **given})
            if not column.is_numeric:
                texts.append([value if isinstance(value, str) else "" for value in values])
                text_widths.append(self._widths[position])
        self.row += len(table)
        self.fit_rows(first, texts, text_widths)
        # the totals stay out of the range that filters and sorts: they would be sorted among the rows
        place = TablePlace(header, first, first + max(len(table) - len(totals) - 1, 0))
        self.declare(table.key, table.title, table.columns, place, has_filter=has_filter)
        return place

    @contextlib.contextmanager
    def titled(self, key: str, title: str, *columns: Column) -> Iterator[None]:
        """Write the title and the header of a table, whose rows the block writes, and declare it at the end."""
        self.table_title(title)
        header = self.header(columns, has_filter=False)
        yield
        place = TablePlace(header, header + 1, self.row - 1)
        self.declare(key, title, columns, place, has_filter=False)

    def header(self, columns: Sequence[Column], *, has_filter: bool) -> int:
        """Write the labels of columns and return their row."""
        header, labels = self.row, unique_labels(columns)
        for position, (label, kind) in enumerate(zip(labels, self._header_formats(columns), strict=True)):
            self.sheet.write_string(header, position, label, kind)
        room = [width - (3 if has_filter else 0) for width in self._widths]
        self.set_height(header, row_height(labels, room, bold=True) + 4)
        self.row += 1
        return header

    def column(
        self,
        position: int,
        column: Column,
        values: Sequence[Any],
        *,
        totals: frozenset[int] = frozenset(),
        formulas: Mapping[int, str] | None = None,
        is_filled_in: bool = False,
        shown: str | None = None,
    ) -> None:
        """Write the values of one column from the next row on, a formula in place of those that have one.

        A column that a person fills in is unlocked; `shown` is a number format in place of the one of the values.
        """
        sheet, first, is_stub = self.sheet, self.row, position == 0
        shown = number_format(column, values) if shown is None else shown
        body = self._formats.body(column.is_numeric, shown, is_stub=is_stub, is_filled_in=is_filled_in)
        total = self._formats.body(column.is_numeric, shown, is_stub=is_stub, is_total=True)
        # quoted, so that it stays a text even when someone edits the cell
        quoted = self._formats.body(False, is_stub=is_stub, is_quoted=True)
        formulas = formulas or {}
        for rank, value in enumerate(values):
            chosen = total if rank in totals else body
            if rank in formulas:
                number = value if value is None or isinstance(value, str) else written_number(column, value)
                sheet.write_formula(first + rank, position, formulas[rank], chosen, "" if number is None else number)
            elif value is None:
                sheet.write_blank(first + rank, position, None, chosen)
            elif isinstance(value, str):
                is_quoted = value[:1] in _LIKE_A_FORMULA
                sheet.write_string(first + rank, position, bounded(value), quoted if is_quoted else chosen)
            elif column.is_numeric:
                sheet.write_number(first + rank, position, written_number(column, value), chosen)
            elif isinstance(value, dt.date):
                sheet.write_datetime(first + rank, position, value, chosen)
            else:
                sheet.write_string(first + rank, position, format_boolean(value), chosen)

    def fit_rows(self, first: int, texts: Sequence[Sequence[str]], widths: Sequence[float]) -> None:
        """Give the rows from `first` on the height that columns of wrapped texts ask for."""
        for rank, height in enumerate(row_heights(texts, widths)):
            if height > LINE_HEIGHT:
                self.set_height(first + rank, height + 2)

    def declare(self, key: str, title: str, columns: Sequence[Column], place: TablePlace, *, has_filter: bool) -> None:
        """Declare a table to Excel, with its name, its title and its alternative text."""
        area = (place.header, 0, place.last, len(columns) - 1)
        looks = self._header_formats(columns)
        name = self._table_names[key]
        declare_table(self.sheet, area, unique_labels(columns), looks, name, title, has_filter=has_filter)

    def freeze(self, header: int, *, has_columns: bool) -> None:
        """Hold the rows down to the header in place on the screen, and repeat it on each page."""
        # a wide first column held in place would leave no room for the others on a small screen
        self.sheet.freeze_panes(header + 1, 1 if has_columns and len(self._widths) > 5 and self._widths[0] <= 35 else 0)
        self.sheet.repeat_rows(header)

    def page(self, document_title: str, smallest: float = 1.0) -> None:
        """Set the page, once all is written: as large as its width lets it, or down to a scale where it then takes fewer pages."""
        self.sheet.hide_gridlines(2)
        set_page(self.sheet, document_title)
        beyond = [_DEFAULT_WIDTH] * (self._last_column + 1 - len(self._widths))
        starts = [0, *self._titles]
        heights = [self._height(first, end) for first, end in itertools.pairwise([*starts, self.row])]
        widest = min(1.0, PAGE_WIDTH / printed_width([*self._widths, *beyond]))
        scale, breaks = fewest_pages(heights, self._heights.get(0, 0), widest, smallest)
        if scale < widest:
            self.sheet.set_print_scale(int(100 * scale))
        self.sheet.set_h_pagebreaks([starts[rank] for rank in breaks])
        self.sheet.print_area(0, 0, max(self.row - 1, 0), self._last_column)

    def _height(self, first: int, end: int) -> float:
        return sum(self._heights.get(row, _ROW_HEIGHT) for row in range(first, end))

    def _header_formats(self, columns: Sequence[Column]) -> list[Format]:
        return [
            self._formats.header(column.is_numeric, is_stub=position == 0) for position, column in enumerate(columns)
        ]

    def _sums(self, position: int, totals: Sequence[int], count: int) -> dict[int, str]:
        """Return the formula of each total of a column, all at the foot: it adds the rows since the total before it, or else all.

        `totals` are the places that they have among the `count` rows where the table is shown.
        """
        formulas, start, rows = {}, 0, 0
        foot = count - len(totals)
        blocks: list[str] = []
        for number, total in enumerate(totals):
            if total > start:
                blocks.append(xl_range(self.row + rows, position, self.row + rows + total - start - 1, position))
                formulas[foot + number] = f"=SUM({blocks[-1]})"
                rows += total - start
            elif blocks:
                formulas[foot + number] = f"=SUM({','.join(blocks)})"
            start = total + 1
        return formulas

    def _sentence(self, text: str, look: str) -> None:
        """Write a sentence across the sheet: over the blank cells beside it, or on several lines of merged cells."""
        last_column, width = self._sentence_span()
        height = row_height([text], [width], bold=False)
        is_wrapped = height > LINE_HEIGHT
        kind = self._formats.look(look, text_wrap=is_wrapped)
        if is_wrapped:
            self.set_height(self.row, height)
        if is_wrapped and last_column:
            self.sheet.merge_range(self.row, 0, self.row, last_column, "", kind)
        self.sheet.write_string(self.row, 0, bounded(text), kind)
        self._last_column = max(self._last_column, last_column)
        self.row += 1

    def _sentence_span(self) -> tuple[int, float]:
        """Return the last column that sentences run to, and the characters that fit up to there."""
        total, position = 0.0, -1
        while total < _SENTENCE_WIDTH:
            position += 1
            total += self._widths[position] if position < len(self._widths) else _DEFAULT_WIDTH
        return position, total


def written_number(column: Column, value: Any) -> float:
    """Return the number written for a quantity: here alone, at the edge, cents become a binary number of euros.

    >>> written_number(Column("cout_ht_cents", "Coût HT", "euros"), 45_089_875)
    450898.75
    """
    match column.kind:
        case "euros":
            return float(value / 100)
        case "points":
            return round(float(value) * 100, 6)
        case _:
            return float(value)


def unique_labels(columns: Sequence[Column]) -> list[str]:
    """Return the labels, numbered where two are the same: Excel refuses a table that repeats one, whatever the case."""
    return numbered((bounded(" ".join(column.label.split()) or column.name, 250) for column in columns), 255)

"""Tables as an Excel workbook: exact values in French formats, text that stays text, sheets that print on A4.

The same sheets give the same bytes, whenever and wherever they are written.
"""

import datetime as dt
import gc
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pandas as pd
import xlsxwriter

from pvd_analysis.dataset import Dataset
from pvd_analysis.dataset.dataset import made_with
from pvd_analysis.errors import InvalidParameter
from pvd_analysis.tables import any_table
from pvd_analysis.tables.report_table import ReportTable
from pvd_analysis.values import format_date
from pvd_analysis.whole_file import asked_for, write_whole
from pvd_analysis.workbooks.french_workbook import CellFormats, french_workbook
from pvd_analysis.workbooks.sheet_writer import Formulas, SheetWriter, TablePlace
from pvd_analysis.workbooks.text_fit import column_widths, numbered

_DATES = re.compile(r"<dcterms:(created|modified)[^>]*>([^<]*)<")
_FORBIDDEN_IN_SHEET_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_FORBIDDEN_IN_TABLE_NAME = re.compile(r"[^A-Za-z0-9_]")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its name on the tab, its heading, sentences of introduction, then its tables one under the other.

    It is printed as large as its width lets it, and down to the scale `smallest` where it then takes fewer pages.
    """

    name: str
    heading: str
    intro: tuple[str, ...] = ()
    tables: tuple[ReportTable, ...] = ()
    smallest: float = 1.0


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
    keys = [table.key for sheet in sheets for table in sheet.tables]
    names = [sheet.name for sheet in sheets]
    with open_workbook(path, names, keys, title=title, subject=subject, created=created) as workbook:
        for position, sheet in enumerate(sheets):
            workbook.write(position, sheet)


@dataclass(frozen=True, slots=True)
class OpenWorkbook:
    """A workbook being written: its sheets, in the order of the tabs, and what they share."""

    book: xlsxwriter.Workbook
    formats: CellFormats
    sheet_names: tuple[str, ...]
    table_names: dict[str, str]
    title: str

    def writer(self, position: int, widths: Sequence[float]) -> SheetWriter:
        """Return what writes the sheet at a position, with the widths of its columns."""
        return SheetWriter(self.book.worksheets()[position], self.formats, self.table_names, widths)

    def write(
        self,
        position: int,
        sheet: Sheet,
        formulas: Mapping[str, Formulas] | None = None,
        draw: Callable[[SheetWriter, Mapping[str, TablePlace]], None] = lambda _, __: None,
    ) -> None:
        """Write a whole sheet.

        Parameters
        ----------
        position : int
        sheet : Sheet
        formulas : mapping, optional
            The formulas of the cells of its tables, by the key of the table.
        draw : callable
            Adds what is no table; told where the tables stand, by key.
        """
        tables = [table.spelled_out() for table in sheet.tables]
        values = {table.key: [table.values(column) for column in table.columns] for table in tables}
        writer = self.writer(position, column_widths(tables, values))
        writer.heading(sheet.heading, sheet.intro)
        only_table = tables[0] if len(tables) == 1 else None
        places = {}
        for table in tables:
            if table is only_table and table.title == sheet.heading:
                writer.row += 1
            else:
                writer.table_title(table.title)
            places[table.key] = writer.table(
                table,
                values[table.key],
                has_filter=table is only_table,
                formulas=(formulas or {}).get(table.key, {}),
            )
            if len(table):
                writer.notes(table)
        if only_table and len(only_table):
            writer.freeze(places[only_table.key].header, has_columns=True)
        else:
            writer.freeze(0, has_columns=False)
        draw(writer, places)
        writer.page(self.title, sheet.smallest)


@contextmanager
def open_workbook(
    path: Path, sheet_names: Sequence[str], table_keys: Sequence[str], *, title: str, subject: str, created: dt.datetime
) -> Iterator[OpenWorkbook]:
    """Open a workbook whose sheets are there, blank; it stands at `path` once all is written, or not at all.

    Takes and raises what `write_workbook` does.
    """
    content = BytesIO()
    with _collector_paused(), french_workbook(content) as book:
        book.set_properties({"title": title, "subject": subject, "author": "Préfecture", "created": created})
        names = tuple(_sheet_names(sheet_names))
        for name in names:
            book.add_worksheet(name)
        yield OpenWorkbook(book, CellFormats(book), names, _table_names(table_keys), title)
    write_whole(path, content.getvalue())


def saved_since(content: bytes) -> bool:
    """Tell whether a program has saved a workbook of ours since we wrote it: each dates what it saves, ours has one date."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as parts:
            said = parts.read("docProps/core.xml").decode()
    except (zipfile.BadZipFile, KeyError, UnicodeDecodeError):
        return True
    dates = dict(_DATES.findall(said))
    return dates.get("created") != dates.get("modified")


def export(d: Dataset, table: ReportTable | pd.DataFrame, path: str | Path) -> Path:
    """Write a table to an Excel file that says of which département and quarter it is, and return where.

    Parameters
    ----------
    d : Dataset
        What the table was made from.
    table : ReportTable or DataFrame
        A table of `pvd_analysis.tables`, or any DataFrame.
    path : str or Path
        An ``.xlsx`` file; a relative path starts from the project's root. Its folder is made; a file there is replaced.

    Raises
    ------
    InvalidParameter
        The name does not end with ``.xlsx``, or the file cannot be written (open in Excel, for instance).

    Examples
    --------
    >>> folder = getfixture("tmp_path")
    >>> pvd.export(d, pvd.analysis.aids_by(d, "commune"), folder / "aides.xlsx").name
    'aides.xlsx'
    """
    target = d.racine / path
    if target.suffix.lower() != ".xlsx":
        raise InvalidParameter(f"Fichier « {path} » : un nom en .xlsx est attendu, par exemple « outputs/aides.xlsx ».")
    shown = any_table(table, target.stem.replace("_", " ")) if isinstance(table, pd.DataFrame) else table
    where = f"{d.territoire}, {d.trimestre.label}, arrêté au {format_date(d.arrete_le)}"
    with asked_for(target.name):
        target.parent.mkdir(parents=True, exist_ok=True)
        write_workbook(
            target,
            [Sheet("Tableau", shown.title, (where,), (shown,))],
            title=shown.title,
            subject=f"{where} ; {made_with(d)}",
            created=dt.datetime.combine(d.arrete_le, dt.time()),
        )
    return target


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Have Python look for no garbage: each cell is an object, none is garbage before the end, and a search sees all."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _table_names(keys: Iterable[str]) -> dict[str, str]:
    names: dict[str, str] = {}
    for key in keys:
        if key in names:
            raise ValueError(f"two tables of the workbook have the key {key!r}")
        name = "Tableau_" + _FORBIDDEN_IN_TABLE_NAME.sub("_", key)
        while name in names.values():
            name += "_"
        names[key] = name
    return names


def _sheet_names(wanted: Iterable[str]) -> list[str]:
    """Return names that Excel accepts: at most 31 characters, no bracket, colon, star or slash, no name twice."""
    names = (" ".join(_FORBIDDEN_IN_SHEET_NAME.sub(" ", written).split())[:31].strip(" '") for written in wanted)
    # Excel reserves « History »
    return numbered(("Historique" if name.casefold() == "history" else name or "Feuille" for name in names), 31)

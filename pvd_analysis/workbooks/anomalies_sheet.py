"""The sheet « Anomalies » that stands first in an annotated copy: every finding, with a link to its cell."""

import re
from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass
from typing import Any, Final, Self

import pandas as pd
from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.table import Table, TableStyleInfo
from openpyxl.worksheet.worksheet import Worksheet

from pvd_analysis.constats import Severite
from pvd_analysis.values import counted
from pvd_analysis.workbooks.french_workbook import BLUE, INK, PALE_BLUE, RULE
from pvd_analysis.workbooks.text_fit import bounded, row_height

TABLE_NAME: Final = "pvd_anomalies"
TABLE_DESCRIPTION: Final = (
    "Les constats faits en vérifiant le classeur, groupés par règle, les bloquants d'abord : gravité, règle, feuille, "
    "lien vers la cellule, ce qui est trouvé, ce qui est attendu, valeur proposée."
)
_TITLE: Final = "Anomalies"
_WIDTHS: Final = {
    "Gravité": 15.0,
    "Constat": 30.0,
    "Feuille": 15.0,
    "Aller à": 10.0,
    "Trouvé": 24.0,
    "Attendu": 24.0,
    "Valeur proposée": 20.0,
}
# Only when a faulty cell had a colour: a cell with that colour, which annotating again gives back.
_REMEMBERED: Final = "Couleur d'avant"
_THIS_ONE: Final = "celle-ci"
# Excel mends, by removing links, a sheet that has more than 65 530 of them.
_MOST_LINKS: Final = 65_000
_PLACE: Final = re.compile(r"[A-Z]{1,3}[1-9][0-9]{0,6}")
COLOURS: Final = {
    Severite.BLOQUANT: "FFF9CFC8",
    Severite.AVERTISSEMENT: "FFFDE6B4",
    Severite.INFORMATION: "FFD3E5F6",
}
_NO_FINDING: Final = ("aucune", "Rien à corriger : tout ce qui est dans ce classeur a été lu.", "", "", "", "", "")


@dataclass(frozen=True, slots=True)
class Look:
    """What colours a cell and what it is written with."""

    fill: PatternFill
    font: Font

    @classmethod
    def of(cls, cell: Cell) -> Self:
        """Return the look of a cell."""
        return cls(copy(cell.fill), copy(cell.font))


def plain(text: str, limit: int = 32_767) -> str:
    """Return a text that a cell or a comment can hold."""
    return bounded(ILLEGAL_CHARACTERS_RE.sub("", text), limit)


def write_anomalies(
    workbook: Workbook,
    findings: pd.DataFrame,
    sheets: Mapping[str, Worksheet],
    looks: Mapping[tuple[str, str], Look],
    lost: list[str],
) -> None:
    """Write the list of the findings as the first sheet of a workbook, the one that it opens on.

    Parameters
    ----------
    findings : pandas.DataFrame
        As `constats.findings_table` gives them, in the order of the list.
    sheets : mapping
        The sheets of the workbook, by the name that findings give them.
    looks : mapping
        What a faulty cell that had a colour looked like, by the name of its sheet and its place.
    lost : list of str
        What the copy could not keep.
    """
    taken = {name.casefold() for name in workbook.sheetnames}
    sheet = workbook.create_sheet(_TITLE if _TITLE.casefold() not in taken else f"{_TITLE} (pvd)", 0)
    _show_first(workbook)
    widths = {**_WIDTHS, **({_REMEMBERED: 12.0} if looks else {})}
    for position, width in enumerate(widths.values(), 1):
        sheet.column_dimensions[get_column_letter(position)].width = width
    _write(sheet["A1"], "Anomalies du classeur", Font(name="Arial", size=15, bold=True, color=BLUE[1:]))
    sheet.row_dimensions[1].height = 24
    for number, sentence in enumerate(_introduction(findings, lost), 2):
        _write(sheet.cell(number, 1), sentence)
    header = sheet.max_row + 2
    _write_header(sheet, header, list(widths))
    rows = [_cells_of(row) for row in findings.itertuples()] or [_NO_FINDING]
    for number, cells in enumerate(rows, header + 1):
        _write_row(sheet, number, cells, list(widths.values()))
    for number, row in enumerate(findings.itertuples(), header + 1):
        sheet.cell(number, 1).fill = PatternFill("solid", fgColor=COLOURS[Severite(row.severite)])
        if row.feuille in sheets and number - header <= _MOST_LINKS:
            _link(sheet.cell(number, 4), sheets[row.feuille], row)
        if (look := looks.get((row.feuille, row.cellule))) is not None:
            before = sheet.cell(number, len(widths))
            _write(before, _THIS_ONE)
            before.fill, before.font = look.fill, look.font
    last = f"{get_column_letter(len(widths))}{header + len(rows)}"
    # The identifiers of tables are unique in a workbook; openpyxl numbers this one again as it saves.
    table = Table(displayName=TABLE_NAME, ref=f"A{header}:{last}", comment=TABLE_DESCRIPTION)
    table.tableStyleInfo = TableStyleInfo(name=None)
    sheet.add_table(table)
    sheet.freeze_panes = sheet.cell(header + 1, 1)
    _set_page(sheet, header, last)


def remembered_looks(sheet: Worksheet) -> dict[tuple[str, str], Look]:
    """Return what an earlier list remembers of the looks of cells, by the name of their sheet and their place."""
    first, *rows = sheet[sheet.tables[TABLE_NAME].ref]
    position = {cell.value: index for index, cell in enumerate(first)}
    if not {"Feuille", "Aller à", _REMEMBERED} <= position.keys():
        return {}
    shown = [(row[position["Feuille"]], row[position["Aller à"]], row[position[_REMEMBERED]]) for row in rows]
    return {
        (str(title.value), str(place.value)): Look.of(before)
        for title, place, before in shown
        if before.value == _THIS_ONE and _PLACE.fullmatch(str(place.value))
    }


def _show_first(workbook: Workbook) -> None:
    """Open the workbook on its first sheet alone: what is typed on one of several selected sheets goes to all of them."""
    for position, sheet in enumerate(workbook.worksheets):
        sheet.sheet_view.tabSelected = position == 0
    for view in workbook.views:
        view.firstSheet = 0
    workbook.active = 0


def _introduction(findings: pd.DataFrame, lost: list[str]) -> list[str]:
    count = findings["severite"].value_counts()
    plurals = {severity: f"{severity.value}s" for severity in Severite}
    said = ", ".join(
        counted(int(count.get(severity.value, 0)), severity.value, plurals[severity]) for severity in Severite
    )
    sentences = [
        f"{counted(len(findings), 'constat')} : {said}. Groupés par règle, les bloquants d'abord.",
        "Chaque cellule en cause est colorée et commentée : ce qui est trouvé, ce qui est attendu, la valeur proposée.",
        "Corrigez le classeur d'origine, qui n'est pas modifié : cette copie est refaite à chaque vérification.",
    ]
    return sentences + [f"Non gardé dans cette copie : {each}." for each in lost]


def _cells_of(row: Any) -> tuple[str, ...]:
    place = row.cellule or (f"ligne {row.ligne}" if pd.notna(row.ligne) else "feuille" if row.feuille else "fichier")
    return (row.severite, row.constat, row.feuille, place, row.trouve, row.attendu, row.proposition)


def _write_header(sheet: Worksheet, number: int, labels: list[str]) -> None:
    for position, label in enumerate(labels, 1):
        cell = sheet.cell(number, position)
        _write(cell, label, Font(name="Arial", size=10, bold=True, color=BLUE[1:]))
        cell.fill = PatternFill("solid", fgColor=PALE_BLUE[1:])
        cell.alignment = Alignment(wrap_text=True, vertical="center")
        cell.border = Border(bottom=Side("medium", BLUE[1:]))
    sheet.row_dimensions[number].height = 30


def _write_row(sheet: Worksheet, number: int, texts: tuple[str, ...], widths: list[float]) -> None:
    for position, text in enumerate(texts, 1):
        _write(sheet.cell(number, position), text)
    for position in range(1, len(widths) + 1):
        cell = sheet.cell(number, position)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        cell.border = Border(bottom=Side("thin", RULE[1:]))
    sheet.row_dimensions[number].height = row_height(texts, widths, bold=False) + 3


def _link(cell: Cell, sheet: Worksheet, row: Any) -> None:
    place = row.cellule or (f"A{row.ligne}" if pd.notna(row.ligne) else "A1")
    cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"{quote_sheetname(sheet.title)}!{place}")
    cell.font = Font(name="Arial", size=10, color=BLUE[1:], underline="single")


def _write(cell: Cell, text: str, font: Font | None = None) -> None:
    """Write a text that stays one, whatever it begins with."""
    cell.value = plain(text)
    if text:
        cell.data_type = "s"
    cell.quotePrefix = text.startswith(("=", "+", "-", "@"))
    cell.font = font or Font(name="Arial", size=10, color=INK[1:])


def _set_page(sheet: Worksheet, header: int, last: str) -> None:
    """Print on A4 landscape, one page wide, the header on each page."""
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.page_margins.left = sheet.page_margins.right = 0.5
    sheet.page_margins.top, sheet.page_margins.bottom = 0.6, 0.7
    sheet.print_title_rows, sheet.print_area = f"{header}:{header}", f"A1:{last}"
    sheet.oddFooter.left.text, sheet.oddFooter.right.text = "Anomalies du classeur", "Page &P / &N"
    sheet.oddFooter.left.size = sheet.oddFooter.right.size = 8

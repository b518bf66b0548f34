"""A copy of an analyst's workbook with its findings: faulty cells coloured and commented, and a first sheet that lists them.

All else stays as it was. What an earlier annotation left is taken away first: its sheet, its comments and its colours.
"""

import re
import zipfile
from copy import copy
from io import BytesIO
from typing import Final
from xml.etree.ElementTree import ParseError

import pandas as pd
from openpyxl import Workbook
from openpyxl.cell import Cell, MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Color, PatternFill
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet

from pvd_analysis.constats import Severite, blocking_first
from pvd_analysis.errors import InvalidParameter
from pvd_analysis.values.personal import masked_text
from pvd_analysis.workbooks.anomalies_sheet import (
    COLOURS,
    TABLE_DESCRIPTION,
    TABLE_NAME,
    Look,
    plain,
    remembered_looks,
    write_anomalies,
)
from pvd_analysis.workbooks.french_workbook import INK
from pvd_analysis.workbooks.kept_workbook import cells_of, computed_values, open_kept, saved
from pvd_analysis.workbooks.text_fit import row_height

_BEGIN, _END = "— Constats de pvd verifier —", "— fin des constats —"
_OURS = re.compile(rf"(?:\n\n)?{_BEGIN}\n.*?{_END}", re.DOTALL)
_AUTHOR: Final = "pvd verifier"
_COMMENT_WIDTH: Final = 45.0
_DAMAGED = (
    InvalidFileException,
    zipfile.BadZipFile,
    ParseError,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
)


def annotated_copy(content: bytes, findings: pd.DataFrame) -> tuple[bytes, list[str]]:
    """Return the annotated copy of an .xlsx file, and in French what of it could not be kept.

    Parameters
    ----------
    content : bytes
        The file, which `pvd_analysis.sources.safety` has let through.
    findings : pandas.DataFrame
        Its findings, as `constats.findings_table` gives them.

    Raises
    ------
    InvalidParameter
        The file is no .xlsx workbook, whatever its name.
    """
    try:
        workbook, lost = open_kept(content)
    except _DAMAGED as error:
        raise InvalidParameter(_not_xlsx()) from error
    if not workbook.worksheets:
        raise InvalidParameter(_not_xlsx())
    values = computed_values(content, workbook)
    _remove_annotations(workbook)
    if any(cell.comment for sheet in workbook.worksheets for cell in cells_of(sheet)):
        lost.append("la taille et la mise en forme des commentaires (leur texte reste)")
    findings = _grouped(findings)
    sheets = {masked_text(sheet.title): sheet for sheet in workbook.worksheets}
    by_cell = {
        place: group
        for place, group in findings[findings["cellule"].ne("")].groupby(["feuille", "cellule"], sort=False)
        if place[0] in sheets
    }
    cells = {(title, place): _shown_cell(sheets[title], place) for title, place in by_cell}
    looks = {place: Look.of(cell) for place, cell in cells.items() if cell.fill.fill_type}
    for place, group in by_cell.items():
        _annotate(cells[place], group)
    write_anomalies(workbook, findings, sheets, looks, lost)
    return saved(workbook, values, {TABLE_NAME: TABLE_DESCRIPTION}), lost


def is_annotated(content: bytes) -> bool:
    """Whether a file is an annotated copy, or what a spreadsheet program saved of one."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            name = f'"{TABLE_NAME}"'.encode()
            return any("/tables/" in part and name in archive.read(part) for part in archive.namelist())
    except zipfile.BadZipFile:
        return False


def _not_xlsx() -> str:
    return (
        "ce fichier ne peut pas être annoté : ouvrez-le dans Excel ou LibreOffice et enregistrez-le au format .xlsx "
        "(Enregistrer sous › Classeur Excel)"
    )


def _grouped(findings: pd.DataFrame) -> pd.DataFrame:
    """Return findings rule by rule, those of the blocking ones first, and place by place inside a rule."""
    first = {rule: rank for rank, rule in enumerate(findings["regle"].drop_duplicates())}
    by_rule = findings.sort_values("regle", key=lambda rules: rules.map(first), kind="stable", ignore_index=True)
    return blocking_first(by_rule)


def _shown_cell(sheet: Worksheet, place: str) -> Cell:
    """Return a cell, or that which shows what is in it: the first of the merged cells that it is one of."""
    cell = sheet[place]
    if not isinstance(cell, MergedCell):
        return cell
    merged = next(cells for cells in sheet.merged_cells.ranges if place in cells)
    return sheet.cell(merged.min_row, merged.min_col)


def _annotate(cell: Cell, findings: pd.DataFrame) -> None:
    worst = findings["severite"].iloc[0]
    lines = [_BEGIN]
    for row in findings.itertuples():
        lines.append(f"Constat {row.severite} : {row.constat}.")
        details = (("Trouvé", row.trouve), ("Attendu", row.attendu), ("Valeur proposée", row.proposition))
        lines += [f"{label} : {said}" for label, said in details if said]
    ours = plain("\n".join([*lines, _END]), 8_000)
    before = cell.comment
    cell.comment = _fitted(f"{before.text}\n\n{ours}" if before else ours, before.author if before else _AUTHOR)
    if cell.fill.fill_type:
        # White on dark blue, as in many headers, would be white on pale red.
        font = copy(cell.font)
        font.color = Color(f"FF{INK[1:]}")
        cell.font = font
    cell.fill = PatternFill("solid", fgColor=COLOURS[Severite(worst)])


def _fitted(text: str, author: str) -> Comment:
    """Return a comment whose frame holds its text."""
    return Comment(text, author, width=330, height=int(row_height([text], [_COMMENT_WIDTH], bold=False) * 1.5) + 24)


def _remove_annotations(workbook: Workbook) -> None:
    """Take an earlier annotation away; a cell that has moved since with its comment loses its colour too."""
    remembered: dict[tuple[str, str], Look] = {}
    lists = [sheet for sheet in workbook.worksheets if TABLE_NAME in sheet.tables]
    for sheet in lists:
        remembered |= remembered_looks(sheet)
        workbook.remove(sheet)
    sheets = {masked_text(sheet.title): sheet for sheet in workbook.worksheets}
    looks = {
        (title, _shown_cell(sheets[title], place).coordinate): look
        for (title, place), look in remembered.items()
        if title in sheets
    }
    for sheet in workbook.worksheets:
        for cell in cells_of(sheet):
            text = cell.comment.text if cell.comment else ""
            others = _OURS.sub("", text)
            is_marked = bool(lists) or text != others
            if is_marked and cell.fill.fill_type == "solid" and cell.fill.fgColor.rgb in COLOURS.values():
                look = looks.get((masked_text(sheet.title), cell.coordinate), Look(PatternFill(), copy(cell.font)))
                cell.fill, cell.font = look.fill, look.font
            if cell.comment:
                cell.comment = _fitted(others, cell.comment.author) if others.strip() else None

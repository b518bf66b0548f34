"""The shared reader: one sheet and one form in, one table, its findings and its reckoning out."""

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from pvd_analysis.constats import Constat
from pvd_analysis.sources.cells import Place
from pvd_analysis.sources.column_reader import ReadColumn, read_columns, says, unit_beside
from pvd_analysis.sources.example_row import is_example_row, is_untouched_example
from pvd_analysis.sources.form import Form
from pvd_analysis.sources.header import Header
from pvd_analysis.sources.personal_cells import personal_findings, quotable_texts
from pvd_analysis.sources.raw_file import Sheet
from pvd_analysis.sources.rows_aside import rows_set_aside, set_aside
from pvd_analysis.sources.table_findings import cell_findings, header_findings, row_findings, total_findings
from pvd_analysis.values.text import fold

if TYPE_CHECKING:
    from pvd_analysis.values import PartialDate

# Fewer rows of one length than that are no habit of a program.
_FEWEST_ALIKE = 3
# « À reporter » at the foot of a page and « Report » at the head of the next sum what is above.
_TOTAL = re.compile(r"^(sous total|total|totaux|ensemble|cumul|a reporter|report)\b")
_UNTITLED = "somme sans intitulé"
# What a program writes at the foot of a page, in one cell or in several.
_FOOT = re.compile(r"^(page \d|source|note|nb|edite le|imprime le|extrait le|extraction)\b")
_PLAIN_TOTAL = re.compile(r"^(sous total|total|totaux)\b|^(ensemble|cumul)$")
_TOTAL_BEGINS = frozenset({"sous", "tota", "ense", "cumu", "a re", "à re", "repo"})


@dataclass(frozen=True, slots=True)
class TableRead:
    """What one sheet gave.

    ``rows`` has the table's columns (see `TableDescription.all_columns`, without ``code_departement``), and the control columns of
    the form; ``set_aside`` has `pvd_analysis.sources.rows_aside.SET_ASIDE_COLUMNS`; ``rows_read`` and ``cents_read`` count every non-blank row below
    the header and every readable amount of the reckoned column.
    """

    table: str
    file: str
    sheet: str
    rows: pd.DataFrame
    set_aside: pd.DataFrame
    findings: tuple[Constat, ...]
    rows_read: int
    cents_read: int


def read_table(sheet: Sheet, form: Form, header: Header, file: str, place: Place) -> TableRead:
    """Read the rows below a header.

    Every non-blank row ends in ``rows`` or in ``set_aside``. A row is set aside when it is a total, a note or a
    repeated header, or when a required cell is blank or cannot be read; an optional cell that cannot be read is left
    blank, with a finding. The example row of an empty form is no row, unless someone has written in it.
    """
    numbers = [
        number
        for number, row in enumerate(sheet.rows[header.row + 1 :], header.row + 2)
        if says(row) and not (form.has_example_row and is_untouched_example(row, header.columns))
    ]
    cells = [sheet.rows[number - 1] for number in numbers]
    columns = read_columns(cells, form, header, place, unit_beside(sheet, form, header, file, cells))
    findings = header_findings(sheet, form, header, file) + personal_findings(sheet, header, file)
    shifted = _shifted(sheet, header, cells)
    # what stands under the header of another column is no amount
    amounts = [
        None if is_shifted else cents
        for cents, is_shifted in zip(_amounts(columns, form, len(cells)), shifted, strict=True)
    ]

    complete = np.ones(len(cells), dtype=bool)
    for field in form.required_fields:
        column = next((column for column in columns if column.field == field), None)
        complete &= column.has_value if column else False
    for column in columns:
        # a state that is not understood is not the one that a blank stands for: the row is counted nowhere
        if column.field.column == form.table.state:
            complete[[position for position, reading in column.remarks.items() if reading.is_refused]] = False
    if form.has_example_row:
        complete &= np.fromiter((not is_example_row(row) for row in cells), bool, len(cells))
    complete &= ~shifted

    totals, false_totals = _totals(columns, cells, amounts, complete)
    complete[list(totals)] = False
    aside: list[dict[str, Any]] = []
    for position in np.flatnonzero(~complete).tolist():
        if amounts[position] is None and not shifted[position] and position not in totals:
            amounts[position] = _told(columns, form, position)
        motive = _motive(cells[position], sheet.rows[header.row], form, amounts[position])
        if motive == "cellule_obligatoire_vide" and shifted[position]:
            motive = "longueur_de_ligne"
        if position in totals:
            motive = "ligne_de_total"
        elif motive == "ligne_de_total":
            motive = "cellule_obligatoire_vide"
        aside.append(
            {
                "fichier": file,
                "feuille": sheet.name,
                "ligne": numbers[position],
                "table": form.table.name,
                "motif": motive,
                "contenu": " | ".join(quotable_texts(cells[position], sheet.rows[header.row], header)),
                "montant_cents": amounts[position],
            }
        )
        quoted = totals.get(position) or next(iter(quotable_texts(cells[position], sheet.rows[header.row], header)), "")
        findings += row_findings(
            columns,
            quoted,
            cells[position],
            position,
            form,
            header,
            motive,
            file,
            sheet.name,
            numbers,
            amounts[position],
        )
    findings += cell_findings(columns, complete, file, sheet.name, numbers, cells)
    findings += total_findings(false_totals, totals, amounts, form, header, file, sheet.name, numbers)

    name, count = sheet.name, len(cells)
    del sheet, cells  # of a long list nobody else holds the rows: the frame takes their place in memory
    return TableRead(
        table=form.table.name,
        file=file,
        sheet=name,
        rows=_frame(columns, complete, form, file, name, numbers),
        set_aside=set_aside(aside),
        findings=tuple(findings),
        rows_read=count,
        cents_read=sum(amount for amount in amounts if amount is not None),
    )


def without_rows(table: TableRead, labels: pd.Index, motive: str) -> TableRead:
    """Return what a sheet gave with some of its rows set aside, for one reason."""
    aside = rows_set_aside(table.rows.loc[labels], table.table, motive)
    parts = [part for part in (table.set_aside, aside) if len(part)] or [aside]
    return replace(table, rows=table.rows.drop(index=labels), set_aside=pd.concat(parts, ignore_index=True))


def _amounts(columns: list[ReadColumn], form: Form, length: int) -> list[int | None]:
    for column in columns:
        if column.field.column == form.table.amount:
            return column.values
    return [None] * length


def _told(columns: list[ReadColumn], form: Form, position: int) -> int | None:
    """Return the amount of a row that is refused for its unit alone: its euros are known, and lost with the row."""
    column = next((column for column in columns if column.field.column == form.table.amount and column.has_unit), None)
    return column.remarks[position].proposal if column and position in column.remarks else None


def _motive(row: list[Any], headers: list[Any], form: Form, cents: int | None) -> str:
    if form.has_example_row and is_example_row(row):
        return "ligne_d_exemple"
    names = {*form.field_by_header(), *(fold(str(cell)) for cell in headers)}
    texts = [fold(str(cell)) for cell in row if says([cell])]
    if len(texts) > 1 and names.issuperset(texts):
        return "entete_repetee"
    if _TOTAL.match(texts[0] if texts else ""):
        return "ligne_de_total"
    is_alone = len(texts) == 1 and len(form.required_fields) > 1
    if cents is None and (is_alone or (len(texts) <= len(row) / 2 and _FOOT.match(texts[0]))):
        return "ligne_de_note"
    return "cellule_obligatoire_vide"


def _shifted(sheet: Sheet, header: Header, cells: list[list[Any]]) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Tell which rows of a delimited text are longer or shorter than their header: a separator or a line break too many.

    A program may end every row with a separator, or leave out the blank cells at the end: most rows have that length then.
    """
    widths = np.fromiter(map(len, cells), int, len(cells))
    width = len(sheet.rows[header.row])
    if not sheet.is_delimited or (widths == width).all():
        return np.zeros(len(cells), dtype=bool)
    usual = int(np.bincount(widths).argmax())
    if (widths == usual).sum() < _FEWEST_ALIKE:
        usual = width
    is_usual = (widths == usual) & np.fromiter((not says(row[width:]) for row in cells), bool, len(cells))
    is_right: np.ndarray[Any, np.dtype[np.bool_]] = (widths == width) | is_usual
    return ~is_right


def _first_text(row: list[Any]) -> str:
    return next(str(cell).strip() for cell in row if says([cell]))


def _totals(
    columns: list[ReadColumn],
    cells: list[list[Any]],
    amounts: list[int | None],
    complete: np.ndarray[Any, np.dtype[np.bool_]],
) -> tuple[dict[int, str], dict[int, int]]:
    """Return the rows that are totals, by their label, and those whose amount is no sum, with the sum that was expected.

    A total is known by what it sums: the rows since one of the totals above it, or all of them. A row that is complete
    (« TOTAL LANDES » in a list) is one only so; one that is not, by its label too, unless « Ensemble scolaire » is a title.
    """
    said: dict[int, str] = {}
    for column in columns:
        labels = {
            value
            for value in set(column.values)
            if isinstance(value, str) and value[:4].casefold() in _TOTAL_BEGINS and _TOTAL.match(fold(value))
        }
        if labels:
            said |= {position: value for position, value in enumerate(column.values) if value in labels}
    begins = {position: _first_text(cells[position]) for position in np.flatnonzero(~complete).tolist()}
    said |= {position: text for position, text in begins.items() if _TOTAL.match(fold(text))}
    said |= {
        position: _UNTITLED
        for position in begins
        if amounts[position] is not None and sum(says([cell]) for cell in cells[position]) == 1
    }
    totals: dict[int, str] = {}
    false: dict[int, int] = {}
    summed, rows, starts, after_subtotal = 0, 0, [(0, 0)], 0
    for position, amount in enumerate(amounts):
        label = said.get(position)
        # one row is no sum where the line is as full as the others: a beneficiary may be named TOTAL
        is_full = label is not None and 2 * sum(each.values[position] is not None for each in columns) > len(columns)
        fewest = 2 if is_full else 1
        sums = label is not None and any(
            0 < summed - start == amount and rows - first >= fewest for start, first in starts
        )
        if label is None or not (
            sums or (not complete[position] and (amount is None or _PLAIN_TOTAL.match(fold(label))))
        ):
            summed, rows = summed + (amount or 0), rows + 1
            continue
        is_subtotal = fold(label).startswith("sous total")
        if amount is not None and not sums and amount != summed:
            false[position] = summed - (after_subtotal if is_subtotal else 0)
        totals[position] = label
        after_subtotal = summed
        starts.append((summed, rows))
    return totals, false


def _frame(
    columns: list[ReadColumn],
    complete: np.ndarray[Any, np.dtype[np.bool_]],
    form: Form,
    file: str,
    sheet: str,
    numbers: list[int],
) -> pd.DataFrame:
    """Return the kept rows; the columns are let go of one by one."""
    kept = np.flatnonzero(complete)
    by_name = {column.field.column: column.values for column in columns}
    columns.clear()
    data: dict[str, Any] = {}
    wanted = dict.fromkeys([*form.table.columns, *(field.column for field in form.fields if field.is_control)])
    defaults = {**form.constants, **{field.column: field.default for field in form.fields if field.default}}
    for name in wanted:
        if name in by_name:
            values = by_name.pop(name)
            data[name] = values if len(kept) == len(values) else [values[position] for position in kept]
            if name in defaults:
                # A refused cell has its finding; a column that is never blank then says its default.
                data[name] = [defaults[name] if value is None else value for value in data[name]]
        else:
            data[name] = [defaults.get(name)] * len(kept)
        if name in form.table.columns and form.table.kind(name) == "date":
            dates: list[PartialDate | None] = data[name]
            data[name] = [value.first if value else None for value in dates]
            data[f"{name}_precision"] = pd.Series([value.precision.value if value else None for value in dates])
        data[name] = pd.Series(data[name])
    data["fichier"] = [file] * len(kept)
    data["feuille"] = [sheet] * len(kept)
    data["ligne"] = [numbers[position] for position in kept]
    return pd.DataFrame(data, copy=False)

"""The shared reader: one sheet and its header in, one table, its findings and its reckoning out."""

import re
from typing import Any

import numpy as np
import pandas as pd

from pvd_analysis.sources.cells import Place
from pvd_analysis.sources.columns import Below, read_columns, says, unit_beside
from pvd_analysis.sources.form import is_example_row, is_untouched_example
from pvd_analysis.sources.header import Header
from pvd_analysis.sources.raw_file import Sheet
from pvd_analysis.sources.source_read import TableRead, set_aside
from pvd_analysis.sources.table_findings import (
    cell_findings,
    header_findings,
    personal_findings,
    quotable_texts,
    row_findings,
    total_findings,
)
from pvd_analysis.values.text import fold

# Fewer rows of one length than that are no habit of a program.
_FEWEST_ALIKE = 3
# « À reporter » at the foot of a page and « Report » at the head of the next sum what is above.
_TOTAL = re.compile(r"^(sous total|total|totaux|ensemble|cumul|a reporter|report)\b")
_UNTITLED = "somme sans intitulé"
# What a program writes at the foot of a page, in one cell or in several.
_FOOT = re.compile(r"^(page \d|source|note|nb|edite le|imprime le|extrait le|extraction)\b")
_PLAIN_TOTAL = re.compile(r"^(sous total|total|totaux)\b|^(ensemble|cumul)$")
_TOTAL_BEGINS = frozenset({"sous", "tota", "ense", "cumu", "a re", "à re", "repo"})


_Mask = np.ndarray[Any, np.dtype[np.bool_]]


def read_table(sheet: Sheet, header: Header, file: str, place: Place) -> TableRead:
    """Read the rows below a header.

    Every non-blank row ends in ``rows`` or in ``set_aside``. A row is set aside when it is a total, a note or a
    repeated header, or when a required cell is blank or cannot be read; an optional cell that cannot be read is left
    blank, with a finding. The example row of an empty form is no row, unless someone has written in it.
    """
    form, headers = header.form, sheet.rows[header.row]
    numbers = [
        number
        for number, row in enumerate(sheet.rows[header.row + 1 :], header.row + 2)
        if says(row) and not (form.has_example_row and is_untouched_example(row, header.columns))
    ]
    cells = [sheet.rows[number - 1] for number in numbers]
    columns = read_columns(cells, header, place, unit_beside(sheet, header, file, cells))
    rows = Below(file, sheet.name, header, numbers, cells, columns)
    findings = header_findings(sheet, header, file) + personal_findings(sheet, header, file)
    shifted = _shifted(sheet, header, cells)
    amounts = _amounts(rows, shifted)
    complete = _complete(rows) & ~shifted
    totals, false_totals = _totals(rows, amounts, complete)
    complete[list(totals)] = False
    aside: list[dict[str, Any]] = []
    for position in np.flatnonzero(~complete).tolist():
        if amounts[position] is None and not shifted[position] and position not in totals:
            amounts[position] = _told(rows, position)
        cents = amounts[position]
        motive = "ligne_de_total" if position in totals else _motive(rows, position, headers, cents)
        if motive == "cellule_obligatoire_vide" and shifted[position]:
            motive = "longueur_de_ligne"
        texts = quotable_texts(cells[position], headers, header)
        aside.append(
            {"fichier": file, "feuille": sheet.name, "ligne": numbers[position], "table": form.table.name}
            | {"motif": motive, "contenu": " | ".join(texts), "montant_cents": cents}
        )
        findings += row_findings(rows, position, motive, totals.get(position) or next(iter(texts), ""), cents)
    findings += cell_findings(rows, complete)
    findings += total_findings(rows, totals, false_totals, amounts)
    count = len(cells)
    # of a long list nobody else holds the rows: the frame takes their place in memory
    cells.clear()
    del sheet
    return TableRead(
        table=form.table.name,
        file=file,
        sheet=rows.sheet,
        rows=_frame(rows, complete),
        set_aside=set_aside(aside),
        findings=tuple(findings),
        rows_read=count,
        cents_read=sum(amount for amount in amounts if amount is not None),
    )


def _amounts(rows: Below, shifted: _Mask) -> list[int | None]:
    """Return the reckoned amount of each row: what stands under the header of another column is none."""
    amount = rows.header.form.table.amount
    written = next((column.values for column in rows.columns if column.field.column == amount), [None] * len(shifted))
    return [None if is_shifted else cents for cents, is_shifted in zip(written, shifted, strict=True)]


def _complete(rows: Below) -> _Mask:
    """Tell which rows say all that a row must, and are no example."""
    form, cells = rows.header.form, rows.cells
    complete = np.ones(len(cells), dtype=bool)
    if rows.header.missing:
        complete[:] = False
    for column in rows.columns:
        if column.field.is_required:
            complete &= column.has_value
        # a state that is not understood is not the one that a blank stands for: the row is counted nowhere
        if column.field.column == form.table.state:
            complete[[position for position, reading in column.remarks.items() if reading.is_refused]] = False
    if form.has_example_row:
        complete &= np.fromiter((not is_example_row(row) for row in cells), bool, len(cells))
    return complete


def _told(rows: Below, position: int) -> int | None:
    """Return the amount of a row that is refused for its unit alone: its euros are known, and lost with the row."""
    amount = rows.header.form.table.amount
    column = next((column for column in rows.columns if column.field.column == amount and column.has_unit), None)
    return column.remarks[position].proposal if column and position in column.remarks else None


def _motive(rows: Below, position: int, headers: list[Any], cents: int | None) -> str:
    form, row = rows.header.form, rows.cells[position]
    if form.has_example_row and is_example_row(row):
        return "ligne_d_exemple"
    texts = [fold(str(cell)) for cell in row if says([cell])]
    if len(texts) > 1 and {*form.field_by_header(), *(fold(str(cell)) for cell in headers)}.issuperset(texts):
        return "entete_repetee"
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


def _totals(rows: Below, amounts: list[int | None], complete: _Mask) -> tuple[dict[int, str], dict[int, int]]:
    """Return the rows that are totals, by their label, and those whose amount is no sum, with the sum that was expected.

    A total is known by what it sums: the rows since one of the totals above it, or all of them. A row that is complete
    (« TOTAL LANDES » in a list) is one only so; one that is not, by its label too, unless « Ensemble scolaire » is a title.
    """
    said: dict[int, str] = {}
    for column in rows.columns:
        labels = {
            value
            for value in set(column.values)
            if isinstance(value, str) and value[:4].casefold() in _TOTAL_BEGINS and _TOTAL.match(fold(value))
        }
        if labels:
            said |= {position: value for position, value in enumerate(column.values) if value in labels}
    begins = {position: _first_text(rows.cells[position]) for position in np.flatnonzero(~complete).tolist()}
    said |= {position: text for position, text in begins.items() if _TOTAL.match(fold(text))}
    said |= {
        position: _UNTITLED
        for position in begins
        if amounts[position] is not None and sum(says([cell]) for cell in rows.cells[position]) == 1
    }
    totals: dict[int, str] = {}
    false: dict[int, int] = {}
    summed, count, starts, after_subtotal = 0, 0, [(0, 0)], 0
    for position, amount in enumerate(amounts):
        label = said.get(position)
        # one row is no sum where the line is as full as the others: a beneficiary may be named TOTAL
        filled = 0 if label is None else sum(each.values[position] is not None for each in rows.columns)
        fewest = 2 if 2 * filled > len(rows.columns) else 1
        sums = label is not None and any(
            0 < summed - start == amount and count - first >= fewest for start, first in starts
        )
        if label is None or not (
            sums or (not complete[position] and (amount is None or _PLAIN_TOTAL.match(fold(label))))
        ):
            summed, count = summed + (amount or 0), count + 1
            continue
        is_subtotal = fold(label).startswith("sous total")
        if amount is not None and not sums and amount != summed:
            false[position] = summed - (after_subtotal if is_subtotal else 0)
        totals[position] = label
        after_subtotal = summed
        starts.append((summed, count))
    return totals, false


def _frame(rows: Below, complete: _Mask) -> pd.DataFrame:
    """Return the kept rows; the columns are let go of one by one."""
    form, kept = rows.header.form, np.flatnonzero(complete)
    by_name = {column.field.column: column.values for column in rows.columns}
    rows.columns.clear()
    data: dict[str, Any] = {}
    wanted = dict.fromkeys([*form.table.columns, *(field.column for field in form.fields if field.is_control)])
    defaults = {**form.constants, **{field.column: field.default for field in form.fields if field.default}}
    for name in wanted:
        values, default = by_name.pop(name, None), defaults.get(name)
        if values is None:
            values = [default] * len(kept)
        elif len(kept) < len(values):
            values = [values[position] for position in kept]
        if default is not None:
            # A refused cell has its finding; a column that is never blank then says its default.
            values = [default if value is None else value for value in values]
        is_date = name in form.table.columns and form.table.kind(name) == "date"
        data[name] = pd.Series([value and value.first for value in values] if is_date else values)
        if is_date:
            data[f"{name}_precision"] = pd.Series([value and value.precision.value for value in values])
    data["fichier"] = [rows.file] * len(kept)
    data["feuille"] = [rows.sheet] * len(kept)
    data["ligne"] = [rows.numbers[position] for position in kept]
    return pd.DataFrame(data, copy=False)

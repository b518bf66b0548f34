"""The shared reader: one sheet and one form in, one table, its findings and its reckoning out."""

import re
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from openpyxl.utils import get_column_letter
from rapidfuzz import process

from pvd_analysis.constats import Constat, Origine, SetAside
from pvd_analysis.sources.cells import Place, cell_reader, finding_rule, plain_text, read_text
from pvd_analysis.sources.columns import decided_by_column
from pvd_analysis.sources.example_row import is_example_row, is_untouched_example
from pvd_analysis.sources.form import Field, Form
from pvd_analysis.sources.header import Header, find_header
from pvd_analysis.sources.personal_cells import personal_findings, quotable_texts
from pvd_analysis.sources.raw_file import Sheet
from pvd_analysis.sources.rows_aside import rows_set_aside, set_aside
from pvd_analysis.sources.unheld import UnheldCell
from pvd_analysis.sources.units import factor_of_unit, without_unit, written_units
from pvd_analysis.values import PartialDate, Reading, format_euros, format_rate
from pvd_analysis.values.text import fold

__all__ = [
    "Header",
    "TableRead",
    "find_header",
    "read_table",
    "without_rows",
]

_LENGTH_EXPECTED = "autant de cellules que l'en-tête : un texte qui contient le séparateur s'écrit entre guillemets"
# Fewer rows of one length than that are no habit of a program.
_FEWEST_ALIKE = 3
# A project of a commune beyond a billion euros is a slip.
_LARGEST_CENTS = 100_000_000_000
_SAYS_EUROS = re.compile(r"(?i)€|eur")
_NUMBERS = frozenset({bool, int, float})
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


@dataclass(frozen=True, slots=True)
class _Column:
    """One column of a sheet, read: its values, and by position the readings that call for a finding."""

    field: Field
    index: int
    values: list[Any]
    remarks: dict[int, Reading[Any]]
    has_unit: bool = False

    @property
    def has_value(self) -> np.ndarray[Any, np.dtype[np.bool_]]:
        return np.fromiter((value is not None for value in self.values), bool, len(self.values))


def read_table(sheet: Sheet, form: Form, header: Header, file: str, place: Place) -> TableRead:
    """Read the rows below a header.

    Every non-blank row ends in ``rows`` or in ``set_aside``. A row is set aside when it is a total, a note or a
    repeated header, or when a required cell is blank or cannot be read; an optional cell that cannot be read is left
    blank, with a finding. The example row of an empty form is no row, unless someone has written in it.
    """
    numbered = [(number, row) for number, row in enumerate(sheet.rows[header.row + 1 :], header.row + 2) if _says(row)]
    if form.has_example_row:
        numbered = [(number, row) for number, row in numbered if not is_untouched_example(row, header.columns)]
    numbers = [number for number, _ in numbered]
    cells = [row for _, row in numbered]
    columns = _read_columns(cells, form, header, place, _unit_beside(sheet, form, header, file, cells))
    findings = _header_findings(sheet, form, header, file) + personal_findings(sheet, header, file)
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
        findings += _row_findings(
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
    findings += _cell_findings(columns, complete, file, sheet.name, numbers, cells)
    findings += _total_findings(false_totals, totals, amounts, form, header, file, sheet.name, numbers)

    return TableRead(
        table=form.table.name,
        file=file,
        sheet=sheet.name,
        rows=_frame(columns, complete, form, file, sheet.name, numbers),
        set_aside=set_aside(aside),
        findings=tuple(findings),
        rows_read=len(cells),
        cents_read=sum(amount for amount in amounts if amount is not None),
    )


def without_rows(table: TableRead, labels: pd.Index, motive: str) -> TableRead:
    """Return what a sheet gave with some of its rows set aside, for one reason."""
    aside = rows_set_aside(table.rows.loc[labels], table.table, motive)
    parts = [part for part in (table.set_aside, aside) if len(part)] or [aside]
    return replace(table, rows=table.rows.drop(index=labels), set_aside=pd.concat(parts, ignore_index=True))


def _says(row: list[Any]) -> bool:
    return any(
        cell is not None
        and (cell.strip() if isinstance(cell, str) else not (isinstance(cell, UnheldCell) and cell.is_blank))
        for cell in row
    )


def _unit_beside(sheet: Sheet, form: Form, header: Header, file: str, cells: list[list[Any]]) -> str:
    """Return the text beside a table that says its amounts in another unit, else a blank: a title, a note, a name."""
    beside = [[file.rpartition("/")[2].replace("_", " ; ")], [sheet.name], *sheet.rows[: header.row]]
    # a note, and a row of units under the header, is short of what a row needs
    needed = [index for index, field in header.columns.items() if field.is_required]
    notes = [row for row in cells if sum(map(bool, row)) <= 2 or row is cells[0]]
    beside += [row for row in notes if not all(index < len(row) and _says([row[index]]) for index in needed)]
    return next((cell for row in beside for cell in row if isinstance(cell, str) and written_units(cell)), "")


def _read_columns(cells: list[list[Any]], form: Form, header: Header, place: Place, unit: str) -> list[_Column]:
    shortest = min(map(len, cells), default=0)
    columns = []
    for index, field in header.columns.items():
        ragged = index >= shortest
        column = (
            [row[index] if index < len(row) else None for row in cells] if ragged else [row[index] for row in cells]
        )
        columns.append(
            _read_column(
                column, form, index, field, place, (header.units.get(index) or unit) if field.is_amount else ""
            )
        )
    return columns


def _read_column(cells: list[Any], form: Form, index: int, field: Field, place: Place, unit: str) -> _Column:
    """Read each different cell once: a list of a country writes the same few thousand values over and over."""
    read = cell_reader(field.reading, place)
    is_held = UnheldCell not in set(map(type, cells))
    if read is read_text and field.default is None and is_held:
        return _Column(field, index, [None if cell in form.blanks else plain_text(cell) for cell in cells], {})
    known: dict[Any, Any] = {}
    remarked: dict[Any, Reading[Any]] = {}
    # 1, 1.0 and True are one dictionary key and three different cells.
    is_mixed = len(_NUMBERS.intersection(map(type, cells))) > 1 or not is_held
    keys: list[Any] = list(zip(map(type, cells), cells, strict=True)) if is_mixed else cells
    decided = decided_by_column(field.reading, cells)
    factor = factor_of_unit(unit)
    for key in dict.fromkeys(keys):
        cell = key[1] if is_mixed else key
        if cell in decided:
            reading = decided[cell]
        else:
            reading = _unheld(cell) if isinstance(cell, UnheldCell) else read(None if cell in form.blanks else cell)
        if unit and reading.value and not _SAYS_EUROS.search(str(cell)):
            reading = Reading(
                problem=f"{plain_text(cell)}, sous « {' '.join(unit.split())} »",
                expected="un montant en euros hors taxes, ou son unité dans la cellule, par exemple « 30 k€ »",
                proposal=reading.value * factor if factor else None,
            )
        known[key] = field.default if reading.is_absent else reading.value
        if reading.problem is not None or (field.is_amount and not 0 <= (reading.value or 0) <= _LARGEST_CENTS):
            remarked[key] = reading
    remarks = {position: remarked[key] for position, key in enumerate(keys) if key in remarked} if remarked else {}
    return _Column(field, index, [known[key] for key in keys], remarks, has_unit=bool(unit))


def _unheld(cell: UnheldCell) -> Reading[Any]:
    return Reading(problem=cell.problem, expected=cell.expected, proposal=cell.proposal or None)


def _amounts(columns: list[_Column], form: Form, length: int) -> list[int | None]:
    for column in columns:
        if column.field.column == form.table.amount:
            return column.values
    return [None] * length


def _told(columns: list[_Column], form: Form, position: int) -> int | None:
    """Return the amount of a row that is refused for its unit alone: its euros are known, and lost with the row."""
    column = next((column for column in columns if column.field.column == form.table.amount and column.has_unit), None)
    return column.remarks[position].proposal if column and position in column.remarks else None


def _motive(row: list[Any], headers: list[Any], form: Form, cents: int | None) -> str:
    if form.has_example_row and is_example_row(row):
        return "ligne_d_exemple"
    names = {*form.field_by_header(), *(fold(str(cell)) for cell in headers)}
    texts = [fold(str(cell)) for cell in row if _says([cell])]
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
    is_usual = (widths == usual) & np.fromiter((not _says(row[width:]) for row in cells), bool, len(cells))
    is_right: np.ndarray[Any, np.dtype[np.bool_]] = (widths == width) | is_usual
    return ~is_right


def _first_text(row: list[Any]) -> str:
    return next(str(cell).strip() for cell in row if _says([cell]))


def _header_findings(sheet: Sheet, form: Form, header: Header, file: str) -> list[Constat]:
    findings = []
    row = header.row + 1
    for field in form.fields:
        if field.column in header.found or not (field.is_required or form.sheet_names):
            continue
        # an amount with tax or in thousands is never proposed for one without
        alike = [name for name in header.unknown.values() if written_units(name) == written_units(field.label)]
        near = process.extractOne(field.label, alike, processor=fold, score_cutoff=60)
        findings.append(
            Constat(
                "colonne_absente" if field.is_required else "colonne_facultative_absente",
                Origine(file, sheet.name or None, row),
                trouve=", ".join(header.unknown.values()) or "aucune colonne qui y ressemble",
                attendu=f"une colonne « {field.label} »",
                proposition=f"renommer « {near[0]} » en « {field.label} »" if near else "",
            )
        )
    for index, name in header.unknown.items():
        findings.append(Constat("colonne_inconnue", Origine(file, sheet.name or None, row, index + 1), trouve=name))
    by_header = form.field_by_header()
    read = {field: index for index, field in header.columns.items()}
    for index, name in header.repeated.items():
        kept = read[by_header[fold(without_unit(name)[0])]]
        findings.append(
            Constat(
                "colonne_en_double",
                Origine(file, sheet.name or None, row, index + 1),
                trouve=name,
                attendu=f"une seule colonne ; celle de la cellule {get_column_letter(kept + 1)}{row} est lue",
            )
        )
    if header.is_on_two_rows:
        said = ", ".join(
            f"« {field.label} » dans la colonne {get_column_letter(i + 1)}" for i, field in header.columns.items()
        )
        findings.append(Constat("entete_sur_deux_lignes", Origine(file, sheet.name or None, row), trouve=said))
    return findings


def _row_findings(
    columns: list[_Column],
    quoted: str,
    row: list[Any],
    position: int,
    form: Form,
    header: Header,
    motive: str,
    file: str,
    sheet: str,
    numbers: list[int],
    cents: int | None,
) -> list[Constat]:
    """Return why a row is set aside: one finding for each cell at fault, or one for the row."""
    origin = Origine(file, sheet or None, numbers[position])
    aside = SetAside(cents)
    if motive == "longueur_de_ligne":
        return [Constat(motive, origin, trouve=quoted, attendu=_LENGTH_EXPECTED, ecartee=aside)]
    if motive != "cellule_obligatoire_vide":
        return [Constat(motive, origin, trouve=quoted, ecartee=aside if motive == "ligne_d_exemple" else None)]
    findings = []
    for column in columns:
        place = Origine(file, sheet or None, numbers[position], column.index + 1)
        refused = column.remarks.get(position)
        needed = column.field.is_required or column.field.column == form.table.state
        if needed and refused is not None and refused.is_refused:
            findings.append(replace(_refusal(column, refused, row, place), ecartee=aside))
        elif column.field.is_required and column.values[position] is None:
            expected = f"une valeur dans « {column.field.label} »"
            findings.append(Constat("cellule_obligatoire_vide", place, attendu=expected, ecartee=aside))
    if not findings:
        # The required column is missing altogether: said once for the sheet, and here for the row.
        missing = ", ".join(f"« {field.label} »" for field in header.missing(form))
        findings.append(Constat("cellule_obligatoire_vide", origin, attendu=f"une colonne {missing}", ecartee=aside))
    return findings


def _cell_findings(
    columns: list[_Column],
    complete: np.ndarray[Any, np.dtype[np.bool_]],
    file: str,
    sheet: str,
    numbers: list[int],
    cells: list[list[Any]],
) -> list[Constat]:
    """Return the findings of the cells of the rows that are kept."""
    findings = []
    for column in columns:
        for position, reading in column.remarks.items():
            if not complete[position]:
                continue
            place = Origine(file, sheet or None, numbers[position], column.index + 1)
            if reading.is_refused:
                findings.append(_refusal(column, reading, cells[position], place))
            elif reading.problem is not None:
                findings.append(Constat("montant_arrondi", place, trouve=reading.problem))
            elif (reading.value or 0) > 0:
                findings.append(
                    Constat(
                        "montant_invraisemblable",
                        place,
                        trouve=format_euros(reading.value),
                        attendu="un montant en euros",
                    )
                )
            else:
                findings.append(
                    Constat("montant_negatif", place, trouve=format_euros(reading.value), attendu="un montant positif")
                )
    return findings


def _refusal(column: _Column, reading: Reading[Any], row: list[Any], place: Origine) -> Constat:
    field = column.field
    cell = row[column.index] if column.index < len(row) else None
    if isinstance(cell, UnheldCell):
        proposal = "" if field.may_name_people else cell.proposal
        return Constat(cell.rule, place, trouve=cell.problem, attendu=cell.expected, proposition=proposal)
    return Constat(
        finding_rule(field.reading),
        place,
        trouve="un texte qui n'est pas repris ici" if field.may_name_people else reading.problem or "",
        attendu=reading.expected or "",
        proposition=_proposal_text(field, reading.proposal),
    )


def _proposal_text(field: Field, proposal: Any) -> str:
    if proposal is None:
        return ""
    if field.is_amount:
        return format_euros(proposal)
    if field.reading in {"taux", "points"}:
        return format_rate(proposal)
    return str(proposal)


def _totals(
    columns: list[_Column],
    cells: list[list[Any]],
    amounts: list[int | None],
    complete: np.ndarray[Any, np.dtype[np.bool_]],
) -> tuple[dict[int, str], dict[int, int]]:
    """Return the rows that are totals, by their label, and those whose amount is no sum, with the sum that was expected.

    A total is known by what it sums: the rows since one of the totals above it, or all of them. A row that is complete
    (« TOTAL LANDES » in a list) is one only so; one that is not, by its label too, unless « Ensemble scolaire » is a title.
    """
    said = {
        position: value
        for column in columns
        for position, value in enumerate(column.values)
        if isinstance(value, str) and value[:4].casefold() in _TOTAL_BEGINS and _TOTAL.match(fold(value))
    }
    begins = {position: _first_text(cells[position]) for position in np.flatnonzero(~complete).tolist()}
    said |= {position: text for position, text in begins.items() if _TOTAL.match(fold(text))}
    said |= {
        position: _UNTITLED
        for position in begins
        if amounts[position] is not None and sum(_says([cell]) for cell in cells[position]) == 1
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


def _total_findings(
    false_totals: dict[int, int],
    totals: dict[int, str],
    amounts: list[int | None],
    form: Form,
    header: Header,
    file: str,
    sheet: str,
    numbers: list[int],
) -> list[Constat]:
    """Say each written total that is the sum of no rows above it."""
    column = next((index + 1 for index, field in header.columns.items() if field.column == form.table.amount), None)
    return [
        Constat(
            "total_faux",
            Origine(file, sheet or None, numbers[position], column),
            trouve=f"{totals[position]} : {format_euros(amounts[position])}",
            attendu=f"la somme des lignes, {format_euros(expected)}",
        )
        for position, expected in false_totals.items()
    ]


def _frame(
    columns: list[_Column],
    complete: np.ndarray[Any, np.dtype[np.bool_]],
    form: Form,
    file: str,
    sheet: str,
    numbers: list[int],
) -> pd.DataFrame:
    kept = np.flatnonzero(complete)
    by_name = {column.field.column: column for column in columns}
    data: dict[str, list[Any]] = {}
    wanted = [*form.table.columns, *(field.column for field in form.fields if field.is_control)]
    defaults = {**form.constants, **{field.column: field.default for field in form.fields if field.default}}
    for name in wanted:
        if name in by_name:
            values = by_name[name].values
            data[name] = values if len(kept) == len(values) else [values[position] for position in kept]
            if name in defaults:
                # A refused cell has its finding; a column that is never blank then says its default.
                data[name] = [defaults[name] if value is None else value for value in data[name]]
        else:
            data[name] = [defaults.get(name)] * len(kept)
        if name in form.table.columns and form.table.kind(name) == "date":
            dates: list[PartialDate | None] = data[name]
            data[name] = [value.first if value else None for value in dates]
            data[f"{name}_precision"] = [value.precision.value if value else None for value in dates]
    data["fichier"] = [file] * len(kept)
    data["feuille"] = [sheet] * len(kept)
    data["ligne"] = [numbers[position] for position in kept]
    return pd.DataFrame(data)

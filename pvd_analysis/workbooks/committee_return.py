"""What came back of « Projets à examiner », held against what had been written there: locked cells, and margins."""

from collections.abc import Mapping
from typing import Any, Final

import pandas as pd

from pvd_analysis.analysis.committee import over_margin
from pvd_analysis.constats import Constat, Origine
from pvd_analysis.dataset import Dataset
from pvd_analysis.sources.avis import FILLED_IN, form_place
from pvd_analysis.sources.cells import plain_text
from pvd_analysis.sources.raw_file import RawFile, Sheet
from pvd_analysis.tables.cells import MISSING, Column, shown_text
from pvd_analysis.tables.committee import projects_to_examine_table
from pvd_analysis.values import format_date, format_euros, format_number, format_rate, read_amount, read_rate
from pvd_analysis.values.text import fold

# What follows from the opinions: those typed here, and those that others have given since.
_AFTER_OPINION: Final = ("avis_rendus", "marge_apres_cents", "controle")
# Formulas of the other locked cells: they change with them, and are one fault with them. A program that does not
# recalculate saves them blank.
_COMPUTED: Final = ("financements_cents", "apport_cents", "taux_aides", "marge_legale_cents")
_SAME_RATE: Final = 1e-6
_MOST_NAMED: Final = 10


def changed_cells(raw: RawFile, d: Dataset) -> list[Constat]:
    """Return one finding for each locked cell that no longer says what the workbook of the dataset says.

    Projects whose row was removed are one finding together.

    Parameters
    ----------
    raw : RawFile
        The workbook that came back.
    d : Dataset
        The territory and quarter of that workbook, known on its day.
    """
    placed = form_place(raw)
    if placed is None:
        raise ValueError(f"{raw.name} is not a workbook of the committee")
    sheet, header = placed
    table = projects_to_examine_table(d)
    expected = {column.name: table.values(column) for column in table.columns}
    row_of = {str(identifier).casefold(): rank for rank, identifier in enumerate(expected["identifiant"])}
    places = _places(sheet, header.row)
    locked = [column for column in table.columns if column.name not in ("identifiant", *FILLED_IN, *_AFTER_OPINION)]
    identifiers = next(index for index, field in header.columns.items() if field.column == "id_projet")
    findings = []
    gone = dict.fromkeys(expected["identifiant"])
    for number, row in enumerate(sheet.rows[header.row + 1 :], header.row + 2):
        identifier = plain_text(row[identifiers]) if identifiers < len(row) else None
        rank = row_of.get((identifier or "").casefold())
        if rank is None:
            continue
        gone.pop(expected["identifiant"][rank], None)
        changed = {
            column.name: _change(column, expected[column.name][rank], row, places[fold(column.label)])
            for column in locked
            if fold(column.label) in places
        }
        entered = {name: change for name, change in changed.items() if change and name not in _COMPUTED}
        for name, (found, wanted) in (entered or {name: change for name, change in changed.items() if change}).items():
            index = places[fold(next(column.label for column in locked if column.name == name))]
            findings.append(
                Constat(
                    "cellule_protegee_modifiee",
                    Origine(raw.name, sheet.name, number, index + 1),
                    trouve=f"{expected['identifiant'][rank]} : {found}",
                    attendu=f"{wanted}, comme dans le classeur {_state(d)}",
                )
            )
    if gone:
        found = f"{format_number(len(gone))} : {', '.join(list(gone)[:_MOST_NAMED])}{'…' if len(gone) > _MOST_NAMED else ''}"
        findings.append(Constat("projets_retires", Origine(raw.name, sheet.name), trouve=found))
    return findings


def margin_findings(d: Dataset, opinions: pd.DataFrame) -> list[Constat]:
    """Return one finding for each project of a returned workbook whose proposed amount is over its margin."""
    return [
        Constat(
            "avis_au_dela_de_la_marge",
            Origine(row.fichier, row.feuille, int(row.ligne)),
            trouve=f"{row.id_projet}, {row.commune} : {format_euros(row.propose_cents)}",
            attendu=f"au plus la marge, {format_euros(max(row.marge_legale_cents, 0))}, ou une dérogation motivée",
        )
        for row in over_margin(d, opinions).itertuples()
    ]


def _state(d: Dataset) -> str:
    known = f", connu au {format_date(d.connu_au)}" if d.connu_au else ""
    return f"du {d.trimestre.label}{known}"


def _places(sheet: Sheet, header_row: int) -> Mapping[str, int]:
    """Return the index of each label of the header; of two columns « Département », the last one is the financeur's."""
    places: dict[str, int] = {}
    for index, cell in enumerate(sheet.rows[header_row]):
        if isinstance(cell, str) and fold(cell):
            places[fold(cell)] = index
    return places


def _change(column: Column, expected: Any, row: list[Any], index: int) -> tuple[str, str] | None:
    """Return what a cell says and what it said, in words; None when they are the same."""
    cell = row[index] if index < len(row) else None
    if column.name in _COMPUTED and plain_text(cell) is None:
        return None
    wanted = MISSING if expected is None else shown_text(column, expected)
    match column.kind:
        case "euros":
            found = read_amount(cell).value
            is_same = found == expected and (found is not None or plain_text(cell) is None)
            shown = None if found is None else format_euros(found)
        case "taux":
            rate = read_rate(cell).value
            is_same = (rate is None) == (expected is None) and (
                rate is None or abs(float(rate) - float(expected)) < _SAME_RATE
            )
            shown = None if rate is None else format_rate(rate)
        case _:
            return None if plain_text(cell) == plain_text(expected) else (plain_text(cell) or MISSING, wanted)
    return None if is_same else (shown or plain_text(cell) or MISSING, wanted)

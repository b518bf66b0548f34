"""What is said of a sheet that was read: its header, the rows set aside, the cells of those that are kept, its totals."""

from dataclasses import replace
from typing import Any

import numpy as np
from rapidfuzz import process

from pvd_analysis.constats import Constat, Origine, SetAside, column_letters
from pvd_analysis.sources.cells import finding_rule
from pvd_analysis.sources.column_reader import ReadColumn
from pvd_analysis.sources.form import Field, Form
from pvd_analysis.sources.header import Header
from pvd_analysis.sources.raw_file import Sheet
from pvd_analysis.sources.sheet_traits import UnheldCell
from pvd_analysis.sources.units import without_unit, written_units
from pvd_analysis.values import Reading, format_euros, format_rate
from pvd_analysis.values.text import fold

_LENGTH_EXPECTED = "autant de cellules que l'en-tête : un texte qui contient le séparateur s'écrit entre guillemets"


def header_findings(sheet: Sheet, form: Form, header: Header, file: str) -> list[Constat]:
    """Say what the header lacks, has twice, or has and nobody asked for."""
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
                proposition=f"renommer « {near[0]} » en « {field.label} »"
                if near and fold(near[0]) != fold(field.label)
                else "",
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
                attendu=f"une seule colonne ; celle de la cellule {column_letters(kept + 1)}{row} est lue",
            )
        )
    if header.is_on_two_rows:
        said = ", ".join(
            f"« {field.label} » dans la colonne {column_letters(i + 1)}" for i, field in header.columns.items()
        )
        findings.append(Constat("entete_sur_deux_lignes", Origine(file, sheet.name or None, row), trouve=said))
    return findings


def row_findings(
    columns: list[ReadColumn],
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


def cell_findings(
    columns: list[ReadColumn],
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


def _refusal(column: ReadColumn, reading: Reading[Any], row: list[Any], place: Origine) -> Constat:
    field = column.field
    cell = row[column.index] if column.index < len(row) else None
    if isinstance(cell, UnheldCell):
        proposal = "" if field.may_name_people else cell.proposal
        return Constat(cell.rule, place, trouve=cell.problem, attendu=cell.expected, proposition=proposal)
    return Constat(
        finding_rule(field.kind),
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
    if field.kind in {"taux", "points"}:
        return format_rate(proposal)
    return str(proposal)


def total_findings(
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

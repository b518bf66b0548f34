"""What is said of a sheet that was read: its header, the rows set aside, the cells of those that are kept, its totals.

A column that holds the names, addresses or numbers of people is never quoted.
"""

from dataclasses import replace
from typing import Any

import numpy as np
from rapidfuzz import process

from pvd_analysis.constats import Constat, Origine, SetAside, column_letters
from pvd_analysis.sources.cells import finding_rule, read_text
from pvd_analysis.sources.columns import Below, ReadColumn
from pvd_analysis.sources.form import Field
from pvd_analysis.sources.header import Header
from pvd_analysis.sources.raw_file import Sheet
from pvd_analysis.sources.sheet_traits import UnheldCell
from pvd_analysis.sources.units import without_unit, written_units
from pvd_analysis.values import Reading, format_euros, format_rate
from pvd_analysis.values.personal import ADDRESS_MASK, NUMBER_MASK
from pvd_analysis.values.text import fold

_LENGTH_EXPECTED = "autant de cellules que l'en-tête : un texte qui contient le séparateur s'écrit entre guillemets"
_KINDS = {ADDRESS_MASK: "une adresse électronique", NUMBER_MASK: "un numéro de téléphone"}


def header_findings(sheet: Sheet, header: Header, file: str) -> list[Constat]:
    """Say what the header lacks, has twice, or has and nobody asked for."""
    form, row = header.form, header.row + 1
    origin = Origine(file, sheet.name or None, row)
    findings = []
    for field in form.fields:
        if field.column in header.found or not (field.is_required or form.sheet_names):
            continue
        # an amount with tax or in thousands is never proposed for one without
        alike = [
            name
            for name in header.unknown.values()
            if written_units(name) == written_units(field.label) and fold(without_unit(name)[0]) not in form.elsewhere
        ]
        near = process.extractOne(field.label, alike, processor=fold, score_cutoff=60)
        name = near[0] if near and fold(near[0]) != fold(field.label) else ""
        findings.append(
            Constat(
                "colonne_absente" if field.is_required else "colonne_facultative_absente",
                origin,
                trouve=", ".join(header.unknown.values()) or "aucune colonne qui y ressemble",
                attendu=f"une colonne « {field.label} »",
                proposition=f"renommer « {name} » en « {field.label} »" if name else "",
            )
        )
    for index, name in header.unknown.items():
        place = replace(origin, colonne=index + 1)
        other = form.elsewhere.get(fold(without_unit(name)[0]))
        if other is None:
            findings.append(Constat("colonne_inconnue", place, trouve=name))
        else:
            findings.append(Constat("colonne_ailleurs", place, trouve=name, attendu=other))
    by_header = form.field_by_header()
    read = {field: index for index, field in header.columns.items()}
    for index, name in header.repeated.items():
        kept = column_letters(read[by_header[fold(without_unit(name)[0])]] + 1)
        expected = f"une seule colonne ; celle de la cellule {kept}{row} est lue"
        findings.append(Constat("colonne_en_double", replace(origin, colonne=index + 1), trouve=name, attendu=expected))
    if header.is_on_two_rows:
        columns = [f"« {each.label} » dans la colonne {column_letters(i + 1)}" for i, each in header.columns.items()]
        findings.append(Constat("entete_sur_deux_lignes", origin, trouve=", ".join(columns)))
    return findings


def row_findings(rows: Below, position: int, motive: str, quoted: str, cents: int | None) -> list[Constat]:
    """Return why a row is set aside: one finding for each cell at fault, or one for the row."""
    header, origin, aside = rows.header, rows.origin(position), SetAside(cents)
    if motive == "longueur_de_ligne":
        return [Constat(motive, origin, trouve=quoted, attendu=_LENGTH_EXPECTED, ecartee=aside)]
    if motive != "cellule_obligatoire_vide":
        return [Constat(motive, origin, trouve=quoted, ecartee=aside if motive == "ligne_d_exemple" else None)]
    findings = []
    for column in rows.columns:
        field, refused = column.field, column.remarks.get(position)
        is_needed = field.is_required or field.column == header.form.table.state
        if is_needed and refused is not None and refused.is_refused:
            findings.append(replace(_refusal(rows, column, position, refused), ecartee=aside))
        elif field.is_required and column.values[position] is None:
            place, expected = rows.origin(position, column.index), f"une valeur dans « {field.label} »"
            findings.append(Constat(motive, place, attendu=expected, ecartee=aside))
    if not findings:
        # The required column is missing altogether: said once for the sheet, and here for the row.
        missing = ", ".join(f"« {field.label} »" for field in header.missing)
        findings.append(Constat(motive, origin, attendu=f"une colonne {missing}", ecartee=aside))
    return findings


def cell_findings(rows: Below, complete: np.ndarray[Any, np.dtype[np.bool_]]) -> list[Constat]:
    """Return the findings of the cells of the rows that are kept."""
    return [
        _remark(rows, column, position, reading)
        for column in rows.columns
        for position, reading in column.remarks.items()
        if complete[position]
    ]


def _remark(rows: Below, column: ReadColumn, position: int, reading: Reading[Any]) -> Constat:
    place = rows.origin(position, column.index)
    if reading.is_refused:
        return _refusal(rows, column, position, reading)
    if reading.problem is not None:
        return Constat("montant_arrondi", place, trouve=reading.problem)
    found = format_euros(reading.value)
    if (reading.value or 0) > 0:
        return Constat("montant_invraisemblable", place, trouve=found, attendu="un montant en euros")
    return Constat("montant_negatif", place, trouve=found, attendu="un montant positif")


def _refusal(rows: Below, column: ReadColumn, position: int, reading: Reading[Any]) -> Constat:
    field, row, place = column.field, rows.cells[position], rows.origin(position, column.index)
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
    rows: Below, totals: dict[int, str], expected: dict[int, int], amounts: list[int | None]
) -> list[Constat]:
    """Say each written total that is the sum of no rows above it."""
    amount = rows.header.form.table.amount
    index = next((index for index, field in rows.header.columns.items() if field.column == amount), None)
    return [
        Constat(
            "total_faux",
            rows.origin(position, index),
            trouve=f"{totals[position]} : {format_euros(amounts[position])}",
            attendu=f"la somme des lignes, {format_euros(sum_above)}",
        )
        for position, sum_above in expected.items()
    ]


def quotable_texts(row: list[Any], headers: list[Any], header: Header) -> list[str]:
    """Return the texts of a row that may be shown: those of the columns that are read, and of those without a header.

    A column that nobody knows may hold the names of people, as a personal one does.
    """
    said = []
    for index, cell in enumerate(row):
        field = header.columns.get(index)
        is_known = field is not None and not field.may_name_people
        if is_known or (field is None and not _has_header(headers, index)):
            said.append(read_text(cell).value)
    return [text for text in said if text]


def personal_findings(sheet: Sheet, header: Header, file: str) -> list[Constat]:
    """Return the masked cells below the header, save those of the columns that are never read."""
    headers = sheet.rows[header.row]
    findings = []
    for row, index in sheet.masked:
        if row <= header.row or (index not in header.columns and _has_header(headers, index)):
            continue
        text = sheet.rows[row][index]
        findings.append(
            Constat(
                "donnee_personnelle",
                Origine(file, sheet.name or None, row + 1, index + 1),
                trouve=" et ".join(kind for mask, kind in _KINDS.items() if mask in text),
                attendu="un texte sans coordonnées, par exemple « voir avec la mairie »",
            )
        )
    return findings


def _has_header(headers: list[Any], index: int) -> bool:
    return index < len(headers) and read_text(headers[index]).value is not None

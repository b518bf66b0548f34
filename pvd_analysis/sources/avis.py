"""The workbook of the comité des financeurs that came back: opinions, read by identifiers and labels, never by place.

Rows may have been sorted, filtered, inserted or removed, columns moved, and the file saved by another program.
"""

import re
from dataclasses import replace
from typing import Final

import pandas as pd

from pvd_analysis.communes import Referentiel
from pvd_analysis.constats import Constat, Origine, SetAside
from pvd_analysis.sources.avis_summary import read_summary, summary_cells
from pvd_analysis.sources.cells import Place, plain_text, whole_identifier
from pvd_analysis.sources.form import load_forms
from pvd_analysis.sources.header import Header, find_header
from pvd_analysis.sources.raw_file import RawFile, Sheet
from pvd_analysis.sources.sheet_traits import UnheldCell
from pvd_analysis.sources.source_read import SourceRead, TableRead, scope_of, without_rows
from pvd_analysis.sources.table_reader import read_table
from pvd_analysis.values import format_number
from pvd_analysis.values.text import fold
from pvd_analysis.vocabulary import term_label, term_labels, terms

NAME = "avis du comité"

FILLED_IN: Final = ("avis", "montant_propose_cents", "observations")
"""The columns that the committee fills in."""

# What the committee reads, beside the columns of the financeurs.
_LOCKED: Final = (
    *("Département du projet", "Commune", "Projet", "Total des financements", "Aides demandées", "Apport", "Taux"),
    "Nature du coût",
    *("Limite", "Plafond des aides", "Avis déjà rendus", "Marge après avis", "Contrôle"),
)
_DEPARTEMENT: Final = re.compile(r"(9[78]\d|\d\d|2[AB])(?![0-9A-Za-z])", re.IGNORECASE)


def asked_label(financeur: str) -> str:
    """Return the label of the column of what is asked of a financeur."""
    return f"{financeur} (demandé)"


def form_place(raw: RawFile) -> tuple[Sheet, Header] | None:
    """Return the sheet of the opinions, under its name or with its « Sommaire », and where its header stands.

    None when the file is no workbook of the committee.
    """
    (form,) = load_forms("avis")
    for sheet in sorted(raw.sheets, key=lambda sheet: not form.names_sheet(sheet.name)):
        header = find_header(sheet, form)
        if header is not None and {"id_projet", "avis"} <= header.found and len(header.found) > 2:
            return (sheet, header) if form.names_sheet(sheet.name) or "financeur" in summary_cells(raw) else None
    return None


def read(raw: RawFile, referentiel: Referentiel) -> SourceRead | None:
    """Read the opinions; None of another file than a workbook of the committee. The figures of the locked cells are not taken up, and a project without opinion is no row."""
    placed = form_place(raw)
    if placed is None:
        return None
    sheet, header = placed
    sheet = _with_blank_formulas(sheet, header)
    said, findings = read_summary(raw, referentiel)
    answered, skipped = _answered(sheet, header)
    table = read_table(answered, _without_locked(header, sheet), raw.name, Place(referentiel))
    # a margin may well be negative, and is the workbook's own: there is nothing to say of it
    margin = next((index + 1 for index, field in header.columns.items() if field.column == "marge_legale_cents"), None)
    table = replace(table, findings=tuple(f for f in table.findings if not margin or f.origine.colonne != margin))
    if skipped:
        found = f"{format_number(skipped)} sur {format_number(skipped + table.rows_read)}"
        findings.append(Constat("projets_sans_avis", Origine(raw.name, sheet.name), trouve=found))
    if said is None:
        cents = table.rows["montant_propose_cents"]
        aside = SetAside(int(cents.sum()) if cents.notna().any() else None, len(table.rows))
        findings = [replace(findings[0], ecartee=aside), *findings[1:]]
        return SourceRead(
            NAME, "", (without_rows(table, table.rows.index, "sommaire_incomplet"),), tuple(findings), True
        )
    codes = [_departement(name, said.code) for name in table.rows["id_projet"]]
    rows = table.rows.assign(
        code_departement=codes,
        id_projet=[
            whole_identifier(code, name) if code else name
            for code, name in zip(codes, table.rows["id_projet"], strict=True)
        ],
        financeur_avis=said.financeur,
        date_avis=pd.Timestamp(said.date_avis),
        date_avis_precision="jour",
        trimestre=str(said.trimestre),
    )
    table = _without_empty(replace(table, rows=rows))
    findings += _doubts(table, header)
    scope = scope_of(set(table.rows["code_departement"].dropna()))
    return SourceRead(NAME, scope, (table,), tuple(findings), True)


def _with_blank_formulas(sheet: Sheet, header: Header) -> Sheet:
    """Return the sheet with the formulas of its locked cells blank where no program has calculated them: nobody answers there."""
    answers = {index for index, field in header.columns.items() if field.column in FILLED_IN}
    rows = [
        [None if isinstance(cell, UnheldCell) and index not in answers else cell for index, cell in enumerate(row)]
        if any(isinstance(cell, UnheldCell) for cell in row)
        else row
        for row in sheet.rows
    ]
    return Sheet(sheet.name, rows, sheet.masked)


def _answered(sheet: Sheet, header: Header) -> tuple[Sheet, int]:
    """Return the sheet with the rows that the committee left alone as blank ones, and how many they are.

    As the example row of an empty form, what the workbook itself had written is no row until someone answers to it.
    """
    indexes = [index for index, field in header.columns.items() if field.column in FILLED_IN]
    left_alone = {
        number
        for number, row in enumerate(sheet.rows[header.row + 1 :], header.row + 1)
        if any(plain_text(cell) for cell in row)
        and not any(plain_text(row[index]) for index in indexes if index < len(row))
    }
    rows = [[] if number in left_alone else row for number, row in enumerate(sheet.rows)]
    masked = tuple((number, index) for number, index in sheet.masked if number not in left_alone)
    return Sheet(sheet.name, rows, masked), len(left_alone)


def _without_locked(header: Header, sheet: Sheet) -> Header:
    """Return the header without the names of the columns that the workbook itself has: they are known."""
    financeurs = term_labels("financeur").values()
    locked = {fold(label) for label in (*_LOCKED, *financeurs, *map(asked_label, financeurs))}
    unknown = {index: name for index, name in header.unknown.items() if fold(name) not in locked}
    return replace(header, unknown=unknown)


def _departement(identifier: str, code: str) -> str | None:
    """Return the département that an identifier begins with, else that of the workbook; None in a region."""
    match = _DEPARTEMENT.match(identifier)
    if match is not None:
        return match[1].upper()
    return None if code.startswith("R") else code


def _without_empty(table: TableRead) -> TableRead:
    """Set aside the rows whose answers could not be read, or say nothing (« NC »): what is left is no opinion."""
    empty = table.rows.index[table.rows[list(FILLED_IN)].isna().all(axis=1)]
    motives = {finding.origine.ligne: finding.regle for finding in table.findings if finding.origine.colonne}
    refused = [label for label in empty if int(table.rows["ligne"][label]) in motives]
    lost = {int(table.rows["ligne"][label]) for label in refused}
    for label in refused:
        table = without_rows(table, pd.Index([label]), motives[int(table.rows["ligne"][label])])
    told = [
        replace(finding, ecartee=SetAside()) if finding.origine.ligne in lost and finding.origine.colonne else finding
        for finding in table.findings
    ]
    silent = empty.difference(refused)
    said = tuple(
        Constat("avis_vide", Origine(table.file, table.sheet, int(row.ligne)), trouve=str(row.id_projet))
        for row in table.rows.loc[silent].itertuples()
    )
    table = without_rows(table, silent, "avis_vide")
    return replace(table, findings=(*told, *said))


def _doubts(table: TableRead, header: Header) -> list[Constat]:
    """Return the opinions that lack their amount, and the amounts that lack their opinion."""
    column_of = {field.column: index + 1 for index, field in header.columns.items()}
    opinions, rows = terms("avis"), table.rows
    counting = opinions.index[opinions["compte"].eq("oui")]
    bare = rows[rows["avis"].isna() & rows["montant_propose_cents"].notna()]
    unpaid = rows[rows["avis"].isin(counting) & rows["montant_propose_cents"].isna()]
    expected = ", ".join(f"« {label} »" for label in opinions["libelle"])
    return [
        Constat("montant_sans_avis", Origine(table.file, table.sheet, int(row.ligne), column_of["avis"]),
                trouve=str(row.id_projet), attendu=f"un avis : {expected}")
        for row in bare.itertuples()
    ] + [
        Constat("avis_sans_montant",
                Origine(table.file, table.sheet, int(row.ligne), column_of.get("montant_propose_cents")),
                trouve=f"{row.id_projet} : {term_label('avis', row.avis)}",
                attendu="un montant en euros hors taxes, par exemple « 12 345,67 », ou « 0 »")
        for row in unpaid.itertuples()
    ]  # fmt: skip

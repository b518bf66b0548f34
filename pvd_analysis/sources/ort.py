"""The national follow-up of the conventions that are worth an ORT (DGALN): a sheet « Suivi conventions », or a CSV file."""

from dataclasses import replace

from pvd_analysis.communes import Referentiel
from pvd_analysis.constats import Constat, Origine
from pvd_analysis.sources.anct import departement_of_code
from pvd_analysis.sources.cells import Place
from pvd_analysis.sources.form import load_forms
from pvd_analysis.sources.header import find_header, left_out
from pvd_analysis.sources.raw_file import RawFile
from pvd_analysis.sources.source_read import SourceRead, TableRead, scope_of
from pvd_analysis.sources.table_reader import read_table
from pvd_analysis.values import format_date

NAME = "suivi ORT"


def read(raw: RawFile, referentiel: Referentiel) -> SourceRead | None:
    """Read every sheet of the follow-up, None when none is one; the rows of the others are counted.

    A sheet « Suivi conventions » has some of the columns, one of any other name has all of them.
    """
    (form,) = load_forms("ort")
    found = [(sheet, header) for sheet in raw.sheets if (header := find_header(sheet, form)) is not None]
    lists = [place for place in found if form.names_sheet(place[0].name) or len(place[1].found) == len(form.fields)]
    if not lists:
        return None
    tables, findings = [], left_out(raw, [sheet for sheet, _ in lists])
    for sheet, header in lists:
        table, doubts = _signed(read_table(sheet, header, raw.name, Place(referentiel)), referentiel)
        tables.append(table)
        findings += doubts
    departements = {code for table in tables for code in table.rows["code_departement"]}
    return SourceRead(NAME, scope_of(departements), tuple(tables), tuple(findings))


def _signed(table: TableRead, referentiel: Referentiel) -> tuple[TableRead, list[Constat]]:
    """Make a signed convention one of the conventions-cadre; the date of one that is not signed is not kept."""
    signed = table.rows["etat_convention"].eq("signee").fillna(False)
    rows = table.rows.assign(
        code_departement=table.rows["code_commune"].map(departement_of_code),
        type_convention="cadre_ort",
        nature_fait="constate",
        date_signature=table.rows["date_signature"].where(signed),
        date_signature_precision=table.rows["date_signature_precision"].where(signed),
        source_fait="Suivi national des ORT (DGALN)",
    )
    findings = [
        Constat(
            "date_sans_signature",
            Origine.of(row),
            trouve=f"{referentiel.commune_name(row.code_commune)}, {format_date(row.date_signature)}",
            attendu="« Signée » ou « Terminée », ou pas de date",
        )
        for row in table.rows[~signed & table.rows["date_signature"].notna()].itertuples()
    ]
    return replace(table, rows=rows), findings

"""The national follow-up of the conventions that are worth an ORT (DGALN): a sheet « Suivi conventions », or a CSV file."""

from dataclasses import replace

from pvd_analysis.communes import Referentiel
from pvd_analysis.constats import Constat, Origine
from pvd_analysis.sources.anct import departement_of_code
from pvd_analysis.sources.cells import Place
from pvd_analysis.sources.form import Form, load_forms
from pvd_analysis.sources.header import Header, find_header, left_out
from pvd_analysis.sources.raw_file import RawFile, Sheet
from pvd_analysis.sources.source_read import SourceRead, scope_of
from pvd_analysis.sources.table_reader import TableRead, read_table
from pvd_analysis.values import format_date

NAME = "suivi ORT"


def read(raw: RawFile, referentiel: Referentiel) -> SourceRead | None:
    """Read every sheet of the follow-up, None when none is one; the rows of the others are counted."""
    places = _places(raw)
    if not places:
        return None
    tables, findings = [], left_out(raw, [sheet for _, sheet, _ in places])
    for form, sheet, header in places:
        table, doubts = _read_sheet(form, sheet, header, raw, referentiel)
        tables.append(table)
        findings += doubts
    departements = {code for table in tables for code in table.rows["code_departement"]}
    return SourceRead(NAME, scope_of(departements), tuple(tables), tuple(findings))


def _read_sheet(
    form: Form, sheet: Sheet, header: Header, raw: RawFile, referentiel: Referentiel
) -> tuple[TableRead, list[Constat]]:
    """Read a sheet: a signed convention feeds the conventions-cadre; the date of one not signed is not kept."""
    table = read_table(sheet, form, header, raw.name, Place(referentiel))
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
            Origine(raw.name, sheet.name or None, int(row.ligne)),
            trouve=f"{referentiel.commune_name(row.code_commune)}, {format_date(row.date_signature)}",
            attendu="« Signée » ou « Terminée », ou pas de date",
        )
        for row in table.rows[~signed & table.rows["date_signature"].notna()].itertuples()
    ]
    return replace(table, rows=rows), findings


def _places(raw: RawFile) -> list[tuple[Form, Sheet, Header]]:
    """Return the sheets « Suivi conventions » that have some of the columns, and those of any name that have all of them."""
    (form,) = load_forms("ort")
    found = ((sheet, find_header(sheet, form)) for sheet in raw.sheets)
    return [
        (form, sheet, header)
        for sheet, header in found
        if header is not None and (form.names_sheet(sheet.name) or len(header.found) == len(form.fields))
    ]

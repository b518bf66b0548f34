"""The national follow-up of the conventions that are worth an ORT (DGALN): a sheet « Suivi conventions », or a CSV file."""

from dataclasses import replace

from pvd_analysis.communes import Referentiel
from pvd_analysis.constats import Constat, Origine
from pvd_analysis.sources.anct import departement_of_code
from pvd_analysis.sources.cells import Place
from pvd_analysis.sources.form import Form, load_forms
from pvd_analysis.sources.raw_file import RawFile, Sheet
from pvd_analysis.sources.source_read import SourceRead, scope_of
from pvd_analysis.sources.table_reader import Header, find_header, read_table
from pvd_analysis.values import format_date

NAME = "suivi ORT"


def recognises(raw: RawFile) -> bool:
    """Whether a sheet « Suivi conventions » has some of the columns, or a sheet of any name all of them."""
    return _place(raw) is not None


def read(raw: RawFile, referentiel: Referentiel) -> SourceRead:
    """Read the follow-up: a signed convention feeds the conventions-cadre; the date of one not signed is not kept."""
    placed = _place(raw)
    if placed is None:
        raise ValueError(f"{raw.name} is not the follow-up of the ORT")
    form, sheet, header = placed
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
    findings = tuple(
        Constat(
            "date_sans_signature",
            Origine(raw.name, sheet.name or None, int(row.ligne)),
            trouve=f"{referentiel.commune_name(row.code_commune)}, {format_date(row.date_signature)}",
            attendu="« Signée » ou « Terminée », ou pas de date",
        )
        for row in table.rows[~signed & table.rows["date_signature"].notna()].itertuples()
    )
    return SourceRead(NAME, scope_of(set(rows["code_departement"])), (replace(table, rows=rows),), findings)


def _place(raw: RawFile) -> tuple[Form, Sheet, Header] | None:
    (form,) = load_forms("ort")
    for sheet in raw.sheets:
        header = find_header(sheet, form)
        if header is not None and (form.names_sheet(sheet.name) or len(header.found) == len(form.fields)):
            return form, sheet, header
    return None

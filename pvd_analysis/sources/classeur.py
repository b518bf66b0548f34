"""The classeur de suivi: the workbook in which an analyst follows the laureates of a département."""

import hashlib
from collections import Counter
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pandas as pd
from rapidfuzz import process

from pvd_analysis.communes import Referentiel, match_communes
from pvd_analysis.constats import Constat, Origine
from pvd_analysis.sources.cells import Place, read_text
from pvd_analysis.sources.example_row import is_example_row
from pvd_analysis.sources.form import Form, companion_sheets, load_forms
from pvd_analysis.sources.identifiers import whole_identifier
from pvd_analysis.sources.raw_file import RawFile, Sheet
from pvd_analysis.sources.source_read import SourceRead
from pvd_analysis.sources.table_reader import Header, TableRead, find_header, read_table, without_rows
from pvd_analysis.values.text import fold
from pvd_analysis.vocabulary import term_label, terms

NAME = "classeur de suivi"

# What the analyst numbers; two départements number alike.
_IDENTIFIERS = ("id_projet", "id_poste")


def recognises(raw: RawFile) -> bool:
    """Whether a workbook has at least two of the sheets of a classeur de suivi, known by their headers or names."""
    forms = load_forms("classeur")
    found = sum(
        any(find_header(sheet, form) is not None and form.names_sheet(sheet.name) for sheet in raw.sheets)
        for form in forms
    )
    return found >= 2


def read(raw: RawFile, referentiel: Referentiel) -> SourceRead:
    """Read every sheet of a classeur; what is missing, unknown or doubtful is a finding."""
    forms = load_forms("classeur")
    written_sheets = [s for s in raw.sheets if fold(s.name) not in companion_sheets("classeur", "annotations")]
    companions = [sheet for sheet in written_sheets if fold(sheet.name) in companion_sheets("classeur")]
    sheets, findings = _sheets_by_form([sheet for sheet in written_sheets if sheet not in companions], forms, raw.name)
    written, doubts = _written_departement(companions, referentiel, raw.name)
    findings += doubts
    departement = written or _departement(sheets, referentiel)
    place = Place(referentiel, departement)
    tables = []
    for form, (sheet, header) in sheets.items():
        table = read_table(sheet, form, header, raw.name, place)
        tables.append(_checked_families(table) if form.name == "totaux_annonces" else table)
    # An empty classeur, as `pvd modele` makes it, speaks of no département yet: it must not take the place of a full one.
    is_empty = bool(tables) and not any(table.rows_read for table in tables)
    if departement is None and not is_empty:
        findings.append(
            Constat(
                "departement_introuvable",
                Origine(raw.name),
                trouve="les communes de la feuille « Lauréats » ne désignent pas un seul département",
                attendu="les noms des communes lauréates, par exemple « Saint-Sever », « Hagetmau »",
            )
        )
    return SourceRead(
        NAME,
        departement if departement and not is_empty else "",
        tuple(_placed(table, departement) for table in tables),
        tuple(findings),
    )


def _sheets_by_form(
    sheets: list[Sheet], forms: tuple[Form, ...], file: str
) -> tuple[dict[Form, tuple[Sheet, Header]], list[Constat]]:
    """Return the sheet of each form: the one that has its name, else the one whose header fits it best."""
    findings: list[Constat] = []
    free = list(sheets)
    named = {form: next((sheet for sheet in free if form.names_sheet(sheet.name)), None) for form in forms}
    free = [sheet for sheet in free if sheet not in named.values()]
    placed: dict[Form, tuple[Sheet, Header]] = {}
    for form in forms:
        sheet = named[form] or _sheet_by_header(form, free)
        if sheet is None:
            findings.append(_missing_sheet(form, free, file))
            continue
        if sheet in free:
            free.remove(sheet)
        header = find_header(sheet, form)
        if header is None:
            if any(row for row in sheet.rows):
                findings.append(
                    Constat(
                        "entete_absente",
                        Origine(file, sheet.name),
                        attendu="une ligne d'en-tête : "
                        + ", ".join(f"« {field.label} »" for field in form.required_fields),
                    )
                )
            continue
        placed[form] = (sheet, header)
    findings += [Constat("feuille_inconnue", Origine(file, sheet.name)) for sheet in free]
    return placed, findings


def _sheet_by_header(form: Form, sheets: list[Sheet]) -> Sheet | None:
    """Return the sheet that has all the required columns of a form: a sheet that was only renamed."""
    for sheet in sheets:
        header = find_header(sheet, form)
        if header is not None and not header.missing(form) and len(form.required_fields) > 2:
            return sheet
    return None


def _missing_sheet(form: Form, sheets: list[Sheet], file: str) -> Constat:
    expected = form.sheet_names[0]
    near = process.extractOne(expected, [sheet.name for sheet in sheets], processor=fold, score_cutoff=60)
    return Constat(
        "feuille_absente" if form.is_mandatory else "feuille_facultative_absente",
        Origine(file),
        trouve=", ".join(sheet.name for sheet in sheets),
        attendu=f"une feuille « {expected} »",
        proposition=f"renommer « {near[0]} » en « {expected} »" if near else "",
    )


def _written_departement(sheets: list[Sheet], referentiel: Referentiel, file: str) -> tuple[str | None, list[Constat]]:
    """Return the département that stands beside the word « Département » in the sheets that go with the tables."""
    for sheet in sheets:
        for number, row in enumerate(sheet.rows, 1):
            for position, (label, cell) in enumerate(pairwise(row), 1):
                if isinstance(label, str) and fold(label) == "departement" and (text := read_text(cell).value):
                    if (code := referentiel.departement_code(text)) is not None:
                        return code, []
                    place = Origine(file, sheet.name, number, position + 1)
                    expected = "le nom ou le code d'un département, par exemple « Landes (40) »"
                    return None, [Constat("departement_non_compris", place, trouve=text, attendu=expected)]
    return None, []


def _departement(sheets: dict[Form, tuple[Sheet, Header]], referentiel: Referentiel) -> str | None:
    """Return the only département in which most of the written towns of the classeur exist.

    A classeur seldom says its département; its list of laureates does: fourteen names of the Landes are found together
    in no other département.
    """
    names: set[str] = set()
    for sheet, header in sheets.values():
        for index, field in header.columns.items():
            if field.reading in {"commune", "communes"}:
                rows = (row for row in sheet.rows[header.row + 1 :] if index < len(row) and not is_example_row(row))
                cells = (row[index] for row in rows)
                names |= {text for cell in cells if (text := read_text(cell).value)}
    if not names:
        return None
    votes: Counter[str] = Counter()
    for code in referentiel.departements.index.astype(str):
        votes[code] = sum(
            all(match.code is not None for _, match in match_communes(name, code, referentiel)) for name in names
        )
    (best, first), (_, second) = votes.most_common(2)
    return best if first > second and first >= len(names) / 2 else None


def _placed(table: TableRead, departement: str | None) -> TableRead:
    """Give the rows their département and their whole identifiers; without a département they are set aside."""
    if departement is None:
        return without_rows(table, table.rows.index, "departement_introuvable")
    identifiers = {
        column: [whole_identifier(departement, written) for written in table.rows[column]]
        for column in _IDENTIFIERS
        if column in table.rows
    }
    rows = table.rows.assign(code_departement=departement, **identifiers)
    if table.table == "club":
        rows = rows.assign(id_rencontre=[whole_identifier(departement, _meeting(row)) for row in rows.itertuples()])
    return replace(table, rows=rows)


def _meeting(row: Any) -> str:
    """Return what tells a meeting from the others, whatever their order: its number, else its kind, date and subject."""
    if pd.notna(row.id_rencontre):
        return str(row.id_rencontre)
    parts = [row.type_rencontre]
    if pd.notna(row.date_action):
        parts.append(
            f"{row.date_action:%Y-%m-%d}{'' if row.date_action_precision == 'jour' else row.date_action_precision}"
        )
    if pd.notna(row.objet):
        # short, and the same on any machine: a subject is a sentence
        parts.append(hashlib.sha256(fold(row.objet).encode()).hexdigest()[:8])
    return "-".join(parts)


def _checked_families(table: TableRead) -> TableRead:
    """Hold the family written beside a dispositif against the family that the vocabulary gives it."""
    family_of = terms("dispositif")["famille"]
    written = table.rows["famille"]
    findings = [
        Constat(
            "famille_contredite",
            Origine(table.file, table.sheet, int(row.ligne)),
            trouve=f"{term_label('dispositif', row.dispositif)} dans « {term_label('famille', row.famille)} »",
            attendu=f"« {term_label('famille', str(family_of[row.dispositif]))} »",
        )
        for row in table.rows[written.notna()].itertuples()
        if row.famille != family_of[row.dispositif]
    ]
    rows: pd.DataFrame = table.rows.drop(columns="famille")
    return replace(table, rows=rows, findings=(*table.findings, *findings))

"""The classeur de suivi: the workbook in which an analyst follows the laureates of a département."""

import hashlib
import re
from dataclasses import replace
from itertools import chain, pairwise
from typing import Any

import pandas as pd
from rapidfuzz import process

from pvd_analysis.communes import Referentiel, match_communes
from pvd_analysis.constats import Constat, Origine, SetAside
from pvd_analysis.sources.cells import Place, read_text, whole_identifier
from pvd_analysis.sources.form import Form, companion_sheets, is_example_row, load_forms
from pvd_analysis.sources.header import Header, filled_rows, find_header
from pvd_analysis.sources.raw_file import RawFile, Sheet
from pvd_analysis.sources.source_read import SourceRead, TableRead, without_rows
from pvd_analysis.sources.table_reader import read_table
from pvd_analysis.values import counted
from pvd_analysis.values.text import fold
from pvd_analysis.vocabulary import term_label, terms

NAME = "classeur de suivi"

_ENOUGH_COLUMNS = 4
# As many names as that tell a département.
_MOST_VOTERS = 60
_FIRST_VOTERS = 3
_SIGNED = re.compile(r"(?:oui|signee?s?)\b(?! (?:en|pas|avant|prevue?))")
# What the analyst numbers; two départements number alike.
_IDENTIFIERS = ("id_projet", "id_poste")


def read(raw: RawFile, referentiel: Referentiel) -> SourceRead | None:
    """Read every sheet of a classeur; what is missing, unknown or doubtful is a finding.

    None of a file of which no two sheets bear the headers of forms of the classeur.
    """
    forms = load_forms("classeur")
    borne = [(sheet, _form_of(sheet, forms)) for sheet in raw.sheets]
    if len({place[0] for _, place in borne if place and place[1] is not None}) < 2:
        return None
    beside = companion_sheets("classeur")
    companions = [sheet for sheet in raw.sheets if fold(sheet.name) in beside]
    beside |= companion_sheets("classeur", "annotations")
    own = [(sheet, place) for sheet, place in borne if fold(sheet.name) not in beside]
    sheets, findings = _sheets_by_form(own, forms, raw.name)
    written, doubts = _written_departement(companions, referentiel, raw.name)
    findings += doubts
    departement = written or _departement(sheets, referentiel)
    place = Place(referentiel, departement)
    tables = []
    for form, placed in sheets.items():
        for sheet, header in placed:
            table = read_table(sheet, header, raw.name, place)
            if form.name == "conventions":
                table = _with_undated_signatures(table, sheet, header)
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
                ecartee=_whole(tables),
            )
        )
    return SourceRead(
        NAME,
        departement if departement and not is_empty else "",
        tuple(_placed(table, departement) for table in tables),
        tuple(findings),
    )


def _whole(tables: list[TableRead]) -> SetAside:
    """Return all the kept rows of a classeur as set aside, with the euros of its aids and totals."""
    aids = [int(table.rows["montant_cents"].sum()) for table in tables if "montant_cents" in table.rows]
    return SetAside(sum(aids) if any(aids) else None, sum(len(table.rows) for table in tables))


_Places = dict[Form, list[tuple[Sheet, Header]]]


def _sheets_by_form(
    sheets: list[tuple[Sheet, "_Place | None"]], forms: tuple[Form, ...], file: str
) -> tuple[_Places, list[Constat]]:
    """Return the sheets of each form: all those that have its name or its header; the others are said, with their rows."""
    findings: list[Constat] = []
    placed: _Places = {form: [] for form in forms}
    free = []
    for sheet, borne in sheets:
        form, header = borne or (None, None)
        rows = filled_rows(sheet)
        origin = Origine(file, sheet.name)
        if form is None:
            free.append(sheet)
            findings.append(
                Constat("feuille_inconnue", origin, trouve=counted(rows, "ligne") if rows else "feuille vide")
            )
        elif header is not None:
            placed[form].append((sheet, header))
            if not form.names_sheet(sheet.name):
                said = f"l'en-tête de la feuille « {form.sheet_names[0]} »"
                findings.append(Constat("feuille_reconnue", origin, trouve=said))
        elif rows:
            expected = "une ligne d'en-tête : " + ", ".join(f"« {field.label} »" for field in form.required_fields)
            findings.append(Constat("entete_absente", origin, trouve=counted(rows, "ligne"), attendu=expected))
    named = {form for sheet, _ in sheets for form in forms if form.names_sheet(sheet.name)}
    findings += [_missing_sheet(form, free, file) for form in forms if not placed[form] and form not in named]
    return placed, findings


_Place = tuple[Form, Header | None]


def _form_of(sheet: Sheet, forms: tuple[Form, ...]) -> _Place | None:
    """Return the form of a sheet: the one that its name says, else the one whose header it bears; None when it is neither.

    A header without one of the columns that it needs is still borne where amounts are: its rows and euros are set aside.
    """
    for form in forms:
        if form.names_sheet(sheet.name):
            return form, find_header(sheet, form)
    borne = [(form, header) for form in forms if (header := find_header(sheet, form)) and _is_borne(form, header)]
    return max(
        borne,
        key=lambda place: (len(place[1].columns) - len(place[1].unknown), not place[1].missing),
        default=None,
    )


def _is_borne(form: Form, header: Header) -> bool:
    if len(header.columns) <= len(header.unknown):
        return False
    missing = len(header.missing)
    has_amounts = form.table.amount in header.found
    return not missing or (has_amounts and missing == 1 and len(header.columns) >= _ENOUGH_COLUMNS)


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


def _departement(sheets: _Places, referentiel: Referentiel) -> str | None:
    """Return the only département in which most of the written towns of the classeur exist.

    A classeur seldom says its département; its list of laureates does: fourteen names of the Landes are found together
    in no other département.
    """
    names: set[str] = set()
    for sheet, header in chain.from_iterable(sheets.values()):
        for index, field in header.columns.items():
            if field.kind in {"commune", "communes"}:
                rows = (row for row in sheet.rows[header.row + 1 :] if index < len(row) and not is_example_row(row))
                cells = (row[index] for row in rows)
                names |= {text for cell in cells if (text := read_text(cell).value)}
    if not names:
        return None
    voters = sorted(names)[:_MOST_VOTERS]
    departements = [str(code) for code in referentiel.departements.index]
    # the likeliest first: the others need not be counted beyond what it leaves them
    departements.sort(key=lambda code: -_votes(code, voters[:_FIRST_VOTERS], referentiel, 0))
    most, counted = len(voters) / 2, dict[str, int]()
    for code in departements:
        if votes := _votes(code, voters, referentiel, most):
            most, counted[code] = votes, votes
    chosen = [code for code, votes in counted.items() if votes == most]
    return chosen[0] if len(chosen) == 1 else None


def _votes(departement: str, names: list[str], referentiel: Referentiel, least: float) -> int:
    """Return how many cells of towns name towns of a département: 0 once they cannot be `least`."""
    votes = len(names)
    for name in names:
        votes -= any(match.code is None for _, match in match_communes(name, departement, referentiel))
        if votes < least:
            return 0
    return votes


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


def _with_undated_signatures(table: TableRead, sheet: Sheet, header: Header) -> TableRead:
    """Give the conventions in whose date cell the analyst wrote « signée » their state: signed, on a day not known."""
    index = next((index for index, field in header.columns.items() if field.column == "date_signature"), None)
    if index is None:
        return table
    written = [sheet.rows[line - 1][index : index + 1] for line in table.rows["ligne"]]
    is_signed = [
        bool(cell) and isinstance(cell[0], str) and _SIGNED.match(fold(cell[0])) is not None for cell in written
    ]
    undated = table.rows["date_signature"].isna() & pd.Series(is_signed, index=table.rows.index, dtype=bool)
    states = table.rows["etat_convention"].astype(object).mask(undated, "signee")
    lines = set(table.rows.loc[undated, "ligne"])
    findings = tuple(
        replace(finding, regle="signature_non_datee")
        if finding.regle == "date_illisible" and finding.origine.ligne in lines
        else finding
        for finding in table.findings
    )
    return replace(table, rows=table.rows.assign(etat_convention=states), findings=findings)


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
            Origine.of(row),
            trouve=f"{term_label('dispositif', row.dispositif)} dans « {term_label('famille', row.famille)} »",
            attendu=f"« {term_label('famille', str(family_of[row.dispositif]))} »",
        )
        for row in table.rows[written.notna()].itertuples()
        if row.famille != family_of[row.dispositif]
    ]
    rows: pd.DataFrame = table.rows.drop(columns="famille")
    return replace(table, rows=rows, findings=(*table.findings, *findings))

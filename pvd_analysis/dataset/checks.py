"""What the tables are held to once they are assembled: their keys, each other, what deliveries tell of time, their schemas.

The opinions of the committee are held against the projects, and against each other: none is ever overwritten.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd
import pandera.errors

from pvd_analysis.communes import Referentiel
from pvd_analysis.constats import Constat, Origine, SetAside
from pvd_analysis.dataset.schemas import joined, schema
from pvd_analysis.dataset.states import delivered_on, event_date
from pvd_analysis.sources import rows_set_aside
from pvd_analysis.sources.cells import loose_identifier
from pvd_analysis.values import counted, format_date, format_euros, sentence_list
from pvd_analysis.vocabulary import (
    TableDescription,
    column_dictionary,
    phrase,
    table_description,
    table_descriptions,
    term_label,
    terms,
)

# The states of what has taken place; what is only planned, sought or asked for may well be dated ahead.
_DONE = ("annonce", "accorde", "paye", "refuse", "abandonne", "recrute", "vacant", "realise")
_FIRST_TOWNS = 5
_OF_AN_OPINION = ("avis", "montant_propose_cents", "observations")
# Of each département, its older classeurs: the name of the file, and its tables.
Earlier = Mapping[str, list[tuple[str, Mapping[str, pd.DataFrame]]]]


def checked(
    tables: dict[str, pd.DataFrame], earlier: Earlier, classeurs: set[str], referentiel: Referentiel
) -> tuple[dict[str, pd.DataFrame], list[pd.DataFrame], list[Constat]]:
    """Hold the tables to their keys, to each other and to their schemas; a row at fault is set aside."""
    findings: list[Constat] = []
    aside: list[pd.DataFrame] = []
    for name, description in table_descriptions().items():
        if name == "avis":  # the last table: the projects that it is held against are checked by then
            tables[name], aside_here, found = checked_opinions(tables[name], _all_projects(tables, earlier))
            aside, findings = aside + aside_here, findings + found
        elif description.key:
            repeated = tables[name].duplicated(list(description.key))
            gone = rows_set_aside(tables[name][repeated], name, "doublon_de_cle")
            tables[name] = tables[name][~repeated].reset_index(drop=True)
            aside.append(gone)
            findings += _findings_of(gone, "doublon_de_cle", "une seule ligne par " + _key_in_words(description))
    orphans = ~tables["financements"]["id_projet"].isin(tables["projets"]["id_projet"])
    gone = rows_set_aside(tables["financements"][orphans], "financements", "projet_inconnu")
    near = [_near_identifier(row, tables["projets"]) for row in tables["financements"][orphans].itertuples()]
    tables["financements"] = tables["financements"][~orphans].reset_index(drop=True)
    aside.append(gone)
    findings += _findings_of(gone, "projet_inconnu", "un identifiant de la feuille « Projets »", near)
    findings += _unknown_laureates(tables, classeurs, referentiel)
    findings += _contradicted_dates(tables["conventions"], referentiel)
    days = {name: event_date(tables[name], name) for name, table in table_descriptions().items() if table.fact}
    findings += _dated_after_delivery(tables, days)
    findings += _before_their_dispositif(tables, days)
    findings += _repeated_financings(tables["financements"])
    for name in tables:
        tables[name], aside_here, found = _held_to_schema(name, tables[name])
        aside, findings = aside + aside_here, findings + found
    return tables, aside, findings


def _held_to_schema(name: str, table: pd.DataFrame) -> tuple[pd.DataFrame, list[pd.DataFrame], list[Constat]]:
    """Set aside the rows that the schema of a table refuses."""
    if table.empty:
        return table, [], []
    try:
        schema(name).validate(table, lazy=True)
    except pandera.errors.SchemaErrors as errors:
        cases = errors.failure_cases
    else:
        return table, [], []
    amount = table_description(name).amount
    findings = []
    for case in cases.itertuples():
        row = None if pd.isna(case.index) else table.loc[case.index]
        origin = Origine(f"table {name}") if row is None else Origine.of(row)
        aside = None if row is None else SetAside.of(row[amount] if amount else None)
        findings.append(Constat("schema", origin, trouve=f"{case.column} : {case.failure_case}", ecartee=aside))
    refused = table.index.isin(cases["index"].dropna())
    return table[~refused].reset_index(drop=True), [rows_set_aside(table[refused], name, "schema")], findings


def _findings_of(gone: pd.DataFrame, rule: str, expected: str, proposals: Sequence[str] = ()) -> list[Constat]:
    return [
        Constat(
            rule,
            Origine.of(row),
            trouve=row.contenu,
            attendu=expected,
            proposition=proposal,
            ecartee=SetAside.of(row.montant_cents),
        )
        for row, proposal in zip(gone.itertuples(), proposals or [""] * len(gone), strict=True)
    ]


def _key_in_words(description: TableDescription) -> str:
    labels = [column_dictionary()[column]["libelle"].lower() for column in description.key]
    return sentence_list([label for label in labels if label != "département"] or labels)


def _near_identifier(row: Any, projects: pd.DataFrame) -> str:
    """Return the project whose identifier is the same but for case, punctuation and leading zeros, if there is one alone."""
    own = projects.loc[projects["code_departement"].eq(row.code_departement), "id_projet"]
    near = [name for name in own if loose_identifier(name) == loose_identifier(row.id_projet)]
    return near[0] if len(near) == 1 else ""


def _all_projects(tables: Mapping[str, pd.DataFrame], earlier: Earlier) -> pd.DataFrame:
    """Return the projects, those that a newer classeur has withdrawn among them: opinions were given on them."""
    withdrawn = [of_file["projets"] for older in earlier.values() for _, of_file in reversed(older)]
    return joined([tables["projets"], *withdrawn]).drop_duplicates("id_projet", ignore_index=True)


def _dated_after_delivery(tables: Mapping[str, pd.DataFrame], days: Mapping[str, pd.Series]) -> Iterator[Constat]:
    """Give the facts told as done that are dated after the delivery that tells them: a slip, or a date foreseen."""
    for name, description in table_descriptions().items():
        table = tables[name]
        if not (description.fact and description.dates) or table.empty:
            continue
        is_late = days[name] > table["fichier"].map(delivered_on)
        if description.state:
            is_late &= table[description.state].isin(_DONE)
        for row in table[is_late].itertuples():
            expected = f"une date antérieure à la livraison du {format_date(delivered_on(row.fichier))}"
            found = format_date(days[name][row.Index])
            yield Constat("date_apres_livraison", Origine.of(row), trouve=found, attendu=expected)


def _before_their_dispositif(tables: Mapping[str, pd.DataFrame], days: Mapping[str, pd.Series]) -> Iterator[Constat]:
    """Give the aids that are dated in a year in which their dispositif did not exist (``dispositifs.csv``): a slip."""
    since = pd.to_numeric(terms("dispositif")["depuis"], errors="coerce")
    for name in ("financements", "totaux_annonces"):
        table = tables[name]
        first = table["dispositif"].map(since).astype("float64")
        for row in table[days[name].dt.year < first].itertuples():
            found = f"{term_label('dispositif', row.dispositif)}, {format_date(days[name][row.Index])}"
            expected = f"une date à partir de {int(first[row.Index])}"
            yield Constat("dispositif_a_venir", Origine.of(row), trouve=found, attendu=expected)


def _repeated_financings(financings: pd.DataFrame) -> list[Constat]:
    """Return the financings that say what one above says: pasted twice, or two grants that a date would tell apart."""
    said = set(table_description("financements").columns) - {"nature_fait", "source_fait"}
    repeated = financings[financings.duplicated(["fichier", *said])]
    return [
        Constat(
            "financement_repete",
            Origine.of(row),
            trouve=f"{row.id_projet}, {term_label('dispositif', row.dispositif)}, {format_euros(row.montant_cents)}",
            attendu="une ligne par financement ; une date de décision distingue deux aides",
        )
        for row in repeated.itertuples()
    ]


def _unknown_laureates(
    tables: Mapping[str, pd.DataFrame], classeurs: set[str], referentiel: Referentiel
) -> Iterator[Constat]:
    """Give the projects and conventions of towns that are no laureates, where laureates are known.

    A list that speaks of more than the programme has one finding for all of them: it is no fault of the list.
    """
    laureates = tables["laureats"]
    for name in ("projets", "conventions"):
        table = tables[name]
        followed = table["code_departement"].isin(laureates["code_departement"])
        unknown = table[followed & ~table["code_commune"].isin(laureates["code_commune"])]
        for row in unknown[unknown["fichier"].isin(classeurs)].itertuples():
            found = f"{referentiel.commune_name(row.code_commune)} ({row.code_commune})"
            expected = "une commune de la feuille « Lauréats »"
            yield Constat("laureat_inconnu", Origine.of(row), trouve=found, attendu=expected)
        listed = unknown[~unknown["fichier"].isin(classeurs)]
        for file, codes in listed.groupby("fichier")["code_commune"]:
            towns = sorted({referentiel.commune_name(code) for code in codes})
            more = ", …" if len(towns) > _FIRST_TOWNS else ""
            found = f"{counted(codes.nunique(), 'commune')} : {', '.join(towns[:_FIRST_TOWNS])}{more}"
            yield Constat("communes_hors_programme", Origine(str(file)), trouve=found)


def _contradicted_dates(conventions: pd.DataFrame, referentiel: Referentiel) -> Iterator[Constat]:
    signed = conventions[conventions["date_signature"].notna()].sort_values("fichier")
    convention = ["code_commune", "type_convention"]
    is_contradicted = signed.groupby(convention)["date_signature"].transform("nunique").gt(1)
    for (code, _), group in signed[is_contradicted].groupby(convention):
        newest = group.iloc[-1]
        said = " ; ".join(f"{format_date(row.date_signature)} ({row.fichier})" for row in group.itertuples())
        yield Constat(
            "date_contredite",
            Origine.of(newest),
            trouve=f"{referentiel.commune_name(code)} : {said}",
            attendu="une seule date de signature",
            proposition=format_date(newest.date_signature),
        )


def opinion_text(avis: object, cents: object) -> str:
    r"""Return an opinion and its amount in words.

    >>> opinion_text("favorable", 1_000_000), opinion_text("ajourne", None), opinion_text(None, None)
    ('favorable, 10\u202f000\xa0€', 'ajourné', 'sans avis')
    """
    said = "sans avis" if pd.isna(avis) else term_label("avis", str(avis))
    return said if pd.isna(cents) else f"{said}, {format_euros(int(str(cents)))}"


def checked_opinions(
    opinions: pd.DataFrame, projects: pd.DataFrame
) -> tuple[pd.DataFrame, list[pd.DataFrame], list[Constat]]:
    """Give each opinion the project that its identifier names; set aside what names none, or says again what was said.

    Of two rows on the same project, by the same funder, of the same day, the first received is kept: the second is set
    aside, and when it says otherwise that is a finding, for a person to settle: a later opinion of the same funder on the
    same project does.

    Parameters
    ----------
    opinions : pandas.DataFrame
        The table ``avis``, its ``id_projet`` as the committee's workbook has it.
    projects : pandas.DataFrame
        The table ``projets``, with the projects that were withdrawn since: opinions were given on them.

    Returns
    -------
    tuple
        The table ``avis`` with the ``id_projet`` and ``code_departement`` of the projects, the rows set aside, and the
        findings.
    """
    if opinions.empty:
        return opinions, [], []
    columns = ["code_departement", "id_projet", "code_commune", "intitule"]
    known = {row[1].casefold(): row for row in projects[columns].itertuples(index=False, name=None)}
    found = [known.get(str(identifier).casefold()) for identifier in opinions["id_projet"]]
    is_known = pd.Series([project is not None for project in found], index=opinions.index)
    unknown = opinions[~is_known]
    findings = [
        Constat("avis_projet_inconnu", Origine.of(row), trouve=f"{row.id_projet} : {_text(row)}",
                attendu="un identifiant du classeur du comité, tel qu'il y était", ecartee=SetAside.of(row.montant_propose_cents))
        for row in unknown.itertuples()
    ]  # fmt: skip
    rows = opinions[is_known].reset_index(drop=True)
    rows[columns] = pd.DataFrame([project for project in found if project], columns=columns, dtype="str")
    aside = [rows_set_aside(unknown, "avis", "avis_projet_inconnu")]
    key = list(table_description("avis").key)
    again = rows.duplicated(key)
    firsts = rows[~again].set_index(key)
    last_day = rows.groupby(["id_projet", "financeur_avis"])["date_avis"].max()
    contradicted = []
    for row in rows[again].itertuples():
        first = firsts.loc[(row.id_projet, row.financeur_avis, row.date_avis)]
        differs = any(_said(first[name]) != _said(getattr(row, name)) for name in _OF_AN_OPINION)
        contradicted.append(differs)
        who = term_label("financeur_avis", row.financeur_avis)
        settled = last_day[row.id_projet, row.financeur_avis]
        rule, expected = "avis_repete", ""
        if differs and settled > row.date_avis:
            rule, expected = "avis_tranche", f"l'avis du {format_date(settled)}, qui tranche"
        elif differs:
            rule = "avis_contredit"
            expected = phrase("suite", "avis", premier=f"{_text(first)} ({Origine.of(first)})")
        said = f"{row.id_projet}, {who}, {format_date(row.date_avis)} : {_text(row)}"
        lost = SetAside.of(row.montant_propose_cents) if rule == "avis_contredit" else None
        findings.append(Constat(rule, Origine.of(row), trouve=said, attendu=expected, ecartee=lost))
    differing = pd.Series(contradicted, index=rows.index[again], dtype=bool)
    for motive, these in (("avis_contredit", differing), ("avis_repete", ~differing)):
        aside.append(rows_set_aside(rows.loc[these.index[these]], "avis", motive))
    return rows[~again].reset_index(drop=True), aside, findings


def _text(row: Any) -> str:
    said = opinion_text(row.avis, row.montant_propose_cents)
    return said if pd.isna(row.observations) else f"{said}, « {row.observations} »"


def _said(value: object) -> object:
    return None if pd.isna(value) else value

"""What the tables are held to once they are assembled: their keys, each other, what deliveries tell of time, their schemas."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import pandera.errors

from pvd_analysis.communes import Referentiel
from pvd_analysis.constats import Constat, Origine, SetAside
from pvd_analysis.dataset.opinions import checked_opinions
from pvd_analysis.dataset.schemas import schema
from pvd_analysis.dataset.states import delivered_on, event_date
from pvd_analysis.sources import rows_set_aside
from pvd_analysis.sources.cells import loose_identifier
from pvd_analysis.values import counted, format_date, format_euros, sentence_list
from pvd_analysis.vocabulary import (
    TableDescription,
    column_dictionary,
    table_description,
    table_descriptions,
    term_label,
    terms,
)

# The states of what has taken place; what is only planned, sought or asked for may well be dated ahead.
_DONE = ("annonce", "accorde", "paye", "refuse", "abandonne", "recrute", "vacant", "realise")
_FIRST_TOWNS = 5
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
    findings += _dated_after_delivery(tables, days) + _before_their_dispositif(tables, days)
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
    parts = [part for part in (tables["projets"], *withdrawn) if len(part)] or [tables["projets"]]
    return pd.concat(parts, ignore_index=True).drop_duplicates("id_projet", ignore_index=True)


def _dated_after_delivery(tables: Mapping[str, pd.DataFrame], days: Mapping[str, pd.Series]) -> list[Constat]:
    """Return the facts told as done that are dated after the delivery that tells them: a slip, or a date foreseen."""
    findings = []
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
            findings.append(Constat("date_apres_livraison", Origine.of(row), trouve=found, attendu=expected))
    return findings


def _before_their_dispositif(tables: Mapping[str, pd.DataFrame], days: Mapping[str, pd.Series]) -> list[Constat]:
    """Return the aids that are dated in a year in which their dispositif did not exist (``dispositifs.csv``): a slip."""
    since = pd.to_numeric(terms("dispositif")["depuis"], errors="coerce")
    findings = []
    for name in ("financements", "totaux_annonces"):
        table = tables[name]
        first = table["dispositif"].map(since).astype("float64")
        for row in table[days[name].dt.year < first].itertuples():
            found = f"{term_label('dispositif', row.dispositif)}, {format_date(days[name][row.Index])}"
            expected = f"une date à partir de {int(first[row.Index])}"
            findings.append(Constat("dispositif_a_venir", Origine.of(row), trouve=found, attendu=expected))
    return findings


def _repeated_financings(financings: pd.DataFrame) -> list[Constat]:
    """Return the financings that say what one above says: pasted twice, or two grants that a date would tell apart."""
    said = [
        column for column in table_description("financements").columns if column not in {"nature_fait", "source_fait"}
    ]
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
) -> list[Constat]:
    """Return the projects and conventions of towns that are no laureates, where laureates are known.

    A list that speaks of more than the programme has one finding for all of them: it is no fault of the list.
    """
    findings = []
    laureates = tables["laureats"]
    for name in ("projets", "conventions"):
        table = tables[name]
        followed = table["code_departement"].isin(laureates["code_departement"])
        unknown = table[followed & ~table["code_commune"].isin(laureates["code_commune"])]
        for row in unknown[unknown["fichier"].isin(classeurs)].itertuples():
            found = f"{referentiel.commune_name(row.code_commune)} ({row.code_commune})"
            expected = "une commune de la feuille « Lauréats »"
            findings.append(Constat("laureat_inconnu", Origine.of(row), trouve=found, attendu=expected))
        for file, codes in unknown[~unknown["fichier"].isin(classeurs)].groupby("fichier")["code_commune"]:
            towns = sorted({referentiel.commune_name(code) for code in codes})
            more = ", …" if len(towns) > _FIRST_TOWNS else ""
            found = f"{counted(codes.nunique(), 'commune')} : {', '.join(towns[:_FIRST_TOWNS])}{more}"
            findings.append(Constat("communes_hors_programme", Origine(str(file)), trouve=found))
    return findings


def _contradicted_dates(conventions: pd.DataFrame, referentiel: Referentiel) -> list[Constat]:
    findings = []
    signed = conventions[conventions["date_signature"].notna()].sort_values("fichier")
    convention = ["code_commune", "type_convention"]
    is_contradicted = signed.groupby(convention)["date_signature"].transform("nunique").gt(1)
    for (code, _), group in signed[is_contradicted].groupby(convention):
        newest = group.iloc[-1]
        said = " ; ".join(f"{format_date(row.date_signature)} ({row.fichier})" for row in group.itertuples())
        findings.append(
            Constat(
                "date_contredite",
                Origine.of(newest),
                trouve=f"{referentiel.commune_name(code)} : {said}",
                attendu="une seule date de signature",
                proposition=format_date(newest.date_signature),
            )
        )
    return findings

"""The opinions of the committee held against the projects, and against each other: none is ever overwritten."""

from typing import Any

import pandas as pd

from pvd_analysis.constats import Constat, Origine, SetAside
from pvd_analysis.sources import rows_set_aside
from pvd_analysis.values import format_date, format_euros
from pvd_analysis.vocabulary import table_description, term_label

_FACTS = ("avis", "montant_propose_cents", "observations")


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
        differs = any(_said(first[name]) != _said(getattr(row, name)) for name in _FACTS)
        contradicted.append(differs)
        who = term_label("financeur_avis", row.financeur_avis)
        settled = last_day[row.id_projet, row.financeur_avis]
        rule, expected = "avis_repete", ""
        if differs and settled > row.date_avis:
            rule, expected = "avis_tranche", f"l'avis du {format_date(settled)}, qui tranche"
        elif differs:
            rule = "avis_contredit"
            expected = (
                f"{_text(first)} ({Origine.of(first)}) ; pour trancher, redéposez le classeur avec l'avis retenu et une date "
                "d'avis plus récente"
            )
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

"""What the comité des financeurs examines, and its opinions: the current one of each financeur on each project, and all of them.

Each project has an identifier that stands in every workbook.
"""

import pandas as pd

from pvd_analysis.analysis.funding import counted_money
from pvd_analysis.analysis.plans import funding_plans
from pvd_analysis.dataset import Dataset, Trimestre
from pvd_analysis.dataset.checks import opinion_text
from pvd_analysis.dataset.remembered import remembered
from pvd_analysis.vocabulary import terms

__all__ = ["current_opinions", "opinion_journal", "projects_to_examine", "proposals_over_margin"]

_OF_ONE_FUNDER = ["id_projet", "financeur_avis"]


def plan_column(financeur: str) -> str:
    """Return the column of `projects_to_examine` that has what one financeur brings, in cents."""
    return f"plan_{financeur}_cents"


def asked_column(financeur: str) -> str:
    """Return the column of `projects_to_examine` that has what is asked of one financeur, in cents."""
    return f"demande_{financeur}_cents"


def projects_to_examine(d: Dataset) -> pd.DataFrame:
    """Return one row for each project, with what each financeur brings and the margin left under the legal rule.

    Takes a dataset of one département or of a region. The lines counted are those of `funding_plans`: an aid asked
    for, refused or withdrawn brings nothing yet.

    Returns
    -------
    pandas.DataFrame
        ``identifiant`` (of the project in the workbook), the columns of `funding_plans`, one ``plan_<financeur>_cents``
        (`plan_column`) for each financeur that brings money, the maître d'ouvrage left out, in the order of the
        vocabulary, their sum ``financements_cents``, one ``demande_<financeur>_cents`` (`asked_column`) for each of whom
        money is asked that nobody has decided, and their sum ``demande_cents``; by département, commune and identifier.

    Examples
    --------
    >>> projects = pvd.analysis.projects_to_examine(d)
    >>> projects[["identifiant", "commune", "plan_etat_cents", "financements_cents"]].to_dict("records")[0]
    {'identifiant': '40-001', 'commune': 'Morcenx-la-Nouvelle', 'plan_etat_cents': 36071900, 'financements_cents': 36071900}
    """
    plans = funding_plans(d)
    is_asked = d.financements["statut"].eq("demande") & d.financements["financeur"].ne("maitre_ouvrage")
    brought, asked = _by_financeur(counted_money(d, "public", "prive")), _by_financeur(d.financements[is_asked])
    sums = {
        "demande_cents": asked.sum(axis=1),
        **{plan_column(str(code)): brought[code] for code in brought},
        **{asked_column(str(code)): asked[code] for code in asked},
    }
    keys = plans["id_projet"]
    projects = plans.assign(
        identifiant=keys,
        **{name: keys.map(cents).fillna(0).astype("Int64") for name, cents in sums.items()},
        financements_cents=plans["aides_cents"] + plans["prives_cents"],
    )
    order = ["code_departement", "commune", "identifiant"]
    return projects.sort_values(order, kind="stable", ignore_index=True)


def _by_financeur(lines: pd.DataFrame) -> pd.DataFrame:
    """Return the cents of each financeur (columns, in the order of the vocabulary) for each project (index)."""
    sums = lines.groupby(["id_projet", "financeur"])["montant_cents"].sum().unstack("financeur")
    return sums.reindex(columns=[code for code in terms("financeur").index if code in sums.columns])


@remembered
def opinion_journal(d: Dataset) -> pd.DataFrame:
    """Return every opinion given by the end of the quarter, with what the same financeur had said before.

    Returns
    -------
    pandas.DataFrame
        The columns of the table ``avis``, ``commune`` of the project, ``est_retire`` (whether the project is not in the
        classeur any more), ``avant`` (text, blank when it is the first) and ``apres`` (text); by date, project and
        financeur.

    Examples
    --------
    >>> pvd.analysis.opinion_journal(d).empty
    True
    """
    rows = d.avis.sort_values(["date_avis", "id_projet", "financeur_avis"], kind="stable", ignore_index=True)
    texts = [opinion_text(row.avis, row.montant_propose_cents) for row in rows.itertuples()]
    said = pd.Series(texts, index=rows.index, dtype="str")
    return rows.assign(
        commune=rows["code_commune"].map(d.referentiel.commune_name, na_action="ignore").astype("str"),
        est_retire=~rows["id_projet"].isin(d.projets["id_projet"]),
        apres=said,
        avant=said.groupby([rows[name] for name in _OF_ONE_FUNDER]).shift().astype("str"),
    )


@remembered
def current_opinions(d: Dataset) -> pd.DataFrame:
    """Return the last opinion of each financeur on each project: the columns of `opinion_journal`.

    Examples
    --------
    >>> pvd.analysis.current_opinions(d).empty
    True
    """
    last = opinion_journal(d).drop_duplicates(_OF_ONE_FUNDER, keep="last")
    return last.sort_values(_OF_ONE_FUNDER, kind="stable", ignore_index=True)


def proposals_over_margin(d: Dataset) -> pd.DataFrame:
    """Return the projects whose current proposals, all financeurs together, are over the margin of their workbook's quarter.

    An aid that is decided since is in the plan de financement: the margin is that of the quarter on which the opinion
    was given, so that it does not count twice.

    Returns
    -------
    pandas.DataFrame
        What `over_margin` returns, with ``trimestre``.

    Examples
    --------
    >>> len(pvd.analysis.proposals_over_margin(d))
    0
    """
    found = []
    for written, opinions in current_opinions(d).groupby("trimestre"):
        quarter = min(Trimestre.parse(str(written)), d.trimestre)
        found.append(over_margin(d.at(quarter), opinions).assign(trimestre=str(written)))
    return pd.concat(found, ignore_index=True) if found else over_margin(d, d.avis).assign(trimestre="")


def favourable(opinions: pd.DataFrame) -> pd.DataFrame:
    """Return the opinions whose proposed amount counts against the margin."""
    kinds = terms("avis")
    counting = opinions["avis"].isin(kinds.index[kinds["compte"].eq("oui")])
    return opinions[counting & opinions["montant_propose_cents"].notna()]


def over_margin(d: Dataset, opinions: pd.DataFrame) -> pd.DataFrame:
    """Return the projects whose favourable opinions propose more than the margin under the legal rule.

    The margin is the one that the workbook of the opinion showed, else that of the dataset. A project that carries a
    derogation is never over; of one whose cost is unknown, nothing can be said. What the
    committee of a region proposes is shared between the financeurs: it is not added to what they propose themselves.

    Parameters
    ----------
    d : Dataset
        Whose margins count.
    opinions : pandas.DataFrame
        Rows of the table ``avis``, one for each financeur and project.

    Returns
    -------
    pandas.DataFrame
        ``id_projet``, ``commune``, ``code_commune``, ``propose_cents``, ``marge_legale_cents``, and the origin of the last opinion.

    Source: CGCT, art. L. 1111-10, III (``regles.toml``, ``participation_minimale``).
    """
    proposed = (
        favourable(opinions)
        .assign(nature=lambda table: table["financeur_avis"].map(terms("financeur_avis")["nature"]))
        .groupby(["id_projet", "nature"], as_index=False)
        .agg(
            propose_cents=("montant_propose_cents", "sum"),
            marge_vue_cents=("marge_legale_cents", "last"),
            fichier=("fichier", "last"),
            feuille=("feuille", "last"),
            ligne=("ligne", "last"),
        )
        .sort_values("propose_cents", kind="stable")
        .drop_duplicates("id_projet", keep="last")
        .sort_values("id_projet", ignore_index=True)
    )
    columns = ["id_projet", "commune", "code_commune", "marge_legale_cents", "derogation"]
    both = proposed.merge(funding_plans(d)[columns], on="id_projet", validate="one_to_one")
    both["marge_legale_cents"] = both["marge_vue_cents"].fillna(both["marge_legale_cents"])
    is_over = (both["propose_cents"] > both["marge_legale_cents"]).fillna(False)
    is_over &= ~both["derogation"].fillna(False)
    return both[is_over].drop(columns=["derogation", "marge_vue_cents"]).reset_index(drop=True)

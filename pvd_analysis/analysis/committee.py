"""The projects that the comité des financeurs examines, each with an identifier that stands in every workbook."""

import pandas as pd

from pvd_analysis.analysis.funding import COUNTED_STATUSES
from pvd_analysis.analysis.plans import funding_plans
from pvd_analysis.dataset import Dataset
from pvd_analysis.vocabulary import terms

__all__ = ["projects_to_examine"]


def plan_column(financeur: str) -> str:
    """Return the column of `projects_to_examine` that has what one financeur brings, in cents."""
    return f"plan_{financeur}_cents"


def projects_to_examine(d: Dataset) -> pd.DataFrame:
    """Return one row for each project, with what each financeur brings and the margin left under the legal rule.

    Takes a dataset of one département or of a region. The lines counted are those of `funding_plans`: an aid asked
    for, refused or withdrawn brings nothing yet.

    Returns
    -------
    pandas.DataFrame
        ``identifiant`` (of the project in the workbook), the columns of `funding_plans`, one ``plan_<financeur>_cents``
        (`plan_column`) for each financeur that brings money, the maître d'ouvrage left out, in the order of the
        vocabulary, their sum ``financements_cents``, and ``demande_cents``, what is asked for and not decided; by département, commune and identifier.

    Examples
    --------
    >>> projects = pvd.analysis.projects_to_examine(d)
    >>> projects[["identifiant", "commune", "plan_etat_cents", "financements_cents"]].to_dict("records")[0]
    {'identifiant': '40-001', 'commune': 'Morcenx-la-Nouvelle', 'plan_etat_cents': 36071900, 'financements_cents': 36071900}
    """
    plans = funding_plans(d)
    brought = _brought(d)
    columns = {plan_column(str(financeur)): plans["id_projet"].map(brought[financeur]) for financeur in brought}
    return (
        plans.assign(
            identifiant=plans["id_projet"],
            demande_cents=plans["id_projet"].map(_asked(d)).fillna(0).astype("Int64"),
            **{name: amounts.fillna(0).astype("Int64") for name, amounts in columns.items()},
            financements_cents=plans["aides_cents"] + plans["prives_cents"],
        )
        .sort_values(["code_departement", "commune", "identifiant"], kind="stable")
        .reset_index(drop=True)
    )


def _brought(d: Dataset) -> pd.DataFrame:
    """Return the cents that each financeur brings (columns, in the order of the vocabulary) to each project (index)."""
    financeurs = terms("financeur")
    others = financeurs.index[financeurs["nature"].ne("maitre_ouvrage")]
    lines = d.financements[d.financements["statut"].isin(COUNTED_STATUSES) & d.financements["financeur"].isin(others)]
    sums = lines.groupby(["id_projet", "financeur"])["montant_cents"].sum().unstack("financeur")
    return sums.reindex(columns=[code for code in others if code in sums.columns])


def _asked(d: Dataset) -> pd.Series:
    """Return the cents that are asked for each project, the maître d'ouvrage left out, and that nobody has decided."""
    lines = d.financements[d.financements["statut"].eq("demande") & d.financements["financeur"].ne("maitre_ouvrage")]
    return lines.groupby("id_projet")["montant_cents"].sum()

"""Aids: the detail by project, the announced totals, and the one held against the other."""

from collections.abc import Sequence

import pandas as pd

from pvd_analysis.dataset import Dataset
from pvd_analysis.dataset.as_of import event_date
from pvd_analysis.dataset.remembered import remembered
from pvd_analysis.values import Trimestre
from pvd_analysis.vocabulary import terms

__all__ = [
    "COUNTED_STATUSES",
    "aids",
    "aids_by",
    "announced_families",
    "announced_total_cents",
    "announced_totals",
    "coverage",
    "known_aids_cents",
    "sectoral_aids",
]

# An aid that was asked for, refused or withdrawn is in the tables, and in no sum.
COUNTED_STATUSES = ("annonce", "accorde", "paye")


def _families_in_total() -> list[str]:
    families = terms("famille")
    return list(families.index[families["dans_total"].eq("oui")])


@remembered
def aids(d: Dataset) -> pd.DataFrame:
    """Return the public aids known in detail, one row each.

    The part that the maître d'ouvrage pays and private money are no aids; an aid asked for, refused or withdrawn is
    not counted.

    Returns
    -------
    pandas.DataFrame
        ``id_projet``, ``intitule``, ``code_commune``, ``commune``, ``laureat``, ``categorie``, ``financeur``,
        ``dispositif``, ``famille``, ``dans_total`` (whether the dispositif belongs to the announced totals),
        ``trimestre`` (of the decision, else of the announcement), ``montant_cents`` (cents), ``nature_fait``,
        ``statut``, ``source_fait`` and the origin of the row.

    Examples
    --------
    >>> aids = pvd.analysis.aids(d).query("commune == 'Peyrehorade'")
    >>> aids[["financeur", "dispositif", "montant_cents"]].to_dict("records")
    [{'financeur': 'etat', 'dispositif': 'monuments_historiques', 'montant_cents': 13948800}]
    """
    public = terms("financeur")["nature"].eq("public")
    rows = d.financements[
        d.financements["financeur"].isin(public.index[public]) & d.financements["statut"].isin(COUNTED_STATUSES)
    ]
    families = rows["dispositif"].map(terms("dispositif")["famille"])
    days = event_date(rows, "financements")
    return (
        rows.assign(
            famille=families.astype("str"),
            dans_total=families.isin(_families_in_total()),
            trimestre=[None if pd.isna(day) else str(Trimestre.of(day.date())) for day in days],
        )
        .merge(
            d.projets[["id_projet", "intitule", "code_commune", "categorie"]],
            on="id_projet",
            how="left",
            validate="many_to_one",
        )
        .merge(d.laureats[["code_commune", "laureat"]], on="code_commune", how="left", validate="many_to_one")
        .assign(commune=lambda table: d.commune_names(table["code_commune"]))
    )


def aids_by(d: Dataset, by: str | Sequence[str]) -> pd.DataFrame:
    """Return the aids known in detail, summed by one or several columns of `aids`.

    Parameters
    ----------
    by : str or sequence of str
        ``"famille"``, ``"dispositif"``, ``"financeur"``, ``"commune"``, ``"laureat"``, ``"categorie"``,
        ``"trimestre"``…

    Returns
    -------
    pandas.DataFrame
        The columns of `by`, ``aides_cents``, ``aides_dans_total_cents``, ``aides_hors_total_cents``, ``nombre_projets`` and
        ``part`` (of all aids), the largest first.

    Examples
    --------
    >>> pvd.analysis.aids_by(d, "commune").set_index("commune")["aides_cents"].to_dict()
    {'Morcenx-la-Nouvelle': 36071900, 'Peyrehorade': 13948800}
    >>> pvd.analysis.aids_by(d, ["financeur", "dispositif"])["dispositif"].to_list()
    ['fonds_friches', 'detr', 'monuments_historiques']
    """
    keys = [by] if isinstance(by, str) else list(by)
    detail = aids(d)
    inside = detail["montant_cents"].where(detail["dans_total"], 0)
    grouped = (
        detail.assign(dedans=inside, dehors=detail["montant_cents"] - inside)
        .groupby(keys, dropna=False, sort=True)
        .agg(
            aides_cents=("montant_cents", "sum"),
            aides_dans_total_cents=("dedans", "sum"),
            aides_hors_total_cents=("dehors", "sum"),
            nombre_projets=("id_projet", "nunique"),
        )
        .reset_index()
    )
    total = int(grouped["aides_cents"].sum())
    return (
        grouped.assign(part=grouped["aides_cents"] / total if total else pd.NA)
        .sort_values(["aides_cents", *keys], ascending=[False, *([True] * len(keys))])
        .reset_index(drop=True)
    )


@remembered
def announced_totals(d: Dataset) -> pd.DataFrame:
    """Return the announced totals that stand at the end of the quarter, one row for each dispositif and exercice.

    A later announcement of the same dispositif and exercice takes the place of the earlier one: both are cumulated
    figures, and are never added.

    Returns
    -------
    pandas.DataFrame
        ``famille``, ``dispositif``, ``exercice``, ``montant_cents``, ``dans_total``, ``date_annonce``,
        ``nature_fait``, ``source_fait`` and the origin of the row, in the order of the families.

    Examples
    --------
    >>> pvd.analysis.announced_totals(d).set_index("dispositif")["montant_cents"]["detr"].item()
    119377900
    """
    families = terms("famille")
    latest = (
        d.totaux_annonces.sort_values("date_annonce", kind="stable", na_position="first")
        .drop_duplicates(["dispositif", "exercice"], keep="last")
        .assign(famille=lambda table: table["dispositif"].map(terms("dispositif")["famille"]).astype("str"))
    )
    order = {family: rank for rank, family in enumerate(families.index)}
    return (
        latest.assign(
            dans_total=latest["famille"].isin(_families_in_total()),
            rang=latest["famille"].map(order),
        )
        .sort_values(["rang", "ligne"], kind="stable")
        .drop(columns="rang")
        .reset_index(drop=True)
    )


def announced_families(d: Dataset) -> pd.DataFrame:
    """Return the announced totals by family: ``famille``, ``sous_total_cents``, ``dans_total``.

    Examples
    --------
    >>> pvd.analysis.announced_families(d).set_index("famille")["sous_total_cents"].to_dict()
    {'plan_relance': 15387100, 'droit_commun': 147517700, 'ingenierie': 7500000}
    """
    return (
        announced_totals(d)
        .groupby(["famille", "dans_total"], sort=False)
        .agg(sous_total_cents=("montant_cents", "sum"))
        .reset_index()
    )


def announced_total_cents(d: Dataset) -> int:
    """Return the announced total of the families that make it (plan de relance, droit commun), in cents.

    Examples
    --------
    >>> pvd.analysis.announced_total_cents(d)
    162904800
    """
    totals = announced_totals(d)
    return int(totals.loc[totals["dans_total"], "montant_cents"].sum())


@remembered
def coverage(d: Dataset) -> pd.DataFrame:
    """Hold the detail against the announced total of each dispositif; the detail is inside the total, never added to it.

    Returns
    -------
    pandas.DataFrame
        ``famille``, ``dispositif``, ``annonce_cents``, ``detail_cents``, ``couverture`` (detail / announced, a
        fraction) and ``reste_cents`` (announced without a known project), in the order of the families.

    Examples
    --------
    >>> f"{pvd.analysis.coverage(d).set_index('dispositif')['couverture']['detr']:.1%}"
    '14.1%'
    """
    totals = announced_totals(d)
    announced = (
        totals[totals["dans_total"]]
        .groupby(["famille", "dispositif"], sort=False)
        .agg(annonce_cents=("montant_cents", "sum"))
        .reset_index()
    )
    detail = aids(d).groupby("dispositif")["montant_cents"].sum()
    return announced.assign(
        detail_cents=lambda table: table["dispositif"].map(detail).fillna(0).astype("Int64"),
        couverture=lambda table: (table["detail_cents"] / table["annonce_cents"]).where(table["annonce_cents"] > 0),
        reste_cents=lambda table: table["annonce_cents"] - table["detail_cents"],
    )


def sectoral_aids(d: Dataset) -> pd.DataFrame:
    """Return the aids of `aids` that belong to no announced total: calls for projects and partners.

    Examples
    --------
    >>> pvd.analysis.sectoral_aids(d).groupby("commune")["montant_cents"].sum().to_dict()
    {'Morcenx-la-Nouvelle': 19281500, 'Peyrehorade': 13948800}
    """
    return aids(d).query("not dans_total").reset_index(drop=True)


@remembered
def known_aids_cents(d: Dataset) -> int:
    """Return all aids known, in cents, nothing counted twice.

    For a dispositif that has an announced total, the larger of the total and its detail; for any other, its detail.

    Examples
    --------
    >>> pvd.analysis.known_aids_cents(d)
    196135100
    """
    totals = announced_totals(d)
    announced = totals[totals["dans_total"]].groupby("dispositif")["montant_cents"].sum()
    detail = aids(d).groupby("dispositif")["montant_cents"].sum()
    return sum(
        max(int(announced.get(dispositif, 0)), int(detail.get(dispositif, 0)))
        for dispositif in {*announced.index, *detail.index}
    )

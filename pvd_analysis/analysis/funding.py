"""Aids: the detail by project, the announced totals, and the one held against the other."""

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from pvd_analysis.dataset import Dataset
from pvd_analysis.dataset.remembered import remembered
from pvd_analysis.dataset.states import event_date
from pvd_analysis.errors import InvalidParameter
from pvd_analysis.values import Trimestre, did_you_mean
from pvd_analysis.vocabulary import table_descriptions, terms

__all__ = [
    "aids",
    "aids_by",
    "announced_families",
    "announced_total_cents",
    "announced_totals",
    "coverage",
    "dated_after",
    "known_aids_cents",
    "sectoral_aids",
]

# An aid that was asked for, refused or withdrawn is in the tables, and in no sum.
COUNTED_STATUSES = ("annonce", "accorde", "paye")


def _in_total(totals: pd.DataFrame) -> pd.DataFrame:
    """Return the announced totals of the families that make the total of a département."""
    families = terms("famille")["dans_total"].eq("oui")
    of_total = terms("dispositif")["famille"].map(families)
    return totals[totals["dispositif"].map(of_total).astype(bool)]


def _place(rows: pd.DataFrame) -> pd.Series:
    """Return the département and the dispositif of each row: a detail is inside the total that *its* département announced."""
    return rows["code_departement"] + "|" + rows["dispositif"]


def counted_money(d: Dataset, *natures: str) -> pd.DataFrame:
    """Return the financings of funders of some natures (``financeurs.csv``) that count: not what is asked for, refused or withdrawn."""
    of_funder = d.financements["financeur"].map(terms("financeur")["nature"])
    lines = d.financements[of_funder.isin(natures)]
    return lines[lines["statut"].isin(COUNTED_STATUSES)]


@remembered
def aids(d: Dataset) -> pd.DataFrame:
    """Return the public aids known in detail, one row each.

    The part that the maître d'ouvrage pays and private money are no aids; an aid asked for, refused or withdrawn is
    not counted.

    Returns
    -------
    pandas.DataFrame
        ``id_projet``, ``intitule``, ``code_commune``, ``commune``, ``laureat``, ``categorie``, ``financeur``,
        ``dispositif``, ``famille``, ``dans_total`` (whether the département has announced a total of that dispositif),
        ``trimestre`` (of the decision, else of the announcement), ``montant_cents`` (cents), ``nature_fait``,
        ``statut``, ``source_fait`` and the origin of the row.

    Examples
    --------
    >>> aids = pvd.analysis.aids(d).query("commune == 'Peyrehorade'")
    >>> aids[["financeur", "dispositif", "montant_cents"]].to_dict("records")
    [{'financeur': 'etat', 'dispositif': 'monuments_historiques', 'montant_cents': 13948800}]
    """
    rows = counted_money(d, "public")
    families = rows["dispositif"].map(terms("dispositif")["famille"])
    days = event_date(rows, "financements")
    return (
        rows.assign(
            famille=families.astype("str"),
            dans_total=_place(rows).isin(_place(_in_total(d.totaux_annonces))),
            trimestre=days.map({day: str(Trimestre.of(day.date())) for day in days.dropna().unique()}),
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

    Raises
    ------
    InvalidParameter
        The aids have no such column; the one whose name is nearest is proposed.

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
    for column in keys:
        if column not in detail:
            said = did_you_mean(column, detail.columns)
            raise InvalidParameter(f"Les aides n'ont pas de colonne « {column} ».{said} Par exemple « commune ».")
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
    """Return the announced totals that stand at the end of the quarter, one row for each dispositif and exercice (of each département).

    A later announcement of the same dispositif and exercice takes the place of the earlier one: both are cumulated
    figures, and are never added. They are those of whole départements: a laureate has none.

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
    if d.communes is not None:
        return announced_totals(replace(d, communes=None)).iloc[:0]
    rank = {family: number for number, family in enumerate(terms("famille").index)}
    by_day = d.totaux_annonces.sort_values("date_annonce", kind="stable", na_position="first")
    latest = by_day.drop_duplicates(["code_departement", "dispositif", "exercice"], keep="last")
    families = latest["dispositif"].map(terms("dispositif")["famille"]).astype("str")
    return (
        latest.assign(famille=families, dans_total=latest.index.isin(_in_total(latest).index), rang=families.map(rank))
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

    Of a region or of the country, each is the sum of the départements: the detail of one that has announced nothing of a
    dispositif is outside of the totals.

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
    detail = aids(d).query("dans_total").groupby("dispositif")["montant_cents"].sum()
    return announced.assign(
        detail_cents=lambda table: table["dispositif"].map(detail).fillna(0).astype("Int64"),
        couverture=lambda table: (table["detail_cents"] / table["annonce_cents"]).where(table["annonce_cents"] > 0),
        reste_cents=lambda table: table["annonce_cents"] - table["detail_cents"],
    )


def rests_on_deduced(d: Dataset) -> bool:
    """Tell whether the detail held against the announced totals has amounts that are a reading of their source.

    >>> from pvd_analysis.analysis.funding import rests_on_deduced
    >>> rests_on_deduced(d)
    True
    """
    detail = aids(d)
    return bool((detail["dans_total"] & detail["nature_fait"].eq("deduit")).any())


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

    For a dispositif that a département has announced a total of, the larger of the total and its detail; for any other,
    its detail.

    Examples
    --------
    >>> pvd.analysis.known_aids_cents(d)
    196135100
    """
    totals, detail = announced_totals(d), aids(d)
    place = ["code_departement", "dispositif"]
    announced = totals[totals["dans_total"]].groupby(place)["montant_cents"].sum()
    known = detail.groupby(place)["montant_cents"].sum()
    return int(pd.concat([announced, known], axis=1).fillna(0).max(axis=1).sum())


def moved_between_totals(d: Dataset, before: Dataset) -> tuple[int, int]:
    """Return what has gone into an announced total since an earlier quarter, and what has come out of one, in cents.

    An aid known by then is inside once its département has announced a total of its dispositif, and outside once that
    total is withdrawn: nothing was given nor taken.

    Examples
    --------
    >>> from pvd_analysis.analysis.funding import moved_between_totals
    >>> moved_between_totals(d, d)
    (0, 0)
    """
    known = aids(before)
    is_inside = _place(known).isin(_place(_in_total(d.totaux_annonces)))
    was_inside, amounts = known["dans_total"], known["montant_cents"]
    return int(amounts[is_inside & ~was_inside].sum()), int(amounts[~is_inside & was_inside].sum())


def dated_after(d: Dataset) -> pd.DataFrame:
    """Return the amounts that are told and dated after the last day of the quarter: they are in no figure of it.

    Returns
    -------
    pandas.DataFrame
        ``table``, ``nombre_lignes`` and ``montant_cents``, one row for each table of amounts that has some.

    Examples
    --------
    >>> len(pvd.analysis.dated_after(d))
    0
    """
    rows = []
    for name, description in table_descriptions().items():
        if description.amount and len(later := d.not_yet(name)):
            rows.append((name, len(later), later[description.amount].sum()))
    table = pd.DataFrame(rows, columns=["table", "nombre_lignes", "montant_cents"])
    return table.astype({"table": "str", "nombre_lignes": "Int64", "montant_cents": "Int64"})

"""The plan de financement of each project, the share that its maître d'ouvrage must bring, and its limit under each rule."""

from typing import Any

import pandas as pd

from pvd_analysis.analysis.funding import aids, counted_money
from pvd_analysis.analysis.rules import CANNOT_BE_SAID, Judgment, judgments, limit_cents
from pvd_analysis.dataset import Dataset
from pvd_analysis.dataset.remembered import remembered
from pvd_analysis.vocabulary import ORIGIN, rule, terms

__all__ = ["funding_plans", "plan_lines", "rule_margins", "rule_trace"]

_MINIMAL = "participation_minimale"
_NAMED = ("id_projet", "commune", "regle_appliquee", "article", "version_depuis")


@remembered
def funding_plans(d: Dataset) -> pd.DataFrame:
    """Return one row for each project: cost, aids, private money, the rule in its two readings, the margin left.

    The legal reading (CGCT, art. L. 1111-10, III) asks the maître d'ouvrage for 20 % of what public persons bring:
    aids ≤ 80 % × (cost HT − private money). As quoted, « 80 % d'aides publiques »: aids ≤ 80 % × cost HT. The lower
    limit binds.

    Returns
    -------
    pandas.DataFrame
        ``id_projet``, ``intitule``, ``code_commune``, ``commune``, ``laureat``, ``categorie``, ``cout_ht_cents``, ``cout_deduit`` (the
        nature of the fact of the project row), ``aides_cents``, ``prives_cents``, ``apport_cents``, ``taux_aides``,
        ``limite_legale_cents``, ``limite_usuelle_cents``, ``marge_legale_cents``, ``marge_usuelle_cents``,
        ``derogation``, ``motif_derogation``, ``situation`` and the origin of the row;
        amounts in cents before tax, blank when the cost is unknown.

    Examples
    --------
    >>> pvd.analysis.funding_plans(d).set_index("commune")["situation"].to_dict()
    {'Morcenx-la-Nouvelle': 'à la limite', 'Peyrehorade': 'coût inconnu'}
    """
    public = aids(d).groupby("id_projet")["montant_cents"].sum()
    private = counted_money(d, "prive").groupby("id_projet")["montant_cents"].sum()
    plans = d.projets.merge(
        d.laureats[["code_commune", "laureat"]], on="code_commune", how="left", validate="many_to_one"
    ).assign(
        commune=lambda table: d.commune_names(table["code_commune"]),
        cout_deduit=lambda table: table["nature_fait"].where(table["cout_ht_cents"].notna()),
        aides_cents=lambda table: table["id_projet"].map(public).fillna(0).astype("Int64"),
        prives_cents=lambda table: table["id_projet"].map(private).fillna(0).astype("Int64"),
    )
    cost, aid, gift = plans["cout_ht_cents"], plans["aides_cents"], plans["prives_cents"]
    return plans.assign(
        apport_cents=cost - aid - gift,
        taux_aides=(aid / cost).where(cost > 0),
        **_of_law(d, plans["id_projet"]),
        limite_usuelle_cents=_as_quoted(cost),
        marge_legale_cents=lambda table: table["limite_legale_cents"] - aid,
        marge_usuelle_cents=lambda table: table["limite_usuelle_cents"] - aid,
    ).reset_index(drop=True)


def _as_quoted(costs: pd.Series) -> pd.Series:
    ceiling = rule(_MINIMAL).versions[-1].plafond
    limits = [pd.NA if pd.isna(cost) else limit_cents(int(cost), ceiling) for cost in costs]
    return pd.Series(limits, index=costs.index, dtype="Int64")


def _of_law(d: Dataset, projects: pd.Series) -> pd.DataFrame:
    """Return the limit of the minimal participation of each project, and its situation: what the rules say of it."""
    in_force = [each for each in judgments(d) if each.name == _MINIMAL and each.is_in_force]
    said = {each.project.id_projet: each for each in in_force}
    limits = [said[each].limit for each in projects]
    return pd.DataFrame(
        {
            "limite_legale_cents": pd.Series(limits, index=projects.index, dtype="Int64"),
            "situation": pd.Series([_situation(said[each]) for each in projects], index=projects.index, dtype="str"),
        }
    )


def _situation(judged: Judgment) -> str:
    if judged.situation == CANNOT_BE_SAID and judged.limit is None:
        return "coût inconnu"
    return judged.situation


def plan_lines(d: Dataset) -> pd.DataFrame:
    """Return the lines of every plan de financement, with the share that is left to the maître d'ouvrage.

    Returns
    -------
    pandas.DataFrame
        ``id_projet``, ``commune``, ``intitule``, ``financeur``, ``dispositif``, ``montant_cents``, ``part_cout`` (of
        the cost HT), ``assiette_cents`` (blank when it is not known), ``statut``, ``nature_fait``, ``source_fait`` and the origin of the row. For a project whose cost is
        known, a last line gives what the plan leaves to the maître d'ouvrage: computed, nature « deduit », status and
        origin blank.

    Examples
    --------
    >>> lines = pvd.analysis.plan_lines(d).query("commune == 'Morcenx-la-Nouvelle'")
    >>> dict(zip(lines["dispositif"], lines["part_cout"].astype(float).round(3), strict=True))
    {'fonds_friches': 0.428, 'detr': 0.372, 'autofinancement': 0.2}
    """
    columns = ["id_projet", "commune", "intitule", "cout_ht_cents", "apport_cents"]
    plans = funding_plans(d)[columns]
    lines = d.financements.merge(plans, on="id_projet", validate="many_to_one").assign(rang=0)
    own = terms("financeur")["nature"].eq("maitre_ouvrage")
    declared = lines.loc[lines["financeur"].isin(own.index[own]), "id_projet"]
    left = plans[plans["cout_ht_cents"].notna() & ~plans["id_projet"].isin(declared)].assign(
        financeur="maitre_ouvrage",
        dispositif="autofinancement",
        montant_cents=lambda table: table["apport_cents"],
        nature_fait="deduit",
        source_fait="Calcul : coût HT moins les aides et les fonds privés",
        rang=1,
    )
    both = pd.concat([lines, left], ignore_index=True)
    cost = both["cout_ht_cents"]
    both["part_cout"] = (both["montant_cents"] / cost).where(cost > 0)
    order = ["id_projet", "rang", "montant_cents"]
    both = both.sort_values(order, ascending=[True, True, False], kind="stable", ignore_index=True)
    return both[
        [
            "id_projet", "commune", "intitule", "financeur", "dispositif", "montant_cents", "statut", "nature_fait",
            "source_fait", *ORIGIN, "assiette_cents", "part_cout",
        ]
    ]  # fmt: skip


def rule_margins(d: Dataset) -> pd.DataFrame:
    """Return the limit and the margin of each project under each version of a rule that judges one of its decisions, or the next.

    A version that is over judges the project as it stood on the last decision taken under it; the one in force judges
    what is known at the end of the quarter. Of those in force, the one that leaves least binds.

    Returns
    -------
    pandas.DataFrame
        ``id_projet``, ``commune``, ``regle_appliquee``, ``article``, ``version_depuis`` (day), ``juge_le`` (day), ``base_cents``,
        ``limite_cents``, ``compte_cents`` (the aids held against the limit), ``marge_cents`` (cents, blank when they
        cannot be said), ``situation``, ``liante`` (whether it binds), ``manque`` (what is missing to say more, blank
        when nothing is) and the origin of the project.

    Source: CGCT, art. L. 1111-10, III and R. 2334-27 (``regles.toml``).

    Examples
    --------
    >>> margins = pvd.analysis.rule_margins(d).query("id_projet == '40-001'")
    >>> margins[["article", "marge_cents", "liante", "manque"]].fillna(-1).values.tolist()
    [['L. 1111-10 CGCT', 0, True, ''], ['R. 2334-27 CGCT', -1, False, "l'assiette de DETR"]]
    """
    rows = [
        {
            **_named(d, judged),
            "juge_le": judged.judged_on,
            "base_cents": judged.base,
            "limite_cents": judged.limit,
            "compte_cents": judged.counted,
            "marge_cents": judged.margin,
            "situation": judged.situation,
            "liante": judged.is_in_force and judged.margin is not None,
            "manque": judged.missing,
            **_origin(judged.project),
        }
        for judged in judgments(d)
    ]
    cents = ("base_cents", "limite_cents", "compte_cents", "marge_cents", "ligne")
    names = [*_NAMED, "juge_le", *cents[:4], "situation", "liante", "manque", *ORIGIN]
    days = dict.fromkeys(("version_depuis", "juge_le"), "datetime64[s]")
    types = {**dict.fromkeys(cents, "Int64"), **days, "liante": bool}
    table = pd.DataFrame(rows, columns=names).astype(types)
    may_bind = table[table["liante"]].sort_values("marge_cents", kind="stable")
    return table.assign(liante=table.index.isin(may_bind.drop_duplicates("id_projet").index))


def rule_trace(d: Dataset, id_projet: str = "") -> pd.DataFrame:
    """Return the computation of each limit, line by line: of one project, else of all.

    Parameters
    ----------
    id_projet : str, optional
        ``"40-001"``.

    Returns
    -------
    pandas.DataFrame
        ``id_projet``, ``commune``, ``regle_appliquee``, ``article``, ``version_depuis`` (day), ``etape`` (a line of the computation),
        ``montant_cents`` (cents) and the origin of the row that an amount is from, blank when it is computed.

    Examples
    --------
    >>> trace = pvd.analysis.rule_trace(d, "40-001").query("article == 'L. 1111-10 CGCT'")
    >>> trace[["etape", "montant_cents"]].values.tolist()[-1]
    ['Marge = limite − aides comptées (à la limite)', 0]
    """
    rows = [
        {**_named(d, judged), "etape": step.said, "montant_cents": step.cents, **_origin(step.row)}
        for judged in judgments(d)
        if id_projet in ("", judged.project.id_projet)
        for step in judged.steps
    ]
    table = pd.DataFrame(rows, columns=[*_NAMED, "etape", "montant_cents", *ORIGIN])
    return table.astype({"montant_cents": "Int64", "ligne": "Int64", "version_depuis": "datetime64[s]"})


def _named(d: Dataset, judged: Judgment) -> dict[str, Any]:
    project, rule = judged.project, judged.rule
    commune = d.referentiel.commune_name(project.code_commune)
    named = (project.id_projet, commune, rule.libelle, rule.article, judged.version.depuis)
    return dict(zip(_NAMED, named, strict=True))


def _origin(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name, None) for name in ORIGIN}

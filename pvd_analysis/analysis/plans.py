"""The plan de financement of each project, and the minimal share that its maître d'ouvrage must bring."""

from decimal import ROUND_FLOOR, Decimal

import pandas as pd

from pvd_analysis.analysis.funding import aids
from pvd_analysis.dataset import Dataset
from pvd_analysis.dataset.remembered import remembered
from pvd_analysis.vocabulary import rule, terms

__all__ = ["aid_limit_cents", "funding_plans", "plan_lines"]

# Under one euro of margin, a project is « à la limite ».
LIMIT_TOLERANCE_CENTS = 100


def aid_limit_cents(base_cents: int) -> int:
    """Return the most that public aids may reach on a base, in cents, rounded down so that a margin is never overstated.

    Source: CGCT, art. L. 1111-10, III (see ``regles.toml``).

    >>> aid_limit_cents(45_089_875)
    36071900
    """
    ceiling = Decimal(rule("participation_minimale").figures["taux_aides_maximal"])
    return int((ceiling * base_cents).to_integral_value(ROUND_FLOOR))


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
    private = _private_money(d)
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
        limite_legale_cents=_limits(cost - gift),
        limite_usuelle_cents=_limits(cost),
        marge_legale_cents=lambda table: table["limite_legale_cents"] - aid,
        marge_usuelle_cents=lambda table: table["limite_usuelle_cents"] - aid,
        situation=lambda table: _situation(table),
    ).reset_index(drop=True)


def _private_money(d: Dataset) -> pd.Series:
    private = terms("financeur")["nature"].eq("prive")
    lines = d.financements[
        d.financements["financeur"].isin(private.index[private])
        & ~d.financements["statut"].isin(["refuse", "abandonne", "demande"])
    ]
    return lines.groupby("id_projet")["montant_cents"].sum()


def _limits(base: pd.Series) -> pd.Series:
    limits = [pd.NA if pd.isna(value) else aid_limit_cents(int(value)) for value in base]
    return pd.Series(limits, index=base.index, dtype="Int64")


def _situation(plans: pd.DataFrame) -> pd.Series:
    margin = plans["marge_legale_cents"]
    situation = pd.Series("sous la limite", index=plans.index, dtype="str")
    situation = situation.mask((margin < LIMIT_TOLERANCE_CENTS).fillna(False), "à la limite")
    situation = situation.mask((margin < 0).fillna(False), "au-dessus de la limite")
    situation = situation.mask((margin < 0).fillna(False) & plans["derogation"].fillna(False), "dérogation")
    return situation.mask(plans["cout_ht_cents"].isna(), "coût inconnu")


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
    plans = funding_plans(d)
    columns = ["id_projet", "commune", "intitule", "cout_ht_cents"]
    lines = d.financements.merge(plans[columns], on="id_projet", validate="many_to_one")
    own = terms("financeur")["nature"].eq("maitre_ouvrage")
    declared = set(lines.loc[lines["financeur"].isin(own.index[own]), "id_projet"])
    left = plans[plans["cout_ht_cents"].notna() & ~plans["id_projet"].isin(declared)].assign(
        financeur="maitre_ouvrage",
        dispositif="autofinancement",
        montant_cents=lambda table: table["apport_cents"],
        statut=None,
        nature_fait="deduit",
        source_fait="Calcul : coût HT moins les aides et les fonds privés",
        rang=1,
    )
    left = left.assign(fichier=None, feuille=None, ligne=pd.NA, assiette_cents=pd.NA).astype(
        {"fichier": "str", "feuille": "str", "ligne": "Int64", "assiette_cents": "Int64"}
    )
    wanted = [
        *columns, "financeur", "dispositif", "montant_cents", "statut", "nature_fait", "source_fait", "fichier",
        "feuille", "ligne", "assiette_cents",
    ]  # fmt: skip
    both = pd.concat([lines.assign(rang=0)[[*wanted, "rang"]], left[[*wanted, "rang"]]], ignore_index=True)
    return (
        both.assign(part_cout=(both["montant_cents"] / both["cout_ht_cents"]).where(both["cout_ht_cents"] > 0))
        .sort_values(["id_projet", "rang", "montant_cents"], ascending=[True, True, False], kind="stable")
        .drop(columns=["rang", "cout_ht_cents"])
        .reset_index(drop=True)
    )

"""The support in people: chef de projet posts, the towns that they serve, training and the club PVD."""

from dataclasses import dataclass

import pandas as pd

from pvd_analysis.analysis.funding import announced_totals
from pvd_analysis.dataset import Dataset
from pvd_analysis.dataset.remembered import remembered
from pvd_analysis.dataset.states import surely_by
from pvd_analysis.values import Trimestre
from pvd_analysis.vocabulary import ORIGIN, terms_named

__all__ = [
    "PostCounts",
    "club",
    "communes_with_vacant_post",
    "communes_without_post",
    "post_counts",
    "posts",
    "posts_ending",
    "posts_over_time",
    "provision",
    "served_communes",
    "training",
]


@dataclass(frozen=True, slots=True)
class PostCounts:
    """How many posts there are, shared (more than one commune), recruited, under recruitment, vacant."""

    identified: int
    shared: int
    recruited: int
    under_way: int
    vacant: int


@remembered
def posts(d: Dataset) -> pd.DataFrame:
    """Return the posts at the end of the quarter.

    Returns
    -------
    pandas.DataFrame
        The table ``postes`` with ``communes_libelle`` (names), ``partage`` (whether the post serves more than one
        commune) and ``partenaires`` (the known bodies among its ``cofinanceurs``).

    Examples
    --------
    >>> pvd.analysis.posts(d).query("partage")["communes_libelle"].to_list()[0]
    'Morcenx-la-Nouvelle + Labouheyre'
    """
    codes = d.postes["communes"].str.split(";")
    return d.postes.assign(
        communes_libelle=[" + ".join(d.commune_names(each)) for each in codes],
        partage=[len(each) > 1 for each in codes],
        partenaires=_partners(d.postes["cofinanceurs"]),
    )


def posts_ending(d: Dataset, months: int) -> pd.DataFrame:
    """Return the posts of `posts` that are filled and whose end comes in the months that follow the quarter, the first first.

    The end of a post of which only a month or a quarter is known is its last day; a post without a known end is not among them.

    Examples
    --------
    >>> len(pvd.analysis.posts_ending(d, 6))
    0
    """
    ends = surely_by(d.postes, "date_fin")
    last = pd.Timestamp(d.arrete_le) + pd.offsets.MonthEnd(months)  # a quarter ends with a month
    is_near = ends.gt(pd.Timestamp(d.arrete_le)) & ends.le(last)
    ending = posts(d)[d.postes["etat_poste"].eq("recrute") & is_near]
    order = ends[ending.index].sort_values(kind="stable").index
    return ending.loc[order].reset_index(drop=True)


def _partners(written: pd.Series) -> pd.Series:
    """Return the known bodies that free texts name; blank where they name none."""
    named = [None if pd.isna(text) else ", ".join(terms_named("partenaire", text)) or None for text in written]
    return pd.Series(named, index=written.index, dtype="str")


def post_counts(d: Dataset) -> PostCounts:
    """Return the counts of posts.

    Examples
    --------
    >>> pvd.analysis.post_counts(d)
    PostCounts(identified=8, shared=4, recruited=2, under_way=6, vacant=0)
    """
    table = posts(d)
    states = table["etat_poste"].value_counts()
    counts = (int(states.get(state, 0)) for state in ("recrute", "en_cours", "vacant"))
    return PostCounts(len(table), int(table["partage"].sum()), *counts)


def posts_over_time(d: Dataset) -> pd.DataFrame:
    """Return the posts at the end of each quarter, from the first recruitment or delivery to the last one observed.

    The counts are states at a date, never to be added over quarters. Recruitments have dates; how many posts were sought
    or vacant is known from the first classeur on, and blank before. Nothing is said after the newest classeur.

    Returns
    -------
    pandas.DataFrame
        ``trimestre``, ``postes_recrutes``, ``postes_en_cours``, ``postes_vacants``; no row without a post.

    Examples
    --------
    >>> pvd.analysis.posts_over_time(d)["postes_recrutes"].to_list()
    [1, 1, 2]
    """
    columns = ["trimestre", "postes_recrutes", "postes_en_cours", "postes_vacants"]
    last = d.last_observed or d.trimestre
    recruited = d.event_days("postes")[d.postes["etat_poste"].isin(["recrute", "vacant"])].dropna()
    observed = [first for first, _ in d.observed().values()]
    quarter = min([last, *observed, *(Trimestre.of(day.date()) for day in recruited)])
    rows = []
    while len(d.postes) and quarter <= last:
        then = d.at(quarter)
        counts = post_counts(then)
        is_known = then.is_observed or quarter == last
        others = (counts.under_way, counts.vacant) if is_known else (pd.NA, pd.NA)
        rows.append((str(quarter), counts.recruited, *others))
        quarter = quarter.next
    types = dict.fromkeys(columns[1:], "Int64") | {"trimestre": "str"}
    return pd.DataFrame(rows, columns=columns).astype(types)


@remembered
def served_communes(d: Dataset) -> pd.DataFrame:
    """Return one row for each laureate commune and post that serves it; a commune without a post has one row, blank.

    There is no row for a commune without a known post of which no classeur speaks by the quarter: nothing is known of it.

    Returns
    -------
    pandas.DataFrame
        ``laureat``, ``code_commune``, ``commune``, ``id_poste``, ``etat_poste``, ``partage``, ``date_recrutement`` and
        ``date_fin`` with their precisions.

    Examples
    --------
    >>> served = pvd.analysis.served_communes(d)
    >>> served.query("commune == 'Mugron'")[["id_poste", "etat_poste"]].to_dict("records")
    [{'id_poste': '40-P4', 'etat_poste': 'en_cours'}]
    """
    table = posts(d)
    served = table.assign(code_commune=table["communes"].str.split(";")).explode("code_commune")
    columns = [
        *("code_commune", "id_poste", "etat_poste", "partage"),
        *("date_recrutement", "date_recrutement_precision", "date_fin", "date_fin_precision"),
    ]
    known = d.told_communes | set(served["code_commune"])
    laureates = d.laureats[d.laureats["code_commune"].isin(known & d.followed_communes)]
    return (
        laureates[["laureat", "code_commune", *ORIGIN]]
        .merge(served[columns].astype({"code_commune": "str"}), on="code_commune", how="left")
        .assign(commune=lambda table: d.commune_names(table["code_commune"]))
    )


def communes_without_post(d: Dataset) -> list[str]:
    """Return the names of the laureate communes that no post serves.

    Examples
    --------
    >>> pvd.analysis.communes_without_post(d)
    ['Geaune']
    """
    served = served_communes(d)
    return list(served.loc[served["id_poste"].isna(), "commune"])


def communes_with_vacant_post(d: Dataset) -> list[str]:
    """Return the names of the laureate communes whose posts are all vacant: nobody serves them.

    >>> pvd.analysis.communes_with_vacant_post(d)
    []
    """
    served = served_communes(d).dropna(subset="id_poste")
    is_vacant = served["etat_poste"].eq("vacant").groupby(served["commune"], sort=False).all()
    return list(is_vacant.index[is_vacant])


def provision(d: Dataset) -> pd.DataFrame:
    """Return the sums provisioned for ingénierie, with what they make for each post identified.

    Returns
    -------
    pandas.DataFrame
        ``dispositif``, ``exercice``, ``montant_cents``, ``nombre_postes`` (identified in its département) and
        ``par_poste_cents`` (rounded down to the cent), ``source_fait`` and the origin of the row.

    Examples
    --------
    >>> pvd.analysis.provision(d)[["montant_cents", "nombre_postes", "par_poste_cents"]].to_dict("records")
    [{'montant_cents': 7500000, 'nombre_postes': 8, 'par_poste_cents': 937500}]
    """
    sums = announced_totals(d).query("famille == 'ingenierie'")
    numbers = d.postes.groupby("code_departement").size()
    identified = sums["code_departement"].map(numbers).fillna(0).astype("Int64")
    columns = ["code_departement", "dispositif", "exercice", "montant_cents", "source_fait", *ORIGIN]
    return sums[columns].assign(
        nombre_postes=identified,
        par_poste_cents=sums["montant_cents"] // identified.replace(0, pd.NA),
    )


def training(d: Dataset) -> pd.DataFrame:
    """Return the training sessions, their participants and their ``partenaires``, by date; those without a date last.

    Examples
    --------
    >>> pvd.analysis.training(d)[["partenaires", "etat_action"]].iloc[-1].to_list()
    ['Cerema, BDT, ANAH', 'en_preparation']
    """
    codes, partners = d.formations["code_commune"], _partners(d.formations["organisme"])
    towns = codes.map(d.referentiel.commune_name, na_action="ignore").astype("str")
    return _by_date(d.formations.assign(commune=towns, partenaires=partners))


def club(d: Dataset) -> pd.DataFrame:
    """Return the meetings of the club PVD, by date.

    Examples
    --------
    >>> pvd.analysis.club(d)["etat_action"].to_list()
    ['realise', 'realise', 'programme']
    """
    return _by_date(d.club)


def _by_date(actions: pd.DataFrame) -> pd.DataFrame:
    order = ["date_action", "ligne"]
    return actions.sort_values(order, kind="stable", na_position="last", ignore_index=True)

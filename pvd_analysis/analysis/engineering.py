"""The support in people: chef de projet posts, the towns that they serve, training and the club PVD."""

from dataclasses import dataclass

import pandas as pd

from pvd_analysis.analysis.funding import announced_totals
from pvd_analysis.dataset import Dataset
from pvd_analysis.dataset.remembered import remembered

__all__ = [
    "PostCounts",
    "club",
    "communes_without_post",
    "post_counts",
    "posts",
    "provision",
    "served_communes",
    "training",
]


@dataclass(frozen=True, slots=True)
class PostCounts:
    """How many posts there are, shared (more than one commune), recruited, under way."""

    identified: int
    shared: int
    recruited: int
    under_way: int


@remembered
def posts(d: Dataset) -> pd.DataFrame:
    """Return the posts at the end of the quarter.

    Returns
    -------
    pandas.DataFrame
        The table ``postes`` with ``communes_libelle`` (names) and ``partage`` (whether the post serves more than one
        commune).

    Examples
    --------
    >>> pvd.analysis.posts(d).query("partage")["communes_libelle"].to_list()[0]
    'Morcenx-la-Nouvelle + Labouheyre'
    """
    codes = d.postes["communes"].str.split(";")
    return d.postes.assign(
        communes_libelle=[" + ".join(d.commune_names(each)) for each in codes],
        partage=[len(each) > 1 for each in codes],
    )


def post_counts(d: Dataset) -> PostCounts:
    """Return the counts of posts.

    Examples
    --------
    >>> pvd.analysis.post_counts(d)
    PostCounts(identified=8, shared=4, recruited=2, under_way=6)
    """
    table = posts(d)
    return PostCounts(
        identified=len(table),
        shared=int(table["partage"].sum()),
        recruited=int(table["etat_poste"].eq("recrute").sum()),
        under_way=int(table["etat_poste"].eq("en_cours").sum()),
    )


@remembered
def served_communes(d: Dataset) -> pd.DataFrame:
    """Return one row for each laureate commune and post that serves it; a commune without a post has one row, blank.

    Returns
    -------
    pandas.DataFrame
        ``laureat``, ``code_commune``, ``commune``, ``id_poste``, ``etat_poste``, ``partage``, ``date_recrutement`` and
        its precision.

    Examples
    --------
    >>> served = pvd.analysis.served_communes(d)
    >>> served.query("commune == 'Mugron'")[["id_poste", "etat_poste"]].to_dict("records")
    [{'id_poste': 'P4', 'etat_poste': 'en_cours'}]
    """
    served = posts(d).assign(code_commune=lambda table: table["communes"].str.split(";")).explode("code_commune")
    columns = ["code_commune", "id_poste", "etat_poste", "partage", "date_recrutement", "date_recrutement_precision"]
    return (
        d.laureats[["laureat", "code_commune", "fichier", "feuille", "ligne"]]
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


def provision(d: Dataset) -> pd.DataFrame:
    """Return the sums provisioned for ingénierie, with what they make for each post identified.

    Returns
    -------
    pandas.DataFrame
        ``dispositif``, ``exercice``, ``montant_cents``, ``nombre_postes`` (posts identified) and ``par_poste_cents`` (rounded down
        to the cent), ``source_fait``.

    Examples
    --------
    >>> pvd.analysis.provision(d)[["montant_cents", "nombre_postes", "par_poste_cents"]].to_dict("records")
    [{'montant_cents': 7500000, 'nombre_postes': 8, 'par_poste_cents': 937500}]
    """
    identified = len(d.postes)
    sums = announced_totals(d).query("famille == 'ingenierie'")
    return sums[["dispositif", "exercice", "montant_cents", "source_fait"]].assign(
        nombre_postes=identified,
        par_poste_cents=sums["montant_cents"] // identified if identified else pd.NA,
    )


def training(d: Dataset) -> pd.DataFrame:
    """Return the training sessions and their participants, by date; those without a date last.

    Examples
    --------
    >>> pvd.analysis.training(d)[["organisme", "etat_action"]].iloc[-1].to_list()
    ["Cerema, avec la BDT et l'ANAH", 'en_preparation']
    """
    return (
        d.formations.assign(
            commune=[
                None if pd.isna(code) else d.referentiel.commune_name(code) for code in d.formations["code_commune"]
            ]
        )
        .astype({"commune": "str"})
        .sort_values(["date_action", "ligne"], kind="stable", na_position="last")
        .reset_index(drop=True)
    )


def club(d: Dataset) -> pd.DataFrame:
    """Return the meetings of the club PVD, by date.

    Examples
    --------
    >>> pvd.analysis.club(d)["etat_action"].to_list()
    ['realise', 'realise', 'programme']
    """
    return d.club.sort_values(["date_action", "ligne"], kind="stable", na_position="last").reset_index(drop=True)

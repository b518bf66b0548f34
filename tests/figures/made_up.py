"""Datasets with nothing, with one of each thing and with many, made from that of the Landes."""

import datetime as dt
from dataclasses import replace

import pandas as pd

from pvd_analysis.dataset import Dataset

TITLE = (
    "Réhabilitation énergétique et mise en accessibilité de l'ancienne halle aux grains et de ses abords, avec "
    "création d'un tiers-lieu & d'un marché couvert « $Les Halles$ » <b>phase 2</b>, anticonstitutionnellement-parlant"
)
ORIGIN = {"fichier": "2021-09-10/essai.xlsx", "feuille": "Essai", "ligne": 2}
FUNDERS = (
    ("etat", "detr"),
    ("etat", "dsil"),
    ("region", "region"),
    ("departement", "departement"),
    ("epci", "epci"),
    ("europe", "europe"),
    ("etat", "fonds_vert"),
    ("prive", "mecenat"),
)


def bare(d: Dataset) -> Dataset:
    """Return a département whose laureates are known, and nothing else."""
    empty = {name: table.iloc[:0] for name, table in d.tables.items() if name != "laureats"}
    return replace(d, **empty)


def single(d: Dataset) -> Dataset:
    """Return a département with one laureate, one project, one post, one announced total."""
    code = d.projets["code_commune"].iloc[0]
    return replace(
        d,
        laureats=_of(d.laureats, code),
        conventions=_of(d.conventions, code),
        projets=_of(d.projets, code),
        financements=d.financements.head(1),
        totaux_annonces=d.totaux_annonces.head(1),
        postes=d.postes.head(1),
        territoires=d.territoires[d.territoires["programme"].eq("PVD")],
    )


def _of(table: pd.DataFrame, code: str) -> pd.DataFrame:
    return table[table["code_commune"].eq(code)].reset_index(drop=True)


def crowded(d: Dataset, count: int = 40) -> Dataset:
    """Return a département with forty laureates, forty projects with long titles and many funders, and forty posts."""
    communes = d.referentiel.communes.query("code_departement == @d.code_departement")
    codes = list(communes.sort_values("population", ascending=False).index[:count])
    names = d.commune_names(codes)
    base = {"code_departement": d.code_departement, "nature_fait": "constate", "source_fait": "Essai", **ORIGIN}
    laureats = [
        {"laureat": name, "code_commune": code, "code_epci": d.referentiel.epci_of(code), **base}
        for code, name in zip(codes, names, strict=True)
    ]
    conventions = [
        {
            "code_commune": code,
            "type_convention": kind,
            "date_signature": pd.Timestamp(2020, 11, 3) + pd.Timedelta(days=11 * number + later),
            "date_signature_precision": "jour",
            **base,
        }
        for number, code in enumerate(codes)
        for kind, later in (("adhesion", 0), ("cadre_ort", 300))
        if number % 7 and (kind == "adhesion" or number < 8)
    ]
    projets = [
        {"id_projet": f"P{number}", "code_commune": code, "intitule": f"{TITLE} {number}",
         "cout_ht_cents": 100_000_00 + 7_654_321 * number, **base}
        for number, code in enumerate(codes)
    ]  # fmt: skip
    financements = [
        {"id_projet": f"P{number}", "financeur": financeur, "dispositif": dispositif, "statut": "accorde",
         "montant_cents": (100_000_00 + 7_654_321 * number) * (1 + (number + rank) % 5) // 26, **base}
        for number in range(count)
        for rank, (financeur, dispositif) in enumerate(FUNDERS)
    ]  # fmt: skip
    postes = [
        {"id_poste": f"C{number}", "communes": ";".join(codes[number : number + 1 + number % 4]),
         "etat_poste": "recrute" if number % 2 else "en_cours",
         "date_recrutement": pd.Timestamp(2018 + number // 10, 1 + number % 12, 1) if number % 2 else pd.NaT,
         "date_recrutement_precision": "mois" if number % 2 else None, **base}
        for number in range(count)
    ]  # fmt: skip
    made = {
        "laureats": laureats,
        "conventions": conventions,
        "projets": projets,
        "financements": financements,
        "postes": postes,
    }
    return replace(d, **{name: _typed(rows, getattr(d, name)) for name, rows in made.items()})


def _typed(rows: list[dict[str, object]], like: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(rows).reindex(columns=like.columns).astype(like.dtypes.to_dict())


def with_coordinates(d: Dataset) -> Dataset:
    """Return the same, with made-up coordinates for the towns of the ANCT's lists."""
    towns = d.territoires.reset_index(drop=True)
    longitudes = pd.array([-1.4 + 0.11 * (number * 7 % 16) for number in towns.index], dtype=towns["longitude"].dtype)
    latitudes = pd.array([43.5 + 0.065 * (number * 5 % 16) for number in towns.index], dtype=towns["latitude"].dtype)
    return replace(d, territoires=towns.assign(longitude=longitudes, latitude=latitudes))


DAY = dt.date(2021, 9, 30)

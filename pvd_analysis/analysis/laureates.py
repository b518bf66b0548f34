"""The laureates: their list, one of them by itself, the dashboard that the club PVD shares, where they are, and each département beside the others.

One laureate is the same tables with its rows only, so that every analysis of a département is one of a laureate.
"""

from typing import Any

import pandas as pd

from pvd_analysis.analysis.compliance import commune_alerts
from pvd_analysis.analysis.conventions import convention_states, signatures
from pvd_analysis.analysis.engineering import served_communes, training
from pvd_analysis.analysis.funding import aids_by
from pvd_analysis.analysis.national_aids import listed_aids
from pvd_analysis.communes import match_commune
from pvd_analysis.dataset import Dataset, known_before
from pvd_analysis.dataset.remembered import remembered
from pvd_analysis.errors import InvalidParameter
from pvd_analysis.values import did_you_mean, format_date, format_number, format_partial, format_since, format_when
from pvd_analysis.vocabulary import ORIGIN, phrase, term_label

__all__ = [
    "dashboard",
    "departements_compared",
    "laureate_communes",
    "laureate_known_before",
    "laureate_list",
    "of_laureate",
    "territory",
]


def laureate_list(d: Dataset) -> pd.DataFrame:
    """Return the laureates, one row each, in the order of the classeur.

    Returns
    -------
    pandas.DataFrame
        ``code_laureat`` (the INSEE code of its first commune), ``laureat`` and ``communes`` (INSEE codes, separated by
        a semicolon).

    Examples
    --------
    >>> pvd.analysis.laureate_list(d).query("communes.str.contains(';')")["code_laureat"].to_list()
    ['40194', '40245']
    """
    return (
        d.laureats.groupby("laureat", sort=False)
        .agg(code_laureat=("code_commune", "first"), communes=("code_commune", ";".join))
        .reset_index()[["code_laureat", "laureat", "communes"]]
    )


def of_laureate(d: Dataset, code: str) -> Dataset:
    """Return the dataset of one laureate: what concerns its communes, and what is open to all laureates.

    The announced totals are those of the whole département: they only tell which of its aids are inside them. A post that it shares keeps all the
    communes that it serves; a training session without a commune and the meetings of the club are everyone's. What
    the preparation says of the files (findings, reckoning) is left as it is.

    Parameters
    ----------
    d : Dataset
        A département.
    code : str
        The INSEE code of any commune of the laureate, or its name.

    Raises
    ------
    InvalidParameter
        No laureate has that commune; the one whose name is nearest is proposed.

    Examples
    --------
    >>> mugron = pvd.analysis.of_laureate(d, "40201")
    >>> mugron.laureats["code_commune"].to_list(), mugron.postes["communes"].to_list()
    (['40194', '40201'], ['40002;40194;40201'])
    >>> len(pvd.analysis.aids(pvd.analysis.of_laureate(d, "Peyrehorade")))
    1
    """
    said = str(code).strip()
    departement = d.laureats["code_departement"].iloc[0]
    wanted = match_commune(said, departement, d.referentiel).code or said.upper().zfill(5)
    named = d.laureats.loc[d.laureats["code_commune"].eq(wanted), "laureat"]
    if named.empty:
        known = [f"{row.code_laureat} ({row.laureat})" for row in laureate_list(d).itertuples()]
        where = d.referentiel.of_departement(d.code_departement)
        meant = did_you_mean(said, d.commune_names(d.laureats["code_commune"]))
        words = {"ou": where, "nombre": format_number(len(known)), "laureats": ", ".join(known)}
        raise InvalidParameter(phrase("refus", "laureat", code=str(code), propose=meant, **words))
    own = d.laureats["laureat"].eq(named.iloc[0])
    return d.only(frozenset(d.laureats.loc[own, "code_commune"]))


def laureate_known_before(d: Dataset) -> Dataset | None:
    """Return what `pvd_analysis.dataset.known_before` returns, for the laureate of `d` only.

    None when nothing had been delivered by then.

    Examples
    --------
    >>> before = pvd.analysis.laureate_known_before(pvd.analysis.of_laureate(pvd.load("2023-T1", "40"), "40201"))
    >>> before.laureats["code_commune"].to_list()
    ['40194', '40201']
    """
    before = known_before(d)
    return None if before is None else before.only(d.communes or frozenset())


def laureate_communes(d: Dataset) -> pd.DataFrame:
    """Return the communes of a laureate: ``code_commune``, ``commune``, ``epci``, ``population`` and the origin of the row.

    Examples
    --------
    >>> pvd.analysis.laureate_communes(pvd.analysis.of_laureate(d, "40245"))["commune"].to_list()
    ['Roquefort', 'Gabarret']
    """
    epci = [
        row.epci
        if pd.notna(row.epci)
        else (d.referentiel.epci_name(group) if (group := d.referentiel.epci_of(row.code_commune)) else None)
        for row in d.laureats.itertuples()
    ]
    return d.laureats.assign(
        commune=d.commune_names(d.laureats["code_commune"]),
        epci=pd.Series(epci, index=d.laureats.index, dtype="str"),
        population=pd.array([d.referentiel.population(code) for code in d.laureats["code_commune"]], dtype="Int64"),
    )[["code_commune", "commune", "epci", "population", *ORIGIN]]


def dashboard(d: Dataset) -> pd.DataFrame:
    """Return one row for each laureate.

    Returns
    -------
    pandas.DataFrame
        ``laureat``, ``communes_libelle``, ``population``, ``convention`` (adhésion, as text), ``etat_convention``, ``poste``,
        ``formation``, ``nombre_projets``, ``aides_cents`` (detail known, in cents), ``alertes``; in the order of the
        classeur. What only a classeur says is « non connu », or blank, for a laureate that none follows.

    Examples
    --------
    >>> pvd.analysis.dashboard(d).set_index("laureat")["poste"]["Saint-Sever"]
    '40-P1, recruté en mars 2021'
    """
    states = convention_states(d)
    served = served_communes(d)
    sessions = training(d).query("etat_action == 'realise'")
    money = aids_by(d, "laureat").set_index("laureat")
    warned = commune_alerts(d)
    told = d.told_communes
    rows = []
    for laureate, towns in states.groupby("laureat", sort=False):
        codes = set(towns["code_commune"])
        is_told = bool(codes & told)
        own = served[served["code_commune"].isin(codes)]
        held = sessions[sessions["code_commune"].isin(codes)]
        projects = int(d.projets["code_commune"].isin(codes).sum())
        aid = int(money["aides_cents"].get(laureate, 0))
        warnings = warned.loc[warned["code_commune"].isin(codes), "constat"].unique()
        rows.append(
            {
                "laureat": laureate,
                "communes_libelle": ", ".join(towns["commune"]),
                "population": sum(d.referentiel.population(code) or 0 for code in codes),
                "convention": _same_or_each(towns, towns["date_adhesion"].map(_signed)),
                "etat_convention": _same_or_each(towns, towns["etat_convention"]),
                "poste": _posts(own) if is_told or len(own) else "non connu",
                "formation": _sessions(held) if is_told or len(held) else "non connue",
                "nombre_projets": projects if is_told or projects else None,
                "aides_cents": aid if is_told or aid else None,
                "alertes": " ; ".join(warnings),
            }
        )
    table = pd.DataFrame(rows, columns=[
        "laureat", "communes_libelle", "population", "convention", "etat_convention", "poste", "formation",
        "nombre_projets", "aides_cents", "alertes",
    ])  # fmt: skip
    return table.astype({"population": "Int64", "nombre_projets": "Int64", "aides_cents": "Int64"})


def _signed(day: pd.Timestamp) -> str:
    return "à signer" if pd.isna(day) else format_date(day)


def _same_or_each(towns: pd.DataFrame, values: pd.Series) -> str:
    """Return the value when the towns of a laureate share it, else the value of each town."""
    if values.nunique() == 1:
        return str(values.iloc[0])
    return " ; ".join(f"{town} : {value}" for town, value in zip(towns["commune"], values, strict=True))


def _posts(served: pd.DataFrame) -> str:
    filled = served[served["id_poste"].notna()].drop_duplicates("id_poste")
    if filled.empty:
        return "aucun poste"
    return " ; ".join(
        f"{row.id_poste}, {term_label('etat_poste', row.etat_poste)}{_when(row)}{', partagé' if row.partage else ''}"
        for row in filled.itertuples()
    )


def _when(row: Any) -> str:
    """Return since when a post is filled, or vacant; nothing where it is not known."""
    day, precision, said = {
        "recrute": (row.date_recrutement, row.date_recrutement_precision, format_when),
        "vacant": (row.date_fin, row.date_fin_precision, format_since),
    }.get(row.etat_poste, (pd.NaT, None, format_when))
    return "" if pd.isna(day) else f" {said(day, precision)}"


def _sessions(rows: pd.DataFrame) -> str:
    if rows.empty:
        return "—"
    return " ; ".join(
        f"{row.intitule} ({format_partial(row.date_action, row.date_action_precision)}, "
        f"{term_label('participant', row.participant)})"
        for row in rows.itertuples()
    )


@remembered
def territory(d: Dataset) -> pd.DataFrame:
    """Return one row for each laureate commune, then for each town of Action cœur de ville.

    Returns
    -------
    pandas.DataFrame
        ``programme`` (``PVD``, ``ACV``), ``code_commune``, ``commune``, ``laureat`` (blank for ACV), ``code_epci``, ``epci``,
        ``date_adhesion`` (blank when not signed, and for ACV), ``longitude``, ``latitude`` (degrees, blank where the
        lists of the ANCT give none).

    Examples
    --------
    >>> towns = pvd.analysis.territory(d)
    >>> towns.groupby("programme")["code_commune"].count().to_dict(), towns["code_epci"].nunique()
    ({'ACV': 2, 'PVD': 14}, 12)
    """
    listed = d.territoires.query("programme == 'ACV'").drop_duplicates("code_commune")
    others = ~listed["code_commune"].isin(d.laureats["code_commune"])
    acv = listed[others].sort_values("code_commune")
    own = d.laureats[["code_commune", "laureat", "code_epci"]].assign(programme="PVD")
    towns = pd.concat([own, acv[["code_commune", "programme"]]], ignore_index=True)
    codes = towns["code_commune"]
    stated = towns["code_epci"].where(towns["code_epci"].isin(d.referentiel.epci.index))
    groups = [
        given if pd.notna(given) else d.referentiel.epci_of(code) for code, given in zip(codes, stated, strict=True)
    ]
    placed = d.territoires.dropna(subset=["longitude", "latitude"]).drop_duplicates("code_commune")
    places = placed.set_index("code_commune")[["longitude", "latitude"]]
    places = places.astype("Float64").reindex(codes)
    signed = codes.map(signatures(d, "adhesion").to_dict()).where(towns["programme"].eq("PVD"))
    return towns[["programme", "code_commune"]].assign(
        commune=d.commune_names(codes),
        laureat=towns["laureat"],
        code_epci=groups,
        epci=[d.referentiel.epci_name(code) if code else None for code in groups],
        date_adhesion=pd.to_datetime(signed).astype("datetime64[s]"),
        longitude=places["longitude"].array,
        latitude=places["latitude"].array,
    )


def departements_compared(country: Dataset) -> pd.DataFrame:
    """Return one row for each département that has laureates.

    Parameters
    ----------
    country : Dataset
        All départements together (`pvd_analysis.dataset.load_country`).

    Returns
    -------
    pandas.DataFrame
        ``code_departement``, ``departement``, ``region``, ``communes_pvd``, ``population`` (of these communes),
        ``pvd_cents`` (their aids in the national lists, cents), ``par_habitant_cents`` (rounded down),
        ``departement_cents`` (all aids of the département in the lists), ``part`` (a ratio), all four blank as long as
        no list has been delivered, ``adhesions_signees``, ``cadres_signes``, ``cadres_depasses``, ``cadres_proches`` and ``cadres_non_connus``
        (communes).

    Examples
    --------
    >>> from pvd_analysis.dataset import load_country
    >>> landes = pvd.analysis.departements_compared(load_country("2023-T1", racine=d.racine)).iloc[0]
    >>> landes["departement"], int(landes["communes_pvd"]), int(landes["cadres_depasses"])
    ('Landes', 14, 8)
    """
    referentiel = country.referentiel
    codes = country.laureats.set_index("code_commune")["code_departement"]
    found = sorted(codes.unique())
    regions = referentiel.departements["code_region"].map(referentiel.regions["nom"])
    states = convention_states(country)
    states = states.assign(code_departement=states["code_commune"].map(codes.to_dict()))
    in_state = pd.crosstab(states["code_departement"], states["etat_convention"])
    people = codes.index.to_series().map(referentiel.population)
    own, whole = (
        lines.groupby("code_departement")["montant_cents"].sum()
        for lines in (listed_aids(country), country.aides_nationales)
    )
    counts = {
        "communes_pvd": codes.groupby(codes).size(),
        "population": people.groupby(codes).sum(),
        "pvd_cents": own,
        "par_habitant_cents": None,
        "departement_cents": whole,
        "part": None,
        "adhesions_signees": states.groupby("code_departement")["date_adhesion"].count(),
        "cadres_signes": in_state.get("signée"),
        "cadres_depasses": in_state.get("dépassée"),
        "cadres_proches": in_state.get("échéance proche"),
        "cadres_non_connus": in_state.get("non connue"),
    }
    table = pd.DataFrame(counts, index=found).fillna(0).astype("Int64")
    if country.aides_nationales.empty:
        table[["pvd_cents", "departement_cents"]] = pd.NA
    inhabitants = table["population"].replace(0, pd.NA)
    table["par_habitant_cents"] = table["pvd_cents"] // inhabitants
    envelope = table["departement_cents"].replace(0, pd.NA)
    table["part"] = (table["pvd_cents"] / envelope).astype("Float64")
    table.insert(0, "departement", [referentiel.departement_name(code) for code in found])
    table.insert(1, "region", regions.fillna("Outre-mer").reindex(found))
    return table.rename_axis("code_departement").reset_index()

"""The départements side by side: what their communes of the programme got, and how far their conventions are."""

import pandas as pd

from pvd_analysis.analysis.conventions import convention_states
from pvd_analysis.analysis.national_aids import listed_aids
from pvd_analysis.dataset import Dataset

__all__ = ["departements_compared"]


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
    states = convention_states(country)
    states = states.assign(code_departement=states["code_commune"].map(codes.to_dict()))
    by_code = states.groupby("code_departement")
    in_state = pd.crosstab(states["code_departement"], states["etat_convention"])
    amounts = ["pvd_cents", "departement_cents"]
    own = listed_aids(country).groupby("code_departement")["montant_cents"].sum()
    whole = country.aides_nationales.groupby("code_departement")["montant_cents"].sum()
    inhabitants = codes.index.to_series().map(referentiel.population).groupby(codes).sum()
    table = (
        pd.DataFrame(
            {
                "communes_pvd": by_code.size(),
                "population": inhabitants,
                "pvd_cents": own,
                "departement_cents": whole,
                "adhesions_signees": by_code["date_adhesion"].count(),
                "cadres_signes": in_state.get("signée"),
                "cadres_depasses": in_state.get("dépassée"),
                "cadres_proches": in_state.get("échéance proche"),
                "cadres_non_connus": in_state.get("non connue"),
            },
            index=sorted(codes.unique()),
        )
        .fillna(0)
        .astype("Int64")
    )
    if country.aides_nationales.empty:
        table[amounts] = pd.NA
    regions = referentiel.departements["code_region"].map(referentiel.regions["nom"]).fillna("Outre-mer")
    return (
        table.assign(
            departement=[referentiel.departement_name(code) for code in table.index],
            region=regions.reindex(table.index),
            par_habitant_cents=table["pvd_cents"] // table["population"].replace(0, pd.NA),
            part=(table["pvd_cents"] / table["departement_cents"].replace(0, pd.NA)).astype("Float64"),
        )
        .rename_axis("code_departement")
        .reset_index()[
            [
                "code_departement", "departement", "region", "communes_pvd", "population", "pvd_cents",
                "par_habitant_cents", "departement_cents", "part", "adhesions_signees", "cadres_signes",
                "cadres_depasses", "cadres_proches", "cadres_non_connus",
            ]
        ]
    )  # fmt: skip

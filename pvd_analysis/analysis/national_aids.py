"""The State's aids according to the national lists (DGCL, Fonds vert): who got what since 2018, held against others.

These lists and the classeur speak of the same aids: nothing here is ever added to the detail of the classeur.
"""

import re
from collections.abc import Iterator
from itertools import combinations

import pandas as pd
from rapidfuzz import fuzz

from pvd_analysis.dataset import Dataset
from pvd_analysis.dataset.remembered import remembered
from pvd_analysis.values.text import fold

__all__ = [
    "doubtful_places",
    "envelope_shares",
    "listed_aids",
    "listed_aids_by_year",
    "listed_aids_per_inhabitant",
    "listed_aids_per_inhabitant_by_epci",
    "listed_epci_aids",
    "repeated_projects",
]

# Communes « of similar size » have between half and twice the inhabitants.
_SIMILAR_SIZE = 2
# What tells the parts of a project: numbers, written in any way (titles are folded: no accent, no capital).
_PART = re.compile(
    r"\d+|\b(?:premiere?|deuxieme|seconde?|troisieme|quatrieme)\b|(?<=tranche )[ivx]+\b|(?<=phase )[ivx]+\b|(?<=lot )[ivx]+\b"
)
_ORDINALS = {
    **dict.fromkeys(("premier", "premiere", "i"), "1"),
    **dict.fromkeys(("deuxieme", "second", "seconde", "ii"), "2"),
    **dict.fromkeys(("troisieme", "iii"), "3"),
    **dict.fromkeys(("quatrieme", "iv"), "4"),
}
# Titles that share nine tenths of their words are proposed as one project when their cost is the same.
_NEAR_TITLE = 90


@remembered
def listed_aids(d: Dataset) -> pd.DataFrame:
    """Return the lines of the national lists whose project is in a commune of the programme.

    A line filed under the seat of a syndicat, or whose code and name contradict each other, is not among them: see
    `doubtful_places`; nor is a line of the intercommunalité: see `listed_epci_aids`.

    Returns
    -------
    pandas.DataFrame
        The columns of ``aides_nationales``, and ``commune`` and ``laureat``; amounts in cents.

    Examples
    --------
    The project ships no national list: those of ``data/raw/<date>/`` are what counts.

    >>> int(pvd.analysis.listed_aids(d)["montant_cents"].sum())
    0
    """
    return (
        d.aides_nationales.merge(d.laureats[["code_commune", "laureat"]], on="code_commune", validate="many_to_one")
        .assign(commune=lambda table: d.commune_names(table["code_commune"]))
        .sort_values(["exercice", "dispositif", "commune", "fichier", "ligne"], kind="stable", ignore_index=True)
    )


def listed_cents(d: Dataset) -> int:
    """Return the sum of `listed_aids`, in cents."""
    return int(listed_aids(d)["montant_cents"].sum())


def listed_aids_by_year(d: Dataset) -> pd.DataFrame:
    """Return the listed aids of each commune of the programme, by year and dispositif.

    Returns
    -------
    pandas.DataFrame
        ``commune``, ``exercice``, ``dispositif``, ``nombre_lignes``, ``montant_cents``.

    Examples
    --------
    >>> list(pvd.analysis.listed_aids_by_year(d).columns)
    ['commune', 'exercice', 'dispositif', 'nombre_lignes', 'montant_cents']
    """
    return _summed(listed_aids(d), ["commune", "exercice", "dispositif"])


def listed_epci_aids(d: Dataset) -> pd.DataFrame:
    """Return the listed aids of the intercommunalités that have a commune of the programme, by year and dispositif.

    Returns
    -------
    pandas.DataFrame
        ``code_epci``, ``epci``, ``exercice``, ``dispositif``, ``nombre_lignes``, ``montant_cents``.

    Examples
    --------
    >>> len(pvd.analysis.listed_epci_aids(d))
    0
    """
    lines = d.aides_nationales
    own = {d.referentiel.epci_of(code) for code in d.laureats["code_commune"]}
    lines = lines[lines["rattachement"].eq("epci") & lines["code_epci"].isin(own)]
    lines = lines.assign(epci=lines["code_epci"].map(d.referentiel.epci_name))
    return _summed(lines, ["code_epci", "epci", "exercice", "dispositif"])


def listed_aids_per_inhabitant(d: Dataset) -> pd.DataFrame:
    """Return what each commune of the programme got per inhabitant, and what similar communes got.

    The others are the communes of the département outside of the programme with half to twice its inhabitants, those
    that got nothing among them; theirs is the median.

    Returns
    -------
    pandas.DataFrame
        ``commune``, ``population``, ``montant_cents``, ``par_habitant_cents`` (rounded down to the cent),
        ``communes_comparees``, ``mediane_par_habitant_cents``.

    Examples
    --------
    >>> mugron = pvd.analysis.listed_aids_per_inhabitant(d).set_index("commune").loc["Mugron"]
    >>> int(mugron["population"]), int(mugron["communes_comparees"])
    (1343, 97)
    """
    communes = d.referentiel.communes
    communes = communes[communes["code_departement"].eq(d.code_departement)]
    communes = communes[communes["population"].gt(0)]
    received = d.aides_nationales.groupby("code_commune")["montant_cents"].sum()
    table = communes[["nom", "population"]].rename(columns={"nom": "commune"})
    table["montant_cents"] = received.reindex(communes.index).fillna(0).astype("Int64")
    table["par_habitant_cents"] = table["montant_cents"] // table["population"]
    is_laureate = table.index.isin(d.laureats["code_commune"])
    own, others = table[is_laureate], table[~is_laureate]
    sums = others["par_habitant_cents"].astype(int)
    similar = [
        sums[others["population"].between(size / _SIMILAR_SIZE, size * _SIMILAR_SIZE)] for size in own["population"]
    ]
    compared = own.assign(
        communes_comparees=list(map(len, similar)),
        mediane_par_habitant_cents=[int(each.median()) if len(each) else pd.NA for each in similar],
    )
    numbers = dict.fromkeys(compared.columns[1:], "Int64")
    return compared.astype({"commune": "str", **numbers}).reset_index(drop=True)


def listed_aids_per_inhabitant_by_epci(d: Dataset) -> pd.DataFrame:
    """Return what the communes of each EPCI, and the EPCI itself, got by the national lists, per inhabitant of the EPCI.

    Returns
    -------
    pandas.DataFrame
        ``code_epci``, ``epci``, ``population``, ``montant_cents`` (of all years and dispositifs) and
        ``par_habitant_cents`` (rounded down to the cent), the largest first. The communes are those of the territory's
        départements, of the programme or not; an EPCI that got nothing is not among them.

    Examples
    --------
    >>> list(pvd.analysis.listed_aids_per_inhabitant_by_epci(d).columns)
    ['code_epci', 'epci', 'population', 'montant_cents', 'par_habitant_cents']
    """
    lines = d.aides_nationales
    home = lines["code_commune"].map(d.referentiel.epci_of, na_action="ignore")
    home = home.fillna(lines["code_epci"]).astype("str")
    is_known = home.map(d.referentiel.is_epci)
    received = lines["montant_cents"].groupby(home.where(is_known)).sum()
    communes = d.referentiel.communes
    own = communes["code_departement"].isin(d.laureats["code_departement"])
    people = communes[own].groupby("code_epci")["population"].sum()
    table = received.rename_axis("code_epci").reset_index().astype({"montant_cents": "Int64"})
    table = table.assign(
        epci=table["code_epci"].map(d.referentiel.epci_name).astype("str"),
        population=table["code_epci"].map(people).astype("Int64"),
        par_habitant_cents=lambda rows: rows["montant_cents"] // rows["population"],
    )[["code_epci", "epci", "population", "montant_cents", "par_habitant_cents"]]
    order = ["par_habitant_cents", "code_epci"]
    return table.sort_values(order, ascending=[False, True], ignore_index=True)


def envelope_shares(d: Dataset) -> pd.DataFrame:
    """Return the part of the communes of the programme in what the département got, by year and dispositif.

    Returns
    -------
    pandas.DataFrame
        ``exercice``, ``dispositif``, ``lignes_departement``, ``departement_cents``, ``lignes_pvd``, ``pvd_cents``,
        ``part`` (a ratio).

    Examples
    --------
    >>> len(pvd.analysis.envelope_shares(d))
    0
    """
    by = ["exercice", "dispositif"]
    whole = _summed(d.aides_nationales, by, "lignes_departement", "departement_cents")
    own = _summed(listed_aids(d), by, "lignes_pvd", "pvd_cents")
    table = whole.merge(own, on=by, how="left").fillna({"lignes_pvd": 0, "pvd_cents": 0})
    return table.assign(part=table["pvd_cents"] / table["departement_cents"])


def doubtful_places(d: Dataset) -> pd.DataFrame:
    """Return the lines filed under a commune of the programme that nobody can say are of it.

    Returns
    -------
    pandas.DataFrame
        The columns of ``aides_nationales``, and ``commune`` (under which the line is filed); amounts in cents.

    Examples
    --------
    >>> len(pvd.analysis.doubtful_places(d))
    0
    """
    lines = d.aides_nationales
    codes = lines["code_commune_beneficiaire"]
    filed = lines["rattachement"].eq("siege") & codes.isin(d.laureats["code_commune"])
    return lines[filed].assign(commune=d.commune_names(codes[filed]))


def repeated_projects(d: Dataset) -> pd.DataFrame:
    """Return the projects that seem to come under several dispositifs or years, one row each: a proposal.

    Two lines of a commune are proposed as one project when their titles say the same words and they are of one year
    or one cost, or when their titles are near and their cost is the same. The same works done again each year at
    another cost are several projects.

    Returns
    -------
    pandas.DataFrame
        ``commune``, ``intitule`` (of the first line), ``nombre_lignes``, ``dispositifs``, ``exercices`` (texts),
        ``montant_cents`` (all lines), ``cout_ht_cents`` (counted once: the highest, blank when none is known),
        ``taux_aides`` (a ratio), ``raison``, ``lignes`` (the origin of each line).

    Examples
    --------
    >>> len(pvd.analysis.repeated_projects(d))
    0
    """
    rows = [
        _project(group, reasons)
        for _, lines in listed_aids(d).groupby("code_commune", sort=False)
        for group, reasons in _same_projects(lines)
    ]
    columns = [
        "commune", "intitule", "nombre_lignes", "dispositifs", "exercices", "montant_cents", "cout_ht_cents",
        "taux_aides", "raison", "lignes",
    ]  # fmt: skip
    numbers = dict.fromkeys(("nombre_lignes", "montant_cents", "cout_ht_cents"), "Int64")
    return pd.DataFrame(rows, columns=columns).astype({**numbers, "taux_aides": "Float64"})


def _summed(
    lines: pd.DataFrame, by: list[str], number: str = "nombre_lignes", cents: str = "montant_cents"
) -> pd.DataFrame:
    amounts = lines.groupby(by, sort=True)["montant_cents"]
    return amounts.agg(**{number: "size", cents: "sum"}).reset_index()


def _same_projects(lines: pd.DataFrame) -> Iterator[tuple[pd.DataFrame, set[str]]]:
    """Yield the lines of a commune that seem to be one project, with the reasons."""
    described = [
        (fold(line.intitule), line.cout_ht_cents, line.exercice, (line.exercice, line.dispositif))
        for line in lines.fillna({"intitule": ""}).itertuples()
    ]
    group_of = list(range(len(described)))
    reasons: dict[int, set[str]] = {}
    for one, other in combinations(range(len(described)), 2):
        reason = _reason(described[one], described[other])
        if reason is None:
            continue
        kept, gone = sorted((group_of[one], group_of[other]))
        group_of = [kept if group == gone else group for group in group_of]
        reasons[kept] = reasons.get(kept, set()) | reasons.pop(gone, set()) | {reason}
    for group, said in sorted(reasons.items()):
        yield lines[[number == group for number in group_of]], said


def _reason(one: tuple[str, object, str, object], other: tuple[str, object, str, object]) -> str | None:
    title, cost, year, place = one
    other_title, other_cost, other_year, other_place = other
    if not title or not other_title or place == other_place:
        return None
    same_cost = _same_cost(cost, other_cost)
    if title == other_title and same_cost:
        return "même intitulé, même coût"
    if title == other_title and year == other_year:
        return "même intitulé la même année"
    near = same_cost and fuzz.token_set_ratio(title, other_title) >= _NEAR_TITLE
    return "intitulés proches, même coût" if near and _same_part(title, other_title) else None


def _same_cost(one: object, other: object) -> bool:
    """Tell whether two costs are the same, or one of them is the other rounded to the euro."""
    if pd.isna(one) or pd.isna(other):
        return False
    cents = (int(str(one)), int(str(other)))
    return cents[0] == cents[1] or (any(cost % 100 == 0 for cost in cents) and abs(cents[0] - cents[1]) < 100)


def _same_part(title: str, other: str) -> bool:
    """Tell whether two titles name no different parts: « 1/2 » and « 2/2 », « tranche I » and « tranche II » are two."""
    parts = [[_ORDINALS.get(word, word) for word in _PART.findall(each)] for each in (title, other)]
    return not all(parts) or parts[0] == parts[1]


def _project(lines: pd.DataFrame, reasons: set[str]) -> tuple[object, ...]:
    amount, costs = int(lines["montant_cents"].sum()), lines["cout_ht_cents"].dropna()
    cost = int(costs.max()) if len(costs) else None
    said = sorted(reasons) + (["coûts différents : le plus élevé est retenu"] if costs.nunique() > 1 else [])
    return (
        lines["commune"].iloc[0],
        lines["intitule"].iloc[0],
        len(lines),
        ", ".join(dict.fromkeys(lines["dispositif"])),
        ", ".join(dict.fromkeys(lines["exercice"])),
        amount,
        cost,
        amount / cost if cost else None,
        " ; ".join(said),
        " ; ".join(f"{line.fichier}, ligne {line.ligne}" for line in lines.itertuples()),
    )

"""The indicators of follow-up and evaluation, computed or entered, and their course over time.

Each one is defined in ``vocabulary/indicateurs.toml``: name, unit, definition, source, which way is good. A computed
one names a function of `CALCULATIONS`.
"""

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import cache

import pandas as pd

from pvd_analysis.analysis.conventions import convention_states, in_state
from pvd_analysis.analysis.engineering import post_counts, served_communes
from pvd_analysis.analysis.funding import coverage, known_aids_cents
from pvd_analysis.analysis.plans import funding_plans
from pvd_analysis.dataset import Dataset
from pvd_analysis.dataset.remembered import remembered
from pvd_analysis.declarations import known
from pvd_analysis.values import Trimestre, format_euros, format_number, format_rate
from pvd_analysis.values.text import fold
from pvd_analysis.vocabulary import Indicator, indicators, rule

__all__ = ["CALCULATIONS", "computed_indicators", "entered_indicators", "indicator_course"]


def known_aids(d: Dataset) -> float | None:
    """All aids known, in cents; None without a classeur, or where the first one came later and dates nothing by then."""
    return (known_aids_cents(d) or (0 if d.is_observed else None)) if d.is_followed else None


def known_aids_per_inhabitant(d: Dataset) -> float | None:
    """All aids known over the population of the laureate communes, in whole cents."""
    people = sum(d.referentiel.population(code) or 0 for code in d.laureats["code_commune"])
    cents = known_aids(d)
    return round(Fraction(int(cents), people)) if people and cents is not None else None


def leverage(d: Dataset) -> float | None:
    """Cost HT of the projects whose cost is known, over their aids; None without a classeur."""
    if not d.is_followed:
        return None
    plans = funding_plans(d).query("cout_ht_cents.notna() and aides_cents > 0")
    aid = int(plans["aides_cents"].sum())
    return float(Fraction(int(plans["cout_ht_cents"].sum()), aid)) if aid else None


def total_coverage(d: Dataset) -> float | None:
    """Detail over announced totals, a fraction; None without a classeur."""
    if not d.is_followed:
        return None
    table = coverage(d)
    announced = int(table["annonce_cents"].sum())
    return float(Fraction(int(table["detail_cents"].sum()), announced)) if announced else None


def signed_adhesions(d: Dataset) -> float | None:
    """Communes whose convention d'adhésion is signed."""
    return int(convention_states(d)["date_adhesion"].notna().sum())


def signed_ort(d: Dataset) -> float | None:
    """Communes whose convention-cadre is said signed; None where nobody follows any of them."""
    return in_state(d, "signée")


def overdue_deadlines(d: Dataset) -> float | None:
    """Communes past their 18 months without a convention-cadre; None where nobody follows any of them."""
    return in_state(d, "dépassée")


def filled_posts(d: Dataset) -> float | None:
    """Posts whose chef de projet is recruited; None without a classeur, or where the first one came later and dates none."""
    return (post_counts(d).recruited or (0 if d.is_observed else None)) if d.is_followed else None


def served(d: Dataset) -> float | None:
    """Communes that a post serves, filled or under recruitment: a vacant one serves nobody; None without a classeur of that quarter or before."""
    return _served(d, ["recrute", "en_cours"])


def served_by_filled_post(d: Dataset) -> float | None:
    """Communes that a filled post serves; None without a classeur of that quarter or before."""
    return _served(d, ["recrute"])


def _served(d: Dataset, states: list[str]) -> int | None:
    """Count the communes of the départements that a classeur tells of by then: of the others nothing is known."""
    told = [code for code, (first, _) in d.observed().items() if first <= d.trimestre]
    if not told:
        return None
    rows = served_communes(d)
    rows = rows[rows["code_commune"].map(d.referentiel.departement_of).isin(told)]
    rows = rows[rows["etat_poste"].isin(states)]
    return int(rows["code_commune"].nunique())


def median_months_to_ort(d: Dataset) -> float | None:
    """Median of the months from the adhésion to the convention-cadre, over the communes that have both."""
    both = convention_states(d).dropna(subset=["date_adhesion", "date_cadre"])
    if both.empty:
        return None
    # A mean month of 30,4375 days: the two dates are days apart, not whole months.
    days = (both["date_cadre"] - both["date_adhesion"]).dt.days
    return round(float((days / 30.4375).median()), 1)


CALCULATIONS: Mapping[str, Callable[[Dataset], float | None]] = {
    calculation.__name__: calculation
    for calculation in (
        known_aids,
        known_aids_per_inhabitant,
        leverage,
        total_coverage,
        signed_adhesions,
        signed_ort,
        overdue_deadlines,
        filled_posts,
        served,
        served_by_filled_post,
        median_months_to_ort,
    )
}
_TARGETS: Mapping[str, Callable[[Dataset], float | None]] = {
    "communes": lambda d: len(d.laureats),
    "postes": lambda d: len(d.postes) if d.is_observed else None,
    "delai_mois": lambda _: int(rule("convention_cadre").delai_mois),
}


@remembered
def computed_indicators(d: Dataset) -> pd.DataFrame:
    """Return the computed indicators at the end of the quarter.

    Returns
    -------
    pandas.DataFrame
        ``indicateur``, ``valeur`` (cents where the unit is €), ``valeur_texte``, ``cible_texte``, ``unite``, ``sens``,
        ``definition``, ``source_fait``; one row for each computed indicator of ``indicateurs.toml``.

    Examples
    --------
    >>> indicators = pvd.analysis.computed_indicators(d).set_index("indicateur")
    >>> float(indicators["valeur"]["Postes de chef de projet pourvus"])
    2.0
    """
    rows = []
    for body in computed():
        value = CALCULATIONS[body.calcul](d)
        target = _TARGETS[body.cible](d) if body.cible else None
        rows.append(
            {
                "indicateur": body.nom,
                "valeur": value,
                "valeur_texte": _shown(value, body.genre),
                "cible_texte": _shown(target, body.genre),
                "unite": body.unite,
                "sens": body.sens,
                "definition": body.definition,
                "source_fait": body.source,
            }
        )
    return pd.DataFrame(rows).astype({"valeur": "Float64"})


def entered_indicators(d: Dataset) -> pd.DataFrame:
    """Return the values that the analyst entered, by indicator and date.

    Returns
    -------
    pandas.DataFrame
        The table ``indicateurs`` with ``unite``, ``sens`` and ``definition`` (blank for an indicator that
        ``indicateurs.toml`` does not define).

    Examples
    --------
    >>> pvd.analysis.entered_indicators(d)["indicateur"].iloc[-1]
    'Recrutements de chef de projet'
    """
    described = {fold(body.nom): body for body in indicators().values()}
    bodies = [described.get(fold(name)) for name in d.indicateurs["indicateur"]]
    return (
        d.indicateurs.assign(
            unite=[body.unite if body else "" for body in bodies],
            sens=[body.sens if body else "" for body in bodies],
            definition=[body.definition if body else "non défini" for body in bodies],
        )
        .sort_values(["indicateur", "date_valeur"], kind="stable")
        .reset_index(drop=True)
    )


def indicator_course(d: Dataset, quarters: int = 4) -> pd.DataFrame:
    """Return the computed indicators over the last quarters observed, with what is known today.

    The last one is that of `d`, or that of the newest delivery when it is older: nothing is said of later quarters. What
    nothing tells of a quarter is blank.

    Parameters
    ----------
    d : Dataset
    quarters : int
        How many quarters.

    Returns
    -------
    pandas.DataFrame
        ``indicateur``, ``trimestre`` (``2021-T3``), ``valeur``, ``valeur_texte``; each value stands for the end of its
        quarter, and is never summed over quarters.

    Examples
    --------
    >>> course = pvd.analysis.indicator_course(d).query("indicateur.str.startswith('Conventions d')")
    >>> dict(zip(course["trimestre"], course["valeur_texte"], strict=True))
    {'2020-T4': '0', '2021-T1': '0', '2021-T2': '9', '2021-T3': '13'}
    """
    course: list[Trimestre] = [min(d.trimestre, _last_told(d))]
    while len(course) < quarters:
        course.append(course[-1].previous)
    course.reverse()
    found = [computed_indicators(d.at(each)).assign(trimestre=str(each)) for each in course]
    columns = ["indicateur", "trimestre", "valeur", "valeur_texte"]
    return pd.concat(found, ignore_index=True)[columns]


def _last_told(d: Dataset) -> Trimestre:
    """Return the quarter that the newest delivery of the territory speaks of."""
    return max((last for _, last in d.observed("").values()), default=d.trimestre)


@cache
def computed() -> tuple[Indicator, ...]:
    """Return the indicators that are computed; a calculation or a target that there is not is a `DeclarationError`."""
    for name, body in indicators().items():
        known(body.calcul, {"", *CALCULATIONS}, "pvd_analysis.vocabulary", "indicateurs.toml", name, "calcul")
        known(body.cible, {"", *_TARGETS}, "pvd_analysis.vocabulary", "indicateurs.toml", name, "cible")
    return tuple(body for body in indicators().values() if body.calcul)


def _shown(value: float | None, kind: str) -> str:
    if value is None:
        return "—"
    if kind == "euros":
        return format_euros(int(value))
    return format_rate(value) if kind == "taux" else format_number(round(value, 2))

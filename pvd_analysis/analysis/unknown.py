"""What is not known at the date of a report, and what to deliver for it to be."""

from collections.abc import Iterator

import pandas as pd

from pvd_analysis.analysis.conventions import NOT_KNOWN, convention_states
from pvd_analysis.analysis.national_aids import lists_delivered
from pvd_analysis.analysis.plans import funding_plans
from pvd_analysis.analysis.sources import newest_of
from pvd_analysis.dataset import Dataset
from pvd_analysis.sources import classeur
from pvd_analysis.values import counted, format_date, sentence_list

__all__ = ["not_known"]

_MOST_PROJECTS = 6


def not_known(d: Dataset) -> pd.DataFrame:
    r"""Return what no delivery says that a report would tell, the most important first.

    Returns
    -------
    pandas.DataFrame
        ``inconnu``, what is not known, and ``a_livrer``, what would tell it; French sentences without their full stop.

    Examples
    --------
    >>> pvd.analysis.not_known(d)["inconnu"].to_list()
    ['Les aides des listes DGCL 2018, 2019 et 2020', 'La marge de 1\xa0projet dont le coût n’est pas connu : 40-002 (Peyrehorade)']
    """
    return pd.DataFrame([*_of_classeur(d), *_of_lists(d), *_of_costs(d)], columns=["inconnu", "a_livrer"], dtype="str")


def _of_classeur(d: Dataset) -> Iterator[tuple[str, str]]:
    seen, newest = d.last_observed, newest_of(d, classeur.NAME)
    what = "projets, aides, totaux annoncés, postes, formations"
    if seen is None or newest is None:
        yield (
            f"Ce qu’un classeur de suivi dirait des communes : {what}",
            "Le classeur de suivi, rempli (« pvd modele » en donne un vide)",
        )
    elif not d.is_observed:
        yield (
            f"Ce qui n’est pas daté avant le premier classeur, reçu le {format_date(newest)}",
            "Un classeur plus ancien, s’il existe, ou les dates qui manquent à celui-ci",
        )
    elif seen < d.trimestre:
        yield (
            f"Ce qui s’est passé depuis le {seen.label} : {what}",
            f"Un classeur de suivi plus récent que celui du {format_date(newest)}",
        )
    if unknown := int(convention_states(d)["etat_convention"].eq(NOT_KNOWN).sum()):
        towns = counted(unknown, "commune")
        yield (
            f"La convention-cadre valant ORT de {towns}",
            "Le suivi des conventions ORT (DGALN), ou le classeur de suivi",
        )


def _of_lists(d: Dataset) -> Iterator[tuple[str, str]]:
    for name, years in lists_delivered(d).query("not livree").groupby("liste")["exercice"]:
        said = sentence_list(list(years))
        several = len(years) > 1
        yield (
            f"Les aides {'des listes' if several else 'de la liste'} {name} {said}",
            f"{'Ces listes, que l’État publie' if several else 'Cette liste, que l’État publie'} chaque année",
        )


def _of_costs(d: Dataset) -> Iterator[tuple[str, str]]:
    plans = funding_plans(d)
    unknown = plans[plans["cout_ht_cents"].isna()]
    if len(unknown):
        named = [f"{row.id_projet} ({row.commune})" for row in unknown.head(_MOST_PROJECTS).itertuples()]
        if len(unknown) > _MOST_PROJECTS:
            named.append(counted(len(unknown) - _MOST_PROJECTS, "autre"))
        projects = f"{counted(len(unknown), 'projet')} dont le coût n’est pas connu"
        yield f"La marge de {projects} : {sentence_list(named)}", "La colonne « Coût HT » de la feuille « Projets »"

"""The dataset of a département, a region or the country, from the prepared tables."""

import datetime as dt
from dataclasses import fields
from pathlib import Path

from pvd_analysis.communes import Referentiel, checked_departement, checked_region, load_referentiel
from pvd_analysis.dataset.dataset import COUNTRY, REGION, Dataset, seen
from pvd_analysis.dataset.preparation import Preparation
from pvd_analysis.dataset.states import SPEAKS_OF_THE_PAST
from pvd_analysis.dataset.store import prepared
from pvd_analysis.errors import NoData
from pvd_analysis.project import checked_date, checked_root, checked_trimestre, raw_folder, referentiel_folder
from pvd_analysis.sources import classeur
from pvd_analysis.values import Trimestre
from pvd_analysis.vocabulary import phrase


def load(
    trimestre: str | Trimestre,
    departement: str,
    connu_au: str | dt.date | None = None,
    racine: str | Path | None = None,
) -> Dataset:
    """Return the tables of a département as they stood at the end of a quarter.

    Parameters
    ----------
    trimestre : str or Trimestre
        ``"2021-T3"``.
    departement : str
        INSEE code, ``"40"``.
    connu_au : str or datetime.date, optional
        Only use what had been delivered by that day; everything by default.
    racine : str or Path, optional
        The project's root; by default the folder at or above the current one that holds ``data/raw``.

    Raises
    ------
    InvalidParameter
        A parameter is not what it should be.
    NoData
        No raw file speaks of that département.

    Examples
    --------
    >>> import pvd_analysis as pvd
    >>> d = pvd.load("2021-T3", "40")
    >>> len(d.laureats)
    14
    """
    quarter, known_on, root, referentiel = _checked(trimestre, connu_au, racine)
    code = checked_departement(departement, referentiel)
    found = _known(quarter, code, known_on, root, referentiel)
    if found.laureats.empty:
        there = ", ".join(departements_with_data(prepared(root, known_on))) or "aucun"
        name, folder = referentiel.departement_name(code), raw_folder(root).relative_to(root)
        words = {"code": code, "nom": name, "dossier": folder.as_posix(), "presents": there}
        raise NoData(phrase("refus", "departement", **words))
    return found


def load_country(
    trimestre: str | Trimestre, connu_au: str | dt.date | None = None, racine: str | Path | None = None
) -> Dataset:
    """Return the tables of all départements together, as they stood at the end of a quarter.

    Takes what `load` takes, without a département; the dataset's ``code_departement`` is ``"france"``.
    """
    quarter, known_on, root, referentiel = _checked(trimestre, connu_au, racine)
    return _known(quarter, COUNTRY, known_on, root, referentiel)


def load_region(
    trimestre: str | Trimestre,
    region: str,
    connu_au: str | dt.date | None = None,
    racine: str | Path | None = None,
) -> Dataset:
    """Return the tables of the départements of a region together, as they stood at the end of a quarter.

    Takes what `load` takes, with the INSEE code of the region (``"75"``) in place of the département's; the dataset's
    ``code_departement`` is ``"R75"``.

    Raises
    ------
    InvalidParameter
        A parameter is not what it should be.
    NoData
        No raw file speaks of a département of that region.

    Examples
    --------
    >>> from pvd_analysis.dataset import load_region
    >>> r = load_region("2021-T3", "75", racine=d.racine)
    >>> r.code_departement, r.departement, len(r.laureats)
    ('R75', 'Nouvelle-Aquitaine', 14)
    """
    quarter, known_on, root, referentiel = _checked(trimestre, connu_au, racine)
    code = checked_region(region, referentiel)
    found = _known(quarter, f"{REGION}{code}", known_on, root, referentiel)
    if found.laureats.empty:
        own = ", ".join(sorted(_departements_of(f"{REGION}{code}", referentiel) or ()))
        words = {"code": code, "nom": referentiel.region_name(code), "departements": own}
        raise NoData(phrase("refus", "region", **words))
    return found


def known_before(d: Dataset) -> Dataset | None:
    """Return what the report of the quarter before said: that quarter, as the deliveries that speak of it told it.

    Those of the weeks that follow its end are among them (`SPEAKS_OF_THE_PAST`): a report is made when they have come.
    None when nothing had been delivered of the territory by then: there is nothing to compare with.
    """
    then = d.trimestre.previous
    known_on = then.last_day + SPEAKS_OF_THE_PAST
    known_on = min(known_on, d.connu_au or known_on)
    found = _known(then, d.code_departement, known_on, d.racine, d.referentiel)
    return found if len(found.laureats) else None


def _checked(
    trimestre: str | Trimestre, connu_au: str | dt.date | None, racine: str | Path | None
) -> tuple[Trimestre, dt.date | None, Path, Referentiel]:
    root = checked_root(racine)
    referentiel = load_referentiel(referentiel_folder(root))
    return checked_trimestre(trimestre), checked_date(connu_au), root, referentiel


def _known(trimestre: Trimestre, code: str, known_on: dt.date | None, root: Path, referentiel: Referentiel) -> Dataset:
    """Return what is known of a territory; of a département, only its own rows are read."""
    departements = _departements_of(code, referentiel)
    alone = code if departements == {code} else None
    own = prepared(root, known_on, departement=alone).of(departements)
    return Dataset(
        trimestre=trimestre,
        code_departement=code,
        communes=None,
        connu_au=known_on,
        racine=root,
        referentiel=referentiel,
        **{each.name: getattr(own, each.name) for each in fields(own) if each.name != "tables"},
        **seen(own.tables, trimestre),
    )


def _departements_of(code: str, referentiel: Referentiel) -> set[str] | None:
    """Return the départements of a territory, None for the whole country."""
    if code == COUNTRY:
        return None
    if not code.startswith(REGION):
        return {code}
    regions = referentiel.departements["code_region"]
    return set(regions.index[regions.eq(code.removeprefix(REGION)).fillna(False)])


def departements_with_data(preparation: Preparation) -> list[str]:
    """Return the départements that have laureates, from a classeur or from the national list."""
    return sorted(set(preparation.tables["laureats"]["code_departement"]))


def followed_departements(preparation: Preparation) -> list[str]:
    """Return the départements that a classeur de suivi follows."""
    files = preparation.fichiers
    classeurs = files.loc[files["source"].eq(classeur.NAME), "fichier"]
    laureates = preparation.tables["laureats"]
    return sorted(set(laureates.loc[laureates["fichier"].isin(classeurs), "code_departement"]))

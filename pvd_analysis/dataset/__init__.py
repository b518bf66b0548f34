"""The tables of one quarter and one département, typed, checked, and as they stood on the last day of the quarter."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from pvd_analysis.communes import Referentiel, load_referentiel
from pvd_analysis.dataset.as_of import as_of
from pvd_analysis.dataset.deliveries import raw_folder, referentiel_folder
from pvd_analysis.dataset.dictionary import dictionary_markdown
from pvd_analysis.dataset.preparation import Preparation
from pvd_analysis.dataset.remembered import remembered
from pvd_analysis.dataset.schemas import data_dictionary
from pvd_analysis.dataset.shown import as_html, as_text
from pvd_analysis.dataset.store import prepared, processed_folder
from pvd_analysis.errors import InvalidParameter, NoData
from pvd_analysis.sources import classeur
from pvd_analysis.values import Trimestre
from pvd_analysis.vocabulary import table_descriptions

__all__ = [
    "Dataset",
    "Preparation",
    "Trimestre",
    "checked_date",
    "checked_departement",
    "checked_root",
    "checked_trimestre",
    "data_dictionary",
    "departements_with_data",
    "dictionary_markdown",
    "followed_departements",
    "load",
    "prepared",
    "processed_folder",
]


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Dataset:
    """Everything known of one département at the end of one quarter.

    The tables are plain DataFrames, described in the data dictionary; amounts are whole cents (columns ``…_cents``),
    before tax. What the analysis computes from a dataset is remembered with it: to try other figures, make another
    dataset (``dataclasses.replace(d, projets=…)``) rather than change a table in place.
    """

    trimestre: Trimestre
    code_departement: str
    connu_au: dt.date | None
    racine: Path
    referentiel: Referentiel
    laureats: pd.DataFrame
    conventions: pd.DataFrame
    projets: pd.DataFrame
    financements: pd.DataFrame
    totaux_annonces: pd.DataFrame
    postes: pd.DataFrame
    formations: pd.DataFrame
    club: pd.DataFrame
    indicateurs: pd.DataFrame
    territoires: pd.DataFrame
    aides_nationales: pd.DataFrame
    constats: pd.DataFrame
    ecartees: pd.DataFrame
    bilan: pd.DataFrame
    fichiers: pd.DataFrame

    @property
    def arrete_le(self) -> dt.date:
        """The last day of the quarter: nothing dated later is in the tables."""
        return self.trimestre.last_day

    @property
    def departement(self) -> str:
        """The département's name."""
        return self.referentiel.departement_name(self.code_departement)

    def commune_names(self, codes: Iterable[str]) -> list[str]:
        """Return the names of INSEE codes."""
        return [self.referentiel.commune_name(code) for code in codes]

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """The tables of ``tables.toml`` by name."""
        return {name: getattr(self, name) for name in table_descriptions()}

    @remembered
    def at(self, trimestre: Trimestre) -> "Dataset":
        """Return the same knowledge as it stood at the end of an earlier quarter.

        Raises
        ------
        ValueError
            The quarter is later: what is dated after this one has already been left out.
        """
        if trimestre > self.trimestre:
            raise ValueError(f"{trimestre} is later than {self.trimestre}")
        tables = {name: as_of(table, name, trimestre.last_day) for name, table in self.tables.items()}
        return replace(self, trimestre=trimestre, **tables)

    def __repr__(self) -> str:
        return as_text(self)

    def _repr_html_(self) -> str:
        return as_html(self)


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
    quarter = checked_trimestre(trimestre)
    known_on = checked_date(connu_au)
    root = checked_root(racine)
    referentiel = load_referentiel(referentiel_folder(root))
    code = checked_departement(departement, referentiel)
    preparation = prepared(root, known_on, departement=code)
    if preparation.tables["laureats"].empty:
        known = departements_with_data(prepared(root, known_on))
        raise NoData(
            f"Aucune donnée pour le département {code} ({referentiel.departement_name(code)}) dans "
            f"{raw_folder(root).relative_to(root).as_posix()}. Départements présents : {', '.join(known) or 'aucun'}."
        )
    tables = {name: as_of(table, name, quarter.last_day) for name, table in preparation.tables.items()}
    return Dataset(
        trimestre=quarter,
        code_departement=code,
        connu_au=known_on,
        racine=root,
        referentiel=referentiel,
        constats=preparation.constats,
        ecartees=preparation.ecartees,
        bilan=preparation.bilan,
        fichiers=preparation.fichiers,
        **tables,
    )


def departements_with_data(preparation: Preparation) -> list[str]:
    """Return the départements that have laureates, from a classeur or from the national list."""
    return sorted(set(preparation.tables["laureats"]["code_departement"]))


def followed_departements(preparation: Preparation) -> list[str]:
    """Return the départements that a classeur de suivi follows."""
    files = preparation.fichiers
    classeurs = files.loc[files["source"].eq(classeur.NAME), "fichier"]
    laureates = preparation.tables["laureats"]
    return sorted(set(laureates.loc[laureates["fichier"].isin(classeurs), "code_departement"]))


def checked_trimestre(trimestre: str | Trimestre) -> Trimestre:
    """Return a quarter, or raise `InvalidParameter` with a French sentence."""
    if isinstance(trimestre, Trimestre):
        return trimestre
    try:
        return Trimestre.parse(str(trimestre))
    except ValueError as error:
        raise InvalidParameter(str(error)) from error


def checked_date(date: str | dt.date | None) -> dt.date | None:
    """Return a date or None (also for ``""``), or raise `InvalidParameter`."""
    if date is None or isinstance(date, dt.date):
        return date
    if not date.strip():
        return None
    try:
        return dt.date.fromisoformat(date.strip())
    except ValueError as error:
        raise InvalidParameter(
            f"Date « {date} » non comprise : une date AAAA-MM-JJ est attendue, par exemple « 2021-09-10 »."
        ) from error


def checked_departement(departement: str, referentiel: Referentiel) -> str:
    """Return the code of a département that exists, or raise `InvalidParameter`."""
    code = str(departement).strip().upper().zfill(2)
    if code in referentiel.departements.index:
        return code
    raise InvalidParameter(
        f"Département « {departement} » inconnu : un code INSEE est attendu, par exemple « 40 » ou « 2A »."
    )


def checked_root(racine: str | Path | None) -> Path:
    """Return the project's root: the one given, else the nearest folder upwards that holds ``data/raw``."""
    given = str(racine).strip() if racine is not None else ""
    start = Path(given) if given else Path.cwd()
    candidates = [start] if given else [start, *start.parents]
    for folder in candidates:
        if raw_folder(folder).is_dir():
            if not referentiel_folder(folder).is_dir():
                raise InvalidParameter(f"Le dossier des référentiels manque : {referentiel_folder(folder)}.")
            return folder.resolve()
    raise InvalidParameter(
        f"Dossier « {start} » sans data/raw : lancez la commande dans le dossier du projet, ou donnez sa racine."
    )

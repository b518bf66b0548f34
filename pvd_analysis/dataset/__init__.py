"""The tables of one quarter and one département, typed, checked, and as they stood on the last day of the quarter."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from pvd_analysis.communes import Referentiel, checked_departement, checked_region, load_referentiel
from pvd_analysis.dataset.choice import REPLACED, USED
from pvd_analysis.dataset.dictionary import dictionary_markdown
from pvd_analysis.dataset.history import SPEAKS_OF_THE_PAST, dated_states, event_date, not_yet_at, seen_at, speaks_of
from pvd_analysis.dataset.preparation import Preparation
from pvd_analysis.dataset.remembered import remembered
from pvd_analysis.dataset.restriction import of_communes
from pvd_analysis.dataset.schemas import data_dictionary
from pvd_analysis.dataset.shown import as_html, as_text
from pvd_analysis.dataset.store import has_laureates, prepared, processed_folder
from pvd_analysis.errors import NoData
from pvd_analysis.project import checked_date, checked_root, checked_trimestre, raw_folder, referentiel_folder
from pvd_analysis.sources import FRANCE, classeur
from pvd_analysis.values import Trimestre
from pvd_analysis.vocabulary import table_descriptions

__all__ = [
    "COUNTRY",
    "Dataset",
    "Preparation",
    "Trimestre",
    "data_dictionary",
    "departements_with_data",
    "dictionary_markdown",
    "followed_departements",
    "known_before",
    "load",
    "load_country",
    "load_region",
    "prepared",
    "processed_folder",
]


COUNTRY = "france"
_REGION = "R"
# What a file that a newer one replaced had told was known by then.
_TELLING = (USED, REPLACED)


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """What is known of every date: the states of the facts, and the tables as they are seen from one of them."""

    states: Mapping[str, pd.DataFrame]
    seen: Mapping[str, pd.DataFrame]


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Dataset:
    """Everything known of one département at the end of one quarter.

    The tables are plain DataFrames, described in the data dictionary; amounts are whole cents (columns ``…_cents``),
    before tax. What the analysis computes from a dataset is remembered with it: to try other figures, make another
    dataset (``dataclasses.replace(d, projets=…)``) rather than change a table in place. ``connus`` is what other dates
    are seen from (`at`); ``communes`` are those of a laureate, when the dataset is that of one, else None.
    """

    trimestre: Trimestre
    code_departement: str
    communes: frozenset[str] | None
    connu_au: dt.date | None
    racine: Path
    referentiel: Referentiel
    connus: Known
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
    aides_autres_financeurs: pd.DataFrame
    avis: pd.DataFrame
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
        """The name of the département, or of the region that is gathered."""
        if self.code_departement == COUNTRY:
            return "France entière"
        if self.is_region:
            return self.referentiel.region_name(self.code_departement.removeprefix(_REGION))
        return self.referentiel.departement_name(self.code_departement)

    @property
    def territoire(self) -> str:
        """The name and the code: « Landes (40) »; the country has a name only."""
        return self.departement if self.code_departement == COUNTRY else f"{self.departement} ({self.code_departement})"

    @property
    def is_region(self) -> bool:
        """Whether several départements are gathered, those of a region."""
        return self.code_departement.startswith(_REGION)

    @property
    def is_followed(self) -> bool:
        """Whether a classeur de suivi follows the laureates; without one, no post and no project is « not known »."""
        return bool(self.followed_communes)

    @property
    @remembered
    def followed_communes(self) -> frozenset[str]:
        """The INSEE codes of the laureate communes that a classeur de suivi follows."""
        classeurs = self.fichiers.loc[self.fichiers["source"].eq(classeur.NAME), "fichier"]
        return frozenset(self.laureats.loc[self.laureats["fichier"].isin(classeurs), "code_commune"])

    @remembered
    def observed(self, source: str = classeur.NAME) -> Mapping[str, tuple[Trimestre, Trimestre]]:
        """Return, of each département, the quarters that the first and the last delivery of a source speak of.

        Between the two, what nothing dates is known; before and after, it is not.
        """
        files = self.fichiers[self.fichiers["source"].str.startswith(source) & self.fichiers["usage"].isin(_TELLING)]
        quarters = [Trimestre.of(speaks_of(file).date()) for file in files["fichier"]]
        found: dict[str, tuple[Trimestre, Trimestre]] = {}
        for scope, quarter in zip(files["perimetre"], quarters, strict=True):
            for code in self.laureats["code_departement"].unique() if scope == FRANCE else scope.split("+"):
                first, last = found.get(code, (quarter, quarter))
                found[code] = (min(first, quarter), max(last, quarter))
        return found

    @property
    def last_observed(self) -> Trimestre | None:
        """The quarter that the newest classeur of the territory speaks of, at most that of the report; None without one."""
        lasts = [last for _, last in self.observed().values()]
        return min(max(lasts), self.trimestre) if lasts else None

    @property
    def is_observed(self) -> bool:
        """Whether a classeur speaks of the quarter or of an earlier one: what it does not date was known by then."""
        return any(first <= self.trimestre for first, _ in self.observed().values())

    def commune_names(self, codes: Iterable[str]) -> list[str]:
        """Return the names of INSEE codes."""
        return [self.referentiel.commune_name(code) for code in codes]

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """The tables of ``tables.toml`` by name."""
        return {name: getattr(self, name) for name in table_descriptions()}

    @property
    def states(self) -> dict[str, pd.DataFrame]:
        """The states of the facts at all dates, by table; those of a table that was put in by hand follow from its rows."""
        return {
            name: self.connus.states[name] if table is self.connus.seen[name] else dated_states(name, table)
            for name, table in self.tables.items()
        }

    def at(self, trimestre: Trimestre) -> "Dataset":
        """Return the same knowledge as it stood at the end of another quarter, earlier or later."""
        return self if trimestre == self.trimestre else self._seen_at(trimestre)

    @remembered
    def _seen_at(self, trimestre: Trimestre) -> "Dataset":
        return replace(self, trimestre=trimestre, **_seen(self.states, trimestre, self.communes))

    def only(self, communes: frozenset[str]) -> "Dataset":
        """Return what concerns some communes, those of a laureate, at this quarter and at any other."""
        return replace(self, communes=communes, **_seen(self.states, self.trimestre, communes))

    def not_yet(self, name: str) -> pd.DataFrame:
        """Return the rows of a table that are told and dated after the last day of the quarter: they are in no figure."""
        return self._not_yet.get(name, self.tables[name].iloc[:0])

    @property
    @remembered
    def _not_yet(self) -> dict[str, pd.DataFrame]:
        later = not_yet_at(self.states, self.arrete_le)
        if self.communes is None:
            return later
        projects = pd.concat([self.projets, later["projets"]])
        return of_communes({**later, "projets": projects}, self.communes) | {"projets": later["projets"]}

    @remembered
    def event_days(self, name: str) -> pd.Series:
        """The day by which the event of each row of a table has surely happened, blank when undated."""
        return event_date(self.tables[name], name)

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
    quarter, known_on, root = checked_trimestre(trimestre), checked_date(connu_au), checked_root(racine)
    referentiel = load_referentiel(referentiel_folder(root))
    code = checked_departement(departement, referentiel)
    found = _known(quarter, code, known_on, root, referentiel)
    if found is None:
        known = departements_with_data(prepared(root, known_on))
        raise NoData(
            f"Aucune donnée pour le département {code} ({referentiel.departement_name(code)}) dans "
            f"{raw_folder(root).relative_to(root).as_posix()}. Départements présents : {', '.join(known) or 'aucun'}."
        )
    return found


def load_country(
    trimestre: str | Trimestre, connu_au: str | dt.date | None = None, racine: str | Path | None = None
) -> Dataset:
    """Return the tables of all départements together, as they stood at the end of a quarter.

    Takes what `load` takes, without a département; the dataset's ``code_departement`` is ``"france"``.
    """
    quarter, known_on, root = checked_trimestre(trimestre), checked_date(connu_au), checked_root(racine)
    referentiel = load_referentiel(referentiel_folder(root))
    return _dataset(prepared(root, known_on), quarter, COUNTRY, known_on, root, referentiel)


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
    quarter, known_on, root = checked_trimestre(trimestre), checked_date(connu_au), checked_root(racine)
    referentiel = load_referentiel(referentiel_folder(root))
    code = checked_region(region, referentiel)
    found = _known(quarter, f"{_REGION}{code}", known_on, root, referentiel)
    if found is None:
        own = ", ".join(sorted(_departements_of(f"{_REGION}{code}", referentiel) or ()))
        raise NoData(
            f"Aucune donnée pour la région {code} ({referentiel.region_name(code)}) : aucun fichier de data/raw ne parle "
            f"de ses départements ({own})."
        )
    return found


def known_before(d: Dataset) -> Dataset | None:
    """Return what the report of the quarter before said: that quarter, as the deliveries that speak of it told it.

    Those of the weeks that follow its end are among them (`SPEAKS_OF_THE_PAST`): a report is made when they have come.
    None when nothing had been delivered of the territory by then: there is nothing to compare with.
    """
    then = d.trimestre.previous
    known_on = then.last_day + SPEAKS_OF_THE_PAST
    return _known(then, d.code_departement, min(known_on, d.connu_au or known_on), d.racine, d.referentiel)


def _known(
    quarter: Trimestre, code: str, known_on: dt.date | None, root: Path, referentiel: Referentiel
) -> Dataset | None:
    """Return what is known of a territory, None without any laureate; of a département, only its own rows are read."""
    if _departements_of(code, referentiel) == {code}:
        if not has_laureates(root, code, known_on):
            return None
        preparation = prepared(root, known_on, departement=code)
    else:
        preparation = prepared(root, known_on)
    found = _dataset(preparation, quarter, code, known_on, root, referentiel)
    return found if len(found.laureats) else None


def _departements_of(code: str, referentiel: Referentiel) -> set[str] | None:
    """Return the départements of a territory, None for the whole country."""
    if code == COUNTRY:
        return None
    if not code.startswith(_REGION):
        return {code}
    regions = referentiel.departements["code_region"]
    return set(regions.index[regions.eq(code.removeprefix(_REGION)).fillna(False)])


def _dataset(
    preparation: Preparation,
    trimestre: Trimestre,
    code: str,
    known_on: dt.date | None,
    root: Path,
    referentiel: Referentiel,
) -> Dataset:
    own = preparation.of(_departements_of(code, referentiel))
    return Dataset(
        trimestre=trimestre,
        code_departement=code,
        communes=None,
        connu_au=known_on,
        racine=root,
        referentiel=referentiel,
        constats=own.constats,
        ecartees=own.ecartees,
        bilan=own.bilan,
        fichiers=own.fichiers,
        **_seen(own.tables, trimestre),
    )


def _seen(
    states: Mapping[str, pd.DataFrame], trimestre: Trimestre, communes: frozenset[str] | None = None
) -> dict[str, Any]:
    """Return the tables of a dataset as they are seen at the end of a quarter, and what they are seen from."""
    seen = seen_at(states, trimestre.last_day)
    if communes is not None:
        seen = of_communes(seen, communes)
    return {**seen, "connus": Known(states, seen)}


def departements_with_data(preparation: Preparation) -> list[str]:
    """Return the départements that have laureates, from a classeur or from the national list."""
    return sorted(set(preparation.tables["laureats"]["code_departement"]))


def followed_departements(preparation: Preparation) -> list[str]:
    """Return the départements that a classeur de suivi follows."""
    files = preparation.fichiers
    classeurs = files.loc[files["source"].eq(classeur.NAME), "fichier"]
    laureates = preparation.tables["laureats"]
    return sorted(set(laureates.loc[laureates["fichier"].isin(classeurs), "code_departement"]))

"""Everything known of one territory at the end of one quarter."""

import datetime as dt
import importlib.metadata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Final

import pandas as pd

from pvd_analysis.communes import Referentiel
from pvd_analysis.constats import Severite
from pvd_analysis.dataset.deliveries import REPLACED, USED
from pvd_analysis.dataset.remembered import remembered
from pvd_analysis.dataset.states import dated_states, event_date, not_yet_at, seen_at, speaks_of
from pvd_analysis.notebook import template
from pvd_analysis.sources import FRANCE, classeur
from pvd_analysis.values import Trimestre, format_date, format_number
from pvd_analysis.vocabulary import table_descriptions

COUNTRY = "france"


REGION = "R"


_TEMPLATE: Final = template("dataset.html.j2")
_BESIDE: Final = {
    "constats": "Ce que la lecture des fichiers a trouvé, avec son lieu et ce qui est attendu.",
    "ecartees": "Les lignes lues qui ne sont dans aucune table, avec leur motif.",
    "bilan": "Le bilan des lignes et des centimes : lus = gardés + écartés.",
    "fichiers": "Les fichiers lus, leur livraison, leur usage et leur empreinte.",
}

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
            return self.referentiel.region_name(self.code_departement.removeprefix(REGION))
        return self.referentiel.departement_name(self.code_departement)

    @property
    def territoire(self) -> str:
        """The name and the code: « Landes (40) »; the country has a name only."""
        if self.code_departement == COUNTRY:
            return self.departement
        return f"{self.departement} ({self.code_departement})"

    @property
    def is_region(self) -> bool:
        """Whether several départements are gathered, those of a region."""
        return self.code_departement.startswith(REGION)

    @property
    def is_followed(self) -> bool:
        """Whether a classeur de suivi follows the laureates; without one, no post and no project is « not known »."""
        return bool(self.followed_communes)

    @property
    @remembered
    def followed_communes(self) -> frozenset[str]:
        """The INSEE codes of the laureate communes that a classeur de suivi follows."""
        classeurs = self.fichiers.loc[self.fichiers["source"].eq(classeur.NAME), "fichier"]
        followed = self.laureats["fichier"].isin(classeurs)
        return frozenset(self.laureats.loc[followed, "code_commune"])

    @property
    @remembered
    def told_communes(self) -> frozenset[str]:
        """The INSEE codes of the laureate communes of which a classeur speaks at the quarter, or spoke before.

        Of the others what is dated by then is known, and what is not said is not known.
        """
        told = [code for code, (first, _) in self.observed().items() if first <= self.trimestre]
        rows = self.laureats[self.laureats["code_departement"].isin(told)]
        return self.followed_communes & frozenset(rows["code_commune"])

    @remembered
    def observed(self, source: str = classeur.NAME) -> Mapping[str, tuple[Trimestre, Trimestre]]:
        """Return, of each département, the quarters that the first and the last delivery of a source speak of.

        Between the two, what nothing dates is known; before and after, it is not.
        """
        files = self.fichiers[self.fichiers["source"].str.startswith(source)]
        files = files[files["usage"].isin(_TELLING)]
        found: dict[str, tuple[Trimestre, Trimestre]] = {}
        for code, file in self.told_by(files):
            quarter = Trimestre.of(speaks_of(file.fichier).date())
            first, last = found.get(code, (quarter, quarter))
            found[code] = (min(first, quarter), max(last, quarter))
        return found

    def told_by(self, files: pd.DataFrame) -> Iterator[tuple[str, Any]]:
        """Give each département that some files speak of, with the file, in their order."""
        own = self.laureats["code_departement"].unique()
        for file in files.itertuples():
            scope = own if file.perimetre == FRANCE else file.perimetre.split("+")
            yield from ((code, file) for code in scope)

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
        return replace(self, trimestre=trimestre, **seen(self.states, trimestre, self.communes))

    def only(self, communes: frozenset[str]) -> "Dataset":
        """Return what concerns some communes, those of a laureate, at this quarter and at any other."""
        return replace(self, communes=communes, **seen(self.states, self.trimestre, communes))

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
        """Return the dataset as lines of text.

        >>> print(repr(d).splitlines()[0])
        Landes (40), T3 2021, arrêté au 30 septembre 2021
        """
        title, known, findings, tables = self._said
        width = max(len(name) for name, *_ in tables)
        lines = [f"  {name:<{width}}  {format_number(count):>6}  {meaning}" for name, count, meaning in tables]
        return "\n".join([title, known, f"Constats : {findings}", "", *lines])

    def _repr_html_(self) -> str:
        """Return the dataset as a heading, two sentences and a table with its caption and header cells.

        >>> d._repr_html_().count('<th scope="row"') == len(d.tables) + 4
        True
        """
        title, known, findings, tables = self._said
        return _TEMPLATE.render(title=title, known=known, findings=findings, tables=tables, number=format_number)

    @property
    def _said(self) -> tuple[str, str, str, list[tuple[str, int, str]]]:
        """What it says of itself, in a notebook and in a terminal: its title, what it knows, its findings and its tables."""
        title = f"{self.territoire}, {self.trimestre.label}, arrêté au {format_date(self.arrete_le)}"
        known = "de la dernière livraison de chaque source"
        if self.connu_au:
            known = f"connues au {format_date(self.connu_au)}"
        last = format_date(self.fichiers["livraison"].max())
        counts = self.constats["severite"].value_counts()
        findings = [
            f"{format_number(counts.get(name, 0))} {name}{'s' if counts.get(name, 0) > 1 else ''}"
            for name in map(str, Severite)
        ]
        described = table_descriptions()
        meanings = {name: described[name].description for name in described} | _BESIDE
        tables = [(name, len(getattr(self, name)), meaning) for name, meaning in meanings.items()]
        known = f"Données {known} ; livraison la plus récente : {last}."
        return title, known, f"{', '.join(findings)}.", tables


def seen(
    states: Mapping[str, pd.DataFrame], trimestre: Trimestre, communes: frozenset[str] | None = None
) -> dict[str, Any]:
    """Return the tables of a dataset as they are seen at the end of a quarter, and what they are seen from."""
    seen = seen_at(states, trimestre.last_day)
    if communes is not None:
        seen = of_communes(seen, communes)
    return {**seen, "connus": Known(states, seen)}


def of_communes(tables: Mapping[str, pd.DataFrame], communes: frozenset[str]) -> dict[str, pd.DataFrame]:
    """Return what concerns some communes, and what is open to all: sessions without a commune, meetings of the club.

    A post keeps all the communes that it serves, and the announced totals those of the whole département: they only tell
    which aids are inside them.
    """
    projects = tables["projets"]
    own = projects.loc[projects["code_commune"].isin(communes), "id_projet"]

    def kept(name: str, rows: pd.DataFrame) -> pd.DataFrame:
        match name:
            case "financements":
                return rows[rows["id_projet"].isin(own)]
            case "postes":
                serves = rows["communes"].map(lambda listed: not communes.isdisjoint(listed.split(";")))
                return rows[serves.astype(bool)]
            case "formations":
                return rows[rows["code_commune"].isna() | rows["code_commune"].isin(communes)]
            case _:
                return rows[rows["code_commune"].isin(communes)] if "code_commune" in rows else rows

    return {name: kept(name, rows).reset_index(drop=True) for name, rows in tables.items()}


def made_with(d: Dataset) -> str:
    """Return the version of the package and that of the data, as pages and workbooks name them."""
    return f"pvd-analysis {package_version()}, données reçues jusqu'au {format_date(d.fichiers['livraison'].max())}"


@cache
def package_version() -> str:
    """Return the version of the package that is installed."""
    return importlib.metadata.version("pvd-analysis")

"""The reference list of communes, EPCI, départements and regions, and the codes that lead to a commune of today."""

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

_FILES = {
    "communes": ("communes.csv", ("code_commune", "nom", "code_departement", "code_region", "code_epci", "population")),
    "former": ("communes_anciennes.csv", ("code_ancien", "nom_ancien", "code_commune", "nature")),
    "epci": ("epci.csv", ("code_epci", "nom", "type", "population")),
    "departements": (
        "departements.csv",
        ("code_departement", "nom", "nom_complement", "code_region", "code_chef_lieu"),
    ),
    "regions": ("regions.csv", ("code_region", "nom")),
}


@dataclass(frozen=True, eq=False)
class Referentiel:
    """The communes, EPCI, départements and regions of one year, with the former codes and names of the communes.

    A blank is missing (``pd.NA``); every column is text, except ``population`` (inhabitants, ``Int64``).

    Attributes
    ----------
    communes
        Indexed by ``code_commune``: ``nom``, ``code_departement``, ``code_region``, ``code_epci``, ``population``.
    former
        One row per former or later name of a commune: ``code_ancien``, ``nom_ancien``, ``code_commune``, ``nature``.
    epci
        Indexed by ``code_epci``: ``nom``, ``type``, ``population``.
    departements
        Indexed by ``code_departement``: ``nom``, ``nom_complement`` (« des Landes »), ``code_region``,
        ``code_chef_lieu``.
    regions
        Indexed by ``code_region``: ``nom``.
    geojson_files
        The GeoJSON files that lie beside the lists, read by `pvd_analysis.communes.commune_boundaries`.
    """

    communes: pd.DataFrame
    former: pd.DataFrame
    epci: pd.DataFrame
    departements: pd.DataFrame
    regions: pd.DataFrame
    geojson_files: tuple[Path, ...] = ()

    def resolve_code(self, code: str) -> str | None:
        """Return the code of the commune of today that an INSEE code leads to, or None when it leads to none.

        The code of a merged, delegated or associated commune, or of a municipal arrondissement, leads to the whole
        commune. ``1189``, ``40197.0`` and ``2a004``, the ways spreadsheets spoil a code, are understood.
        """
        if code in self._column("nom"):
            return code
        tidy = re.sub(r"\s", "", code).upper()
        tidy = re.sub(r"[.,]0+$", "", tidy)
        if re.fullmatch(r"[0-9]{4}", tidy):
            tidy = "0" + tidy
        return tidy if tidy in self._column("nom") else self._current_codes.get(tidy)

    def commune_name(self, code: str) -> str:
        """Return the name of a commune of today.

        Raises
        ------
        KeyError
            When no commune has the code; ``resolve_code`` tells beforehand.
        """
        return str(self._column("nom")[code])

    def departement_of(self, code: str) -> str:
        """Return the code of the département (overseas, of the collectivity) of a commune."""
        return str(self._column("code_departement")[code])

    def region_of(self, code: str) -> str | None:
        """Return the code of the region of a commune; an overseas collectivity has none."""
        return _known(self._column("code_region")[code])

    def epci_of(self, code: str) -> str | None:
        """Return the SIREN of the EPCI of a commune; a few islands and the collectivities have none."""
        return _known(self._column("code_epci")[code])

    def population(self, code: str) -> int | None:
        """Return the inhabitants of a commune, None where they are not known."""
        inhabitants = self._column("population")[code]
        return None if pd.isna(inhabitants) else int(inhabitants)

    def is_epci(self, siren: str | None) -> bool:
        """Whether a SIREN is that of an EPCI of the list."""
        return siren in self._epci_codes

    def epci_name(self, code_epci: str) -> str:
        """Return the name of an EPCI, from its SIREN."""
        return str(self.epci["nom"].at[code_epci])

    def departement_name(self, code_departement: str) -> str:
        """Return the name of a département or overseas collectivity."""
        return str(self.departements["nom"].at[code_departement])

    def prefecture(self, code_departement: str) -> str:
        """Return the name of the préfecture of a département: « Préfecture des Landes »."""
        return f"Préfecture {self.departements['nom_complement'].at[code_departement]}"

    def region_name(self, code_region: str) -> str:
        """Return the name of a region."""
        return str(self.regions["nom"].at[code_region])

    def get_ready(self) -> None:
        """Make the look-ups that are else made at the first need."""
        for name in self.communes.columns:
            self._column(name)

    def _column(self, name: str) -> dict[str, Any]:
        """Return one column of the communes by code; a look-up in a DataFrame takes a hundred times longer."""
        if name not in self._columns:
            codes, values = self.communes.index.astype(object), self.communes[name].astype(object)
            self._columns[name] = dict(zip(codes, values, strict=True))
        return self._columns[name]

    @cached_property
    def _columns(self) -> dict[str, dict[str, Any]]:
        return {}

    @cached_property
    def _epci_codes(self) -> frozenset[str]:
        return frozenset(self.epci.index)

    @cached_property
    def _current_codes(self) -> dict[str, str]:
        return dict(zip(self.former["code_ancien"], self.former["code_commune"], strict=True))


def load_referentiel(folder: Path) -> Referentiel:
    """Read the five CSV files of the reference list.

    Parameters
    ----------
    folder
        The folder of ``communes.csv``, ``communes_anciennes.csv``, ``epci.csv``, ``departements.csv``, ``regions.csv``;
        in the project, ``data/raw/referentiel``.

    Raises
    ------
    FileNotFoundError
        When a file is missing.
    ValueError
        When a file lacks a column, or a former code leads to a commune that is not in the list.
    """
    paths = [folder / file for file, _ in _FILES.values()]
    return _loaded(folder, tuple(path.stat().st_mtime_ns for path in paths))


@lru_cache(maxsize=4)
def _loaded(folder: Path, _changed: tuple[int, ...]) -> Referentiel:
    """Read the files, once as long as none of them changes."""
    tables = {name: _read(folder / file, columns) for name, (file, columns) in _FILES.items()}
    heirs, known = (set(tables[name]["code_commune"].to_numpy(dtype=object)) for name in ("former", "communes"))
    if astray := heirs - known:
        raise ValueError(f"communes_anciennes.csv mène à des communes inconnues : {', '.join(sorted(astray)[:5])}")
    return Referentiel(
        communes=tables["communes"].set_index("code_commune"),
        former=tables["former"],
        epci=tables["epci"].set_index("code_epci"),
        departements=tables["departements"].set_index("code_departement"),
        regions=tables["regions"].set_index("code_region"),
        geojson_files=tuple(sorted(folder.glob("*.geojson"))),
    )


def _read(path: Path, columns: tuple[str, ...]) -> pd.DataFrame:
    # The default missing markers would turn a town called "Nan" or a code "NA" into nothing.
    table = pd.read_csv(path, dtype="string", keep_default_na=False, na_values=[""], encoding="utf-8")
    missing = [column for column in columns if column not in table.columns]
    if missing:
        raise ValueError(f"{path.name} : colonne absente : {', '.join(missing)}")
    table = table[list(columns)]
    return table.astype({"population": "Int64"}) if "population" in columns else table


def _known(value: object) -> str | None:
    return value if isinstance(value, str) else None

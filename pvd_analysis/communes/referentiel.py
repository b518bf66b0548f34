"""The reference list of communes, EPCI, départements and regions, and the codes that lead to a commune of today."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

from pvd_analysis.errors import InvalidParameter
from pvd_analysis.values.text import fold

# The métropole de Lyon, which has the powers of a département, and Paris; Corsica as the lists of the State still spell it.
_OTHER_CODES = {"69m": "69", "75c": "75", "20a": "2A", "20b": "2B", "972r": "972", "973r": "973"}
_AS_GIVEN = "Reprenez le dossier data/raw/referentiel tel qu'il est fourni avec cette version."
_FILES = {
    "communes": (
        "communes.csv",
        ("code_commune", "nom", "code_departement", "code_region", "code_epci", "population", "siren"),
    ),
    "restored": ("communes_retablies.csv", ("code_commune", "nom", "code_commune_nouvelle", "siren", "depuis")),
    "former": ("communes_anciennes.csv", ("code_ancien", "nom_ancien", "code_commune", "nature")),
    "epci": ("epci.csv", ("code_epci", "nom", "type", "population")),
    "departements": (
        "departements.csv",
        ("code_departement", "nom", "nom_complement", "code_region", "code_chef_lieu"),
    ),
    "regions": ("regions.csv", ("code_region", "nom")),
}
_POSTCODES = ("codes_postaux.csv", ("code_postal", "code_commune"))
_CONTOURS = ("contours.csv", ("fichier", "source"))


@dataclass(frozen=True, eq=False)
class Referentiel:
    """The communes, EPCI, départements and regions of one year, with the former codes and names of the communes.

    A blank is missing (``pd.NA``); every column is text, except ``population`` (inhabitants, ``Int64``).

    Attributes
    ----------
    communes
        Indexed by ``code_commune``: ``nom``, ``code_departement``, ``code_region``, ``code_epci``, ``population``,
        ``siren``. Those that a commune nouvelle has lost since are among them, without a population (`in_year`).
    restored
        Indexed by ``code_commune``: the communes that exist again, ``code_commune_nouvelle`` that they were a part of,
        and ``depuis``, the day from which they do.
    former
        One row per former or later name of a commune: ``code_ancien``, ``nom_ancien``, ``code_commune``, ``nature``.
    epci
        Indexed by ``code_epci``: ``nom``, ``type``, ``population``.
    departements
        Indexed by ``code_departement``: ``nom``, ``nom_complement`` (« des Landes »), ``code_region``,
        ``code_chef_lieu``.
    regions
        Indexed by ``code_region``: ``nom``.
    postcodes
        One row per ``code_postal`` and ``code_commune``; none where the list has none.
    contour_files
        The files of boundaries that lie beside the lists, read by `pvd_analysis.communes.commune_boundaries`: GeoJSON,
        then Parquet.
    contour_sources
        Who made them and when, by the name of their file (``contours.csv``).
    """

    communes: pd.DataFrame
    restored: pd.DataFrame
    former: pd.DataFrame
    epci: pd.DataFrame
    departements: pd.DataFrame
    regions: pd.DataFrame
    postcodes: pd.DataFrame
    contour_files: tuple[Path, ...]
    contour_sources: Mapping[str, str]

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

    def in_year(self, code: str, year: str) -> str:
        """Return the commune that a code of today was in a year: the commune nouvelle, before it split again.

        L'Oie (85165), a part of Essarts en Bocage until 2023, has been a commune of its own since 2024.
        """
        since = self._restored.get(code)
        return since[1] if since and year < since[0] else code

    def codes_of_departement(self, code_departement: str) -> frozenset[str]:
        """Return every INSEE code, of today or of before, that leads to a commune of a département."""
        homes = self._column("code_departement")
        former = (code for code, current in self._current_codes.items() if homes[current] == code_departement)
        return frozenset((*(code for code, home in homes.items() if home == code_departement), *former))

    def commune_of_siren(self, siren: str | None) -> str | None:
        """Return the code of the commune whose SIREN it is, None when it is that of another body."""
        return self._communes_by_siren.get(siren or "")

    def communes_of_postcode(self, postcode: str) -> tuple[str, ...]:
        """Return the communes of a postcode, the one with the most inhabitants first; a number may be an INSEE code too.

        40250 is the postcode of Mugron, and the INSEE code of Saint-Avit.
        """
        return self._communes_by_postcode.get(postcode.zfill(5), ())

    def departement_code(self, written: str) -> str | None:
        """Return the département that is written: its code, as lists spell it, or its name; None when it is not one alone.

        ``40``, ``040``, ``40.0``, ``Landes``, ``Landes (40)``, ``40 - Landes``; ``2A``, ``02A``, ``20A``; ``69D``, ``69M``,
        the codes of the collectivités that have the powers of a département. ``20`` and ``6AE`` are two départements.
        """
        if written not in self._read_departements:
            tidy = re.sub(r"[.,]0+$", "", written.strip())
            self._read_departements[written] = self._departement_codes.get(fold(tidy).lstrip("0"))
        return self._read_departements[written]

    def departement_of_epci(self, siren: str) -> str | None:
        """Return the département of an EPCI, where most of its inhabitants are; None when no commune is of it."""
        return self._departements_of_epci.get(siren)

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

    def of_departement(self, code_departement: str) -> str:
        """Return the name of a département after « de »: « des Landes »."""
        return str(self.departements["nom_complement"].at[code_departement])

    def prefecture(self, code_departement: str) -> str:
        """Return the name of the préfecture of a département: « Préfecture des Landes »."""
        return f"Préfecture {self.of_departement(code_departement)}"

    def region_name(self, code_region: str) -> str:
        """Return the name of a region."""
        return str(self.regions["nom"].at[code_region])

    def region_of_departement(self, code_departement: str) -> str | None:
        """Return the name of the region of a département; an overseas collectivity has none."""
        code = _known(self.departements["code_region"].at[code_departement])
        return self.region_name(code) if code else None

    def get_ready(self) -> None:
        """Make the look-ups that are else made at the first need."""
        for name in self.communes.columns:
            self._column(name)
        self.departement_code("")

    def _column(self, name: str) -> dict[str, Any]:
        """Return one column of the communes by code; a look-up in a DataFrame takes a hundred times longer."""
        if name not in self._columns:
            codes, values = self.communes.index.astype(object), self.communes[name].astype(object)
            self._columns[name] = dict(zip(codes, values, strict=True))
        return self._columns[name]

    @cached_property
    def _restored(self) -> dict[str, tuple[str, str]]:
        mothers = zip(self.restored["depuis"].str[:4], self.restored["code_commune_nouvelle"], strict=True)
        return dict(zip(self.restored.index, mothers, strict=True))

    @cached_property
    def _communes_by_siren(self) -> dict[str, str]:
        return {siren: code for code, siren in self._column("siren").items() if isinstance(siren, str)}

    @cached_property
    def _communes_by_postcode(self) -> dict[str, tuple[str, ...]]:
        codes = self.postcodes.assign(people=self.postcodes["code_commune"].map(self._column("population")))
        codes = codes[codes["code_commune"].isin(self.communes.index)].sort_values("people", ascending=False)
        return {str(postcode): tuple(of) for postcode, of in codes.groupby("code_postal")["code_commune"]}

    @cached_property
    def _read_departements(self) -> dict[str, str | None]:
        """The départements that were read so far, as they are written: a list writes its own on every line."""
        return {}

    @cached_property
    def _departement_codes(self) -> dict[str, str]:
        codes = dict(_OTHER_CODES)
        for code, name, named in self.departements[["nom", "nom_complement"]].itertuples(name=None):
            bare = re.sub(r"^L[ae] ", "", name)
            writings = (code, f"{code}d", name, bare, f"{name} {code}", f"{code} {name}", f"departement {named}")
            codes |= {fold(written).lstrip("0"): str(code) for written in writings}
        return codes

    @cached_property
    def _departements_of_epci(self) -> dict[str, str]:
        people = self.communes.groupby(["code_epci", "code_departement"])["population"].sum()
        most = people.sort_values(kind="stable").reset_index().drop_duplicates("code_epci", keep="last")
        return dict(zip(most["code_epci"], most["code_departement"], strict=True))

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
    """Read the six CSV files of the reference list, and its postcodes where they are.

    Parameters
    ----------
    folder
        The folder of ``communes.csv``, ``communes_retablies.csv``, ``communes_anciennes.csv``, ``epci.csv``,
        ``departements.csv``, ``regions.csv``; in the project, ``data/raw/referentiel``.

    Raises
    ------
    InvalidParameter
        When a file is missing, cannot be read or lacks a column, or a former code leads to a commune that is not in the
        list: the list of another version of the package.
    """
    paths = [folder / file for file, _ in _FILES.values()]
    missing = [path.name for path in paths if not path.is_file()]
    if missing:
        raise InvalidParameter(
            f"Liste de référence incomplète : {', '.join(missing)} manque dans data/raw/referentiel. {_AS_GIVEN}"
        )
    paths += [path for path in (folder / _POSTCODES[0], folder / _CONTOURS[0]) if path.is_file()]
    paths += _contour_files(folder)
    return _loaded(folder, tuple(path.stat().st_mtime_ns for path in paths))


def checked_departement(departement: str, referentiel: Referentiel) -> str:
    """Return the code of a département that exists, or raise `InvalidParameter`."""
    code = referentiel.departement_code(str(departement))
    if code is not None:
        return code
    raise InvalidParameter(
        f"Département « {departement} » inconnu : un code INSEE est attendu, par exemple « 40 » ou « 2A »."
    )


def checked_region(region: str, referentiel: Referentiel) -> str:
    """Return the code of a region that exists (``75``, also written ``R75``), or raise `InvalidParameter`."""
    code = str(region).strip().upper().removeprefix("R").zfill(2)
    if code in referentiel.regions.index:
        return code
    raise InvalidParameter(
        f"Région « {region} » inconnue : un code INSEE est attendu, par exemple « 75 » (Nouvelle-Aquitaine)."
    )


@lru_cache(maxsize=4)
def _loaded(folder: Path, _changed: tuple[int, ...]) -> Referentiel:
    """Read the files, once as long as none of them changes."""
    tables = {name: _read(folder / file, columns) for name, (file, columns) in _FILES.items()}
    heirs, known = (set(tables[name]["code_commune"].to_numpy(dtype=object)) for name in ("former", "communes"))
    if astray := heirs - known:
        raise InvalidParameter(
            f"communes_anciennes.csv mène à des communes inconnues : {', '.join(sorted(astray)[:5])}. {_AS_GIVEN}"
        )
    restored = tables["restored"]
    mothers = tables["communes"].set_index("code_commune").reindex(restored["code_commune_nouvelle"])
    again = mothers.reset_index(drop=True).assign(
        code_commune=restored["code_commune"], nom=restored["nom"], siren=restored["siren"], population=pd.NA
    )
    communes = pd.concat([tables["communes"], again.astype(tables["communes"].dtypes.to_dict())], ignore_index=True)
    return Referentiel(
        communes=communes.set_index("code_commune"),
        restored=restored.set_index("code_commune"),
        former=tables["former"][~tables["former"]["code_ancien"].isin(restored["code_commune"])],
        epci=tables["epci"].set_index("code_epci"),
        departements=tables["departements"].set_index("code_departement"),
        regions=tables["regions"].set_index("code_region"),
        contour_files=_contour_files(folder),
        contour_sources=dict(_if_there(folder, *_CONTOURS).itertuples(index=False, name=None)),
        postcodes=_if_there(folder, *_POSTCODES),
    )


def _contour_files(folder: Path) -> tuple[Path, ...]:
    return *sorted(folder.glob("*.geojson")), *sorted(folder.glob("*.parquet"))


def _if_there(folder: Path, file: str, columns: tuple[str, ...]) -> pd.DataFrame:
    """Read a file that the list may do without: no row when it is not there."""
    return _read(folder / file, columns) if (folder / file).is_file() else pd.DataFrame(columns=list(columns))


def _read(path: Path, columns: tuple[str, ...]) -> pd.DataFrame:
    # The default missing markers would turn a town called "Nan" or a code "NA" into nothing.
    try:
        table = pd.read_csv(path, dtype="string", keep_default_na=False, na_values=[""], encoding="utf-8")
        missing = [column for column in columns if column not in table.columns]
        if missing:
            raise InvalidParameter(f"{path.name} : colonne absente : {', '.join(missing)}. {_AS_GIVEN}")
        table = table[list(columns)]
        return table.astype({"population": "Int64"}) if "population" in columns else table
    except ValueError as error:  # whatever is no such table, to pandas
        raise InvalidParameter(f"{path.name} n'est pas lisible. {_AS_GIVEN}") from error


def _known(value: object) -> str | None:
    return value if isinstance(value, str) else None

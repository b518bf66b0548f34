"""The clean tables for other tools: one data package (https://datapackage.org), as CSV and as Parquet."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pandas as pd

from pvd_analysis.dataset import Dataset, data_dictionary
from pvd_analysis.dataset.dataset import package_version
from pvd_analysis.errors import InvalidParameter
from pvd_analysis.reports.scdl import no_formula
from pvd_analysis.tables.origin import public_name
from pvd_analysis.values import format_date
from pvd_analysis.vocabulary import column_dictionary, table_description, term_labels
from pvd_analysis.whole_file import put_in_place

DESCRIPTION: Final = "datapackage.json"
# The types of the dictionary, as the « Table Schema » of data packages names them.
_TYPES: Mapping[str, str] = {
    "texte": "string",
    "code": "string",
    "entier": "integer",
    "nombre": "number",
    "oui/non": "boolean",
    "date": "date",
}
# The place of a row, which is published in the words that our vocabularies have.
_PLACE: Final = ("fichier", "feuille")
# What is copied as a list or a classeur writes it, though it is no free text: a number has digits, and few letters together.
_NUMBERS: Final = ("id_territoire", "numero_dossier")
_NUMBER: Final = re.compile(r"(?=.*\d)(?!.*[^\W\d_]{6})[\w./ -]{1,40}")
# Names that somebody wrote; the codes beside them are those of the référentiel.
_NAMES: Final = frozenset({("laureats", "epci"), ("territoires", "libelle")})
_LICENCE: Final = {
    "name": "etalab-2.0",
    "title": "Licence Ouverte 2.0",
    "path": "https://www.etalab.gouv.fr/licence-ouverte-open-licence",
}
_ABOUT: Final = (
    "Tables du programme Petites villes de demain, arrêtées au {day}. Les montants (colonnes …_cents) sont en centimes d'euro "
    "hors taxes (HT) ; une cellule vide est une valeur non connue, jamais un zéro. Les textes libres (observations, sources, "
    "motifs) et les noms écrits à côté d'un code n'y sont pas ; un texte qu'un tableur prendrait pour une formule commence par une apostrophe. Les listes "
    "nationales sont sous Licence Ouverte 2.0 ; vérifiez que le classeur de suivi peut l'être aussi avant de publier."
)


def write_data_package(d: Dataset, folder: Path) -> Path:
    """Write the tables of a dataset as a data package, whole or not at all, and return its description.

    Of each table of the data dictionary there is a CSV file (UTF-8, commas, ISO dates, ``true`` and ``false``) and a Parquet
    file with the same rows; ``datapackage.json`` gives each column its type, label and definition, the codes that it may
    hold, whether it is never blank, and of each raw file the name, the delivery and the sha256. Amounts are whole cents, HT.
    Columns of free text are left out, and the tables of findings and of rows set aside, which quote what people write.

    Raises
    ------
    InvalidParameter
        Another folder stands there, and stays.
    """
    _check_ours(folder)
    columns = _published_columns()
    with put_in_place(folder) as draft:
        resources = []
        for name, described in columns.groupby("table", sort=False):
            table = _published(d.tables[str(name)], list(described["colonne"]))
            table.to_csv(
                draft / f"{name}.csv", index=False, lineterminator="\n", encoding="utf-8", date_format="%Y-%m-%d"
            )
            table.to_parquet(draft / f"{name}.parquet", index=False)
            resources += _resources(str(name), described)
        said = json.dumps(_description(d, resources), ensure_ascii=False, indent=1)
        (draft / DESCRIPTION).write_text(f"{said}\n", encoding="utf-8")
    return folder / DESCRIPTION


def _check_ours(folder: Path) -> None:
    """Refuse a place in which something else than an older package stands."""
    if folder.exists() and not (folder / DESCRIPTION).is_file() and (folder.is_file() or any(folder.iterdir())):
        raise InvalidParameter(
            f"{folder} existe déjà et n'a pas été écrit par cette commande : il reste tel quel, donnez un autre dossier."
        )


def _published_columns() -> pd.DataFrame:
    dictionary = data_dictionary()
    kinds = dictionary["colonne"].str.removesuffix("_precision").map(lambda name: column_dictionary()[name]["genre"])
    is_name = [place in _NAMES for place in zip(dictionary["table"], dictionary["colonne"], strict=True)]
    return dictionary[(kinds.ne("libre") | dictionary["colonne"].isin(_PLACE)) & ~pd.Series(is_name)]


def _published(table: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    shown = table[columns]
    said = {**dict.fromkeys(_PLACE, public_name), **dict.fromkeys(_NUMBERS, _number)}
    return shown.assign(
        **{
            name: shown[name].map(said.get(name, no_formula), na_action="ignore").astype("str")
            for name in shown.select_dtypes("str")
        }
    )


def _number(written: str) -> str | None:
    return written if _NUMBER.fullmatch(written) else None


def _resources(name: str, columns: pd.DataFrame) -> list[dict[str, Any]]:
    described = table_description(name)
    shared = {"title": described.description, "encoding": "utf-8"}
    schema: dict[str, Any] = {"fields": [_field(row) for row in columns.itertuples()], "missingValues": [""]}
    if described.key:
        schema["primaryKey"] = list(described.key)
    return [
        {"name": name, "path": f"{name}.csv", "format": "csv", "mediatype": "text/csv", **shared, "schema": schema}
        | {"profile": "tabular-data-resource", "dialect": {"delimiter": ",", "lineTerminator": "\n"}},
        {"name": f"{name}_parquet", "path": f"{name}.parquet", "format": "parquet", **shared}
        | {"mediatype": "application/vnd.apache.parquet", "type": "file"},
    ]


def _field(row: Any) -> dict[str, Any]:
    # a number that may name somebody is left out of its cell
    is_required = row.obligatoire and row.colonne not in _NUMBERS
    constraints: dict[str, Any] = {"required": True} if is_required else {}
    if row.liste:
        constraints["enum"] = list(term_labels(row.liste))
    said = {"name": row.colonne, "type": _TYPES[row.type], "title": row.libelle, "description": row.definition}
    return said | ({"constraints": constraints} if constraints else {})


def _description(d: Dataset, resources: list[dict[str, Any]]) -> dict[str, Any]:
    known = d.connu_au or d.fichiers["livraison"].max()
    return {
        "profile": "data-package",
        "name": f"pvd-{d.code_departement}-{d.trimestre}".lower(),
        "title": f"Petites villes de demain — {d.territoire}, {d.trimestre.label}",
        "description": _ABOUT.format(day=format_date(d.arrete_le)),
        "version": f"{pd.Timestamp(known):%Y.%m.%d}",
        "logiciel": f"pvd-analysis {package_version()}",
        "licenses": [_LICENCE],
        "sources": [
            {"title": f"{row.source} ({public_name(row.fichier)})"}
            | {"livraison": f"{row.livraison:%Y-%m-%d}", "usage": row.usage, "sha256": row.sha256}
            for row in d.fichiers.itertuples()
        ],
        "resources": resources,
    }

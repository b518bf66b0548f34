"""The manifest of a report: what it was made from, with what, and what was found.

What it depends on is one number, its fingerprint: while that stays the same, the report is not made again.
"""

import datetime as dt
import hashlib
import importlib.metadata
import json
import platform
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from pvd_analysis.analysis.funding import aids, announced_total_cents
from pvd_analysis.analysis.sources import source_ages
from pvd_analysis.dataset import COUNTRY, Dataset
from pvd_analysis.dataset.store import input_hashes
from pvd_analysis.project import referentiel_folder
from pvd_analysis.tables.origin import public_name
from pvd_analysis.values import format_date
from pvd_analysis.workbooks.committee import WORKBOOK

MANIFEST = "manifeste.json"

_PACKAGES = (
    "pvd-analysis",
    "pandas",
    "pandera",
    "papermill",
    "nbconvert",
    "matplotlib",
    "XlsxWriter",
    "python-calamine",
)


def content(d: Dataset) -> dict[str, dict[str, int]]:
    """Return how much a report says: the rows of each table, and its totals in cents."""
    return {
        "lignes": {name: len(table) for name, table in d.tables.items()},
        "montants": {
            "totaux_annonces_cents": announced_total_cents(d),
            "aides_cents": int(aids(d)["montant_cents"].sum()),
        },
    }


def made_before(folder: Path) -> list[str]:
    """Return the names of the files that the manifest of a folder says were made together, none without one."""
    try:
        return list(json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["sorties"])
    except (OSError, ValueError, KeyError, TypeError):
        return []


def first_publication(folder: Path, d: Dataset) -> dt.date:
    """Return the newest delivery that the first report of this quarter and territory used: the one that stands says it."""
    newest: dt.date = d.fichiers["livraison"].max().date()
    try:
        said = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["premiere_publication"]
        return min(dt.date.fromisoformat(said), newest)
    except (OSError, ValueError, KeyError, TypeError):
        return newest


def remade_with(first: dt.date, d: Dataset) -> str:
    """Return what a report says that replaces one made from older deliveries, nothing when none came since."""
    newest: dt.date = d.fichiers["livraison"].max().date()
    if newest <= first:
        return ""
    return (
        f"Refaite avec la livraison du {format_date(newest)} ; la première publication s'appuyait sur celles reçues "
        f"jusqu'au {format_date(first)}"
    )


def write_manifest(
    work: Path, d: Dataset, files: Mapping[str, Path], started: dt.datetime, first: dt.date, inputs: str = ""
) -> None:
    """Write the manifest of files made in a folder, as JSON: inputs with sha256, parameters, versions, counts, outputs, duration.

    ``empreinte`` stands for all that the files depend on (`report_fingerprint`): a report that has it is not
    made again. ``premiere_publication`` is the newest delivery that the first one used (`first_publication`).

    ``sorties`` gives the sha256 of each file made: a report stands when all are there as they were made.

    The counts are those of the findings, of the reckoning, and of what the report says. Times and durations stand here
    and nowhere else, so that the other outputs depend on their inputs alone.
    """
    seconds = (dt.datetime.now(dt.UTC) - started).total_seconds()
    said: dict[str, Any] = {
        "parametres": {
            "trimestre": str(d.trimestre),
            "departement": d.code_departement,
            "arrete_le": d.arrete_le.isoformat(),
            "connu_au": d.connu_au.isoformat() if d.connu_au else None,
        },
        "premiere_publication": first.isoformat(),
        "empreinte": inputs,
        "entrees": [
            {
                "fichier": public_name(row.fichier),
                "livraison": row.livraison.date().isoformat(),
                "source": row.source,
                "usage": row.usage,
                "sha256": row.sha256,
            }
            for row in d.fichiers.itertuples()
        ],
        "fraicheur": [
            {"source": row.source, "age_jours": int(row.age_jours), "attendu": row.attendu}
            for row in source_ages(d).itertuples()
        ],
        "constats": {str(severity): int(count) for severity, count in d.constats["severite"].value_counts().items()},
        "bilan": {
            column: int(d.bilan[column].sum()) for column in d.bilan.columns if column.startswith(("lignes", "euros"))
        },
        "contenu": content(d),
        "sorties": {name: _sha256(files[name]) for name in sorted(files)},
        "versions": {
            "python": platform.python_version(),
            **{package: importlib.metadata.version(package) for package in _PACKAGES},
        },
        "execution": {"debut": started.isoformat(timespec="seconds"), "duree_secondes": round(seconds, 2)},
    }
    text = json.dumps(said, ensure_ascii=False, indent=2) + "\n"
    (work / MANIFEST).write_text(text, encoding="utf-8", newline="\n")


def as_made(folder: Path, name: str) -> bool:
    """Tell whether a file of a report is the one that its manifest lists, byte for byte."""
    try:
        said = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["sorties"][name]
        return bool(said == _sha256(folder / name))
    except (OSError, ValueError, KeyError, TypeError):
        return False


def report_fingerprint(
    trimestre: str, departement: str, connu_au: dt.date | None, root: Path, presentation: bool = False
) -> str:
    """Return the sha256 of the inputs, the code and the parameters of a report.

    Every raw file counts, of whatever département: a report lists them all. The code is that of the package, with its
    templates and styles, the notebooks, and the versions of Python and of the libraries.
    """
    return report_fingerprints(trimestre, [departement], connu_au, root, presentation)[departement]


def report_fingerprints(
    trimestre: str, departements: Iterable[str], connu_au: dt.date | None, root: Path, presentation: bool = False
) -> dict[str, str]:
    """Return the fingerprint of the report of each département: what they all depend on is read once."""
    shared = {
        "entrees": input_hashes(root, connu_au),
        "notebooks": {path.name: _sha256(path) for path in sorted((root / "notebooks").glob("*.ipynb"))},
        "referentiel": {path.name: _sha256(path) for path in _files(referentiel_folder(root)) if path.suffix != ".csv"},
        "versions": [platform.python_version(), *_versions()],
    }
    known_on = connu_au.isoformat() if connu_au else None
    return {
        code: _digest({**shared, "parametres": [trimestre, code, known_on, presentation and code != COUNTRY]})
        for code in departements
    }


def stands(folder: Path, fingerprint: str | None = None) -> bool:
    """Tell whether a whole report stands in a folder, made from what a fingerprint says, or from anything."""
    try:
        said = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        files = said["sorties"]
    except (OSError, ValueError, KeyError, TypeError):
        return False
    # A committee may have worked in its workbook: it stands all the same.
    return (fingerprint is None or said.get("empreinte") == fingerprint) and all(
        (folder / name).is_file() if name == WORKBOOK else as_made(folder, name) for name in files
    )


def _digest(said: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@cache
def _versions() -> list[str]:
    """Return the libraries and their versions, as pip names their folders: to read what each says of itself is slow."""
    return sorted({found.name for folder in map(Path, sys.path) for found in folder.glob("*.dist-info")})

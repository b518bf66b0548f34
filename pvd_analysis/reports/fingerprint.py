"""What a report depends on, in one number: while it stays the same, the report is not made again."""

import datetime as dt
import hashlib
import json
import platform
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from pvd_analysis.dataset.store import input_hashes
from pvd_analysis.project import referentiel_folder
from pvd_analysis.reports.manifest import MANIFEST, as_made
from pvd_analysis.workbooks.committee import WORKBOOK


def report_fingerprint(trimestre: str, departement: str, connu_au: dt.date | None, root: Path) -> str:
    """Return the sha256 of the inputs, the code and the parameters of a report.

    Every raw file counts, of whatever département: a report lists them all. The code is that of the package, with its
    templates and styles, the notebooks, and the versions of Python and of the libraries.
    """
    return report_fingerprints(trimestre, [departement], connu_au, root)[departement]


def report_fingerprints(
    trimestre: str, departements: Iterable[str], connu_au: dt.date | None, root: Path
) -> dict[str, str]:
    """Return the fingerprint of the report of each département: what they all depend on is read once."""
    shared = {
        "entrees": input_hashes(root, connu_au),
        "notebooks": {path.name: _sha256(path) for path in sorted((root / "notebooks").glob("*.ipynb"))},
        "referentiel": {path.name: _sha256(path) for path in _files(referentiel_folder(root)) if path.suffix != ".csv"},
        "versions": [platform.python_version(), *_versions()],
    }
    known_on = connu_au.isoformat() if connu_au else None
    return {code: _digest({**shared, "parametres": [trimestre, code, known_on]}) for code in departements}


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

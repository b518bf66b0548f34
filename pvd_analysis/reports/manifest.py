"""The manifest of a report: what it was made from, with what, and what was found."""

import datetime as dt
import importlib.metadata
import json
import platform
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pvd_analysis.dataset import Dataset
from pvd_analysis.reports.plausibility import content

__all__ = ["manifest"]

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


def manifest(d: Dataset, files: Mapping[str, Path], started: dt.datetime, seconds: float, inputs: str = "") -> str:
    """Return the manifest as JSON text: inputs with sha256, parameters, versions, counts, outputs, duration.

    ``empreinte`` stands for all that the files depend on (`pvd_analysis.reports.fingerprint`): a report that has it is not
    made again.

    The counts are those of the findings, of the reckoning, and of what the report says. Times and durations stand here
    and nowhere else, so that the other outputs depend on their inputs alone.
    """
    said: dict[str, Any] = {
        "parametres": {
            "trimestre": str(d.trimestre),
            "departement": d.code_departement,
            "arrete_le": d.arrete_le.isoformat(),
            "connu_au": d.connu_au.isoformat() if d.connu_au else None,
        },
        "empreinte": inputs,
        "entrees": [
            {
                "fichier": row.fichier,
                "livraison": row.livraison.date().isoformat(),
                "source": row.source,
                "usage": row.usage,
                "sha256": row.sha256,
            }
            for row in d.fichiers.itertuples()
        ],
        "constats": {str(severity): int(count) for severity, count in d.constats["severite"].value_counts().items()},
        "bilan": {
            column: int(d.bilan[column].sum()) for column in d.bilan.columns if column.startswith(("lignes", "euros"))
        },
        "contenu": content(d),
        "sorties": sorted(path.name for path in files.values()),
        "versions": {
            "python": platform.python_version(),
            **{package: importlib.metadata.version(package) for package in _PACKAGES},
        },
        "execution": {"debut": started.isoformat(timespec="seconds"), "duree_secondes": round(seconds, 2)},
    }
    return json.dumps(said, ensure_ascii=False, indent=2) + "\n"

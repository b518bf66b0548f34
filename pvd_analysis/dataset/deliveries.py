"""The deliveries: one folder for each day on which files were received, ``data/raw/<date>/``."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from pvd_analysis.constats import Constat, Origine

__all__ = ["REFERENTIEL", "DeliveredFile", "delivered_files", "raw_folder", "referentiel_folder"]

REFERENTIEL = "referentiel"


@dataclass(frozen=True, slots=True, order=True)
class DeliveredFile:
    """One raw file and the day on which it was received."""

    delivery: dt.date
    name: str
    path: Path


def raw_folder(root: Path) -> Path:
    """Return the folder of the raw files of a project."""
    return root / "data" / "raw"


def referentiel_folder(root: Path) -> Path:
    """Return the folder of the reference lists of a project."""
    return raw_folder(root) / REFERENTIEL


def delivered_files(root: Path, known_on: dt.date | None = None) -> tuple[list[DeliveredFile], list[Constat]]:
    """Return the files delivered by a date (all of them by default), oldest first, and the folders not understood.

    Hidden files and the lock files of office programs (``~$…``, ``.~lock…``) are no deliveries.
    """
    files: list[DeliveredFile] = []
    findings: list[Constat] = []
    folder = raw_folder(root)
    for delivery in sorted(path for path in folder.iterdir() if path.is_dir() and path.name != REFERENTIEL):
        if delivery.name.startswith("."):
            continue
        try:
            day = dt.date.fromisoformat(delivery.name)
        except ValueError:
            findings.append(
                Constat(
                    "livraison_inconnue",
                    Origine(delivery.name),
                    trouve=delivery.name,
                    attendu="un dossier nommé par sa date de réception, par exemple « 2021-09-10 »",
                )
            )
            continue
        if known_on is not None and day > known_on:
            continue
        files += [
            DeliveredFile(day, path.relative_to(folder).as_posix(), path)
            for path in sorted(delivery.rglob("*"))
            if path.is_file() and not path.name.startswith((".", "~$")) and path.name.casefold() != "readme.md"
        ]
    return files, findings

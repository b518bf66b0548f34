"""The deliveries: one folder for each day on which files were received, ``data/raw/<date>/``."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from pvd_analysis.constats import Constat, Origine
from pvd_analysis.whole_file import write_whole

__all__ = [
    "REFERENTIEL",
    "DeliveredFile",
    "deliver",
    "delivered_files",
    "delivery_place",
    "raw_folder",
    "referentiel_folder",
]

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


def delivery_place(root: Path, day: dt.date, name: str, content: bytes) -> tuple[Path, bool]:
    """Return where a file is to be delivered, or where it is already, byte for byte; and which of the two it is.

    A delivered file is never written again: other bytes under the same name get a number, ``avis_40_02.xlsx``.

    Parameters
    ----------
    root : Path
        The project's root.
    day : datetime.date
        The delivery.
    name : str
        The name that it would have alone.
    content : bytes
        The file, as received.

    Returns
    -------
    tuple
        The place, and whether the file is there already.
    """
    for file in delivered_files(root)[0]:
        if file.path.stat().st_size == len(content) and file.path.read_bytes() == content:
            return file.path, True
    wanted = raw_folder(root) / day.isoformat() / name
    place, number = wanted, 1
    while place.exists():
        number += 1
        place = wanted.with_name(f"{wanted.stem}_{number:02}{wanted.suffix}")
    return place, False


def deliver(place: Path, content: bytes) -> None:
    """Write a received file in its delivery, whole or not at all."""
    place.parent.mkdir(parents=True, exist_ok=True)
    write_whole(place, content)

"""The deliveries: one folder for each day on which files were received, ``data/raw/<date>/``."""

import contextlib
import datetime as dt
import os
from dataclasses import dataclass
from pathlib import Path

from pvd_analysis.constats import Constat, Origine
from pvd_analysis.project import raw_folder, referentiel_folder
from pvd_analysis.sources import file_name
from pvd_analysis.values import format_date
from pvd_analysis.whole_file import write_whole


@dataclass(frozen=True, slots=True, order=True)
class DeliveredFile:
    """One raw file and the day on which it was received."""

    delivery: dt.date
    name: str
    path: Path


def delivered_files(root: Path, known_on: dt.date | None = None) -> tuple[list[DeliveredFile], list[Constat]]:
    """Return the files delivered by a date (all of them by default), oldest first, and what in the raw folder is none.

    Hidden files, the lock files of office programs (``~$…``, ``.~lock…``) and the notes (``README.md``) are no deliveries.
    A delivery dated after today is a slip: it would take the place of all that come.
    """
    files: list[DeliveredFile] = []
    findings: list[Constat] = []
    folder = raw_folder(root)
    expected = "un dossier nommé par sa date de réception, par exemple « 2021-09-10 »"
    for path in sorted(folder.iterdir()):
        if path == referentiel_folder(root) or not _is_delivered(path):
            continue
        name = file_name(Path(path.name))
        if not path.is_dir():
            findings.append(Constat("fichier_hors_livraison", Origine(name), trouve=name, attendu=expected))
            continue
        day = _day(path.name)
        if day is None:
            if not any(_files(path)):
                continue
            findings.append(Constat("livraison_inconnue", Origine(name), trouve=name, attendu=expected))
            continue
        if known_on is not None and day > known_on:
            continue
        if day > dt.date.today():
            expected = f"une date de réception, au plus tard le {format_date(dt.date.today())}"
            findings.append(Constat("livraison_a_venir", Origine(path.name), trouve=format_date(day), attendu=expected))
            continue
        found, refused = _files(path)
        findings += [
            Constat("dossier_illisible", Origine(file_name(each.relative_to(folder))), trouve="accès refusé",
                    attendu="un dossier que vous avez le droit de lire")
            for each in refused
        ]  # fmt: skip
        if not found and not refused:
            findings.append(Constat("livraison_vide", Origine(path.name), attendu="les fichiers reçus ce jour-là"))
        files += [DeliveredFile(day, file_name(each.relative_to(folder)), each) for each in found]
    return files, findings


def _day(name: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(name)
    except ValueError:
        return None


def _is_delivered(path: Path) -> bool:
    return not path.name.startswith((".", "~$")) and path.name.casefold() != "readme.md"


def _files(delivery: Path) -> tuple[list[Path], list[Path]]:
    """Return the files of a delivery and of its folders, and the folders that may not be read."""
    refused: list[OSError] = []
    found = [
        Path(folder, name)
        for folder, _, names in os.walk(delivery, onerror=refused.append)
        for name in names
        if _is_delivered(Path(name))
    ]
    return sorted(found), [Path(error.filename) for error in refused]


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
        with contextlib.suppress(OSError):  # one that may not be read is a finding of the preparation
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

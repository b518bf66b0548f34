"""Raw files: each is opened once, recognised by its content, and read by the source that recognises it.

To add a source: a module here with ``NAME``, ``recognises`` and ``read``, and its name in `SOURCES`.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pvd_analysis.communes import Referentiel
from pvd_analysis.constats import Constat, Origine
from pvd_analysis.sources import anct, autres, avis, classeur, national, ort
from pvd_analysis.sources.raw_file import RawFile, Unreadable, open_raw_file
from pvd_analysis.sources.source_read import FRANCE, SourceRead
from pvd_analysis.sources.table_reader import SET_ASIDE_COLUMNS, TableRead, rows_set_aside, set_aside

__all__ = [
    "FRANCE",
    "SET_ASIDE_COLUMNS",
    "SOURCES",
    "FileRead",
    "SourceRead",
    "TableRead",
    "read_file",
    "rows_set_aside",
    "set_aside",
]


class Source(Protocol):
    """What a source module offers."""

    NAME: str

    def recognises(self, raw: RawFile, /) -> bool:
        """Whether the file is of this source."""

    def read(self, raw: RawFile, referentiel: Referentiel, /) -> SourceRead:
        """Read the file."""


SOURCES: tuple[Source, ...] = (avis, classeur, ort, anct, national, autres)


@dataclass(frozen=True, slots=True)
class FileRead:
    """One raw file, read or not: ``content`` is None when no source could read it, and ``findings`` says why."""

    name: str
    sha256: str
    content: SourceRead | None
    findings: tuple[Constat, ...]


def read_file(path: Path, name: str, referentiel: Referentiel) -> FileRead:
    """Read one raw file.

    Parameters
    ----------
    path : Path
        The file.
    name : str
        Its name in findings, below ``data/raw``.
    """
    with _without_collector():
        return _read_file(path, name, referentiel)


def _why(error: OSError) -> str:
    return "accès refusé" if isinstance(error, PermissionError) else "le disque ne répond pas, ou le fichier a disparu"


@contextmanager
def _without_collector() -> Iterator[None]:
    """Pause the collector of cycles: a sheet is a million cells without one, that it would walk through every second.

    It is a fifth of the time of reading a national list.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _read_file(path: Path, name: str, referentiel: Referentiel) -> FileRead:
    try:
        raw = open_raw_file(path, name)
    except Unreadable as unreadable:
        finding = Constat(unreadable.rule, Origine(name), trouve=unreadable.found, attendu=unreadable.expected)
        return FileRead(name, "", None, (finding,))
    except OSError as error:
        expected = "un fichier que vous avez le droit de lire, et qu'aucun programme ne tient ouvert"
        finding = Constat("fichier_illisible", Origine(name), trouve=_why(error), attendu=expected)
        return FileRead(name, "", None, (finding,))
    for source in SOURCES:
        if source.recognises(raw):
            content = source.read(raw, referentiel)
            table_findings = [finding for table in content.tables for finding in table.findings]
            findings = (*raw.findings, *content.findings, *table_findings)
            if source is not classeur and not any(table.rows_read for table in content.tables):
                findings = (*findings, Constat("liste_vide", Origine(name), attendu="des lignes sous l'en-tête"))
            return FileRead(name, raw.sha256, content, findings)
    finding = Constat(
        "fichier_inconnu",
        Origine(name),
        trouve=", ".join(f"feuille « {sheet.name} »" for sheet in raw.sheets if sheet.name) or "colonnes inconnues",
        attendu="l'un de : " + ", ".join(source.NAME for source in SOURCES),
    )
    return FileRead(name, raw.sha256, None, (finding, *raw.findings))

"""Raw files: each is opened once, recognised by its content, and read by the source that recognises it.

To add a source: a module here with ``NAME`` and ``read``, and its name in `SOURCES`.
"""

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from pvd_analysis.communes import Referentiel
from pvd_analysis.constats import Constat, Origine
from pvd_analysis.errors import refusal
from pvd_analysis.sources import anct, autres, avis, classeur, national, ort
from pvd_analysis.sources.raw_file import RawFile, open_raw_file
from pvd_analysis.sources.safety import Unreadable
from pvd_analysis.sources.source_read import (
    FRANCE,
    SET_ASIDE_COLUMNS,
    SourceRead,
    TableRead,
    rows_set_aside,
    set_aside,
)

__all__ = [
    "FRANCE",
    "SET_ASIDE_COLUMNS",
    "SOURCES",
    "FileRead",
    "SourceRead",
    "TableRead",
    "file_name",
    "read_file",
    "reading",
    "rows_set_aside",
    "set_aside",
]


class Source(Protocol):
    """What a source module offers."""

    NAME: str

    def read(self, raw: RawFile, referentiel: Referentiel, /) -> SourceRead | None:
        """Read the file; None when it is of another source."""


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
    try:
        with _without_collector(), reading():
            read = _recognised(open_raw_file(path, name), referentiel)
    except Unreadable as unreadable:
        read = FileRead(name, "", None, (unreadable.finding(name),))
    if file_name(path).endswith(path.name):
        return read
    expected = "un nom en lettres simples, sans accent ; renommez le fichier"
    return replace(read, findings=(*read.findings, Constat("nom_de_fichier", Origine(name), attendu=expected)))


@contextmanager
def reading() -> Iterator[None]:
    """Make `Unreadable` of all that the reading of a file raises: one file never stops the others.

    A file may be damaged, or made to harm, in ways that no reader foresees; a library of another language panics, which is
    no `Exception`.
    """
    try:
        yield
    except (Unreadable, KeyboardInterrupt):
        raise
    except OSError as error:
        expected = "un fichier que vous avez le droit de lire, et qu'aucun programme ne tient ouvert"
        raise Unreadable("fichier_illisible", refusal(error), expected) from error
    except BaseException as error:
        raise Unreadable(
            "fichier_illisible",
            f"contenu endommagé, ou écrit comme aucun programme ne l'écrit ({type(error).__name__})",
            "un fichier qui s'ouvre dans Excel ou LibreOffice ; enregistrez-le à nouveau, ou demandez un nouvel envoi",
        ) from error


def file_name(path: Path) -> str:
    r"""Return the name of a file as text: bytes of another encoding than the system's are written out.

    >>> file_name(Path("2021-09-10", b"\xe9t\xe9.csv".decode(errors="surrogateescape")))
    '2021-09-10/\\xe9t\\xe9.csv'
    """
    return os.fsencode(path.as_posix()).decode(errors="backslashreplace")


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


def _recognised(raw: RawFile, referentiel: Referentiel) -> FileRead:
    name = raw.name
    for source in SOURCES:
        content = source.read(raw, referentiel)
        if content is not None:
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

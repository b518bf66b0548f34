"""A raw file opened once: its sheets as grids of cells, or its GeoJSON document, or the reason why it cannot be read."""

import hashlib
import io
import json
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import python_calamine

from pvd_analysis.constats import Constat, Origine
from pvd_analysis.sources.delimited import read_delimited
from pvd_analysis.sources.disguise import as_said, is_encrypted
from pvd_analysis.sources.safety import Unreadable, safe_content
from pvd_analysis.sources.sheet_traits import SheetTraits, cell_at
from pvd_analysis.sources.unheld import sheet_traits
from pvd_analysis.values import counted
from pvd_analysis.values.personal import masked_text, masked_texts
from pvd_analysis.values.text import fold

Cell = Any
_HEADER_SEARCH_ROWS = 40
_SHOWN_ROWS = 10
# Enough texts for one pass to cost little, few enough to hold them all twice.
_MASKED_TOGETHER = 2_000
_OLE_SIGNATURE = bytes.fromhex("d0cf11e0a1b11ae1")
_ZIP_SIGNATURE = b"PK"
_WORKBOOK_SUFFIXES = {".xlsx", ".xlsm", ".xls", ".ods", ".xlsb"}
_CSV_SUFFIXES = {".csv", ".tsv", ".txt"}
_JSON_SUFFIXES = {".geojson", ".json"}


@dataclass(frozen=True)
class Sheet:
    """The cells of one sheet, from its first row and first column; ``rows[0]`` is row 1.

    ``masked`` are the cells (row and column from 0) in which an e-mail address or a telephone number was masked. In a
    delimited text each row says by its length whether its cells stand under their headers.
    """

    name: str
    rows: list[list[Cell]]
    masked: tuple[tuple[int, int], ...] = ()
    is_delimited: bool = False

    @cached_property
    def folded_head(self) -> list[dict[int, str]]:
        """The folded texts of the first rows, by column index: where every form looks for its header."""
        return [
            {index: folded for index, cell in enumerate(row) if isinstance(cell, str) and (folded := fold(cell))}
            for row in self.rows[:_HEADER_SEARCH_ROWS]
        ]

    def taken(self) -> "Sheet":
        """Return the sheet with its rows, which this one lets go of: whoever reads a long list holds them alone."""
        rows = self.rows[:]
        self.rows.clear()
        return replace(self, rows=rows)


@dataclass(frozen=True, slots=True)
class RawFile:
    """A raw file: its name below ``data/raw``, its fingerprint, its content, and what is doubtful in its writing."""

    name: str
    sha256: str
    sheets: tuple[Sheet, ...] = ()
    document: dict[str, Any] = field(default_factory=dict)
    findings: tuple[Constat, ...] = ()


_ENCRYPTED = Unreadable(
    "fichier_chiffre",
    "classeur chiffré",
    "le classeur enregistré sans mot de passe (Fichier › Informations › Protéger le classeur)",
)


def masked_sheet(name: str, rows: list[list[Cell]]) -> Sheet:
    """Return a sheet without the e-mail addresses and telephone numbers of its cells: no reader ever sees them."""
    places: list[tuple[int, int]] = []
    for start in range(0, len(rows), _MASKED_TOGETHER):
        together = rows[start : start + _MASKED_TOGETHER]
        masked = masked_texts({cell for row in together for cell in row if type(cell) is str})
        if not masked:
            continue
        for number, row in enumerate(together, start):
            if not masked.keys().isdisjoint(row):
                places += [(number, index) for index, cell in enumerate(row) if cell in masked]
                rows[number] = [masked.get(cell, cell) for cell in row]
    return Sheet(masked_text(name), rows, tuple(places))


def open_raw_file(path: Path, name: str) -> RawFile:
    """Open a workbook, a CSV file or a GeoJSON file; the sheets of the first two are masked (see `masked_sheet`).

    Parameters
    ----------
    path : Path
        The file.
    name : str
        Its name in findings, below ``data/raw`` and with ``/``.

    Raises
    ------
    Unreadable
        The file is empty, encrypted, damaged, of an unknown kind, or not safe to open.
    """
    if not path.is_file() and path.exists():
        raise Unreadable("fichier_illisible", "ni fichier ni dossier (un tube, un périphérique)", "un fichier")
    content = safe_content(path)
    if not content.strip():
        raise Unreadable("fichier_vide", "aucun contenu", "un fichier rempli")
    sha256 = hashlib.sha256(content).hexdigest()
    suffix = path.suffix.casefold()
    if (disguise := as_said(content, suffix in _WORKBOOK_SUFFIXES)) is not None:
        raise Unreadable("fichier_autre", *disguise)
    if suffix in _WORKBOOK_SUFFIXES or content.startswith((_ZIP_SIGNATURE, _OLE_SIGNATURE)):
        sheets, findings = _workbook_sheets(content, name, suffix)
        return RawFile(name, sha256, sheets, findings=findings)
    if suffix in _JSON_SUFFIXES:
        return RawFile(name, sha256, document=_json_document(content))
    if suffix in _CSV_SUFFIXES:
        text = read_delimited(content)
        sheet = replace(masked_sheet("", text.rows), is_delimited=True)
        findings = tuple(
            Constat(
                rule, Origine(name, None, None if row < 0 else row + 1), trouve=masked_text(found), attendu=expected
            )
            for row, rule, found, expected in text.remarks
        )
        return RawFile(name, sha256, sheets=(sheet,), findings=findings)
    raise Unreadable("fichier_inconnu", path.name, "un classeur (.xlsx, .ods), un fichier .csv ou .geojson")


def _workbook_sheets(content: bytes, file: str, suffix: str) -> tuple[tuple[Sheet, ...], tuple[Constat, ...]]:
    # An .xlsx is a zip; when Excel encrypts one it becomes a container, as an old .xls is.
    if is_encrypted(content, suffix):
        raise _ENCRYPTED
    try:
        # First: to look through its parts takes as much memory as to hold its cells.
        traits = sheet_traits(content)
        workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        found = {
            name: workbook.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in workbook.sheet_names
        }
    except python_calamine.PasswordError as error:
        raise _ENCRYPTED from error
    except BaseException as error:
        # The reader panics on some damaged .xls: what it raises then is no Exception, and has no name to import.
        is_damage = isinstance(
            error, python_calamine.CalamineError | OSError | ValueError | LookupError | ET.ParseError
        )
        if not is_damage and type(error).__name__ != "PanicException":
            raise
        raise Unreadable(
            "fichier_illisible",
            f"classeur endommagé ou incomplet ({type(error).__name__})",
            "un classeur qui s'ouvre dans Excel ou LibreOffice ; demandez un nouvel envoi",
        ) from error
    findings: list[Constat] = []
    for name, rows in found.items():
        if name in traits:
            traits[name].marked(rows)
            findings += _hidden(file, masked_text(name), rows, traits[name])
    return tuple(masked_sheet(name, rows) for name, rows in found.items()), tuple(findings)


def _hidden(file: str, sheet: str, rows: list[list[Cell]], traits: SheetTraits) -> list[Constat]:
    """Return what is said of the rows that are hidden, or struck through: they are read as the others."""
    origin = Origine(file, sheet or None)
    if traits.is_hidden and any(any(cell not in (None, "") for cell in row) for row in rows):
        return [Constat("feuille_masquee", origin)]
    found = []
    struck = [row for row, column in traits.struck if cell_at(rows, row, column) not in (None, "")]
    for rule, said in (("lignes_masquees", traits.hidden_rows), ("lignes_barrees", sorted(set(struck)))):
        filled = [row for row in said if row < len(rows) and any(cell not in (None, "") for cell in rows[row])]
        if filled:
            shown = ", ".join(str(row + 1) for row in filled[:_SHOWN_ROWS]) + ("…" if len(filled) > _SHOWN_ROWS else "")
            found.append(Constat(rule, origin, trouve=f"{counted(len(filled), 'ligne')} : {shown}"))
    return found


def _json_document(content: bytes) -> dict[str, Any]:
    try:
        document = json.loads(content.decode("utf-8-sig"))
        # « \\ud800 » alone is half a letter, that no table can keep
        json.dumps(document, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise Unreadable("fichier_illisible", "JSON invalide", "un fichier GeoJSON complet") from error
    if not isinstance(document, dict):
        raise Unreadable("fichier_illisible", "JSON sans objet à la racine", "un fichier GeoJSON complet")
    return document

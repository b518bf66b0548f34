"""What is refused before a parser reads a file: too heavy, a zip bomb, macros, a DTD, a sheet of absurd extent.

What a workbook announces is enough for its weight and its parts, as every reader stops at the announced size. A cell
far away is not: the reader of workbooks lays out a sheet from A1 to its last cell, and one stray cell in XFD1048576
makes it ask for 550 GB and abort (calamine, issue 693). Sheets are so looked through, for 5 to 7 % of the time of
reading them, or measured when they are small: what they hold together is bounded. An .xls is only searched for macros, its
extent is bounded by its format; an .xlsb is not opened (see `disguise`).
"""

import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import Final
from xml.parsers import expat

from openpyxl.utils import column_index_from_string

from pvd_analysis.constats import Constat, Origine
from pvd_analysis.values import format_number

_PIECE: Final = 1 << 18
_MEGABYTE: Final = 1_000_000
_HEAVIEST_FILE: Final = 200 * _MEGABYTE
_LARGEST_CONTENT: Final = 1_000 * _MEGABYTE
# The national lists unpack to 22 times their size at most; a part under 16 MB is harmless whatever its ratio.
_STEEPEST_RATIO: Final = 200
_HARMLESS_PART: Final = 16 * _MEGABYTE
_MOST_PARTS: Final = 10_000
_MOST_CELLS: Final = 20_000_000
# What a reader lays out takes 40 bytes a cell, blank or not: a few kilobytes may not ask for a gigabyte.
_BLANK_CELLS: Final = 4_000_000
_BLANK_CELLS_OF_A_FILLED_ONE: Final = 20
# A part that takes less time to measure than to think about.
_SMALL_PART: Final = _MEGABYTE

_MACRO_SUFFIXES: Final = {".xlsm", ".xltm", ".xlam"}
_MACRO_PARTS = re.compile(r"(^|/)(vbaproject\.bin$|macrosheets/.)|^(basic|scripts)/.", re.IGNORECASE)
_OLE_SIGNATURE = bytes.fromhex("d0cf11e0a1b11ae1")
_OLE_MACROS = "_VBA_PROJECT".encode("utf-16-le")

# By the root of a part, what tells at little cost that it may hold a cell far away. A worksheet: a cell that does not
# say where it stands, or stands over 26 columns and 999 999 rows, 78 and 99 999, or 702 and 9 999.
# A LibreOffice document: what is repeated a hundred times, but for columns and for the blank cells that end a row.
_SUSPECTS: Final[Mapping[str, re.Pattern[bytes]]] = {
    "worksheet": re.compile(rb'<c(?! r="(?:[A-Z][0-9]{1,6}|[AB][A-Z][0-9]{1,5}|[A-Z]{2}[0-9]{1,4})")[\s/>]', re.ASCII),
    "document-content": re.compile(
        rb"-repeated=[\"'][0-9]{3,}[\"']"
        rb"(?!/></table:table-row>|><table:table-cell[^>]*/></table:table-row>|[^>]*/><table:table-(?:column|row))",
        re.ASCII,
    ),
}
# A reader of workbooks takes the rows of a part for those of a sheet, whatever stands before or around them.
_ROWS = re.compile(rb"sheetData|table-row")
_LONGEST_TAG: Final = 500


class Unreadable(Exception):
    """A file that cannot be opened; carries the finding rule and a French explanation."""

    def __init__(self, rule: str, found: str, expected: str) -> None:
        super().__init__(rule, found, expected)
        self.rule, self.found, self.expected = rule, found, expected

    def finding(self, name: str) -> Constat:
        """Return the finding of the file, by its name."""
        return Constat(self.rule, Origine(name), trouve=self.found, attendu=self.expected)


def safe_content(path: Path) -> bytes:
    """Return the bytes of a file that neither exhausts the machine nor carries code.

    Raises
    ------
    Unreadable
        The file is over 200 MB, unpacks to more than 1 GB, holds macros or a DTD, has a sheet both wide and tall, or
        is a damaged workbook.
    """
    size = path.stat().st_size
    if size > _HEAVIEST_FILE:
        raise Unreadable(
            "fichier_trop_lourd",
            f"{format_number(-(-size // _MEGABYTE))} Mo",
            f"un fichier de {format_number(_HEAVIEST_FILE // _MEGABYTE)} Mo au plus ; retirez les images, ou coupez-le",
        )
    content = path.read_bytes()
    suffix = path.suffix.casefold()
    if suffix in _MACRO_SUFFIXES:
        raise _macros(f"un fichier {suffix}")
    if content.startswith(_OLE_SIGNATURE) and _OLE_MACROS in content:
        raise _macros("un projet de macros")
    if content.startswith(b"PK"):
        try:
            with zipfile.ZipFile(BytesIO(content)) as archive:
                _check_parts(archive)
        except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError, LookupError, OSError) as error:
            raise Unreadable(
                "fichier_illisible",
                f"classeur endommagé ou incomplet ({type(error).__name__})",
                "un classeur qui s'ouvre dans Excel ou LibreOffice ; demandez un nouvel envoi",
            ) from error
    return content


def _check_parts(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    unpacked = sum(part.file_size for part in parts)
    steep = [p for p in parts if p.file_size > max(_HARMLESS_PART, _STEEPEST_RATIO * p.compress_size)]
    if unpacked > _LARGEST_CONTENT or steep or len(parts) > _MOST_PARTS:
        raise Unreadable(
            "fichier_demesure",
            f"{format_number(unpacked // _MEGABYTE)} Mo dans {format_number(len(parts))} éléments",
            f"un classeur de {format_number(_LARGEST_CONTENT // _MEGABYTE)} Mo décompressés au plus ; demandez d'où il vient",
        )
    for part in parts:
        if _MACRO_PARTS.search(part.filename):
            raise _macros(f"l'élément « {part.filename} »")
    extent = _Extent()
    for part in parts:
        prefix, _, root = _root(archive, part).rpartition(":")
        # A document of LibreOffice has a prefix on every name, a worksheet on none, save a few programs'.
        usual_prefix = "office" if root == "document-content" else ""
        is_usual = root in _SUSPECTS and prefix == usual_prefix and part.file_size > _SMALL_PART
        if _finds(archive, part, _SUSPECTS[root] if is_usual else _ROWS):
            _measure(archive, part, extent)


def _root(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> str:
    """Return the name of the root element of a part, ``""`` when it is no XML; a DTD, which stands before the root, is refused."""
    roots: list[str] = []

    def refuse(*_: object) -> None:
        raise Unreadable(
            "fichier_avec_dtd",
            f"l'élément « {part.filename} » déclare un DOCTYPE",
            "un classeur enregistré à nouveau par Excel ou LibreOffice",
        )

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = lambda name, _: roots.append(name)
    for piece in _pieces(archive, part, 4096):
        try:
            parser.Parse(piece)
        except expat.ExpatError:
            break
        if roots:
            break
    return roots[0] if roots else ""


def _finds(archive: zipfile.ZipFile, part: zipfile.ZipInfo, sought: re.Pattern[bytes]) -> bool:
    end = b""
    for piece in _pieces(archive, part, _PIECE):
        text = end + piece
        found = sought.search(text)
        # What begins so near the end of a piece is judged with the next one.
        if found and found.start() < len(text) - _LONGEST_TAG:
            return True
        end = text[-_LONGEST_TAG:]
    return sought.search(end) is not None


def _measure(archive: zipfile.ZipFile, part: zipfile.ZipInfo, extent: "_Extent") -> None:
    extent.next_sheet()
    parser = expat.ParserCreate()
    parser.StartElementHandler = extent.element
    try:
        for piece in _pieces(archive, part, _PIECE):
            parser.Parse(piece)
    except expat.ExpatError as error:
        raise ValueError("XML") from error


class _Extent:
    """How far the filled cells of the sheets stretch, as elements go by; cells say where they stand, or only follow."""

    def __init__(self) -> None:
        self._row = self._column = self._last_row = self._last_column = self._before = self._filled = 0

    def next_sheet(self) -> None:
        """Begin another sheet: the reader holds it beside those before."""
        self._before += self._last_row * self._last_column
        self._row = self._column = self._last_row = self._last_column = 0

    def element(self, name: str, attributes: Mapping[str, str]) -> None:
        """Take an element of a worksheet (.xlsx) or of a document (.ods) into account."""
        said = {_local(key): value for key, value in attributes.items()}
        match _local(name):
            case "table":
                self.next_sheet()
            case "row":
                self._row, self._column = int(said.get("r", self._row + 1)), 0
            case "c":
                letters = said.get("r", "").rstrip("0123456789")
                self._column = column_index_from_string(letters) if letters else self._column + 1
                self._row = int(said["r"][len(letters) :]) if letters else self._row
            case "v" | "is" | "f":
                self._reach()
            case "table-row":
                self._row, self._column = self._row + int(said.get("number-rows-repeated", 1)), 0
            case "table-cell" | "covered-table-cell":
                self._column += int(said.get("number-columns-repeated", 1))
                if "value-type" in said or "formula" in said:
                    self._reach()

    def _reach(self) -> None:
        self._last_row = max(self._last_row, self._row)
        self._last_column = max(self._last_column, self._column)
        self._filled += 1
        most = min(_MOST_CELLS, _BLANK_CELLS + _BLANK_CELLS_OF_A_FILLED_ONE * self._filled)
        if self._before + self._last_row * self._last_column > most:
            raise Unreadable(
                "feuille_demesuree",
                f"{format_number(self._last_row)} lignes sur {format_number(self._last_column)} colonnes",
                "une feuille sans cellule isolée au bout : supprimez les lignes et les colonnes inutiles (Ctrl + Fin)",
            )


def _pieces(archive: zipfile.ZipFile, part: zipfile.ZipInfo, length: int) -> Iterator[bytes]:
    with archive.open(part) as stream:
        while piece := stream.read(length):
            yield piece


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _macros(found: str) -> Unreadable:
    return Unreadable(
        "fichier_avec_macros", found, "le même classeur enregistré sans macros, au format .xlsx (Enregistrer sous)"
    )

"""Delimited text (CSV) as rows: its encoding, the separator of its table, its quotes; nothing is swallowed, nothing shifted.

Programs write CSV in their own ways and people open it in others: UTF-8 with one byte of another encoding, « Texte
Unicode » of Excel (UTF-16, tabs), Mac Roman; title lines above the table; a quotation mark that nobody closes.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pvd_analysis.sources.safety import Unreadable

Remark = tuple[int, str, str, str]
"""A row (from 0; -1 for the whole file), the rule of its finding, what was found and what is expected."""

_SEPARATORS = ";,\t|"
_WIDE_BOMS = {
    b"\xff\xfe\x00\x00": "utf-32",
    b"\x00\x00\xfe\xff": "utf-32",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}
_SAMPLE = 4_096
_FRENCH = "àâäçéèêëîïôöùûüÿœæÀÂÄÇÉÈÊËÎÏÔÖÙÛÜŸŒÆ«»°²€’‘“”–—…•\u00a0\u202f"
# A table stands in the first lines of a list; what follows looks like them.
_LINES_LOOKED_AT = 200
# A cell with line breaks is a remark of some lines, not the rest of the file.
_LONGEST_CELL = 200
# The French letters that Mac Roman writes in bytes that cp1252 leaves to signs that nobody types: é è à ç ê ë î ï ô û ù â É
_MAC_LETTERS = bytes.fromhex("8e8f888d909194959a9e9d8983")
_CP1252_LETTERS = bytes.fromhex("e9e8e0e7eaebeeeff4fbf9e2c9c8c0")


@dataclass(frozen=True, slots=True)
class Delimited:
    """The rows of a delimited text, all cells text, and what is to be said of them."""

    rows: list[list[str]]
    remarks: tuple[Remark, ...]


def read_delimited(content: bytes) -> Delimited:
    """Return the rows of a CSV file; a row of the table that cannot be split surely is kept as it is, and remarked.

    Raises
    ------
    Unreadable
        The content is no text.
    """
    text, spoilt = _decoded(content)
    if "\x00" in text:
        raise Unreadable("fichier_illisible", "contenu binaire", "un fichier CSV en texte")
    lines = text.splitlines(keepends=True) if _has_only_line_ends(text) else re.split(r"(?<=\n)|(?<=\r)(?!\n)", text)
    del text  # of a long list each copy is a hundred megabytes
    lines = [line for line in lines if line]
    separator, width = _separator(lines)
    rows, orphans = _rows(lines, separator, width)
    return Delimited(rows, (*spoilt, *orphans))


def _has_only_line_ends(text: str) -> bool:
    """Tell whether `str.splitlines` cuts at the ends of lines alone: it also cuts at form feeds and their like."""
    return not any(mark in text for mark in "\v\f\x1c\x1d\x1e\x85\u2028\u2029")


def _decoded(content: bytes) -> tuple[str, tuple[Remark, ...]]:
    marked = next((encoding for bom, encoding in _WIDE_BOMS.items() if content.startswith(bom)), None)
    if (wide := marked or _wide_without_bom(content[:_SAMPLE])) is not None:
        return content.decode(wide, errors="replace"), ()
    try:
        return content.decode("utf-8-sig"), ()
    except UnicodeDecodeError:
        pass
    repaired = _nearly_utf8(content)
    if repaired is not None:
        return repaired
    mac, western = (sum(map(content.count, map(bytes, zip(letters)))) for letters in (_MAC_LETTERS, _CP1252_LETTERS))
    if mac > western:
        said = "des lettres accentuées écrites comme sur un ancien Macintosh (Mac Roman)"
        return content.decode("mac_roman"), ((-1, "encodage_douteux", said, "un fichier enregistré en « CSV UTF-8 »"),)
    return content.decode("cp1252", errors="replace"), _replaced(content.decode("cp1252", errors="replace"))


def _wide_without_bom(sample: bytes) -> str | None:
    """Return which UTF-16 a text without a mark is in: every second byte of French is zero."""
    half = len(sample) // 2
    even, odd = sample[0 : 2 * half : 2].count(0), sample[1 : 2 * half : 2].count(0)
    if half and odd > 0.7 * half and even < 0.05 * half:
        return "utf-16-le"
    return "utf-16-be" if half and even > 0.7 * half and odd < 0.05 * half else None


def _nearly_utf8(content: bytes) -> tuple[str, tuple[Remark, ...]] | None:
    """Return a UTF-8 text of which some bytes are not, each read as cp1252 and remarked; None when it is another encoding."""
    bom = b"\xef\xbb\xbf"
    text = content.removeprefix(bom).decode("utf-8", errors="surrogateescape")
    wrong = [position for position, letter in enumerate(text) if "\udc80" <= letter <= "\udcff"]
    # by chance, another encoding hardly ever makes a sign of French in UTF-8: a few say what the file was
    right = sum(map(text.count, _FRENCH))
    if not content.startswith(bom) and 4 * right < len(wrong):
        return None
    letters = list(text)
    remarks = []
    for position in wrong:
        byte = bytes([ord(letters[position]) - 0xDC00])
        letters[position] = byte.decode("cp1252", errors="replace")
        row = text.count("\n", 0, position)
        remarks.append((row, "caractere_douteux", f"« {letters[position]} »", "une lettre en UTF-8"))
    return "".join(letters), tuple(remarks)


def _replaced(text: str) -> tuple[Remark, ...]:
    return tuple(
        (number, "caractere_douteux", "un caractère illisible", "un fichier enregistré en « CSV UTF-8 »")
        for number, line in enumerate(text.split("\n"))
        if "\N{REPLACEMENT CHARACTER}" in line
    )


def _separator(lines: Sequence[str]) -> tuple[str, int]:
    """Return the separator of the table and its number of columns: what most lines hold, the same number of times.

    A title line above the table, and its commas, are few beside the lines of the table.
    """
    best = (0, 1, ";")
    for separator in _SEPARATORS:
        counts = Counter(_unquoted(line).count(separator) for line in lines[:_LINES_LOOKED_AT] if line.strip())
        counts.pop(0, None)
        number, lines_alike = max(counts.items(), key=lambda found: (found[1], found[0]), default=(0, 0))
        # amounts with a decimal comma are two in each line; the separator of the table is there for each column
        best = max(best, (lines_alike * number, number + 1, separator), key=lambda found: found[0])
    return best[2], best[1]


def _unquoted(line: str) -> str:
    return re.sub(r'"[^"]*"', "", line) if '"' in line else line


def _rows(lines: list[str], separator: str, width: int) -> tuple[list[list[str]], tuple[Remark, ...]]:
    """Return the rows, equal cells being one text, and let go of the lines one by one: a list may have a million."""
    one: dict[str, str] = {}
    rows: list[list[str]] = []
    remarks: list[Remark] = []
    for record, is_orphan in _records(lines, separator, width):
        if is_orphan:
            said = next((cell for cell in record if '"' in cell), "")
            remarks.append(
                (
                    len(rows),
                    "guillemet_orphelin",
                    f"« {said[:60]} »",
                    "un texte entre deux guillemets, ceux du texte doublés",
                )
            )
        rows.append([one.setdefault(cell, cell) for cell in record])
    return rows, tuple(remarks)


def _records(lines: list[str], separator: str, width: int) -> Iterator[tuple[list[str], bool]]:
    """Yield the cells of each row, and whether its quotation marks are not those of CSV and are taken as letters.

    A line that has been read is blanked.
    """
    number = 0
    while number < len(lines):
        line = lines[number]
        number += 1
        if '"' not in line:
            lines[number - 1] = ""
            yield line.rstrip("\r\n").split(separator) if line.strip("\r\n") else [], False
            continue
        found = _strictly(line, separator)
        if found is None:
            length = _quoted_over(lines, number - 1, separator, width)
            if length:
                found = _strictly("".join(lines[number - 1 : number - 1 + length]), separator)
                number += length - 1
        yield (line.rstrip("\r\n").split(separator), True) if found is None else (found, False)


def _strictly(text: str, separator: str) -> list[str] | None:
    """Return the cells of one record, None when its quotation marks are not closed, or are followed by something."""
    try:
        records = list(csv.reader(text.splitlines(keepends=True), delimiter=separator, strict=True))
    except csv.Error:
        return None
    return records[0] if len(records) == 1 else None


def _quoted_over(lines: Sequence[str], first: int, separator: str, width: int) -> int:
    """Return over how many lines a cell with line breaks is written, 0 when its quotation mark is never closed.

    A line inside it that has the separators of a row is a row: the quotation mark before it is an orphan.
    """
    for length in range(2, min(_LONGEST_CELL, len(lines) - first) + 1):
        inside = lines[first + length - 1].split('"', 1)[0]
        if inside.count(separator) >= max(width - 1, 2):
            return 0
        found = _strictly("".join(lines[first : first + length]), separator)
        if found is not None:
            return length if len(found) == width or width < 3 else 0
    return 0

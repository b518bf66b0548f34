"""What every workbook of ours has: one font, French formats, a language, A4 pages, and a write that is whole or not at all."""

import contextlib
import math
import os
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Final

import xlsxwriter
from xlsxwriter.core import Core
from xlsxwriter.packager import Packager
from xlsxwriter.worksheet import Worksheet

__all__ = [
    "BLUE",
    "FRENCH",
    "GREY",
    "INK",
    "LINE_HEIGHT",
    "PALE_BLUE",
    "RULE",
    "french_workbook",
    "row_height",
    "set_page",
    "write_whole",
]

FRENCH: Final = "[$-40C]"
LINE_HEIGHT: Final = 13.5
_TALLEST_ROW: Final = 400.0

INK: Final = "#1F2933"
BLUE: Final = "#12436D"
PALE_BLUE: Final = "#DCE6F0"
GREY: Final = "#4A5562"
RULE: Final = "#C5CED8"


def french_workbook(content: BytesIO) -> xlsxwriter.Workbook:
    """Return a workbook that is written to `content` when it is closed; a text never becomes a formula, a link or a number.

    Its properties must say when it was ``created``: where they do not, the document has no date, rather than the clock's.
    """
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "nan_inf_to_errors": False,
        "default_format_properties": {"font_name": "Arial", "font_size": 10, "font_scheme": False},
    }
    return _FrenchWorkbook(content, options)


def set_page(sheet: Worksheet, document_title: str) -> None:
    """Set a sheet to print on A4 landscape, one page wide, its title, name and page number at the foot."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
    sheet.fit_to_pages(1, 0)
    shown_title = document_title.replace("&", "&&")[:150]
    sheet.set_footer(f"&L&8{shown_title}&C&8&A&R&8Page &P / &N", {"scale_with_doc": False})


def row_height(texts: Sequence[str], widths: Sequence[float], *, bold: bool) -> float:
    """Return the height of a row of wrapped texts: LibreOffice and previews do not work it out by themselves."""
    per_character = 0.98 if bold else 0.92
    lines = [
        sum(_line_count(line, max((width - 1.5) / per_character, 4)) for line in text.split("\n"))
        for text, width in zip(texts, widths, strict=False)
    ]
    return min(max(lines, default=1) * LINE_HEIGHT, _TALLEST_ROW)


def _line_count(text: str, width: float) -> int:
    """Return how many lines a text takes when it is wrapped between its words."""
    count, used = 1, 0
    for word in text.split(" "):
        if used and used + 1 + len(word) > width:
            count, used = count + 1, 0
        used += len(word) + (1 if used else 0)
        overflow = math.ceil(used / width) - 1
        if overflow > 0:
            count, used = count + overflow, int(used - overflow * width)
    return count


def write_whole(path: Path, content: bytes) -> None:
    """Write the file beside `path`, then put it in its place in one step."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with draft.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(path)
    finally:
        with contextlib.suppress(FileNotFoundError):
            draft.unlink()


class _FrenchCore(Core):  # type: ignore[misc]
    """The document properties: with the language that XlsxWriter has no option for, and never the clock's date."""

    def _write_dcterms_created(self) -> None:
        if "created" in self.properties:
            super()._write_dcterms_created()

    def _write_dcterms_modified(self) -> None:
        if "created" in self.properties:
            super()._write_dcterms_modified()

    def _write_cp_content_status(self) -> None:
        super()._write_cp_content_status()
        self._xml_data_element("dc:language", "fr-FR")


class _FrenchPackager(Packager):  # type: ignore[misc]
    def _write_core_file(self) -> None:
        core = _FrenchCore()
        core._set_properties(self.workbook.doc_properties)
        core._set_xml_writer(self._filename("docProps/core.xml"))
        core._assemble_xml_file()


class _FrenchWorkbook(xlsxwriter.Workbook):  # type: ignore[misc]
    def _get_packager(self) -> Packager:
        return _FrenchPackager()

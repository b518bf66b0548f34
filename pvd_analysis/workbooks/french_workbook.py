"""What every workbook of ours has: one font, French formats, a language, A4 pages."""

from collections.abc import Sequence
from io import BytesIO
from typing import Final

import xlsxwriter
from xlsxwriter.core import Core
from xlsxwriter.format import Format
from xlsxwriter.packager import Packager
from xlsxwriter.worksheet import Worksheet

from pvd_analysis.workbooks.text_fit import bounded

FRENCH: Final = "[$-40C]"

# What a page of A4 landscape holds between its margins: characters of Arial 10 (with room for a machine that draws them
# in DejaVu, a sixth wider), and points.
PAGE_WIDTH: Final = 121.0
PAGE_HEIGHT: Final = 490.0

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


def declare_table(
    sheet: Worksheet,
    area: tuple[int, int, int, int],
    labels: Sequence[str],
    looks: Sequence[Format],
    name: str,
    title: str,
    said: str,
    *,
    has_filter: bool,
) -> None:
    """Declare an area of a sheet, with the header that stands in it, as a table of Excel that says what it holds."""
    headers = [{"header": label, "header_format": look} for label, look in zip(labels, looks, strict=True)]
    options = {"name": name, "title": bounded(title, 255), "description": bounded(said, 255), "style": None}
    if sheet.add_table(*area, {**options, "autofilter": has_filter, "columns": headers}) != 0:
        raise ValueError(f"table {name!r} could not be declared to Excel")


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

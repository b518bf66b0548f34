"""What every workbook of ours has: one font, French formats, each made once, a language, A4 pages."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any, Final

import xlsxwriter
from xlsxwriter.core import Core
from xlsxwriter.format import Format
from xlsxwriter.packager import Packager
from xlsxwriter.worksheet import Worksheet

from pvd_analysis.tables.cells import Column
from pvd_analysis.workbooks.text_fit import bounded

FRENCH: Final = "[$-40C]"

INK: Final = "#1F2933"
BLUE: Final = "#12436D"
PALE_BLUE: Final = "#DCE6F0"
GREY: Final = "#4A5562"
RULE: Final = "#C5CED8"
FRENCH_EUROS: Final = f'{FRENCH}#,##0.00\\ "€"'

TOTAL_COLOUR: Final = "#F1F5F9"
INPUT_COLOUR: Final = "#FFF7DB"


_LOOKS: Final[dict[str, dict[str, object]]] = {
    "heading": {"bold": True, "font_size": 15, "font_color": BLUE},
    "table_title": {"bold": True, "font_size": 12, "font_color": BLUE},
    "sentence": {},
    "note": {"font_size": 9, "font_color": GREY},
    "link": {"font_color": BLUE, "underline": 1, "bottom": 1, "bottom_color": RULE},
}


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
    *,
    has_filter: bool,
) -> None:
    """Declare an area of a sheet, with the header that stands in it, as a table of Excel that says what it holds.

    Raises
    ------
    ValueError
        When Excel could not take it.
    """
    top, _, bottom, _ = area
    said = f"{title}. Lignes\N{NO-BREAK SPACE}: {bottom - top}. Colonnes\N{NO-BREAK SPACE}: {', '.join(labels)}."
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


class CellFormats:
    """The cell formats of one workbook."""

    def __init__(self, workbook: xlsxwriter.Workbook) -> None:
        self._workbook = workbook
        self._made: dict[tuple[tuple[str, object], ...], Format] = {}

    def format(self, **properties: object) -> Format:
        """Return the format that has these properties of XlsxWriter, in our ink, in the middle of its row."""
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            self._made[key] = self._workbook.add_format({"font_color": INK, "valign": "vcenter", **properties})
        return self._made[key]

    def look(self, name: str, **more: object) -> Format:
        """Return the format of a ``heading`` (of a sheet), a ``table_title``, a ``sentence``, a ``note`` or a ``link``."""
        return self.format(**_LOOKS[name], **more)

    def header(self, is_numeric: bool, *, is_stub: bool) -> Format:
        """Return the format of the header of a column."""
        return self.format(
            bold=True,
            indent=0 if is_numeric or is_stub else 1,
            font_color=BLUE,
            bg_color=PALE_BLUE,
            text_wrap=True,
            align="right" if is_numeric else "left",
            bottom=2,
            bottom_color=BLUE,
        )

    def body(
        self,
        is_numeric: bool,
        number_format: str = "",
        *,
        is_stub: bool,
        is_total: bool = False,
        is_quoted: bool = False,
        is_filled_in: bool = False,
    ) -> Format:
        """Return the format of a cell of data; one that a person fills in is unlocked, framed and of another colour."""
        properties: dict[str, object] = {"bottom": 1, "bottom_color": RULE, "align": "right" if is_numeric else "left"}
        if number_format:
            properties["num_format"] = number_format
        if not is_numeric:
            properties |= {"text_wrap": True, "indent": 0 if is_stub else 1}
        if is_quoted:
            properties["quote_prefix"] = True
        if is_total:
            properties |= {"bold": True, "top": 1, "top_color": BLUE, "bg_color": TOTAL_COLOUR}
        if is_filled_in:
            properties |= {"locked": False, "border": 1, "border_color": GREY, "bg_color": INPUT_COLOUR}
        return self.format(**properties)


def number_format(column: Column, values: Sequence[Any]) -> str:
    """Return the format of a column: one number of decimals for all its rows, French separators everywhere."""
    known = [value for value in values if value is not None and not isinstance(value, str)]
    match column.kind:
        case "euros":
            decimals = "" if all(value % 100 == 0 for value in known) else ".00"
            return f'{FRENCH}#,##0{decimals}\\ "€"'
        case "taux":
            return f"{FRENCH}0.0\\ %"
        case "points":
            decimals = "" if all(float(value * 100).is_integer() for value in known) else ".0"
            return f'{FRENCH}0{decimals}\\ "points"'
        case "nombre":
            digits = max((_decimals(value) for value in known), default=0)
            return f"{FRENCH}#,##0" + ("." + "0" * digits if digits else "")
        case "date":
            return f"{FRENCH}d mmmm yyyy;@"
        case _:
            return ""


def _decimals(value: float) -> int:
    return next((digits for digits in range(3) if round(value, digits) == value), 3)

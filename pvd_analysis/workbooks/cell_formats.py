"""The formats of the cells of our workbooks: each is made once, whatever the number of cells that have it."""

from collections.abc import Sequence
from typing import Any, Final

import xlsxwriter
from xlsxwriter.format import Format

from pvd_analysis.tables.cells import Column
from pvd_analysis.workbooks.french_workbook import BLUE, FRENCH, GREY, INK, PALE_BLUE, RULE

FRENCH_EUROS: Final = f'{FRENCH}#,##0.00\\ "€"'

TOTAL_COLOUR: Final = "#F1F5F9"
INPUT_COLOUR: Final = "#FFF7DB"


class CellFormats:
    """The cell formats of one workbook."""

    def __init__(self, workbook: xlsxwriter.Workbook) -> None:
        self._workbook = workbook
        self._made: dict[tuple[tuple[str, object], ...], Format] = {}

    def format(self, **properties: object) -> Format:
        """Return the format that has these properties of XlsxWriter, in our ink, at the top of its row."""
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            self._made[key] = self._workbook.add_format({"font_color": INK, "valign": "top", **properties})
        return self._made[key]

    def heading(self) -> Format:
        """Return the format of the title of a sheet."""
        return self.format(bold=True, font_size=15, font_color=BLUE, valign="vcenter")

    def table_title(self) -> Format:
        """Return the format of the title of a table."""
        return self.format(bold=True, font_size=12, font_color=BLUE, valign="vcenter")

    def sentence(self, *, is_wrapped: bool = False) -> Format:
        """Return the format of a sentence."""
        return self.format(text_wrap=is_wrapped)

    def note(self, *, is_wrapped: bool = False) -> Format:
        """Return the format of a note under a table."""
        return self.format(text_wrap=is_wrapped, font_size=9, font_color=GREY)

    def link(self) -> Format:
        """Return the format of a link to another sheet."""
        return self.format(font_color=BLUE, underline=1, bottom=1, bottom_color=RULE)

    def header(self, is_numeric: bool, *, is_stub: bool) -> Format:
        """Return the format of the header of a column."""
        return self.format(
            bold=True,
            indent=0 if is_numeric or is_stub else 1,
            font_color=BLUE,
            bg_color=PALE_BLUE,
            text_wrap=True,
            valign="vcenter",
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

"""What a workbook shows and its reader does not hold: errors, formulas without a value, merged cells, hidden rows.

Calamine gives a blank for a cell in error (« #REF! »), for a formula that no program has calculated and for a cell that a
merged one covers; it says nothing of hidden rows and sheets. The parts of the workbook are looked through for them: by a
search of their text in .xlsx, element by element in the .ods that have any, with xlrd in .xls.
"""

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as ET

import xlrd
from openpyxl.utils import range_boundaries

from pvd_analysis.sources.sheet_traits import SheetTraits
from pvd_analysis.sources.units import factor_of_format


def sheet_traits(content: bytes) -> Mapping[str, SheetTraits]:
    """Return the traits of the sheets of a workbook by name; those of a format without a way to tell are not there."""
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
            if "content.xml" in names:
                return _of_document(archive.read("content.xml"))
            return _of_workbook(archive) if "xl/workbook.xml" in names else {}
    return _of_old_workbook(content)


# .xlsx: the parts are long and what is sought is rare; any prefix, any order of the attributes.
_HIDDEN_ROW = re.compile(rb"<(?:\w+:)?row\b[^>]*\shidden=[\"'](?:1|true)[\"'][^>]*>")
_ROW_NUMBER = re.compile(rb"\sr=[\"'](\d+)[\"']")
_ERROR = re.compile(rb"<(?:\w+:)?c\b([^>]*\st=[\"']e[\"'][^>]*)>(.*?)</(?:\w+:)?c>", re.DOTALL)
_FORMULA = re.compile(rb"<(?:\w+:)?c\b([^>]*)>\s*<(?:\w+:)?f\b((?:(?!</?(?:\w+:)?c\b).)*)</(?:\w+:)?c>", re.DOTALL)
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\b[^>]*\sref=[\"']([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})[\"']")
_PLACE = re.compile(rb"\sr=[\"']([A-Z]{1,3}\d{1,7})[\"']")
_STYLED = re.compile(rb"<(?:\w+:)?c\b([^>]*\ss=[\"'][^>]*)>")
_STYLE = re.compile(rb"\ss=[\"'](\d+)[\"']")
_VALUE = re.compile(rb"<(?:\w+:)?v\b[^>]*>([^<]+)<")
_OF_TEXT = re.compile(rb"\st=[\"'](?:str|e)[\"']")
_MOST_MERGED_ROWS = 10_000
_HEAD = 10_000


def _of_workbook(archive: zipfile.ZipFile) -> Mapping[str, SheetTraits]:
    targets = {
        relation.get("Id"): posixpath.normpath(posixpath.join("/xl", relation.get("Target", ""))).lstrip("/")
        for relation in ET.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    }
    names = set(archive.namelist())
    styles = _Styles.of(archive.read("xl/styles.xml")) if "xl/styles.xml" in names else _Styles({}, frozenset())
    found = {}
    for sheet in ET.fromstring(archive.read("xl/workbook.xml")).iter():
        if sheet.tag.rpartition("}")[2] != "sheet":
            continue
        relation = next((value for key, value in sheet.items() if key.rpartition("}")[2] == "id"), "")
        part = targets.get(relation, "")
        traits = _of_part(archive.read(part), styles) if part in names else SheetTraits()
        traits.is_hidden = sheet.get("state") in {"hidden", "veryHidden"}
        found[sheet.get("name", "")] = traits
    return found


@dataclass(frozen=True, slots=True)
class _Styles:
    """What the styles of an .xlsx say, by their number: by what a cell is to be multiplied, and which are struck through."""

    factors: Mapping[int, int]
    struck: frozenset[int]

    @classmethod
    def of(cls, part: bytes) -> "_Styles":
        root = ET.fromstring(part)
        return cls(_factors_of_styles(root), _struck_styles(root))


def _struck_styles(root: ET.Element) -> frozenset[int]:
    fonts, styles = (
        [said for each in root if each.tag.rpartition("}")[2] == name for said in each] for name in ("fonts", "cellXfs")
    )
    struck = {
        str(number)
        for number, font in enumerate(fonts)
        for said in font
        if said.tag.rpartition("}")[2] == "strike" and said.get("val", "1") not in {"0", "false"}
    }
    return frozenset(number for number, said in enumerate(styles) if said.get("fontId") in struck)


def _factors_of_styles(root: ET.Element) -> Mapping[int, int]:
    """Return by what the cells of each style are to be multiplied, where it is not by one."""
    factors = {
        said.get("numFmtId"): factor
        for said in root.iter()
        if said.tag.rpartition("}")[2] == "numFmt" and (factor := factor_of_format(said.get("formatCode", ""))) > 1
    }
    styles = (
        [said for styles in root if styles.tag.rpartition("}")[2] == "cellXfs" for said in styles] if factors else []
    )
    return {
        number: factors[said.get("numFmtId")] for number, said in enumerate(styles) if said.get("numFmtId") in factors
    }


def _of_part(part: bytes, styles: _Styles) -> SheetTraits:
    traits = SheetTraits()
    for attributes in _STYLED.findall(part) if styles.factors or styles.struck else ():
        style = _STYLE.search(attributes)
        number = int(style[1]) if style is not None else -1
        if number not in styles.factors and number not in styles.struck:
            continue
        if (place := _place(attributes)) is not None:
            if number in styles.factors:
                traits.factors[place] = styles.factors[number]
            if number in styles.struck:
                traits.struck.add(place)
    if _holds(part, b'hidden="1"', b'hidden="true"'):
        numbers = (_ROW_NUMBER.search(row) for row in _HIDDEN_ROW.findall(part))
        traits.hidden_rows += [int(number[1]) - 1 for number in numbers if number is not None]
    if _holds(part, b't="e"'):
        for attributes, inside in _ERROR.findall(part):
            if (place := _place(attributes)) is not None:
                value = _VALUE.search(inside)
                traits.errors[place] = value[1].decode("utf-8", errors="replace") if value else "une erreur"
    if _holds(part, b"<f>", b"<f ", b":f>", b":f "):
        for attributes, inside in _FORMULA.findall(part):
            place = _place(attributes)
            # a formula may give an empty text, and says so
            if place is not None and not _OF_TEXT.search(attributes) and not _VALUE.search(inside):
                traits.uncalculated.append(place)
    if _holds(part, b"mergeCell "):
        for merged in _MERGED.findall(part):
            _add_merged(traits, *(number - 1 for number in range_boundaries(merged.decode())))
    return traits


def _holds(part: bytes, *texts: bytes) -> bool:
    """Tell whether one of some texts, with either quotation mark, is there at all: a hundredth of the time of a pattern."""
    # a program writes one kind of marks from the declaration on
    others = b"='" in part[:_HEAD] or b"= '" in part[:_HEAD]
    return any(text in part or (others and text.replace(b'"', b"'") in part) for text in texts)


def _place(attributes: bytes) -> tuple[int, int] | None:
    found = _PLACE.search(attributes)
    if found is None:
        return None
    column, row, *_ = range_boundaries(found[1].decode())
    return row - 1, column - 1


def _add_merged(traits: SheetTraits, first_column: int, first_row: int, last_column: int, last_row: int) -> None:
    if 0 < last_row - first_row < _MOST_MERGED_ROWS:
        traits.merged.append((first_row, first_column, last_row, min(last_column, first_column + 100)))


# .ods: one element after the other, for a cell does not say where it stands.
_EURO = "€".encode()
_SPANNED = re.compile(rb"number-rows-spanned=[\"'](?!1[\"'])")


def _of_document(part: bytes) -> Mapping[str, SheetTraits]:
    signs = (
        b'visibility="collapse"',
        b'visibility="filter"',
        b'display="false"',
        b":formula=",
        b'line-through-style="solid"',
    )
    is_suspect = _holds(part, *signs)
    is_suspect = is_suspect or _shows_thousands(part)
    if not is_suspect and not (b"number-rows-spanned=" in part and _SPANNED.search(part)):
        return {}
    found: dict[str, SheetTraits] = {}
    hidden_styles: set[str] = set()
    struck_styles: set[str] = set()
    style, traits, row, column = "", SheetTraits(), 0, 0
    for event, element in ET.iterparse(io.BytesIO(part), events=("start", "end")):
        name, said = element.tag.rpartition("}")[2], {key.rpartition("}")[2]: value for key, value in element.items()}
        if event == "start":
            if name == "style" and said.get("family") in {"table", "table-cell"}:
                style = said.get("name", "")
            elif name == "text-properties" and said.get("text-line-through-style", "none") != "none":
                struck_styles.add(style)
            elif name == "table-properties" and said.get("display") == "false":
                hidden_styles.add(style)
            elif name == "table":
                traits, row = found.setdefault(said.get("name", ""), SheetTraits()), 0
                traits.is_hidden = said.get("style-name") in hidden_styles
            elif name == "table-row":
                column = 0
        elif name in {"table-cell", "covered-table-cell"}:
            text = "".join(element.itertext())
            _add_cell(traits, row, column, said, text)
            if said.get("style-name") in struck_styles:
                traits.struck.add((row, column))
            column += int(said.get("number-columns-repeated", 1))
        elif name == "table-row":
            if (
                said.get("visibility") in {"collapse", "filter"}
                and int(said.get("number-rows-repeated", 1)) < _MOST_MERGED_ROWS
            ):
                traits.hidden_rows += range(row, row + int(said.get("number-rows-repeated", 1)))
            row += int(said.get("number-rows-repeated", 1))
            element.clear()
    return found


def _shows_thousands(part: bytes) -> bool:
    """Tell whether a cell may show « k€ » or « M€ »; to look at each « € » is a tenth of the time of a pattern."""
    place = part.find(_EURO)
    while place >= 0:
        if part[max(place - 2, 0) : place].rstrip()[-1:] in (b"k", b"K", b"m", b"M"):
            return True
        place = part.find(_EURO, place + 1)
    return False


_LIBREOFFICE_ERROR = re.compile(r"#(?:REF|DIV/0|N/A|NAME|NOM|VALUE|VALEUR|NUM|NOMBRE|NULL|NUL)[!?]?|Err\s?:\s?\d+|#N/D")


def _add_cell(traits: SheetTraits, row: int, column: int, said: Mapping[str, str], text: str) -> None:
    if "formula" in said and _LIBREOFFICE_ERROR.fullmatch(text.strip()):
        traits.errors[row, column] = text.strip()
    elif "formula" in said and "value-type" not in said:
        traits.uncalculated.append((row, column))
    if said.get("value-type") in {"float", "currency", "percentage"}:
        # what is shown is what the cell holds, with another unit behind it: the format does not divide
        shown = re.sub(r"[^\d,.-]", "", text).replace(",", ".")
        factor = factor_of_format(text)
        is_number = re.fullmatch(r"-?\d+(?:\.\d+)?", shown) is not None
        if factor > 1 and is_number and abs(float(shown) - float(said.get("value", "nan"))) < 1:
            traits.factors[row, column] = factor
    spanned = int(said.get("number-rows-spanned", 1))
    if spanned > 1:
        last = column + int(said.get("number-columns-spanned", 1)) - 1
        _add_merged(traits, column, row, last, row + spanned - 1)


def _of_old_workbook(content: bytes) -> Mapping[str, SheetTraits]:
    try:
        workbook = xlrd.open_workbook(file_contents=content, formatting_info=True, logfile=io.StringIO())
    except Exception:
        return {}
    found = {}
    formats = {key: factor_of_format(said.format_str or "") for key, said in workbook.format_map.items()}
    factors = {key: factor for key, factor in formats.items() if factor > 1}
    struck = any(font.struck_out for font in workbook.font_list)
    for sheet in workbook.sheets():
        traits = found[sheet.name] = SheetTraits(is_hidden=sheet.visibility != 0)
        traits.hidden_rows = [row for row, info in sorted(sheet.rowinfo_map.items()) if info.hidden]
        for first_row, end_row, first_column, end_column in sheet.merged_cells:
            _add_merged(traits, first_column, first_row, end_column - 1, end_row - 1)
        for row in range(sheet.nrows) if factors or struck else ():
            for column in range(sheet.row_len(row)):
                style = workbook.xf_list[sheet.cell_xf_index(row, column)]
                factor = factors.get(style.format_key, 1)
                if factor > 1:
                    traits.factors[row, column] = factor
                if workbook.font_list[style.font_index].struck_out:
                    traits.struck.add((row, column))
        for row, column, code in _errors(sheet):
            traits.errors[row, column] = xlrd.error_text_from_code.get(code, "une erreur")
    return found


def _errors(sheet: Any) -> Iterator[tuple[int, int, int]]:
    for row in range(sheet.nrows):
        for column, kind in enumerate(sheet.row_types(row)):
            if kind == xlrd.XL_CELL_ERROR:
                yield row, column, int(sheet.cell_value(row, column))

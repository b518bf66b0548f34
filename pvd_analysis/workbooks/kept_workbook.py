"""A workbook that a person made: opened with all that openpyxl can keep, saved with the values beside the formulas.

openpyxl drops what it does not know without a word, or with one in English; here it is said in French.
"""

import datetime as dt
import re
import warnings
import zipfile
from collections.abc import Mapping
from io import BytesIO
from typing import Any, Final
from xml.sax.saxutils import escape, quoteattr

from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell, MergedCell
from openpyxl.utils.datetime import to_excel
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.xml.functions import tostring

_CORE: Final = "docProps/core.xml"
_OLDEST: Final = dt.datetime(1980, 1, 1)
_DESCRIPTION: Final = (
    '<extLst><ext uri="{504A1905-F514-4f6f-8877-14C23A59335A}" '
    'xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main">'
    "<x14:table altTextSummary=%s/></ext></extLst>"
)
_FORMULA = re.compile(rb'<c r="([A-Z]+[0-9]+)"([^>]*)>(<f\b[^>]*?(?:/>|>[^<]*</f>))<v\s*(?:/>|></v>)')

# Parts of the package that openpyxl leaves out, by name or by a word in them.
_LOST_PARTS: Final = (
    (r"xl/(ctrlProps|activeX)/", b"", "des boutons ou des contrôles de formulaire"),
    (r"xl/drawings/vmlDrawing", b'ObjectType="Button"', "des boutons ou des contrôles de formulaire"),
    (r"xl/drawings/drawing\d+\.xml$", b":sp ", "des formes ou des zones de texte"),
    (r"xl/drawings/drawing\d+\.xml$", b":sp>", "des formes ou des zones de texte"),
    (r"xl/drawings/drawing\d+\.xml$", b":cxnSp", "des traits ou des flèches"),
    (r"xl/diagrams/", b"", "des schémas SmartArt"),
    (r"xl/(slicers|slicerCaches|timelines|timelineCaches)/", b"", "des segments ou des chronologies"),
    (r"xl/threadedComments/", b"", "des conversations, gardées comme de simples commentaires"),
    (r"xl/embeddings/", b"", "des objets incorporés"),
    (r"xl/(queryTables/|connections\.xml|model/)", b"", "des connexions à des données"),
    (r"xl/richData/", b"", "des images ou des données liées dans des cellules"),
    (r"xl/charts/chart\d+\.xml$", b"", "une part de la mise en forme des graphiques (les graphiques restent)"),
    (r"xl/charts/chartEx", b"", "des graphiques d'une forme récente"),
    (r"xl/metadata\.xml$", b"", "l'extension automatique des formules matricielles (les formules restent)"),
    (r"xl/tables/[^/]+\.xml$", b" altText=", "le texte de remplacement de tableaux"),
    (r"xl/worksheets/[^/]+\.xml$", b"<legacyDrawingHF", "des images d'en-tête ou de pied de page"),
    (r"xl/worksheets/[^/]+\.xml$", b"<picture ", "une image d'arrière-plan"),
    (r"xl/worksheets/[^/]+\.xml$", b"<protectedRange ", "des plages protégées"),
    (r"_xmlsignatures/", b"", "une signature numérique"),
)
# What openpyxl says, in English, as it opens a workbook.
_LOST_WARNINGS: Final = (
    ("Data Validation extension", "des listes déroulantes d'une forme récente"),
    ("Conditional Formatting extension", "des mises en forme conditionnelles d'une forme récente"),
    ("Sparkline", "des graphiques dans des cellules"),
    ("Slicer", "des segments ou des chronologies"),
    ("Timeline", "des segments ou des chronologies"),
    ("Protected Range", "des plages protégées"),
    ("is marked as a date", "un nombre trop grand pour le format de date de sa cellule (« #VALEUR! » à sa place)"),
    ("DrawingML", "des formes ou des zones de texte"),
    ("Unable to read chart", "un graphique"),
    ("image", "une image"),
    ("header or footer", "un en-tête ou un pied de page"),
)


def open_kept(content: bytes) -> tuple[Workbook, list[str]]:
    """Return the workbook of an .xlsx file, and in French what will be missing from it once saved (« des segments »)."""
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        workbook = load_workbook(BytesIO(content), rich_text=True)
    with zipfile.ZipFile(BytesIO(content)) as archive:
        lost = [
            said
            for pattern, word, said in _LOST_PARTS
            for name in archive.namelist()
            if re.match(pattern, name) and word in archive.read(name)
        ]
        if _CORE not in archive.namelist():
            # openpyxl would say that a workbook without a date was made just now.
            workbook.properties.created = workbook.properties.modified = _OLDEST
    for warning in warned:
        lost += [said for word, said in _LOST_WARNINGS if word in str(warning.message)][:1]
    return workbook, list(dict.fromkeys(lost))


def cells_of(sheet: Worksheet) -> list[Cell]:
    """Return the cells that are in a sheet, save those hidden by a merge.

    `Worksheet.iter_rows` would make all that there are up to the last: 17 billion when a blank XFD1048576 has a colour.
    """
    return [cell for cell in sheet._cells.values() if not isinstance(cell, MergedCell)]


def computed_values(content: bytes, workbook: Workbook) -> dict[str, dict[str, tuple[str, str]]]:
    """Return what the formulas of a workbook had given when it was saved: by sheet and cell, a type and a text of XML."""
    formulas = {
        sheet.title: [cell.coordinate for cell in cells_of(sheet) if cell.data_type == "f"]
        for sheet in workbook.worksheets
    }
    if not any(formulas.values()):
        return {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        values = load_workbook(BytesIO(content), data_only=True)
    return {
        title: {
            coordinate: _as_xml(values[title][coordinate], values.epoch)
            for coordinate in coordinates
            if values[title][coordinate].value is not None
        }
        for title, coordinates in formulas.items()
    }


def _as_xml(cell: Cell, epoch: dt.datetime) -> tuple[str, str]:
    value: Any = cell.value
    if isinstance(value, bool):
        return "b", str(int(value))
    if isinstance(value, str):
        return "e" if cell.data_type == "e" else "str", escape(value)
    if isinstance(value, dt.datetime | dt.date | dt.time | dt.timedelta):
        return "n", repr(to_excel(value, epoch))
    return "n", repr(value)


def saved(workbook: Workbook, values: dict[str, dict[str, tuple[str, str]]], descriptions: Mapping[str, str]) -> bytes:
    """Return a workbook as a file: the values of its formulas beside them, its own dates, and no clock.

    A program that calculates finds the same values, as it does on opening; one that does not calculate (a telephone, a
    preview, `pvd verifier`) would find blanks. `descriptions` are the alternative texts of tables, by name.
    """
    modified = workbook.properties.modified or _OLDEST
    written, kept = BytesIO(), BytesIO()
    workbook.save(written)
    workbook.properties.modified = modified
    changed = {_CORE: tostring(workbook.properties.to_tree())}
    with zipfile.ZipFile(written) as source, zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as target:
        for number, sheet in enumerate(workbook.worksheets, 1):
            if values.get(sheet.title):
                name = f"xl/worksheets/sheet{number}.xml"
                changed[name] = _with_values(source.read(name), values[sheet.title])
        for entry in source.infolist():
            dated = zipfile.ZipInfo(entry.filename, max(modified, _OLDEST).timetuple()[:6])
            dated.compress_type = zipfile.ZIP_DEFLATED
            part = changed.get(entry.filename) or source.read(entry)
            target.writestr(dated, _described(part, descriptions) if "/tables/" in entry.filename else part)
    return kept.getvalue()


def _with_values(xml: bytes, values: dict[str, tuple[str, str]]) -> bytes:
    def with_value(match: re.Match[bytes]) -> bytes:
        coordinate, attributes, formula = match[1], match[2], match[3]
        kind, text = values.get(coordinate.decode(), ("", ""))
        if not kind:
            return match[0]
        return b'<c r="%b"%b t="%b">%b<v>%b</v>' % (coordinate, attributes, kind.encode(), formula, text.encode())

    return _FORMULA.sub(with_value, xml)


def _described(xml: bytes, descriptions: Mapping[str, str]) -> bytes:
    """Return the XML of a table with its alternative text, which openpyxl does not write."""
    for name, text in descriptions.items():
        if f'displayName="{name}"'.encode() in xml:
            return xml.replace(b"</table>", (_DESCRIPTION % quoteattr(text)).encode() + b"</table>")
    return xml

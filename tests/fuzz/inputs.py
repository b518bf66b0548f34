"""What is fuzzed: small files of each kind that is read, and tables whose rows and cents are counted as they are written."""

import csv
import datetime as dt
import io
import json
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

import xlsxwriter

from pvd_analysis.sources.avis_summary import LABELS as SAID
from tests.conftest import ROOT
from tests.territories.classeurs import DGCL_HEADER, PVD_HEADER

HOSTILE = (
    *("", " ", "\t", "x", "-", "=1+1", "@", "'", '"', '""', "a;b", "a,b", "a\nb", "a\r\nb", "a|b", "«", "\u202e", "\ufeff", "é"),
    *("\u00a0", "\u202f", "\x07", "[/x]", "<b>", "&amp;", "_x0000_", "NULL", "nan", "None", "inf", "1e400", "0x10", "٣", "²"),
    *("Total", "TOTAL GÉNÉRAL", "Sous-total", "Ensemble", "intitule", "subvention", "31/02/2021", "2021-13-01", "32/13/0000"),
    *("St-Sever", "Mugron (40201)", "40201", "2A", "97", "00", "a/b/c", "et", "A et B", "(((", ")]", "[(" * 50, "40 - Dax"),
    *("x" * 40_000, "a/" * 9_000, "a et " * 5_000, "(" * 5_000, "1" * 5_000, "1 " * 5_000, "a@" * 5_000, "06 " * 3_000),
    *("-1", "0", "1e5", "1,5", "99999999999999999999", "0,8", "80 %", "120 %", "2019", "DETR", "DSIL", "commune", "syndicat"),
)  # fmt: skip
_ODS = (
    '<?xml version="1.0" encoding="UTF-8"?><office:document-content '
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
    '<table:table table:name="Liste">{rows}</table:table></office:spreadsheet></office:body></office:document-content>'
)
_COMMITTEE = (
    "Identifiant",
    "Commune",
    "Coût HT",
    "État",
    "Avis du comité",
    "Montant proposé",
    "Observations",
    "Contrôle",
)
_SHARED = ("cases/l15_erreurs_formules.xls", "attack/damaged.xls", "attack/far_cell.xlsb")
_GEOJSON = {
    "type": "FeatureCollection",
    "name": "pvd",
    "features": [
        {
            "type": "Feature",
            "properties": {
                "id_territoire": f"pvd-75-40-{number}",
                "lib_territoire": town,
                "liste_geo": f"{town} ({code})",
                "date_signature": "2021-05-20",
            },
            "geometry": {"type": "Point", "coordinates": [-0.5, 43.7]},
        }
        for number, (town, code) in enumerate([("Mugron", "40201"), ("Hagetmau", "40119")])
    ],
}


class Counted(NamedTuple):
    """A list of aids as it was written: its name, its content, and the rows and cents that are in it."""

    name: str
    content: bytes
    rows: int
    cents: int


def counted_list(random: Random) -> Counted:
    """Write a list of aids in one of its forms, with hostile cells wherever no amount stands."""
    header = DGCL_HEADER.split(";")
    rows, cents, count = [], 0, 0
    for _ in range(random.randrange(1, 25)):
        amount, written = _amount(random)
        usual = (
            "2022",
            random.choice(["DETR", "DSIL"]),
            "",
            "commune",
            "214002015",
            "40",
            "MUGRON",
            "40201",
            "Toiture",
            "",
        )
        row = [random.choice(HOSTILE) if random.random() < 0.15 else cell for cell in usual]
        row += [written, "0,5"]
        if random.random() < 0.1:
            row, amount = [random.choice(["", " "])] * len(row), 0
        count += any(str(cell).strip() for cell in row)
        cents += amount
        rows.append(row)
    order = random.sample(range(len(header)), len(header))
    table = [[row[index] for index in order] for row in (header, *rows)]
    name, write = random.choice(_WRITERS)
    return Counted(name, write(table), count, cents)


def _amount(random: Random) -> tuple[int, Any]:
    cents = random.randrange(1, 10**9)
    euros, rest = divmod(cents, 100)
    spaced = f"{euros:,}".replace(",", random.choice([" ", "\u00a0", "\u202f", ""]))
    return random.choice(
        [
            (cents, cents / 100),
            (euros * 100, euros),
            (cents, f"{spaced},{rest:02}"),
            (cents, f" {spaced},{rest:02} €"),
            (euros * 100, f"{spaced} euros"),
            (0, random.choice(["", "beaucoup", "néant", "x" * 40_000, "= 3", "12 ou 13", "1" * 5_000, "\u202e"])),
        ]
    )


def _csv(table: Sequence[Sequence[Any]]) -> bytes:
    written = io.StringIO()
    csv.writer(written, delimiter=";", lineterminator="\r\n").writerows(table)
    return written.getvalue().encode("utf-8")


def _xlsx(table: Sequence[Sequence[Any]], *more: tuple[str, Sequence[Sequence[Any]]], name: str = "Liste") -> bytes:
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"in_memory": True, "strings_to_formulas": False}) as workbook:
        for title, rows in ((name, table), *more):
            sheet = workbook.add_worksheet(title)
            for number, row in enumerate(rows):
                for column, cell in enumerate(row):
                    if isinstance(cell, str):
                        sheet.write_string(number, column, cell[:32_767])
                    elif cell is not None:
                        sheet.write_number(number, column, cell)
    return written.getvalue()


def _ods(table: Sequence[Sequence[Any]]) -> bytes:
    rows = "".join(f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in table)
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr("content.xml", _ODS.format(rows=rows))
    return written.getvalue()


def _ods_cell(cell: Any) -> str:
    if not isinstance(cell, str):
        return f'<table:table-cell office:value-type="float" office:value="{cell}"><text:p>{cell}</text:p></table:table-cell>'
    text = escape("".join(letter for letter in cell if letter >= " " or letter in "\t\n"))
    return f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'


_WRITERS: tuple[tuple[str, Callable[[Sequence[Sequence[Any]]], bytes]], ...] = (
    ("dgcl.csv", _csv),
    ("dgcl.xlsx", _xlsx),
    ("dgcl.ods", _ods),
)


def seeds() -> dict[str, bytes]:
    """Return a small file of each kind, by name: those that are mutated."""
    rows = [
        DGCL_HEADER.split(";"),
        *[["2022", "DETR", "", "commune", "214002015", "40", "MUGRON", "40201", "Toiture", 10, 5, ""]] * 4,
    ]
    said = {"code": "40", "trimestre": "2021-T3", "financeur": "État", "date_avis": "15/10/2021"}
    summary = [["Titre"], *([SAID[name], value] for name, value in said.items())]
    answers = [_COMMITTEE, ["40-001", "Mugron", 1000, "accordé", "favorable", 500, "", ""]]
    classeur = ROOT / "data" / "raw" / "2021-09-10" / "suivi_pvd_landes.xlsx"
    small = {
        "suivi.xlsx": classeur.read_bytes(),
        "avis.xlsx": _xlsx(answers, ("Sommaire", summary), name="Projets à examiner"),
        "dgcl.csv": _csv(rows),
        "dgcl.xlsx": _xlsx(rows),
        "dgcl.ods": _ods(rows),
        "pvd.csv": f"{PVD_HEADER}\n40201,Mugron,pvd-75-40-1,2021-05-20\n".encode(),
        "pvd.geojson": json.dumps(_GEOJSON).encode(),
    }
    shared = ROOT.parent / "shared" / "data"
    return small | {Path(name).name: (shared / name).read_bytes() for name in _SHARED if (shared / name).is_file()}


def any_cell(random: Random) -> Any:
    """Return a cell of any type."""
    return random.choice(
        [random.choice(HOSTILE), random.randrange(-(10**12), 10**12), random.random(), None, dt.date(2021, 5, 20)]
    )

"""A file that could exhaust the machine or carry code is a finding before any parser reads it, and the rest is done."""

import copy
import io
import struct
import tracemalloc
import zipfile

import openpyxl
import pytest

from pvd_analysis.dataset.preparation import prepare
from pvd_analysis.sources.raw_file import open_raw_file
from pvd_analysis.sources.safety import Unreadable

FIRST_SHEET = "xl/worksheets/sheet1.xml"
ODS = (
    '<?xml version="1.0"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
    '<table:table table:name="Feuille">{rows}</table:table></office:spreadsheet></office:body></office:document-content>'
)
ODS_CELL = '<table:table-cell office:value-type="string"{repeated}><text:p>x</text:p></table:table-cell>'


def workbook(path, cells=None, parts=None):
    """Write a workbook, with cells, and parts added or replaced in its package."""
    made = openpyxl.Workbook()
    for cell, value in (cells or {"A1": "x"}).items():
        made.active[cell] = value
    content = io.BytesIO()
    made.save(content)
    parts = parts or {}
    with zipfile.ZipFile(content) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            if name not in parts:
                target.writestr(name, source.read(name))
        for name, part in parts.items():
            target.writestr(name, part)


def overlapping_bomb(path):
    """Thirty kilobytes that unpack to 3 GB: two hundred entries that share one content."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/0.xml", bytes(16_000_000))
        for number in range(1, 200):
            entry = copy.copy(archive.filelist[0])
            entry.filename = f"xl/{number}.xml"
            archive.filelist.append(entry)
            archive.NameToInfo[entry.filename] = entry
    assert path.stat().st_size < 40_000


def steep_bomb(path):
    workbook(path, parts={"xl/sharedStrings.xml": b"<sst>" + bytes(60_000_000)})


def lying_bomb(path):
    """Write a sheet of 64 MB that announces a thousand bytes."""
    workbook(path, parts={FIRST_SHEET: b"<worksheet><sheetData>" + b" " * 64_000_000})
    with zipfile.ZipFile(path) as archive:
        offset = archive.getinfo(FIRST_SHEET).header_offset
    content = bytearray(path.read_bytes())
    entry = content.rindex(FIRST_SHEET.encode()) - 46
    struct.pack_into("<I", content, offset + 22, 1_000)
    struct.pack_into("<I", content, entry + 24, 1_000)
    path.write_bytes(content)


def ods(path, rows):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr("content.xml", ODS.format(rows=rows))


def repeated_ods(path):
    cell = ODS_CELL.format(repeated=' table:number-columns-repeated="16384"')
    ods(path, f'<table:table-row table:number-rows-repeated="1048576">{cell}</table:table-row>')


def heavy(path):
    with path.open("wb") as stream:
        stream.write(b"PK")
        stream.truncate(200_000_001)


def entity(path):
    declared = b'<!DOCTYPE worksheet [<!ENTITY x SYSTEM "file:///etc/passwd">]><worksheet>&x;</worksheet>'
    workbook(path, parts={FIRST_SHEET: declared})


UNSAFE = {
    "trop_lourd.xlsx": (heavy, "fichier_trop_lourd"),
    "bombe.xlsx": (overlapping_bomb, "fichier_demesure"),
    "bombe_raide.xlsx": (steep_bomb, "fichier_demesure"),
    "bombe_menteuse.xlsx": (lying_bomb, "fichier_illisible"),
    "entite.xlsx": (entity, "fichier_avec_dtd"),
    "macros.xlsm": (workbook, "fichier_avec_macros"),
    "macros.xlsx": (lambda path: workbook(path, parts={"xl/vbaProject.bin": b"x"}), "fichier_avec_macros"),
    "bout.xlsx": (lambda path: workbook(path, {"A1": "x", "XFD1048576": "loin"}), "feuille_demesuree"),
    "bout.ods": (repeated_ods, "feuille_demesuree"),
    "sans_numeros.xlsx": (
        lambda path: workbook(
            path,
            parts={
                FIRST_SHEET: "<worksheet><sheetData>"
                + "<row><c><v>1</v></c></row>" * 5_000
                + f"<row>{'<c><v>1</v></c>' * 5_000}</row></sheetData></worksheet>"
            },
        ),
        "feuille_demesuree",
    ),
}


@pytest.mark.parametrize("name", UNSAFE)
def test_an_unsafe_file_is_refused_in_bounded_memory(tmp_path, name):
    make, rule = UNSAFE[name]
    path = tmp_path / name
    make(path)
    tracemalloc.start()
    try:
        with pytest.raises(Unreadable) as refused:
            open_raw_file(path, name)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert refused.value.rule == rule
    assert refused.value.expected
    assert peak < 20_000_000


def test_the_other_files_are_read_beside_unsafe_ones(project):
    folder = project / "data/raw/2021-09-10"
    for name, (make, _) in UNSAFE.items():
        make(folder / name)
    preparation = prepare(project)
    found = preparation.constats.set_index("fichier")["regle"]
    assert {name: found[f"2021-09-10/{name}"] for name in UNSAFE} == {name: rule for name, (_, rule) in UNSAFE.items()}
    assert len(preparation.tables["financements"]) == 3


@pytest.mark.parametrize(
    "cells",
    [{"A1": "x", "A999999": "dernière ligne"}, {"A1": "x", "ZZZ100": "large"}, {"A1": "x", "AB100000": "les deux"}],
)
def test_a_cell_far_away_but_within_reason_is_read(tmp_path, cells):
    path = tmp_path / "loin.xlsx"
    workbook(path, cells)
    (sheet,) = open_raw_file(path, path.name).sheets
    assert sheet.rows[-1][-1] == list(cells.values())[-1]


def test_the_blank_rows_and_columns_that_libreoffice_writes_are_no_extent(tmp_path):
    blank = '<table:table-cell table:number-columns-repeated="16384"/>'
    row = f"<table:table-row>{ODS_CELL.format(repeated='')}{blank}</table:table-row>"
    path = tmp_path / "ordinaire.ods"
    ods(path, f'{row}<table:table-row table:number-rows-repeated="1048575">{blank}</table:table-row>')
    (sheet,) = open_raw_file(path, path.name).sheets
    assert sheet.rows == [["x"]]


def test_the_real_files_open(shared_data):
    real = ("anct", "contours", "dgcl", "fonds_vert", "ort", "prefecture", "scdl")
    files = [path for folder in real for path in sorted((shared_data / folder).iterdir())]
    paths = [path for path in files if path.suffix in {".ods", ".xlsx", ".csv", ".geojson"}]
    assert len(paths) >= 6
    for path in paths:
        raw = open_raw_file(path, path.name)
        assert raw.sheets or raw.document


_OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600)


def _archive(*names):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name in names:
            archive.writestr(name, "<a/>")
    return content.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "rule", "said"),
    [
        ("page.xls", b"\xef\xbb\xbf <!DOCTYPE html><table></table>", "fichier_autre", "une page HTML"),
        ("page.csv", b"<html><table><tr><td>exercice</td></tr></table>", "fichier_autre", "une page HTML"),
        ("page.xls", b'<?xml version="1.0"?><html xmlns="x"></html>', "fichier_autre", "une page HTML"),
        ("liste.xls", b"exercice\tdispositif\n2022\tDETR\n", "fichier_autre", "un fichier de texte"),
        ("liste.xlsx", b"%PDF-1.7\n%\xe2\xe3", "fichier_autre", "un document PDF"),
        ("liste.xlsx", _archive("[Content_Types].xml", "word/document.xml"), "fichier_autre", "un document Word (.docx)"),
        ("listes.xlsx", _archive("listes/dgcl_2022.csv"), "fichier_autre", "une archive zip"),
        ("courriel.xls", _OLE + "__properties_version1.0".encode("utf-16-le"), "fichier_autre", "un courriel d'Outlook (.msg)"),
        ("note.xls", _OLE + "WordDocument".encode("utf-16-le"), "fichier_autre", "un document Word (.doc)"),
        ("secret.xlsx", _OLE + "EncryptedPackage".encode("utf-16-le"), "fichier_chiffre", "classeur chiffré"),
        ("suivi.xlsx", _archive("[Content_Types].xml", "xl/workbook.xml"), "fichier_illisible", None),
    ],
)  # fmt: skip
def test_a_file_that_is_no_table_is_said_for_what_it_is(tmp_path, name, content, rule, said):
    """D14: all were « endommagé », or « protégé par un mot de passe »."""
    (tmp_path / name).write_bytes(content)
    with pytest.raises(Unreadable) as refused:
        open_raw_file(tmp_path / name, name)
    assert refused.value.rule == rule
    assert said in (None, refused.value.found)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("l7_spreadsheetml2003.xls", "un classeur XML 2003"),
        ("l11_html.xls", "une page HTML"),
        ("l12_texte_tabule_2022.xls", "un fichier de texte"),
    ],
)
def test_what_a_program_calls_xls_is_said_with_the_way_to_save_it(shared_data, name, said):
    with pytest.raises(Unreadable) as refused:
        open_raw_file(shared_data / "cases" / name, name)
    assert refused.value.found == said
    assert "Enregistrer sous" in refused.value.expected


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("far_cell.xlsb", "fichier_autre"),
        ("far_cell_space_before_decl.xlsx", "fichier_illisible"),
        ("ods_single_quotes_30M.ods", "feuille_demesuree"),
        ("damaged.xls", "fichier_illisible"),
    ],
)
def test_an_attack_on_the_reader_of_workbooks_is_a_finding(shared_data, name, rule):
    """F3: the process was aborted, or took gigabytes."""
    with pytest.raises(Unreadable) as refused:
        open_raw_file(shared_data / "attack" / name, name)
    assert refused.value.rule == rule


FAR = "<sheetData><row r='1048576'><c r='XFD1048576'><v>1</v></c></row></sheetData>"


@pytest.mark.parametrize(
    "part", [f"<!-- --> x<worksheet>{FAR}</worksheet>", f"<sst><worksheet>{FAR}</worksheet></sst>"]
)
def test_a_far_cell_is_found_whatever_stands_around_the_sheet(tmp_path, part):
    workbook(tmp_path / "loin.xlsx", parts={FIRST_SHEET: part})
    with pytest.raises(Unreadable) as refused:
        open_raw_file(tmp_path / "loin.xlsx", "loin.xlsx")
    assert refused.value.rule in {"fichier_illisible", "feuille_demesuree"}


def test_the_sheets_of_a_file_are_bounded_together(tmp_path):
    """F3: ten sheets, each within the bound, took 3.6 GB."""
    made = openpyxl.Workbook()
    for _ in range(10):
        made.create_sheet().cell(300_000, 26, "loin")
    made.save(tmp_path / "dix.xlsx")
    with pytest.raises(Unreadable) as refused:
        open_raw_file(tmp_path / "dix.xlsx", "dix.xlsx")
    assert refused.value.rule == "feuille_demesuree"

"""F3, F4: `pvd verifier FILE` ends in a sentence within 10 s of a processor and 600 MB, its processes together."""

import contextlib
import os
import struct
import subprocess
import sys
import time
import zipfile

import openpyxl
import psutil
import pytest

from pvd_analysis.sources.apart import Apart

SECONDS, MEGABYTES = 10, 600
ODS = (
    "<?xml version='1.0'?><o:document-content xmlns:o='urn:oasis:names:tc:opendocument:xmlns:office:1.0' "
    "xmlns:t='urn:oasis:names:tc:opendocument:xmlns:table:1.0' "
    "xmlns:p='urn:oasis:names:tc:opendocument:xmlns:text:1.0'><o:body><o:spreadsheet>{sheets}"
    "</o:spreadsheet></o:body></o:document-content>"
)
ODS_ROWS = (
    "<t:table t:name='F{number}'><t:table-row t:number-rows-repeated = '{rows}'>"
    "<t:table-cell t:number-columns-repeated = '{columns}' o:value-type='string'><p:p>x</p:p></t:table-cell>"
    "</t:table-row></t:table>"
)


def verified(path, root):
    """Return what the command says and its exit status; its memory and seconds are held to their bounds."""
    process = subprocess.Popen(
        [sys.executable, "-m", "pvd_analysis", "verifier", path],
        cwd=root,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )
    highest, seconds = 0, {}
    while process.poll() is None:
        held = 0
        with contextlib.suppress(psutil.Error):
            first = psutil.Process(process.pid)
            for each in [first, *first.children(recursive=True)]:
                memory, times = each.memory_full_info(), each.cpu_times()
                held += getattr(memory, "pss", memory.uss)
                seconds[each.pid] = times.user + times.system
        highest = max(highest, held)
        time.sleep(0.05)
    said = process.stdout.read()
    process.stdout.close()
    assert "Traceback" not in said
    assert "panicked" not in said
    assert highest < MEGABYTES * 1_000_000
    assert sum(seconds.values()) < SECONDS
    return said, process.returncode


@pytest.mark.parametrize(
    "name",
    [
        "bigint.geojson", "classeur_two_projects_sheets.xlsx", "commune_cell_8000_parts.xlsx", "damaged.xls",
        "deux_feuilles-2021.xlsx", "dgcl-2021_two_quotes.csv", "far_cell.xlsb", "far_cell_space_before_decl.xlsx",
        "liste_pvd_blank_name.csv", "ods_single_quotes_30M.ods",
    ],
)  # fmt: skip
def test_each_attack_ends_in_a_sentence(shared_data, root, name):
    said, ended = verified(shared_data / "attack" / name, root)
    assert said.startswith(name)
    assert ended in {0, 1}


def sparse_xlsx(path, sheets, row, column):
    made = openpyxl.Workbook()
    for number in range(sheets):
        sheet = made.active if number == 0 else made.create_sheet()
        sheet["A1"] = "x"
        sheet.cell(row, column, "loin")
    made.save(path)


def repeated_ods(path, sheets, rows, columns):
    written = "".join(ODS_ROWS.format(number=number, rows=rows, columns=columns) for number in range(sheets))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr("content.xml", ODS.format(sheets=written))


TWINS = {
    "une_cellule.xlsx": (sparse_xlsx, 1, 750_000, 26),
    "dix_feuilles.xlsx": (sparse_xlsx, 10, 70_000, 26),
    "cinquante_feuilles.xlsx": (sparse_xlsx, 50, 1_048_576, 1),
    "large.xlsx": (sparse_xlsx, 1, 1_200, 16_384),
    "repetee.ods": (repeated_ods, 1, 1_000_000, 19),
    "repetees.ods": (repeated_ods, 20, 40_000, 26),
}


@pytest.mark.parametrize("name", TWINS)
def test_a_few_kilobytes_never_ask_for_gigabytes(tmp_path, name):
    make, *sizes = TWINS[name]
    make(tmp_path / name, *sizes)
    assert (tmp_path / name).stat().st_size < 60_000
    with Apart(None) as apart:
        (finding,) = apart.read(tmp_path / name, name).findings
    assert finding.regle == "feuille_demesuree"


@pytest.mark.parametrize(("column", "why"), [(250, "Mo de mémoire"), (16_000, "s'est arrêté")])
def test_an_old_workbook_with_cells_far_away_is_bounded_too(tmp_path, shared_data, root, column, why):
    """An .xls says no extent that can be trusted: the memory of its reading is bounded, by its size."""
    content = bytearray((shared_data / "cases" / "l15_erreurs_formules.xls").read_bytes())
    texts = []  # LABELSST: row, column, format, text
    start = content.find(b"\xfd\x00\x0a\x00")
    while start >= 0:
        texts.append(start)
        start = content.find(b"\xfd\x00\x0a\x00", start + 1)
    for start in texts[-3:]:
        struct.pack_into("<HH", content, start + 4, 65_535, column)
    (tmp_path / "loin.xls").write_bytes(content)
    said, ended = verified(tmp_path / "loin.xls", root)
    assert "La lecture du fichier a été interrompue" in said
    assert why in said.replace("\xa0", " ").replace("\u202f", " ")
    assert ended == 1

"""A name that somebody wrote anywhere in the received files, made up, is in nothing that is published.

It may be in a title or a subject, which the report is about; everywhere else, in each field of each sheet, in the names of
files, sheets and columns, in notes, comments and properties, and in what the committee sends back, it goes no further.
"""

import zipfile

import openpyxl
import pytest
from openpyxl.comments import Comment

from pvd_analysis.cli import main
from pvd_analysis.sources.form import load_forms
from pvd_analysis.values.text import fold
from tests.acceptance.test_avis import filled_in
from tests.territories.classeurs import DGCL_HEADER, PVD_HEADER, deliver_text

NAME = "Zébulon Quermonne"
SEARCHED = "quermonne"
CLASSEUR = "data/raw/2021-09-10/suivi_pvd_landes.xlsx"
# What the report is about, and what people type there is shown.
IDENTIFIERS = {"id_projet", "id_poste", "session", "id_rencontre"}
SUBJECTS = {"intitule", "objet", "laureat", "indicateur"}


def run(*words):
    with pytest.raises(SystemExit) as ended:
        main(list(words))
    return ended.value.code


def write_everywhere(path):
    """Write the name in a classeur: on each sheet, in one row for each column, and wherever else it fits."""
    book = openpyxl.load_workbook(path)
    book.properties.creator = book.properties.title = book.properties.description = NAME
    for form in load_forms("classeur"):
        sheet = next((book[name] for name in form.sheet_names if name in book.sheetnames), None)
        if sheet is None:
            continue
        fields = {header: field.column for field in form.fields for header in field.headers}
        at = next(row[0].row for row in sheet.iter_rows() if sum(cell.value in fields for cell in row) >= 2)
        columns = {cell.column: fields.get(cell.value, "") for cell in sheet[at] if cell.value}
        columns[max(columns) + 1] = ""
        sheet.cell(at, max(columns), f"Référent {NAME}").comment = Comment(NAME, NAME)
        model = [cell.value for cell in sheet[at + 1]]
        identifier = next((number for number, column in columns.items() if column in IDENTIFIERS), None)
        for number, column in columns.items():
            if column in SUBJECTS:
                continue
            # one more row of its own where rows have identifiers, else one of those that are there
            row = sheet.max_row + 1 if identifier else at + number
            for index, value in enumerate(model if identifier else (), 1):
                sheet.cell(row, index, f"40-9{row}" if index == identifier else value)
            sheet.cell(row, number, NAME)
        sheet.cell(sheet.max_row + 1, 1, f"Note : voir avec {NAME}")
        sheet.cell(sheet.max_row + 2, 2, f"Total de {NAME}")
    book.create_sheet(f"Suivi {NAME}")["A1"] = NAME
    book.save(path.with_name(f"suivi {NAME}.xlsx"))
    path.unlink()


def places_of(outputs):
    """Return where the name is found, in the files and in the parts of the workbooks."""
    found = []
    for path in sorted(path for path in outputs.rglob("*") if path.is_file()):
        name, content = path.relative_to(outputs).as_posix(), path.read_bytes()
        parts = {name: content}
        if path.suffix in {".xlsx", ".pptx"}:
            with zipfile.ZipFile(path) as book:
                parts = {f"{name}:{part}": book.read(part) for part in book.namelist()}
        for part, said in {**parts, f"{name} (son nom)": name.encode()}.items():
            text = fold(said.decode("utf-8", "replace").replace("\\u00e9", "é"))
            if SEARCHED in text:
                at = text.index(SEARCHED)
                found.append(f"{part} : …{text[max(at - 90, 0) : at + 30]}…")
    return found


def test_a_name_written_anywhere_is_in_nothing_that_is_published(project):
    write_everywhere(project / CLASSEUR)
    deliver_text(
        project,
        "2021-08-01",
        f"liste_pvd_{NAME}.csv",
        PVD_HEADER,
        f"40001,{NAME},{NAME},2021-05-20",
        f"{NAME},{NAME},x,x",
    )
    deliver_text(
        project, "2021-08-01", f"DETR 2020 {NAME}.csv", DGCL_HEADER,
        f"2020;DETR;119;commune;214000010;40;{NAME};40001;Halle;1000,00;500,00;",
        f"2020;DETR;119;syndicat;254001045;40;{NAME};40002;Réseau;1000,00;500,00;",
        f"2020;{NAME};119;commune;214000010;40;AIRE;40001;Halle;1000,00;500,00;",
    )  # fmt: skip
    deliver_text(project, "2021-08-01", f"{NAME}.csv", f"{NAME};Autre", f"{NAME};1")
    (project / "data" / "raw" / f"livraison de {NAME}").mkdir()
    (project / "data" / "raw" / f"livraison de {NAME}" / "a.csv").write_text("a;b\n1;2\n", encoding="utf-8")
    root = ["--racine", str(project)]
    run("comite", "--departement", "40", "--trimestre", "2021-T3", *root)
    sent = project / f"rendu par {NAME}.xlsx"
    filled_in(
        project / "outputs" / "2021-T3" / "40" / "comite_financeurs.xlsx", sent,
        {"40-001": ("Favorable", 1000, f"vu avec {NAME}")}, edit=lambda book: book.create_sheet(NAME),
    )  # fmt: skip
    assert run("avis", str(sent), *root) == 0
    for quarter in ("2021-T3", "2021-T4"):
        run("rapports", "--trimestre", quarter, "--presentation", *root)
    run("fiches", "--trimestre", "2021-T4", "--laureat", "40001", "--departement", "40", *root)
    run("agenda", "--trimestre", "2021-T4", *root)
    run("exporter", "scdl", "--departement", "40", "--siret", "17400001800013", "--trimestre", "2021-T4", *root)
    run("exporter", "donnees", "--departement", "40", "--trimestre", "2021-T4", *root)
    made = {path.name for path in (project / "outputs").rglob("*") if path.is_file()}
    assert {"rapport_financier.html", "rapport_financier.ipynb", "agenda.ics", "index.html", "journal.jsonl"} <= made
    assert {"40001_aire-sur-l-adour.html", "subventions_40.csv", "comite_financeurs.xlsx", "presentation.pptx"} <= made
    found = places_of(project / "outputs")
    assert not found, "\n".join(found)

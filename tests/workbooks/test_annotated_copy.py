"""The annotated copy of a workbook keeps all of it, and adds what was found: colours, comments, a list with links."""

import io
import re
import zipfile

import openpyxl
import pytest
import xlsxwriter
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.drawing.image import Image
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table

from pvd_analysis.cli import main
from pvd_analysis.communes import load_referentiel
from pvd_analysis.constats import Constat, Origine, SetAside, findings_table
from pvd_analysis.sources import read_file
from pvd_analysis.workbooks.annotated_copy import annotated_copy, is_annotated
from pvd_analysis.workbooks.anomalies_sheet import COLOURS, TABLE_NAME

YELLOW = PatternFill("solid", fgColor="FFFFFF00")
NAVY = PatternFill("solid", fgColor="FF12436D")
OURS = set(COLOURS.values())
FILE = "fait_main.xlsx"
FINDINGS = [
    Constat("colonne_facultative_absente", Origine(FILE, "Projets d'ici", 1), attendu="une colonne « Source »"),
    Constat("date_illisible", Origine(FILE, "Projets d'ici", 3, 3), trouve="31 février"),
    Constat("montant_illisible", Origine(FILE, "Projets d'ici", 2, 2), "=1+1 n'est pas un montant", "12 345,67 €", "2,00 €",
            SetAside()),
    Constat("commune_inconnue", Origine(FILE, "Projets d'ici", 3, 1), trouve="=HYPERLINK(\"http://x\")",
            ecartee=SetAside()),
    Constat("montant_illisible", Origine(FILE, "Projets d'ici", 3, 2), trouve="beaucoup", ecartee=SetAside()),
    Constat("feuille_inconnue", Origine(FILE, "Notes")),
    Constat("feuille_absente", Origine(FILE), attendu="une feuille « Lauréats »"),
]  # fmt: skip


@pytest.fixture(scope="module")
def handmade(root):
    """A workbook with all that analysts put in one."""
    book = openpyxl.Workbook()
    book.properties.creator = "Une analyste"
    sheet = book.active
    sheet.title = "Projets d'ici"
    for row in (["Commune", "Montant", "Date", "Double"], ["Mugron", "=1+1", 44_000, None], ["?", "x", "y", None]):
        sheet.append(row)
    sheet["B2"].data_type, sheet["B2"].quotePrefix = "s", True
    sheet["B2"].fill, sheet["B2"].font = NAVY, Font(name="Georgia", size=13, bold=True, color="FFFFFFFF")
    sheet["B2"].comment = Comment("À revoir avec le service.", "Une analyste")
    sheet["A2"].comment = Comment("Ligne sûre.", "Une analyste")
    sheet["B2"].alignment, sheet["B2"].protection = Alignment(wrap_text=True, indent=2), Protection(locked=False)
    sheet["B2"].border, sheet["C2"].number_format = Border(top=Side("double", "FF00AA00")), "dd/mm/yyyy"
    sheet["D2"], sheet["D3"] = "=C2*2", "=SUM(C:C)"
    sheet["A5"] = "Fusion"
    sheet.merge_cells("A5:D5")
    sheet.column_dimensions["A"].width, sheet.row_dimensions[2].height = 37.5, 41
    sheet.column_dimensions["F"].hidden = True
    sheet.freeze_panes, sheet.auto_filter.ref = "B2", "A1:D3"
    sheet.conditional_formatting.add("C2:C9", CellIsRule("greaterThan", ["5"], fill=YELLOW))
    rule = DataValidation("list", formula1='"oui,non"', error="Oui ou non.", errorTitle="Saisie")
    rule.add("E2:E40")
    sheet.add_data_validation(rule)
    sheet["A2"].hyperlink = "https://www.landes.gouv.fr/"
    sheet.print_area, sheet.print_title_rows = "A1:D9", "1:1"
    sheet.oddFooter.center.text = "Page &P"
    sheet.protection.sheet = True
    notes = book.create_sheet("Notes")
    notes.append(["Clé", "Valeur"])
    notes.append(["a", 3])
    notes.add_table(Table(displayName="notes", ref="A1:B2"))
    chart = BarChart()
    chart.add_data(Reference(notes, min_col=2, min_row=1, max_row=2), titles_from_data=True)
    notes.add_chart(chart, "D2")
    notes.add_image(Image(io.BytesIO((root / "docs/rapport_financier.png").read_bytes())), "D20")
    notes.sheet_state, notes.sheet_properties.tabColor = "hidden", "FF00FF00"
    book.defined_names["taux"] = DefinedName("taux", attr_text="Notes!$B$2")
    content = io.BytesIO()
    book.save(content)
    return with_value(content.getvalue(), "D2", 88_000)


def with_value(content, place, value):
    """Give a formula the value that a spreadsheet program had computed."""
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(changed, "w") as target:
        for name in source.namelist():
            part = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                part = re.sub(
                    rb'(<c r="%b"[^>]*><f>[^<]*</f>)<v ?/?>(</v>)?' % place.encode(), rb"\1<v>%d</v>" % value, part
                )
            target.writestr(name, part)
    return changed.getvalue()


def opened(content, **options):
    return openpyxl.load_workbook(io.BytesIO(content), **options)


def shown(sheet, *, with_marks=True):
    """Return all that a sheet's cells say and look like; without colours and comments where they are ours to change."""
    return {
        cell.coordinate: (
            cell.value, cell.data_type, cell.number_format, cell.font.name, cell.font.sz, cell.font.b, repr(cell.alignment), repr(cell.border),
            repr(cell.protection), cell.quotePrefix, cell.hyperlink and cell.hyperlink.target,
            *((repr(cell.fill), repr(cell.font), cell.comment and (cell.comment.text, cell.comment.author)) if with_marks else ()),
        )
        for row in sheet.iter_rows()
        for cell in row
        if not isinstance(cell, openpyxl.cell.MergedCell)
    }  # fmt: skip


def around(sheet):
    """Return what stands around the cells of a sheet."""
    return (
        {name: (column.width, column.hidden) for name, column in sheet.column_dimensions.items()},
        {number: row.height for number, row in sheet.row_dimensions.items() if row.height},
        [(str(area.sqref), [repr(rule) for rule in area.rules]) for area in sheet.conditional_formatting],
        [repr(rule) for rule in sheet.data_validations.dataValidation],
        [str(area) for area in sheet.merged_cells.ranges],
        dict(sheet.tables.items()),
        (sheet.freeze_panes, sheet.auto_filter.ref, sheet.print_area, sheet.print_title_rows, sheet.oddFooter.center.text),
        (sheet.sheet_state, repr(sheet.sheet_properties.tabColor), sheet.protection.sheet),
        (len(sheet._charts), [image._data() for image in sheet._images]),
    )  # fmt: skip


@pytest.fixture(scope="module")
def annotated(handmade):
    return annotated_copy(handmade, findings_table(FINDINGS))


@pytest.fixture
def copy(annotated):
    return opened(annotated[0])


def test_all_that_the_workbook_had_is_kept(handmade, copy):
    before = opened(handmade)
    assert copy.sheetnames == ["Anomalies", *before.sheetnames]
    for sheet in before:
        assert shown(copy[sheet.title], with_marks=False) == shown(sheet, with_marks=False)
        assert around(copy[sheet.title]) == around(sheet)
    assert copy.defined_names["taux"].attr_text == "Notes!$B$2"
    assert (copy.properties.creator, copy.properties.modified) == ("Une analyste", before.properties.modified)
    marked = {"B2", "A3", "B3", "C3"}
    left = {place: look for place, look in shown(copy["Projets d'ici"]).items() if place not in marked}
    assert left == {place: look for place, look in shown(before["Projets d'ici"]).items() if place not in marked}


def test_a_formula_keeps_the_value_it_had_for_programs_that_do_not_calculate(annotated, copy):
    assert copy["Projets d'ici"]["D2"].value == "=C2*2"
    assert opened(annotated[0], data_only=True)["Projets d'ici"]["D2"].value == 88_000


def test_a_faulty_cell_is_coloured_and_says_what_is_found_expected_and_proposed(copy):
    sheet = copy["Projets d'ici"]
    coloured = {cell.coordinate for row in sheet for cell in row if cell.fill.fgColor.rgb in OURS}
    assert coloured == {"B2", "A3", "B3", "C3"}
    assert sheet["A3"].fill.fgColor.rgb != sheet["C3"].fill.fgColor.rgb
    assert sheet["B2"].font.color.rgb != "FFFFFFFF"
    said = sheet["B2"].comment.text
    assert said.startswith("À revoir avec le service.\n\n")
    assert sheet["B2"].comment.author == "Une analyste"
    for words in ("Constat bloquant", "Trouvé : =1+1", "Attendu : 12 345,67 €", "Valeur proposée : 2,00 €"):
        assert words in said


def listed(sheet):
    first, *rows = sheet[sheet.tables[TABLE_NAME].ref]
    assert [cell.value for cell in first[:4]] == ["Gravité", "Constat", "Feuille", "Aller à"]
    return rows


def test_the_list_is_grouped_by_rule_the_blocking_first_with_a_link_to_each_place(copy):
    sheet = copy.worksheets[0]
    assert sheet["A1"].value == "Anomalies du classeur"
    links = [
        (row[0].value, row[3].value, row[3].hyperlink.location if row[3].hyperlink else None) for row in listed(sheet)
    ]
    assert links == [
        ("bloquant", "B2", "'Projets d''ici'!B2"),
        ("bloquant", "B3", "'Projets d''ici'!B3"),
        ("bloquant", "A3", "'Projets d''ici'!A3"),
        ("bloquant", "fichier", None),
        ("avertissement", "C3", "'Projets d''ici'!C3"),
        ("information", "ligne 1", "'Projets d''ici'!A1"),
        ("information", "feuille", "'Notes'!A1"),
    ]
    assert sheet.page_setup.orientation == "landscape"
    assert not sheet.protection.sheet
    assert copy.active.title == "Anomalies"
    assert [each.title for each in copy if each.sheet_view.tabSelected] == ["Anomalies"]


def test_what_is_quoted_from_a_cell_stays_text(copy):
    cells = [cell for row in copy.worksheets[0].iter_rows() for cell in row]
    assert '=HYPERLINK("http://x")' in [cell.value for cell in cells]
    assert not [cell for cell in cells if cell.data_type == "f"]


def test_what_the_copy_cannot_keep_is_said_in_it_and_returned(annotated, copy):
    assert any("graphiques" in each for each in annotated[1])
    said = [cell.value for cell in copy.worksheets[0]["A"]]
    assert [f"Non gardé dans cette copie : {each}." for each in annotated[1]] == [
        each for each in said if each and each.startswith("Non gardé")
    ]


def test_what_programs_of_today_add_is_said_to_be_lost_in_french():
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        sheet = book.add_worksheet("Projets")
        sheet.insert_button("A5", {"caption": "Calculer"})
        sheet.insert_textbox("D5", "Attention")
        sheet.add_sparkline("B1", {"range": "Projets!C1:E1"})
        sheet.conditional_format("C1:E1", {"type": "data_bar", "bar_solid": True})
        sheet.write_dynamic_array_formula("F1:F3", "=SORT(C1:C3)")
    lost = " ; ".join(annotated_copy(content.getvalue(), findings_table([]))[1])
    for words in ("boutons", "zones de texte", "graphiques dans des cellules", "conditionnelles", "matricielles"):
        assert words in lost


def test_two_runs_give_the_same_bytes(handmade, annotated):
    assert annotated_copy(handmade, findings_table(FINDINGS))[0] == annotated[0]


def test_annotated_again_once_mended_nothing_is_left_of_the_first_annotation(handmade, annotated):
    again = opened(annotated_copy(annotated[0], findings_table([]))[0])
    before = opened(handmade)
    assert again.sheetnames == ["Anomalies", *before.sheetnames]
    for sheet in before:
        assert shown(again[sheet.title]) == shown(sheet)
    assert [row[0].value for row in listed(again.worksheets[0])] == ["aucune"]


def test_annotated_again_as_it_is_the_marks_do_not_pile_up(annotated, copy):
    again = opened(annotated_copy(annotated[0], findings_table(FINDINGS))[0])
    assert again.sheetnames == copy.sheetnames
    for sheet in copy.worksheets[1:]:
        assert shown(again[sheet.title]) == shown(sheet)
    assert [[cell.value for cell in row] for row in listed(again.worksheets[0])] == [
        [cell.value for cell in row] for row in listed(copy.worksheets[0])
    ]


def test_a_sheet_of_the_same_name_and_a_colour_like_ours_stay(handmade):
    book = opened(handmade)
    book["Notes"].title = "Anomalies"
    book["Anomalies"]["A2"].fill = PatternFill("solid", fgColor=min(OURS))
    content = io.BytesIO()
    book.save(content)
    copy = opened(annotated_copy(content.getvalue(), findings_table([]))[0])
    assert copy.sheetnames == ["Anomalies (pvd)", "Projets d'ici", "Anomalies"]
    assert copy["Anomalies"]["A2"].fill.fgColor.rgb == min(OURS)


def test_a_coloured_blank_at_the_end_of_a_sheet_does_not_fill_the_memory(handmade):
    book = opened(handmade)
    book["Notes"]["XFD1048576"].fill = YELLOW
    content = io.BytesIO()
    book.save(content)
    copy = opened(annotated_copy(content.getvalue(), findings_table(FINDINGS))[0])
    assert copy["Notes"]["XFD1048576"].fill.fgColor.rgb == "FFFFFF00"


def test_a_finding_in_merged_cells_is_shown_on_the_first_of_them_and_goes_away(handmade):
    finding = Constat("montant_illisible", Origine(FILE, "Projets d'ici", 5, 3), trouve="x")
    content = annotated_copy(handmade, findings_table([finding]))[0]
    assert opened(content)["Projets d'ici"]["A5"].fill.fgColor.rgb in OURS
    again = opened(annotated_copy(content, findings_table([]))[0])
    assert shown(again["Projets d'ici"]) == shown(opened(handmade)["Projets d'ici"])


@pytest.fixture
def spoilt(root, tmp_path):
    """The classeur of the Landes, with faults."""
    book = openpyxl.load_workbook(root / "data/raw/2021-09-10/suivi_pvd_landes.xlsx")
    projects = book["Projets"]
    projects["B7"], projects["I5"], projects["L4"] = "Peyrehorde", "31 février", "Département"
    projects["L5"] = "à Salazie"
    book["Financements"]["D5"] = "beaucoup, 05 58 12 34 56"
    path = tmp_path / "suivi.xlsx"
    book.save(path)
    return path


def verify(root, *arguments):
    with pytest.raises(SystemExit) as stopped:
        main(["verifier", *map(str, arguments), "--racine", str(root)])
    return stopped.value.code


def test_the_real_classeur_with_faults_is_annotated_and_its_copy_says_the_same(root, spoilt, capsys):
    original = spoilt.read_bytes()
    assert verify(root, spoilt, "--annoter") == 1
    assert "Copie annotée" in capsys.readouterr().out
    path = spoilt.with_name("suivi_annote.xlsx")
    assert spoilt.read_bytes() == original
    before, copy = openpyxl.load_workbook(spoilt), openpyxl.load_workbook(path)
    for sheet in before:
        assert shown(copy[sheet.title], with_marks=False) == shown(sheet, with_marks=False)
        assert around(copy[sheet.title]) == around(sheet)
    assert "Peyrehorade" in copy["Projets"]["B7"].comment.text
    places = {(row[2].value, row[3].value) for row in listed(copy["Anomalies"])}
    assert {("Projets", "B7"), ("Projets", "I5"), ("Financements", "D5"), ("Totaux annoncés", "ligne 6")} <= places
    with zipfile.ZipFile(path) as archive:
        added = archive.read("xl/worksheets/sheet1.xml") + archive.read("xl/comments/comment1.xml")
    assert b"05 58" not in added
    referentiel = load_referentiel(root / "data/raw/referentiel")
    of_copy, of_original = (read_file(each, FILE, referentiel).findings for each in (path, spoilt))
    assert of_copy == of_original


@pytest.mark.parametrize("name", ["suivi.ods", "suivi.xls", "suivi.csv", "suivi.xlsm"])
def test_another_format_is_refused_with_what_to_do(root, tmp_path, capsys, name):
    (tmp_path / name).write_bytes(b"a;b\n")
    assert verify(root, tmp_path / name, "--annoter") == 2
    error = " ".join(capsys.readouterr().err.split())
    assert "enregistrez-le au format .xlsx" in error
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"a;b\n1;2\n", "un classeur .xlsx : ouvrez le fichier dans Excel"),
        (b"PK\x03\x04", "un classeur qui s'ouvre dans Excel"),
        (b"", "un fichier rempli"),
        (bytes.fromhex("d0cf11e0a1b11ae1"), "le classeur enregistré sans mot de passe"),
    ],
)
def test_a_file_that_only_bears_the_name_of_a_workbook_is_refused(root, tmp_path, capsys, content, expected):
    (tmp_path / "faux.xlsx").write_bytes(content)
    assert verify(root, tmp_path / "faux.xlsx", "--annoter") == 2
    error = " ".join(capsys.readouterr().err.split())
    assert f"attendu : {expected}" in error
    assert "Traceback" not in error
    assert [path.name for path in tmp_path.iterdir()] == ["faux.xlsx"]


def test_neither_the_original_nor_a_file_of_that_name_is_replaced(root, spoilt, capsys):
    place = spoilt.with_name("suivi_annote.xlsx")
    place.hardlink_to(spoilt)
    assert verify(root, spoilt, "--annoter") == 2
    assert "est le classeur d'origine" in " ".join(capsys.readouterr().err.split())
    place.unlink()
    place.write_bytes(b"le travail d'une autre")
    assert verify(root, spoilt, "--annoter") == 2
    assert "existe déjà" in " ".join(capsys.readouterr().err.split())
    assert place.read_bytes() == b"le travail d'une autre"
    place.unlink()
    assert verify(root, spoilt, "--annoter") == 1
    first = place.read_bytes()
    assert is_annotated(first)
    assert verify(root, spoilt, "--annoter") == 1
    assert place.read_bytes() == first


def test_a_copy_that_cannot_be_written_is_said_and_leaves_nothing(root, spoilt, capsys):
    # The name of the copy is as long as a name may be: the draft's, a few characters longer, is refused.
    long_name = spoilt.rename(spoilt.with_name("s" * 243 + ".xlsx"))
    assert verify(root, long_name, "--annoter") == 2
    assert "ne peut pas être écrit" in " ".join(capsys.readouterr().err.split())
    assert list(long_name.parent.iterdir()) == [long_name]


def test_a_workbook_that_is_not_safe_to_open_is_not_annotated(root, spoilt, capsys):
    with zipfile.ZipFile(spoilt, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"macros")
    assert verify(root, spoilt, "--annoter") == 2
    assert "enregistré sans macros" in " ".join(capsys.readouterr().err.split())
    assert list(spoilt.parent.iterdir()) == [spoilt]


def test_a_copy_without_a_file_to_copy_is_refused(root, capsys):
    assert verify(root, "--annoter") == 2
    assert "--annoter demande un fichier" in " ".join(capsys.readouterr().err.split())

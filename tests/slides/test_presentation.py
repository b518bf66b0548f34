import io
import zipfile
from dataclasses import replace

import pandas as pd
import pytest
from pptx import Presentation
from pptx.util import Pt

import pvd_analysis as pvd
from pvd_analysis.errors import InvalidParameter
from pvd_analysis.slides import deck, outline
from pvd_analysis.slides.governance import governance_table
from pvd_analysis.slides.layout_file import open_layout_file

ACTOR = '[[acteur]]\nniveau = "N"\nacteur = "A"\nrole = "R"\n'
HOSTILE = "=1+1<script>&amp;]]>\x07\u2028𝔘" + "x" * 400


@pytest.fixture(scope="module")
def landes(landes_root):
    return pvd.load("2021-T3", "40", racine=landes_root)


@pytest.fixture(scope="module")
def content(landes):
    return deck.presentation_bytes(landes)


@pytest.fixture(scope="module")
def slides(content):
    return list(Presentation(io.BytesIO(content)).slides)


def tables(slide):
    return [shape.table for shape in slide.shapes if shape.has_table]


def words(slide):
    cells = [cell.text for table in tables(slide) for row in table.rows for cell in row.cells]
    return "\n".join([*cells, *(shape.text_frame.text for shape in slide.shapes if shape.has_text_frame)])


def entitled(slides, title):
    return next(slide for slide in slides if slide.shapes.title.text.startswith(title))


def test_the_figures_of_the_presentation_of_2021_are_on_the_slides(slides):
    said = "\n".join(map(words, slides)).replace("\N{NARROW NO-BREAK SPACE}", " ").replace("\N{NO-BREAK SPACE}", " ")
    for fact in (
        "43 457 €", "110 414 €", "153 871 €", "281 398 €", "1 193 779 €", "1 475 177 €", "1 629 048 €", "360 719 €", "192 815 €",
        "139 488 €", "75 000 €", "8 postes de chef de projet sont identifiés, dont 4 partagés", "75 %", "25 points", "Cerema",
        "mars 2021", "juillet 2021", "automne 2021", "Geaune n'est servie par aucun poste", "Comité régional des financeurs",
    ):  # fmt: skip
        assert fact in said, fact
    assert "club PVD" in entitled(slides, "Une animation locale").shapes.title.text
    states = tables(entitled(slides, "Point d’avancement"))[0]
    signed = [row.cells[0].text for row in list(states.rows)[1:] if row.cells[1].text != "—"]
    assert (len(states.rows), len(signed)) == (15, 13)
    assert "Labouheyre" not in signed


def test_each_cell_of_a_slide_is_the_text_of_the_table_of_the_report(landes, slides):
    for title, whole, names in (
        ("Un accompagnement financier : les totaux", pvd.tables.announced_totals_table(landes), ("dispositif", "famille", "montant_cents", "date_annonce", "nature_fait")),
        ("Point d’avancement", pvd.tables.conventions_table(landes), ("commune", "date_adhesion", "echeance_cadre", "date_cadre", "etat_convention")),
    ):  # fmt: skip
        shown = [[cell.text for cell in row.cells] for row in tables(entitled(slides, title))[0].rows]
        assert shown[1:] == [[cell.text for cell in row.cells] for row in whole.only(*names).rows()]


def test_the_deck_has_twelve_slides_at_most_each_with_a_title_notes_and_a_number(slides):
    assert len(slides) <= 12
    for slide in slides:
        assert slide.shapes.title.text
        assert slide.shapes[0].shape_id == slide.shapes.title.shape_id  # read first
        assert slide.notes_slide.notes_text_frame.text
    assert all("slidenum" in str(slide.shapes[-1]._element.xpath(".//a:fld/@type")) for slide in slides[1:])
    notes = entitled(slides, "Un accompagnement financier : les totaux").notes_slide.notes_text_frame.text
    assert "DSIL exceptionnelle : F" in notes
    assert "Totaux annoncés, ligne\N{NO-BREAK SPACE}4" in notes
    assert "suivi_pvd_landes.xlsx" in notes


def test_every_picture_and_table_has_an_alternative_and_every_word_its_language_and_a_size_fit_for_a_room(root, slides):
    # the boundaries of the communes, and no classeur
    unfollowed = deck.presentation_bytes(pvd.load("2021-T3", "33", racine=root))
    slides = [*slides, *Presentation(io.BytesIO(unfollowed)).slides]
    pictures = [shape for slide in slides for shape in slide.shapes if shape.shape_type == 13]
    assert len(pictures) == 1
    for slide in slides:
        for shape in slide.shapes:
            if shape in pictures or shape.has_table:
                assert shape._element.xpath(".//p:cNvPr/@descr")[0]
            if shape.name != "Source" and slide.shapes.title.text != "Sources":
                assert all(int(size) >= 1400 for size in shape._element.xpath(".//a:rPr/@sz"))
        assert {run.get("lang") for run in slide._element.xpath(".//a:r/a:rPr")} == {"fr-FR"}


def test_nothing_stands_outside_a_slide_or_over_something_else(content):
    read = Presentation(io.BytesIO(content))
    for slide in read.slides:
        boxes = [(s.left, s.top, s.left + s.width, s.top + s.height) for s in slide.shapes]
        for number, (left, top, right, bottom) in enumerate(boxes):
            assert min(left, top) >= 0
            assert right <= read.slide_width
            assert bottom <= read.slide_height
            for other in boxes[number + 1 :]:
                wide, high = min(right, other[2]) - max(left, other[0]), min(bottom, other[3]) - max(top, other[1])
                assert wide <= Pt(1) or high <= Pt(1), slide.shapes.title.text


def test_the_same_dataset_gives_the_same_bytes_dated_from_its_quarter(landes, content):
    assert deck.presentation_bytes(landes) == content
    assert Presentation(io.BytesIO(content)).core_properties.modified.date() == landes.arrete_le
    assert {part.date_time[0] for part in zipfile.ZipFile(io.BytesIO(content)).infolist()} == {1980}


def test_a_hostile_text_is_shown_as_text(landes):
    spoilt = replace(landes, projets=landes.projets.assign(intitule=HOSTILE), club=landes.club.assign(objet=HOSTILE))
    slides = list(Presentation(io.BytesIO(deck.presentation_bytes(spoilt))).slides)
    assert "=1+1<script>&amp;]]>" in words(entitled(slides, "Une animation locale"))
    assert "=1+1<script>&amp;]]>" in words(entitled(slides, "Un accompagnement financier : les projets"))


def test_a_long_table_goes_on_over_slides_and_loses_no_row(landes):
    many = replace(landes, club=pd.concat([landes.club] * 20, ignore_index=True))
    slides = [
        slide
        for slide in Presentation(io.BytesIO(deck.presentation_bytes(many))).slides
        if slide.shapes.title.text.startswith("Une animation locale")
    ]
    assert len(slides) > 1
    assert sum(len(table.rows) - 1 for slide in slides for table in tables(slide)) == 60


def test_every_column_that_the_slides_name_is_one_of_its_table(landes):
    for said in outline.outlines().values():
        for shown in said.tables:
            if said.pour != "region" and shown.nom != "governance_table":
                table = getattr(pvd.tables, shown.nom)(landes)
                known = {column.name for column in table.columns} if table is not None else set(shown.colonnes)
                assert set(shown.colonnes) - {"departement"} <= known, shown.nom


@pytest.fixture
def gabarit(tmp_path):
    """Return a template of another size, with a slide of its own."""
    theirs = Presentation()
    theirs.slides.add_slide(theirs.slide_layouts[1]).shapes.title.text = "À effacer"
    theirs.save(tmp_path / "theirs.pptx")
    with zipfile.ZipFile(tmp_path / "theirs.pptx") as archive, zipfile.ZipFile(tmp_path / "g.potx", "w") as made:
        for name in archive.namelist():
            made.writestr(name, archive.read(name).replace(b"presentation.main+xml", b"template.main+xml"))
    return tmp_path / "g.potx"


def test_a_template_takes_the_place_of_our_layout(landes, gabarit):
    read = Presentation(io.BytesIO(deck.presentation_bytes(landes, gabarit)))
    assert read.slide_width == Presentation().slide_width
    assert not any("À effacer" in words(slide) for slide in read.slides)
    assert len(read.slides) > 5


@pytest.mark.parametrize("name", ["absent.potx", "texte.pptx", "photo.png", "vide.potx"])
def test_a_template_that_is_none_is_one_french_sentence(tmp_path, name):
    if name != "absent.potx":
        (tmp_path / name).write_bytes(b"PK\x03\x04" if name == "vide.potx" else b"bonjour")
    with pytest.raises(InvalidParameter, match=f"^Gabarit « {name} »"):
        open_layout_file(tmp_path / name)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("acteur", "TOML"),
        ('[[acteur]]\nniveau = "National"\nacteur = "ANCT"\n', "acteur 1, clé « role »"),
        ('[[acteur]]\nniveau = "N"\nacteur = "A"\nrole = 3\n', "acteur 1, clé « role »"),
        ('[[acteur]]\nniveau = "N"\nacteur = "A"\nrole = "R"\ntel = ""\n', "acteur 1, clé « tel »"),
        ('[[acteur]]\nniveau = "N"\nacteur = "A"\nrole = "agent@landes.gouv.fr"\n', "une adresse ou un numéro"),
        ('titre = "x"\n', "des tables"),
    ],
)
def test_a_slip_in_the_file_of_who_does_what_is_said_with_its_key(landes, tmp_path, text, said):
    path = tmp_path / "data/raw/referentiel/gouvernance.toml"
    path.parent.mkdir(parents=True)
    elsewhere = replace(landes, racine=tmp_path)
    assert len(governance_table(elsewhere)) == 0
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidParameter, match=rf"gouvernance\.toml : .*{said}"):
        governance_table(elsewhere)
    path.write_text(ACTOR + 'territoires = ["33", "R75"]\n' + ACTOR + 'territoires = ["33"]\n', encoding="utf-8")
    assert len(governance_table(elsewhere)) == 1

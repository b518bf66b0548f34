import io
import zipfile
from dataclasses import replace

import pandas as pd
import pytest
from pptx import Presentation
from pptx.util import Pt

import pvd_analysis as pvd
from pvd_analysis.cli import main
from pvd_analysis.errors import InvalidParameter
from pvd_analysis.figures.style import INK, PALETTE
from pvd_analysis.slides import deck, outline
from pvd_analysis.slides.governance import governance_table
from pvd_analysis.slides.layout_file import open_layout_file
from pvd_analysis.vocabulary import column_dictionary

ACTOR = '[[acteur]]\nniveau = "N"\nacteur = "A"\nrole = "R"\n'
# What tables are joined on, or a controlled list.
KEYS = {"programme", "etat_convention", "communes"}
HOSTILE = "=1+1<script>&amp;]]>\x07\u2028𝔘" + "x" * 400


@pytest.fixture(scope="module")
def landes(root):
    return pvd.load("2021-T3", "40", racine=root)


@pytest.fixture(scope="module")
def content(landes):
    return deck.presentation_bytes(landes)


@pytest.fixture(scope="module")
def slides(content):
    return slides_of(content)


@pytest.fixture(scope="module")
def many_decks(root, slides):
    """Return slides of several: the Landes twice, their region, and a département that no classeur follows."""
    later, region = pvd.load("2023-T1", "40", racine=root), pvd.load_region("2024-T3", "75", racine=root)
    unfollowed = pvd.load("2024-T3", "33", racine=root)
    return [slides, *(slides_of(deck.presentation_bytes(d)) for d in (later, region, unfollowed))]


def slides_of(content):
    return list(Presentation(io.BytesIO(content)).slides)


def tables(slide):
    return [shape.table for shape in slide.shapes if shape.has_table]


def sentences(slide):
    return [
        paragraph.text
        for shape in slide.shapes
        if shape.has_text_frame and shape.name != "Source" and shape.shape_id != slide.shapes.title.shape_id
        for paragraph in shape.text_frame.paragraphs
    ]


def plain(text):
    return text.replace("\N{NARROW NO-BREAK SPACE}", " ").replace("\N{NO-BREAK SPACE}", " ")


def words(slide):
    cells = [cell.text for table in tables(slide) for row in table.rows for cell in row.cells]
    return "\n".join([*cells, *(shape.text_frame.text for shape in slide.shapes if shape.has_text_frame)])


def notes(slide):
    return slide.notes_slide.notes_text_frame.text


def entitled(slides, title):
    return next(slide for slide in slides if plain(slide.shapes.title.text).startswith(title))


def test_the_figures_of_the_presentation_of_2021_are_on_the_slides(slides):
    said = plain("\n".join(map(words, slides)))
    for fact in (
        "43 457 €", "110 414 €", "153 871 €", "281 398 €", "1 193 779 €", "1 475 177 €", "1 629 048 €", "360 719 €", "192 815 €",
        "139 488 €", "75 000 €", "8 postes de chef de projet sont identifiés, dont 4 partagés", "Cofinancement : 75 %", "25 points",
        "Cerema", "mars 2021", "juillet 2021", "automne 2021", "Geaune n’est servie par aucun poste",
        "Comité régional des financeurs", "14 communes lauréates dans 10 intercommunalités : 12 lauréats, dont 2 partenariats",
    ):  # fmt: skip
        assert fact in said, fact
    assert "club PVD" in entitled(slides, "Une animation locale").shapes.title.text
    states = tables(entitled(slides, "Point d’avancement"))[0]
    signed = [row.cells[0].text for row in list(states.rows)[1:] if row.cells[1].text != "—"]
    assert (len(states.rows), len(signed)) == (15, 13)
    assert "Labouheyre" not in signed


def test_a_deck_has_twelve_slides_at_most_each_with_a_title_notes_and_a_number(many_decks):
    for slides in many_decks:
        assert 5 < len(slides) <= 12
        for slide in slides:
            assert slide.shapes.title.text
            assert slide.shapes[0].shape_id == slide.shapes.title.shape_id  # read first
            assert notes(slide)
        assert all("slidenum" in str(slide.shapes[-1]._element.xpath(".//a:fld/@type")) for slide in slides[1:])
    said = notes(entitled(many_decks[0], "Un accompagnement financier : les totaux"))
    assert "DSIL exceptionnelle : F" in said
    assert "Totaux annoncés, ligne\N{NO-BREAK SPACE}4" in said
    assert "suivi_pvd_landes.xlsx" in said


def test_a_slide_has_sixty_words_of_sentences_and_its_notes_have_the_others(many_decks):
    for slides in many_decks:
        for slide in slides[1:]:
            said = " ".join(sentences(slide)).split()
            assert sum(any(map(str.isalnum, word)) for word in said) <= 60 + 7 * ("Toutes" in said), (
                slide.shapes.title.text
            )
    points = entitled(many_decks[1], "Points d’attention")
    assert sentences(points)[0].endswith("son échéance est dépassée (8).")
    assert "Et 2\N{NO-BREAK SPACE}points de plus, dans les notes et dans le rapport." in sentences(points)
    assert "L’échéance de la convention-cadre est proche" in notes(points)
    assert "Saint-Sever\N{NO-BREAK SPACE}: échéance le 20 novembre 2022" in notes(points)


def test_what_has_not_changed_is_no_slide_of_its_own(many_decks):
    titles = [slide.shapes.title.text for slide in many_decks[3]]
    assert "Points d’attention" in titles
    assert not any(title.startswith("Ce qui a changé") for title in titles)
    assert entitled(many_decks[1], "Ce qui a changé")


def test_words_are_set_as_on_the_pages_but_for_the_names_of_files(landes):
    named = replace(landes, club=landes.club.assign(objet="L'aide du 1er juin ; l'appel"))
    said = words(entitled(slides_of(deck.presentation_bytes(named)), "Une animation locale"))
    assert "L’aide du 1ᵉʳ juin\N{NARROW NO-BREAK SPACE}; l’appel" in said
    files = landes.fichiers.assign(
        fichier=landes.fichiers["fichier"].str.replace("suivi_ort_landes", "suivi_l'ort_landes")
    )
    assert "l'ort_" in words(entitled(slides_of(deck.presentation_bytes(replace(landes, fichiers=files))), "Sources"))


def test_every_picture_and_table_has_an_alternative_and_every_word_its_language_and_a_size_fit_for_a_room(many_decks):
    slides = [slide for slides in many_decks for slide in slides]
    pictures = [shape for slide in slides for shape in slide.shapes if shape.shape_type == 13]
    assert len(pictures) == len(many_decks)
    for slide in slides:
        for shape in slide.shapes:
            if shape in pictures or shape.has_table:
                assert shape._element.xpath(".//p:cNvPr/@descr")[0]
            if shape.name not in ("Source", "Fichiers reçus"):
                assert all(int(size) >= 1400 for size in shape._element.xpath(".//a:rPr/@sz"))
        assert {run.get("lang") for run in slide._element.xpath(".//a:r/a:rPr")} == {"fr-FR"}


def assert_all_stands_inside(slides, width, height):
    for slide in slides:
        boxes = [(s.left, s.top, s.left + s.width, s.top + s.height) for s in slide.shapes]
        for number, (left, top, right, bottom) in enumerate(boxes):
            assert min(left, top) >= 0
            assert right <= width
            assert bottom <= height, slide.shapes.title.text
            for other in boxes[number + 1 :]:
                wide, high = min(right, other[2]) - max(left, other[0]), min(bottom, other[3]) - max(top, other[1])
                assert wide <= Pt(1) or high <= Pt(1), slide.shapes.title.text


def test_nothing_stands_outside_a_slide_or_over_something_else(many_decks):
    for slides in many_decks:
        assert_all_stands_inside(slides, Pt(960), Pt(540))


def test_the_same_dataset_gives_the_same_bytes_dated_from_its_quarter(landes, content):
    assert deck.presentation_bytes(landes) == content
    assert Presentation(io.BytesIO(content)).core_properties.modified.date() == landes.arrete_le
    assert {part.date_time[0] for part in zipfile.ZipFile(io.BytesIO(content)).infolist()} == {1980}


def test_a_hostile_text_in_any_field_is_shown_as_text_where_there_is_room_for_it(landes):
    free = {name for name, entry in column_dictionary().items() if entry["genre"] == "texte"}
    spoilt = {
        name: table.assign(**dict.fromkeys(free & set(table.columns) - KEYS, HOSTILE))
        for name, table in landes.tables.items()
    }
    slides = slides_of(deck.presentation_bytes(replace(landes, **spoilt)))
    for title in (
        "Une animation locale",
        "Un accompagnement financier : les projets",
        "Un accompagnement en ingénierie : la formation",
    ):
        assert "=1+1<script>&amp;]]>" in words(entitled(slides, title)), title
    assert_all_stands_inside(slides, Pt(960), Pt(540))


def test_a_long_table_goes_on_over_slides_and_loses_no_row(landes):
    many = replace(landes, club=pd.concat([landes.club.head(1)] * 40, ignore_index=True))
    slides = [
        slide
        for slide in Presentation(io.BytesIO(deck.presentation_bytes(many))).slides
        if slide.shapes.title.text.startswith("Une animation locale")
    ]
    rows = [len(table.rows) - 1 for slide in slides for table in tables(slide)]
    assert sum(rows) == 40
    assert max(rows) - min(rows) < 3


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


def test_a_template_takes_the_place_of_our_layout_in_the_slides_of_a_region_too(project, gabarit):
    with pytest.raises(SystemExit) as ended:
        main(
            [
                "presentation",
                "--region",
                "75",
                "--trimestre",
                "2021-T3",
                "--gabarit",
                str(gabarit),
                "--racine",
                str(project),
            ]
        )
    assert ended.value.code == 0
    read = Presentation(project / "outputs/2021-T3/R75/presentation.pptx")
    assert read.slide_width == Presentation().slide_width
    assert not any("À effacer" in words(slide) for slide in read.slides)
    assert entitled(read.slides, "Ce que le comité examine")
    assert_all_stands_inside(read.slides, read.slide_width, read.slide_height)


def test_our_layout_has_the_colours_of_the_figures():
    theme = next(part for part in open_layout_file(None).part.package.iter_parts() if "theme" in str(part.partname))
    assert all(f'val="{colour.lstrip("#")}"'.encode() in theme.blob for colour in (INK, *PALETTE.values()))


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

"""The presentation of a quarter: native slides that a préfecture shows and edits, made from the tables of the reports."""

import copy
import datetime as dt
import io
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from pptx.oxml.ns import qn
from pptx.presentation import Presentation as Deck
from pptx.slide import Slide
from pptx.util import Emu, Pt

from pvd_analysis.dataset import Dataset
from pvd_analysis.errors import InvalidParameter, refusal
from pvd_analysis.figures import Illustration
from pvd_analysis.slides.layout_file import CONTENT, COVER, layout_of, open_layout_file, zipped
from pvd_analysis.slides.outline import Content, contents
from pvd_analysis.slides.pages import (
    AFTER,
    CELL_SIDE,
    CELL_TOP,
    CELLS,
    SOURCES,
    WORDS,
    Grid,
    clean,
    pages,
    sources_height,
    words_height,
)
from pvd_analysis.tables import ReportTable, files_table
from pvd_analysis.values import format_date
from pvd_analysis.whole_file import write_whole

PRESENTATION: Final = "presentation.pptx"
_WORDS_BESIDE_FIGURE: Final = 0.26
# Points between the edge of a text and its first letter: a table begins where the letters do.
_INSET: Final = 7.2


def presentation(d: Dataset, path: str | Path, gabarit: str | Path | None = None) -> Path:
    """Write the slides of a dataset, and return where.

    Parameters
    ----------
    d : Dataset
        Of a département, or of a region for its committee.
    path : str or Path
        A ``.pptx`` file; a relative path starts from the project's root. Its folder is made; a file there is replaced.
    gabarit : str or Path, optional
        A ``.potx`` or ``.pptx`` file whose layout takes the place of ours.

    Raises
    ------
    InvalidParameter
        The name does not end with ``.pptx``, the layout file or ``gouvernance.toml`` is at fault, or the file cannot be
        written (open in PowerPoint, for instance).

    Examples
    --------
    >>> folder = getfixture("tmp_path")
    >>> pvd.presentation(d, folder / "presentation.pptx").name
    'presentation.pptx'
    """
    target = d.racine / path
    if target.suffix.lower() != ".pptx":
        raise InvalidParameter(
            f"Fichier « {path} » : un nom en .pptx est attendu, par exemple « outputs/{PRESENTATION} »."
        )
    content = presentation_bytes(d, Path(gabarit) if gabarit else None)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        write_whole(target, content)
    except OSError as error:
        raise InvalidParameter(
            f"Le fichier {target.name} ne peut pas être écrit ({refusal(error)}) : est-il ouvert dans un autre programme ?"
        ) from error
    return target


def presentation_bytes(d: Dataset, gabarit: Path | None = None) -> bytes:
    """Return the slides of a dataset as a ``.pptx``: the same dataset gives the same bytes."""
    deck = open_layout_file(gabarit)
    _cover(deck, d)
    files = {
        cells[0].text: f"{cells[1].text}, {cells[2].text}" for cells in (row.cells for row in files_table(d).rows())
    }
    for content in contents(d):
        _slides(deck, content, files)
    for slide in deck.slides:
        _in_french(slide._element)
        _in_french(slide.notes_slide._element)
    _properties(deck, d)
    target = io.BytesIO()
    deck.save(target)
    with zipfile.ZipFile(target) as archive:
        return zipped({name: archive.read(name) for name in archive.namelist()})


def _cover(deck: Deck, d: Dataset) -> None:
    slide = deck.slides.add_slide(layout_of(deck, COVER))
    slide.shapes.title.text = "L’accompagnement du programme Petites villes de demain"
    slide.placeholders[1].text = f"{d.territoire}\n{d.trimestre.label}, situation au {format_date(d.arrete_le)}"
    _notes(
        slide,
        ["Présentation faite des mêmes tables que les rapports du trimestre ; chaque diapositive dit ses sources."],
    )


def _slides(deck: Deck, content: Content, files: dict[str, str]) -> None:
    """Add the slide of a content, and those over which it goes on."""
    layout = layout_of(deck, CONTENT)
    room = next(each for each in layout.placeholders if each.placeholder_format.idx == 1)
    left, top, width, height = (Emu(each).pt for each in (room.left, room.top, room.width, room.height))
    source = "Source : " + " ; ".join(dict.fromkeys(table.source for table, _ in content.tables if table.source))
    below = [source] if len(source) > len("Source : ") else []
    if content.figure:
        below = [f"Source : {content.figure.note}"] if content.figure.note else []
    below += [table.notes[0] for table, _ in content.tables if table.notes and table.notes[0].startswith("Ici ")]
    foot = sources_height(below, width) if below else 0.0
    height -= foot
    figure = content.figure
    found = pages(content.words, content.tables, width - 2 * _INSET, height)
    for number, page in enumerate(found):
        slide = deck.slides.add_slide(layout)
        slide.shapes.title.text = content.title + (" (suite)" if number else "")
        words = page.words if not figure or number else (figure.title, *page.words)
        beside = width * _WORDS_BESIDE_FIGURE if figure and not number else width
        y = top + _write_words(slide, words, (left, top, beside, height))
        if figure and not number:
            _draw(slide, figure, (left + beside + 10, top, width - beside - 10, height))
        for grid in page.grids:
            _write_grid(slide, grid, left + _INSET, y)
            y += grid.height + 2 * AFTER
        if below:
            _write_below(slide, below, (left, top + height, width, foot))
        _number(slide)
        _notes(slide, [*([content.remark] if content.remark else []), *_origins(content.evidence, files)])


def _write_words(slide: Slide, words: Sequence[str], room: tuple[float, float, float, float]) -> float:
    """Write sentences in the content of a slide, which goes when there is none; return their height."""
    holder = slide.placeholders[1]
    if not words:
        holder._element.getparent().remove(holder._element)
        return 0.0
    left, top, width, height = room
    taken = min(words_height(words, width), height)
    holder.left, holder.top, holder.width, holder.height = Pt(left), Pt(top), Pt(width), Pt(taken)
    for number, text in enumerate(words):
        paragraph = holder.text_frame.paragraphs[0] if not number else holder.text_frame.add_paragraph()
        run = paragraph.add_run()
        run.text, run.font.size = clean(text), Pt(WORDS)
    return taken + AFTER


def _write_grid(slide: Slide, grid: Grid, left: float, top: float) -> None:
    frame = slide.shapes.add_table(
        len(grid.rows), len(grid.widths), Pt(left), Pt(top), Pt(sum(grid.widths)), Pt(grid.height)
    )
    _described(frame, grid.table.title, grid.table.title)
    shown = frame.table
    for column, width in zip(shown.columns, grid.widths, strict=True):
        column.width = Pt(width)
    for number, (texts, height) in enumerate(zip(grid.rows, grid.heights, strict=True)):
        shown.rows[number].height = Pt(height)
        for cell, column, text in zip(shown.rows[number].cells, grid.table.columns, texts, strict=True):
            cell.margin_left = cell.margin_right = Pt(CELL_SIDE)
            cell.margin_top = cell.margin_bottom = Pt(CELL_TOP)
            paragraph = cell.text_frame.paragraphs[0]
            run = paragraph.add_run()
            run.text, run.font.size, run.font.bold = text, Pt(grid.size), number == 0 or number in grid.totals
            if column.is_numeric:
                paragraph._p.get_or_add_pPr().set("algn", "r")


def _draw(slide: Slide, figure: Illustration, room: tuple[float, float, float, float]) -> None:
    """Draw a figure at the size of its room; one that is too high for it is left to the report."""
    left, top, width, height = room
    drawn = figure.png(width, height, CELLS[-1])
    if drawn is not None:
        _described(
            slide.shapes.add_picture(io.BytesIO(drawn), Pt(left), Pt(top), width=Pt(width)), figure.title, figure.alt
        )


def _described(shape: Any, name: str, alternative: str) -> None:
    properties = shape._element.xpath(".//p:cNvPr")[0]
    properties.set("name", clean(name))
    properties.set("descr", clean(alternative))


def _write_below(slide: Slide, texts: Sequence[str], room: tuple[float, float, float, float]) -> None:
    box = slide.shapes.add_textbox(*map(Pt, room))
    box.name = "Source"
    box.text_frame.word_wrap = True
    for number, text in enumerate(texts):
        paragraph = box.text_frame.paragraphs[0] if not number else box.text_frame.add_paragraph()
        run = paragraph.add_run()
        run.text, run.font.size = clean(text), Pt(SOURCES)


def _number(slide: Slide) -> None:
    """Give a slide its number, last in the reading order: python-pptx leaves it in the layout."""
    for holder in slide.slide_layout.placeholders:
        if str(holder.placeholder_format.type).startswith("SLIDE_NUMBER"):
            element = copy.deepcopy(holder._element)
            element.xpath(".//p:cNvPr")[0].set("id", str(max(shape.shape_id for shape in slide.shapes) + 1))
            slide.shapes._spTree.append(element)


def _origins(tables: Sequence[ReportTable], files: dict[str, str]) -> list[str]:
    """Return where the rows of tables come from: a line for each, and the files that they cite."""
    lines, cited = [], set()
    for table in tables:
        names = [column.name for column in table.columns]
        said = [f"{table.title}."]
        if table.source:
            said.append(f"Source : {table.source}.")
        if "origine" in names:
            at, first = names.index("origine"), 1 if names[0] == "id_projet" else 0
            rows = [row.cells for row in table.rows() if row.cells[at].value]
            said.append(" ; ".join(f"{row[first].text} : {row[at].text}" for row in rows) + ".")
        lines.append(" ".join(said))
        cited |= {word for line in said for word in line.replace(",", " ").split()} & set(files)
    ordered = [reference for reference in files if reference in cited]
    return [
        *lines,
        *(["Fichiers : " + " ; ".join(f"{each} = {files[each]}" for each in ordered) + "."] if ordered else []),
    ]


def _notes(slide: Slide, lines: Sequence[str]) -> None:
    slide.notes_slide.notes_text_frame.text = "\n".join(map(clean, lines))


def _in_french(element: Any) -> None:
    for tag in ("a:r", "a:fld", "a:br"):
        for each in element.iter(qn(tag)):
            each.get_or_add_rPr().set("lang", "fr-FR") if tag == "a:r" else [
                found.set("lang", "fr-FR") for found in each.findall(qn("a:rPr"))
            ]
    for each in element.iter(qn("a:endParaRPr")):
        each.set("lang", "fr-FR")


def _properties(deck: Deck, d: Dataset) -> None:
    day = dt.datetime.combine(d.arrete_le, dt.time())
    said = deck.core_properties
    said.title = f"Petites villes de demain, {d.territoire}, {d.trimestre.label}"
    said.subject, said.author, said.last_modified_by = (
        f"Situation au {format_date(d.arrete_le)}",
        "Préfecture",
        "Préfecture",
    )
    said.language, said.keywords, said.comments, said.revision = "fr-FR", "", "", 1
    said.created = said.modified = day

"""The presentation of a quarter: native slides that a préfecture shows and edits, made from the tables of the reports."""

import copy
import datetime as dt
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from pptx.enum.lang import MSO_LANGUAGE_ID
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.presentation import Presentation as Deck
from pptx.slide import Slide
from pptx.util import Emu, Pt

from pvd_analysis.dataset import Dataset
from pvd_analysis.errors import InvalidParameter, refusal
from pvd_analysis.slides.layout_file import CONTENT, COVER, as_presentation, layout_of, open_layout_file
from pvd_analysis.slides.outline import Content, contents
from pvd_analysis.slides.pages import AFTER, MARGINS, SMALLEST, SOURCES, Grid, Page, pages, plain, typeset, words_height
from pvd_analysis.tables import ReportTable, files_table
from pvd_analysis.values import format_date
from pvd_analysis.whole_file import write_whole

PRESENTATION: Final = "presentation.pptx"
_BESIDE_FIGURE: Final = 0.34
_GAP: Final = 10.0
# Points between the edge of a text and its first letter: a table begins where the letters do.
_INSET: Final = 7.2
_MADE: Final = "Présentation faite des mêmes tables que les rapports : chaque diapositive dit ses sources."
_NO_ROOM: Final = "La figure n’a pas la place d’une diapositive : le rapport la montre."
# Another column names the row.
_NAMELESS: Final = ("id_projet", "severite", "constat")


class _Room(NamedTuple):
    """A part of a slide, in points."""

    left: float
    top: float
    width: float
    height: float


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
    cover = deck.slides.add_slide(layout_of(deck, COVER))
    _write(cover.shapes.title, ["L’accompagnement du programme Petites villes de demain"])
    situation = f"{d.trimestre.label}, situation au {format_date(d.arrete_le)}"
    _write(cover.placeholders[1], [typeset(d.territoire), typeset(situation)])
    _write(cover.notes_slide.notes_placeholder, [_MADE])
    cells = [row.cells for row in files_table(d).rows()]
    files = {reference.text: plain(f"{name.text}, {delivery.text}") for reference, name, delivery, *_ in cells}
    for content in contents(d):
        _add_slides(deck, content, files)
    said = deck.core_properties
    said.title = f"Petites villes de demain, {d.territoire}, {d.trimestre.label}"
    said.subject = f"Situation au {format_date(d.arrete_le)}"
    said.author = said.last_modified_by = "Préfecture"
    said.language, said.keywords, said.comments, said.revision = "fr-FR", "", "", 1
    said.created = said.modified = dt.datetime.combine(d.arrete_le, dt.time())
    target = io.BytesIO()
    deck.save(target)
    return as_presentation(target.getvalue())


def _add_slides(deck: Deck, content: Content, files: dict[str, str]) -> None:
    """Add the slide of a content, and those over which it goes on."""
    layout = layout_of(deck, CONTENT)
    holder = next(each for each in layout.placeholders if each.placeholder_format.idx == 1)
    room = _Room(*(Emu(each).pt for each in (holder.left, holder.top, holder.width, holder.height)))
    foot = words_height(content.below, room.width, SOURCES, after=0) if content.below else 0.0
    inside, figure, drawn = room._replace(height=room.height - foot), content.figure, None
    if figure:
        beside = room.width * _BESIDE_FIGURE
        drawn = figure.png(room.width - beside, inside.height, SMALLEST)
        if not drawn:
            return _add_slides(deck, content._replace(figure=None, below=[*content.below, _NO_ROOM]), files)
        inside = inside._replace(width=beside - _GAP)
    for number, page in enumerate(pages(content.words, content.tables, inside.width - 2 * _INSET, inside.height)):
        slide = deck.slides.add_slide(layout)
        _write(slide.shapes.title, [content.title + (" (suite)" if number else "")])
        y = inside.top + _write_words(slide, page, inside)
        for grid in page.grids:
            _write_grid(slide, grid, inside.left + _INSET, y)
            y += grid.height + 2 * AFTER
        if figure and drawn and not number:
            picture = slide.shapes.add_picture(
                io.BytesIO(drawn), Pt(room.left + beside), Pt(room.top), Pt(room.width - beside)
            )
            _describe(picture, figure.title, figure.alt)
        if content.below:
            box = slide.shapes.add_textbox(*map(Pt, (room.left, room.top + room.height - foot, room.width, foot)))
            box.name, box.text_frame.word_wrap = "Source", True
            _write(box, content.below, SOURCES)
        _number(slide)
        _write(slide.notes_slide.notes_placeholder, [*content.notes, *_origins(content.evidence, files)])


def _write(shape: Any, texts: Sequence[str], size: float = 0.0, is_bold: bool | None = None) -> None:
    """Write paragraphs in French; without a size, in that of the layout."""
    frame = shape.text_frame
    for number, text in enumerate(texts):
        run = (frame.add_paragraph() if number else frame.paragraphs[0]).add_run()
        run.text, run.font.language_id = text, MSO_LANGUAGE_ID.FRENCH
        run.font.size, run.font.bold = Pt(size) if size else None, is_bold


def _write_words(slide: Slide, page: Page, room: _Room) -> float:
    """Write sentences in the content of a slide, which goes when there is none; return their height."""
    holder = slide.placeholders[1]
    if not page.words:
        holder._element.getparent().remove(holder._element)
        return 0.0
    height = min(words_height(page.words, room.width - 2 * _INSET, page.size), room.height)
    holder.left, holder.top, holder.width, holder.height = map(Pt, room._replace(height=height - AFTER))
    _write(holder, page.words, page.size)
    return height


def _write_grid(slide: Slide, grid: Grid, left: float, top: float) -> None:
    lines, (side, above) = [grid.header, *grid.lines], map(Pt, MARGINS)
    frame = slide.shapes.add_table(len(lines), len(grid.widths), *map(Pt, (left, top, sum(grid.widths), grid.height)))
    _describe(frame, grid.table.title, grid.table.title)
    for column, width in zip(frame.table.columns, grid.widths, strict=True):
        column.width = Pt(width)
    for row, line in zip(frame.table.rows, lines, strict=True):
        row.height = Pt(line.height)
        for cell, column, text in zip(row.cells, grid.table.columns, line.texts, strict=True):
            cell.margin_left = cell.margin_right = side
            cell.margin_top = cell.margin_bottom = above
            cell.vertical_anchor = MSO_ANCHOR.MIDDLE
            _write(cell, [text], grid.size, line.is_bold)
            if column.is_numeric:
                cell.text_frame.paragraphs[0].alignment = PP_ALIGN.RIGHT


def _describe(shape: Any, name: str, alternative: str) -> None:
    properties = shape._element.xpath(".//p:cNvPr")[0]
    properties.set("name", typeset(name))
    properties.set("descr", typeset(alternative))


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
        said = typeset(f"{table.title}." + (f" Source : {table.source}." if table.source else ""))
        if "origine" in names:
            at = names.index("origine")
            first = names.index(next(name for name in names if name not in _NAMELESS))
            rows = [row.cells for row in table.rows() if row.cells[at].value]
            said += " " + " ; ".join(f"{typeset(row[first].text)} : {plain(row[at].text)}" for row in rows) + "."
        lines.append(said)
        cited |= set(said.replace(",", " ").split()) & set(files)
    named = [f"{reference} = {name}" for reference, name in files.items() if reference in cited]
    return [*lines, *([f"Fichiers : {' ; '.join(named)}."] if named else [])]

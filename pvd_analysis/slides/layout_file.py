"""The layout file of the slides: ours, made from the blank one of python-pptx, or the template of a préfecture."""

import io
import zipfile
from pathlib import Path
from typing import Any, Final

from lxml import etree
from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.text import MSO_ANCHOR
from pptx.oxml.ns import qn
from pptx.presentation import Presentation as Deck
from pptx.slide import SlideLayout
from pptx.util import Pt

from pvd_analysis.errors import InvalidParameter, refusal
from pvd_analysis.figures.style import INK, PALETTE
from pvd_analysis.sources.safety import Unreadable, safe_content

COVER, CONTENT = "title", "obj"
"""The kinds of the two layouts used: title and subtitle; title and one content."""

_FONT: Final = "Arial"
_WIDTH, _HEIGHT = 960, 540
_SIDE, _TOP, _BOTTOM = 42, 92, 500
_TEMPLATE: Final = b"presentationml.template.main+xml"
_PRESENTATION: Final = b"presentationml.presentation.main+xml"
_NOT_OURS: Final = "Enregistrez-le dans PowerPoint ou LibreOffice au format .potx ou .pptx."


def open_layout_file(path: Path | None) -> Deck:
    """Return a deck without a slide, in the layout of a file, or in ours.

    Raises
    ------
    InvalidParameter
        The file cannot be read, is no presentation, holds macros, or has not the two layouts.
    """
    if path is None:
        return _ours()
    if path.suffix.lower() not in {".potx", ".pptx"}:
        raise InvalidParameter(f"Gabarit « {path.name} » : un fichier .potx ou .pptx est attendu.")
    try:
        deck = Presentation(io.BytesIO(_as_presentation(safe_content(path))))
        missing = {COVER, CONTENT} - {_kind(layout) for layout in deck.slide_layouts if _is_complete(layout)}
    except OSError as error:
        raise InvalidParameter(f"Gabarit « {path.name} » : {refusal(error)}.") from error
    except Unreadable as error:
        raise InvalidParameter(f"Gabarit « {path.name} » refusé : {error.found}. {_NOT_OURS}") from error
    except Exception as error:  # whatever a parser says of a file that is none of its own
        raise InvalidParameter(f"Gabarit « {path.name} » : ce n’est pas une présentation. {_NOT_OURS}") from error
    if missing:
        raise InvalidParameter(
            f"Gabarit « {path.name} » : les dispositions « Diapositive de titre » et « Titre et contenu » sont attendues "
            "dans son premier masque."
        )
    for entry in list(deck.slides._sldIdLst):
        deck.part.drop_rel(entry.rId)
        deck.slides._sldIdLst.remove(entry)
    return deck


def layout_of(deck: Deck, kind: str) -> SlideLayout:
    """Return the layout of a kind."""
    return next(layout for layout in deck.slide_layouts if _kind(layout) == kind and _is_complete(layout))


def _kind(layout: SlideLayout) -> str:
    return str(layout._element.get("type"))


def _is_complete(layout: SlideLayout) -> bool:
    return {0, 1} <= {each.placeholder_format.idx for each in layout.placeholders}


def _as_presentation(content: bytes) -> bytes:
    """Return a template as a presentation, which python-pptx asks for: they differ by one word."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {part.filename: archive.read(part) for part in archive.infolist()}
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(_TEMPLATE, _PRESENTATION)
    return zipped(parts)


def zipped(parts: dict[str, bytes]) -> bytes:
    """Return an Office document of its parts: the same parts give the same bytes, whenever they are written."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in parts.items():
            part = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            part.compress_type, part.create_system, part.external_attr = zipfile.ZIP_DEFLATED, 0, 0o600 << 16
            archive.writestr(part, content)
    return target.getvalue()


def _ours() -> Deck:
    deck = Presentation()
    deck.slide_width, deck.slide_height = Pt(_WIDTH), Pt(_HEIGHT)
    for layout in list(deck.slide_layouts):
        if _kind(layout) not in (COVER, CONTENT):
            deck.slide_layouts.remove(layout)
    _colour_and_letter(deck)
    master = deck.slide_master
    wide = _WIDTH - 2 * _SIDE
    for holder in [*master.placeholders, *(each for layout in deck.slide_layouts for each in layout.placeholders)]:
        match str(holder.placeholder_format.type).split(" ")[0]:
            case "TITLE":
                _place(holder, _SIDE, 24, wide, 60)
                holder.text_frame.vertical_anchor = MSO_ANCHOR.MIDDLE
            case "CENTER_TITLE":
                _place(holder, _SIDE, 150, wide, 130)
                holder.text_frame.vertical_anchor = MSO_ANCHOR.BOTTOM
            case "SUBTITLE":
                _place(holder, _SIDE, 296, wide, 110)
            case "BODY" | "OBJECT":
                _place(holder, _SIDE, _TOP, wide, _BOTTOM - _TOP)
            case "SLIDE_NUMBER":
                _place(holder, _WIDTH - _SIDE - 90, 508, 90, 24)
            case _:  # date and footer: nothing of ours stands there
                holder._element.getparent().remove(holder._element)
    for style, size, colour in (("titleStyle", 28, "accent1"), ("bodyStyle", 18, "tx1")):
        _letters(master._element.find(f".//{qn(f'p:{style}')}"), size, colour)
    for part in (master, *deck.slide_layouts):
        for tint in list(part._element.iter(qn("a:tint"))):
            tint.getparent().remove(tint)
        for letters in part._element.iter(qn("a:defRPr")):
            if letters.get("sz") == "1200":  # the number of a slide
                letters.set("sz", "1400")
    for layout in deck.slide_layouts:
        for style in layout._element.iter(qn("a:lvl1pPr")):
            style.set(
                "algn", "r" if style.getparent().getparent().getparent().find(f".//{qn('a:fld')}") is not None else "l"
            )
    _band(master._element.find(f".//{qn('p:spTree')}"))
    return deck


def _place(holder: Any, left: float, top: float, width: float, height: float) -> None:
    holder.left, holder.top, holder.width, holder.height = Pt(left), Pt(top), Pt(width), Pt(height)


def _letters(style: Any, size: int, colour: str) -> None:
    for level in style:
        level.set("algn", "l")
        letters = level.find(qn("a:defRPr"))
        letters.set("sz", str(100 * size))
        letters.find(f".//{qn('a:schemeClr')}").set("val", colour)
        if colour == "accent1":
            letters.set("b", "1")


def _colour_and_letter(deck: Deck) -> None:
    """Give the theme our colours and a font that every office has."""
    part = next(each for each in deck.part.package.iter_parts() if str(each.partname).startswith("/ppt/theme/"))
    theme = etree.fromstring(part.blob)
    colours = {"dk1": INK, "lt1": "#FFFFFF", "dk2": PALETTE["bleu"], "lt2": "#F3F5F7", "hlink": PALETTE["bleu"]}
    accents = {f"accent{rank}": colour for rank, colour in enumerate(PALETTE.values(), 1)}
    for name, colour in {**colours, **accents}.items():
        entry = theme.find(f".//{qn('a:clrScheme')}/{qn(f'a:{name}')}")
        entry.clear()
        etree.SubElement(entry, qn("a:srgbClr"), val=str(RGBColor.from_string(colour.lstrip("#"))))
    for font in ("majorFont", "minorFont"):
        theme.find(f".//{qn(f'a:{font}')}/{qn('a:latin')}").set("typeface", _FONT)
    part._blob = etree.tostring(theme, xml_declaration=True, encoding="UTF-8", standalone=True)


def _band(shapes: Any) -> None:
    """Draw the band at the head of every slide, which carries no meaning and that no screen reader reads."""
    shapes.insert(
        2,
        etree.fromstring(
            f'<p:sp xmlns:p="{shapes.nsmap["p"]}" xmlns:a="{shapes.nsmap["a"]}"><p:nvSpPr><p:cNvPr id="99" name="Bandeau"/>'
            '<p:cNvSpPr/><p:nvPr userDrawn="1"/></p:nvSpPr><p:spPr><a:xfrm><a:off x="0" y="0"/>'
            f'<a:ext cx="{Pt(_WIDTH)}" cy="{Pt(12)}"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
            '<a:solidFill><a:schemeClr val="accent1"/></a:solidFill><a:ln><a:noFill/></a:ln></p:spPr></p:sp>'
        ),
    )

"""The layout file of the slides: ours (``gabarit.pptx``, in our colours), or the template of a préfecture."""

import io
import zipfile
from pathlib import Path
from typing import Final

from pptx import Presentation
from pptx.presentation import Presentation as Deck
from pptx.slide import SlideLayout

from pvd_analysis.errors import InvalidParameter, refusal
from pvd_analysis.sources.safety import Unreadable, safe_content

COVER, CONTENT = "title", "obj"
"""The kinds of the two layouts used: title and subtitle; title and one content."""

_OURS: Final = Path(__file__).with_name("gabarit.pptx")
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
    path = path or _OURS
    if path.suffix.lower() not in {".potx", ".pptx"}:
        raise InvalidParameter(f"Gabarit « {path.name} » : un fichier .potx ou .pptx est attendu.")
    try:
        deck = Presentation(io.BytesIO(as_presentation(safe_content(path))))
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


def as_presentation(content: bytes) -> bytes:
    """Return a template as the presentation that python-pptx asks for, or a presentation without the hour of its parts.

    The two differ by one word; the same parts give the same bytes, whenever they are written.
    """
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(target, "w") as archive:
        for name in source.namelist():
            part = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            part.compress_type, part.create_system, part.external_attr = zipfile.ZIP_DEFLATED, 0, 0o600 << 16
            said = source.read(name)
            archive.writestr(part, said.replace(_TEMPLATE, _PRESENTATION) if name == "[Content_Types].xml" else said)
    return target.getvalue()

"""Written words: made plain, made comparable, and quoted in a sentence."""

import re
import unicodedata
from itertools import filterfalse
from typing import Final

_DASHES: Final = re.compile(r"[‐‑‒–—―−﹘﹣－⁃]")
# A web form or a PDF leaves these inside numbers, where nobody sees them.
_INVISIBLE: Final = re.compile(r"[\u200b-\u200f\u2060\ufe0e\ufe0f\ufeff]")
_LONGEST_QUOTE: Final = 60
_LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "·": ""})
_NOT_A_WORD = re.compile(r"[^0-9a-z%]+")


def fold(written: str) -> str:
    """Return a written label without case, accents, punctuation or repeated spaces.

    >>> fold("Coût HT (en €)")
    'cout ht en'
    >>> fold("Maître d’ouvrage")
    'maitre d ouvrage'
    """
    bare = written.casefold()
    if not bare.isascii():
        bare = "".join(filterfalse(unicodedata.combining, unicodedata.normalize("NFKD", bare.translate(_LIGATURES))))
    return _NOT_A_WORD.sub(" ", bare).strip()


def flat(text: str) -> str:
    """Return a text with plain single spaces and plain minus signs.

    >>> flat(" – 1\u202f200\u00a0€ ")
    '- 1 200 €'
    """
    return " ".join(_DASHES.sub("-", _INVISIBLE.sub("", text)).split())


def bare(text: str) -> str:
    """Return a text flat, in lower case and without accents; its punctuation stays.

    >>> bare("Févr. 2021 ?")
    'fevr. 2021 ?'
    """
    decomposed = unicodedata.normalize("NFKD", flat(text).casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def quoted(cell: object) -> str:
    """Return what a cell holds between guillemets, shortened when it is long.

    >>> quoted("12 34,5")
    '« 12 34,5 »'
    """
    try:
        text = str(cell)
    except Exception:  # an integer of more than 4 300 digits has no text
        text = type(cell).__name__
    if len(text) > _LONGEST_QUOTE:
        text = text[:_LONGEST_QUOTE] + "…"
    # A line break or a lone half of a character pair would break the report that shows the quote.
    text = text.encode("utf-8", "replace").decode("utf-8")
    return f"« {' '.join(text.split())} »"


def unboxed(cell: object) -> object:
    """Return a numpy scalar, as pandas hands it out, as the Python object that it holds; anything else as it is.

    Without it, `np.bool_` is no `bool`, `np.int64` no `int`, and ``repr`` of an `np.float64` no number.
    """
    if type(cell).__module__ == "numpy" and getattr(cell, "shape", None) == ():
        held: object = cell.item()  # type: ignore[attr-defined]
        return held
    return cell

"""Written words made comparable."""

import re
import unicodedata

_LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "·": ""})
_NOT_A_WORD = re.compile(r"[^0-9a-z%]+")


def fold(written: str) -> str:
    """Return a written label without case, accents, punctuation or repeated spaces.

    >>> fold("Coût HT (en €)")
    'cout ht en'
    >>> fold("Maître d’ouvrage")
    'maitre d ouvrage'
    """
    decomposed = unicodedata.normalize("NFKD", written.translate(_LIGATURES).casefold())
    bare = "".join(character for character in decomposed if not unicodedata.combining(character))
    return _NOT_A_WORD.sub(" ", bare).strip()

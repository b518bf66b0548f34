"""Written words made comparable."""

import re
import unicodedata
from itertools import filterfalse

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

"""Personal data in a free text: e-mail addresses and telephone numbers, masked before anyone else reads them.

A national list has two hundred thousand different texts: they are searched joined, in one pass.
"""

import re
from collections.abc import Iterable
from typing import Final

__all__ = ["ADDRESS_MASK", "NUMBER_MASK", "masked_text", "masked_texts"]

ADDRESS_MASK: Final = "[adresse masquée]"
NUMBER_MASK: Final = "[numéro masqué]"

# No pattern crosses it, and no cell holds it: XML forbids it and a CSV file with one is refused.
_BETWEEN: Final = "\0"
# « prenom.nom@landes.gouv.fr », « nom (at) ville.fr ».
_AT: Final = r"(?:[@＠]|[(\[](?:at|a|à|arobase)[)\]])"
_LOCAL: Final = r"[\w.!#$%&'*+=?^`{|}~’-]{1,64}"
_ADDRESS: Final = re.compile(rf"{_LOCAL} ?{_AT} ?\w[\w-]{{0,62}}(?:\.\w[\w-]{{0,62}}){{1,9}}", re.IGNORECASE)
# What people put between the pairs of a number; a web form leaves the invisible ones.
_S: Final = r"[\s\u200b-\u200f\u2060\ufeff.‐‑‒–_/·-]{1,3}"
# Six pairs between hyphens are two dates, « 01-02-21-03-04-21 »; between spaces, a number and something else.
_PAIRS: Final = rf"(?<!\d[./-]0\d)(?P<s>{_S})\d\d(?:(?P=s)\d\d){{3}}(?!(?P=s)(?<!\s)\d)"
# Dots and spaces may be mixed; with strokes and hyphens that would be dates, « 05/06-07/08/21 », and six pairs are two dates.
_MIXED_PAIRS: Final = r"(?<!\d[\s.]0\d)(?:[\s.]{1,3}\d\d){4}(?![\s.]{1,3}\d)"
_FOURS: Final = rf"\d\d(?P<t>{_S})(?:\d\d(?P=t)\d\d(?P=t)\d\d|\d{{3}}(?P=t)\d{{3}})"
_ALONE: Final = r"(?<![^\W\d_]0\d)(?<!\d[.,]0\d)\d{8}(?![.,]\d|[^\W_])"
_NATIONAL: Final = rf"(?<!\d0)[1-9](?:{_PAIRS}|{_FOURS}|{_MIXED_PAIRS}|{_ALONE})"
# France and its territories, then its neighbours. A SIRET may begin with 00 and has fourteen digits; an amount with a
# plus sign (« +33 450 120 € ») has fewer than a number.
_CODES: Final = "33|262|508|590|594|596|681|687|689|30|31|32|34|351|352|353|376|377|39|41|44|49"
_PREFIX: Final = r"(?:(?<=\+)|(?<!\w0)(?<!\d[.,]0)0(?!\d{12}(?!\d)))"
_ABROAD: Final = rf"{_PREFIX}(?:{_S})?(?:{_CODES})(?:{_S})?(?:\(0\))?(?:(?:{_S})?\d){{8,11}}"
# Its first character comes first: a text that has none is passed over at once.
_NUMBER: Final = re.compile(rf"[0+](?:(?<=0){_NATIONAL}|{_ABROAD})(?!\d)")
# What every address holds and nearly no text does.
_HINT: Final = re.compile(r"[@＠([](?:(?<=[@＠])|(?:at|a|à|arobase)[)\]])", re.IGNORECASE)


def masked_text(text: str) -> str:
    """Return a text whose e-mail addresses and telephone numbers are masked.

    >>> masked_text("Appeler le 05 58 12 34 56, ou mairie@exemple.fr ; SIRET 214 000 055 00015")
    'Appeler le [numéro masqué], ou [adresse masquée] ; SIRET 214 000 055 00015'
    """
    return _NUMBER.sub(NUMBER_MASK, _ADDRESS.sub(ADDRESS_MASK, text))


def masked_texts(texts: Iterable[str]) -> dict[str, str]:
    """Return, of many different texts, those that hold an address or a number, each with its masked text.

    >>> masked_texts(["Mugron", "mairie@exemple.fr"])
    {'mairie@exemple.fr': '[adresse masquée]'}
    """
    joined = _BETWEEN.join(texts)
    places = sorted(match.start() for pattern in (_HINT, _NUMBER) for match in pattern.finditer(joined))
    near = dict.fromkeys(_around(joined, at) for at in places)
    masked = {text: masked_text(text) for text in near}
    return {text: said for text, said in masked.items() if said != text}


def _around(joined: str, place: int) -> str:
    end = joined.find(_BETWEEN, place)
    return joined[joined.rfind(_BETWEEN, 0, place) + 1 : end if end >= 0 else None]

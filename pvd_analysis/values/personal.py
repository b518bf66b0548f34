"""Personal data in a free text: e-mail addresses and telephone numbers, masked before anyone else reads them.

A national list has two hundred thousand different texts: they are searched joined, in one pass, for what a number or an
address cannot do without; only the few that have it are looked at one by one. What is and is not one is the table
``tests/values/coordonnees.csv``.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final

ADDRESS_MASK: Final = "[adresse masquée]"
NUMBER_MASK: Final = "[numéro masqué]"

# No pattern crosses it, and no cell holds it: XML forbids it and a CSV file with one is refused.
_BETWEEN: Final = "\0"
# One character for one, so that places stay what they are: digits and marks of other keyboards, invisible signs.
_INVISIBLE: Final = dict.fromkeys([*range(0x200B, 0x2010), 0x2060, 0xFEFF, *b"\t\n\r\v\f"], " ")
_AS_NUMBER: Final = {
    **_INVISIBLE,
    **{0xFF10 + digit: str(digit) for digit in range(10)},
    **dict.fromkeys(map(ord, "()[]"), " "),
    **dict.fromkeys(map(ord, "‐‑‒–—―−_·•:|\\*"), "-"),
}
_AS_ADDRESS: Final = {**_INVISIBLE, **dict.fromkeys(map(ord, "＠﹫"), "@")}
_ZERO: Final = re.compile(r"(?<![^\W_])[oO](?=\s?[1-9])")

# What people put between the groups of a number.
_S: Final = r"[\s./-]{1,3}"
_NO_YEAR: Final = r"(?!(?:19|20)\d\d(?!\d))"
# Six pairs between hyphens are two dates, « 01-02-21-03-04-21 »; between spaces, a number and something else.
_PAIRS: Final = rf"(?<!\d[./-]0\d)(?P<s>{_S})\d\d(?:(?P=s)\d\d){{3}}(?!(?P=s)(?<!\s)\d)"
# Dots and spaces may be mixed; with strokes and hyphens that would be dates, « 05/06-07/08/21 », and six pairs are two dates.
_MIXED_PAIRS: Final = r"(?<!\d[\s.]0\d)(?:[\s.]{1,3}\d\d){4}(?![\s.]{1,3}\d)"
_FOURS: Final = rf"\d\d(?P<t>{_S})(?:\d\d(?P=t)\d\d(?P=t)\d\d|\d{{3}}(?P=t)\d{{3}})"
# Each way to part what follows the first two digits: 8, 3+3+2, 4+4, 2+2+4; three and three; one by one at the end.
_PARTED: Final = (
    rf"(?P<v>{_S})(?:(?!(?:19|20)\d{{6}})\d{{8}}|\d{{3}}(?P=v)\d{{3}}(?P=v)\d\d"
    rf"|{_NO_YEAR}\d{{4}}(?P=v){_NO_YEAR}\d{{4}}|\d\d(?P=v)\d\d(?P=v){_NO_YEAR}\d{{4}}"
    rf"|\d(?:(?P=v)\d){{7}}|\d\d(?P=v)\d\d(?P=v)\d\d(?P=v)\d(?P=v)\d)"
)
_THREES: Final = rf"\d(?P<w>{_S})\d{{3}}(?P=w)\d\d(?P=w)\d\d"
_ALONE: Final = r"(?<![^\W\d_]0\d)(?<!\d[.,]0\d)\d{8}(?![.,]\d|[^\W_])"
_NATIONAL: Final = rf"(?<!\d0)[1-9](?:{_PAIRS}|{_FOURS}|{_MIXED_PAIRS}|{_ALONE}|(?<!\d[./-]0\d)(?:{_PARTED}|{_THREES}))"
_ONE_BY_ONE: Final = rf"(?<!\d0)(?P<u>{_S})[1-9](?:(?P=u)\d){{8}}|(?<!\w0) [1-9](?:{_S}\d\d){{4}}"
# France and its territories, then its neighbours. A SIRET may begin with 00 and has fourteen digits; an amount with a
# plus sign (« +33 450 120 € ») has fewer than a number.
_CODES: Final = "33|262|508|590|594|596|681|687|689|30|31|32|34|351|352|353|376|377|39|41|44|49"
_PREFIX: Final = r"(?:(?<=\+)|(?<!\w0)(?<!\d[.,]0)0(?!\d{12}(?!\d)))"
_ABROAD: Final = rf"{_PREFIX}(?:{_S})?(?:{_CODES})(?:{_S})?(?:0\s?(?=\s))?(?:(?:{_S})?\d){{8,11}}"
_WITHOUT_PLUS: Final = (
    rf"(?<=3)(?<![\w.,]3)(?<!\d\s3)3(?:\s{{0,3}}[1-9](?:{_S}\d\d){{4}}|[1-9]\d{{8}}(?![.,]\d|\s*€|[^\W_]))"
)
# Its first character comes first: a text that has none is passed over at once.
_NUMBER: Final = re.compile(rf"[0+3](?:(?<=0)(?:{_NATIONAL}|{_ONE_BY_ONE})|(?<![3]){_ABROAD}|{_WITHOUT_PLUS})(?!\d)")

_LOCAL: Final = r"[\w.!#$%&'*+=?^`{|}~’-]{1,64}"
_LABEL: Final = r"\w[\w-]{0,62}"
# The ends that a name of a machine may have, after whatever stands for a dot.
_END: Final = r"(?:fr|com|org|net|eu|info|re|gp|mq|gf|yt|nc|pf|bzh|corsica|alsace|be|ch|es|it|de|lu)(?![\w-])"
_DOT: Final = r"(?:\s?[.,]\s?|\s?[(\[{]?(?:dot|point|\.)[)\]}]?\s?)"
_NAMED: Final = rf"{_LABEL}(?:(?:\.|\s?[(\[{{]?(?:dot|point)[)\]}}]?\s?){_LABEL}){{0,8}}{_DOT}{_END}"
_SIGN: Final = r"(?:@{1,2}|%40|&#64;|&commat;)"
_BRACKETED: Final = r"\s?[(\[{<]\s?(?:at|a|à|arobase?|@|chez)\s?[)\]}>]\s?"
_WORD: Final = r"(?:\s-?(?:at|arobase?|chez)-?\s|_at_)"
_ADDRESS: Final = re.compile(
    rf"{_LOCAL}(?:(?:\s?{_SIGN}\s?|{_BRACKETED})(?:{_NAMED}|{_LABEL}(?:\.{_LABEL}){{1,9}})|{_WORD}{_NAMED})",
    re.IGNORECASE,
)
# What every number and every address holds, and nearly no text does: each pattern begins with what is quickly searched.
_BESIDE: Final = r"[\s./()\[\]‐‑‒–—―−_·•:|\\*\u200b-\u200f\u2060\ufeff-]{0,4}"
_HINTS: Final = tuple(
    re.compile(pattern)
    for pattern in (
        rf"[0０+](?<![^\W_].)(?:{_BESIDE}\d){{8}}",
        rf"33(?<![^\W_]..)(?:{_BESIDE}\d){{8}}",
        rf"o(?=\s?[1-9])(?<![^\W_].)(?:{_BESIDE}\d){{8}}",
        rf"O(?=\s?[1-9])(?<![^\W_].)(?:{_BESIDE}\d){{8}}",
    )
)
_SIGNS: Final = re.compile(r"[@＠﹫%&(\[{<](?:(?<=[@＠﹫])|40|#64;|commat;|\s?(?i:at|a|à|arobase?|chez)\s?[)\]}>])")
_WORDS: Final = (" at ", " AT ", "-at-", "_at_", "chez ", "CHEZ ", "Chez ", "arobas", "AROBAS", "Arobas")


def masked_text(text: str) -> str:
    """Return a text whose e-mail addresses and telephone numbers are masked.

    >>> masked_text("Appeler le 05 58 12 34 56, ou mairie@exemple.fr ; SIRET 214 000 055 00015")
    'Appeler le [numéro masqué], ou [adresse masquée] ; SIRET 214 000 055 00015'
    """
    if _SIGNS.search(text) or any(word in text for word in _WORDS):
        text = _masked(text, _ADDRESS, text.translate(_AS_ADDRESS), ADDRESS_MASK)
    return _masked(text, _NUMBER, _ZERO.sub("0", text.translate(_AS_NUMBER)), NUMBER_MASK)


def masked_texts(texts: Iterable[str]) -> dict[str, str]:
    """Return, of many different texts, those that hold an address or a number, each with its masked text.

    >>> masked_texts(["Mugron", "mairie@exemple.fr"])
    {'mairie@exemple.fr': '[adresse masquée]'}
    """
    joined = _BETWEEN.join(texts)
    places = {match.start() for hint in (*_HINTS, _SIGNS) for match in hint.finditer(joined)}
    places |= {place for word in _WORDS for place in _places(joined, word)}
    near = dict.fromkeys(_around(joined, place) for place in sorted(places))
    masked = {text: masked_text(text) for text in near}
    return {text: said for text, said in masked.items() if said != text}


def _masked(text: str, pattern: re.Pattern[str], read_as: str, mask: str) -> str:
    """Return a text with a mask wherever the pattern is found in what it is read as, which has the same places."""
    parts, end = [], 0
    for match in pattern.finditer(read_as):
        parts += [text[end : match.start()], mask]
        end = match.end()
    return "".join([*parts, text[end:]]) if parts else text


def _places(joined: str, word: str) -> Iterator[int]:
    place = joined.find(word)
    while place >= 0:
        yield place
        place = joined.find(word, place + 1)


def _around(joined: str, place: int) -> str:
    end = joined.find(_BETWEEN, place)
    return joined[joined.rfind(_BETWEEN, 0, place) + 1 : end if end >= 0 else None]

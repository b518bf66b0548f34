"""What a reader sees: French typography for amounts, rates, numbers and dates."""

import datetime as dt
import math
import re
from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from difflib import get_close_matches
from typing import Final

from pvd_analysis.values.dates import MONTHS, PartialDate, Precision
from pvd_analysis.values.text import fold

_MISSING: Final = "—"
_MINUS: Final = "\N{MINUS SIGN}"
_THOUSANDS: Final = "\N{NARROW NO-BREAK SPACE}"
_UNIT_SPACE: Final = "\N{NO-BREAK SPACE}"
_ARTICLES: Final = {"Le ": "du ", "Les ": "des "}
_ELIDED: Final = frozenset("aeiouyh")
# An apostrophe may be written as HTML writes it.
_APOSTROPHE = re.compile(r"(?<=\w)(?:'|&#x27;|&#39;)(?=[\w«])")
_FIRST = re.compile(r"\b1er\b")
_BEFORE_HIGH = re.compile(r" (?=[;!?])")
_AROUND_WIDE = re.compile(r" (?=[:»%€])|(?<=«) ")
# The default context has 28 digits, and raises beyond.
_WIDE: Final = Context(prec=200)


def _is_missing(value: object) -> bool:
    # By their names: pandas' NA answers neither True nor False when it is compared, and NaT is a datetime.
    if value is None or type(value).__name__ in {"NAType", "NaTType"}:
        return True
    if isinstance(value, Decimal):
        return not value.is_finite()
    return isinstance(value, float) and not math.isfinite(value)


def _grouped(value: Decimal, digits: int) -> str:
    text = f"{value.copy_abs():,.{digits}f}".replace(",", _THOUSANDS).replace(".", ",")
    return f"{_MINUS}{text}" if value < 0 else text


def format_euros(cents: int | None, decimals: bool = False) -> str:
    r"""Return an amount in cents as euros; the cents are shown when there are some, or when `decimals` asks for them.

    The spaces are a narrow no-break space between thousands and a no-break space before the sign.

    >>> format_euros(119377900)
    '1\u202f193\u202f779\xa0€'
    """
    if cents is None or _is_missing(cents):
        return _MISSING
    euros = _WIDE.divide(Decimal(int(cents)), Decimal(100))
    whole = euros == euros.to_integral_value() and not decimals
    return f"{_grouped(euros, 0 if whole else 2)}{_UNIT_SPACE}€"


def format_rate(value: object, digits: int = 1) -> str:
    r"""Return a fraction as a percentage, rounded half up, without a useless « ,0 ».

    >>> format_rate(0.14065)
    '14,1\xa0%'
    >>> format_rate(0.8)
    '80\xa0%'
    """
    if _is_missing(value):
        return _MISSING
    return f"{format_number(_WIDE.multiply(Decimal(str(value)), Decimal(100)), digits)}{_UNIT_SPACE}%"


def format_number(value: object, digits: int = 2) -> str:
    """Return a number with at most `digits` decimals, rounded half up.

    >>> format_number(1.25), format_number(8)
    ('1,25', '8')
    """
    if _is_missing(value):
        return _MISSING
    rounded = Decimal(str(value)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP, _WIDE)
    text = _grouped(rounded, digits)
    return text.rstrip("0").rstrip(",") if digits else text


def format_date(day: dt.date | None) -> str:
    """Return a day in words.

    >>> format_date(dt.date(2021, 3, 1))
    '1er mars 2021'
    """
    if _is_missing(day) or day is None:
        return _MISSING
    return f"{'1er' if day.day == 1 else day.day} {MONTHS[day.month - 1]} {day.year}"


def format_partial(first: dt.date | None, precision: str | None) -> str:
    """Return a date in words, with the precision of its source: ``mars 2021``, ``automne 2021``.

    >>> format_partial(dt.date(2021, 9, 22), "saison")
    'automne 2021'
    """
    if _is_missing(first) or first is None:
        return _MISSING
    day = first.date() if isinstance(first, dt.datetime) else first
    known = Precision.JOUR if _is_missing(precision) or not precision else Precision(precision)
    return str(PartialDate(day, known))


def format_when(first: dt.date, precision: str | None) -> str:
    """Return when something happened, with its preposition.

    >>> format_when(dt.date(2021, 5, 1), "jour"), format_when(dt.date(2021, 5, 1), "mois")
    ('le 1er mai 2021', 'en mai 2021')
    >>> format_when(dt.date(2021, 9, 22), "saison"), format_when(dt.date(2021, 3, 20), "saison")
    ("à l'automne 2021", 'au printemps 2021')
    """
    return _with_preposition(first, precision)[0]


def format_since(first: dt.date, precision: str | None) -> str:
    """Return since when something is so.

    >>> format_since(dt.date(2021, 11, 30), "jour"), format_since(dt.date(2021, 11, 1), "mois")
    ('depuis le 30 novembre 2021', 'depuis novembre 2021')
    >>> format_since(dt.date(2021, 9, 22), "saison"), format_since(dt.date(2021, 1, 1), "annee")
    ("depuis l'automne 2021", 'depuis 2021')
    """
    return _with_preposition(first, precision)[1]


def _with_preposition(first: dt.date, precision: str | None) -> tuple[str, str]:
    said = format_partial(first, precision)
    known = Precision(precision or Precision.JOUR)
    if known in {Precision.MOIS, Precision.ANNEE}:
        return f"en {said}", f"depuis {said}"
    if known == Precision.SAISON and not said.startswith("printemps"):
        return f"à l'{said}", f"depuis l'{said}"
    return f"{'le' if known == Precision.JOUR else 'au'} {said}", f"depuis le {said}"


def format_boolean(value: object) -> str:
    """Return oui or non."""
    return _MISSING if _is_missing(value) else "oui" if value else "non"


def sentence_list(parts: Sequence[str]) -> str:
    """Return parts as they are listed in a sentence.

    >>> sentence_list(["Amou", "Mugron", "Geaune"])
    'Amou, Mugron et Geaune'
    """
    return " et ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def counted(number: int, singular: str, plural: str = "") -> str:
    r"""Return a count with its noun, which is singular below two; `plural` by default adds an s to each word.

    >>> counted(0, "poste partagé"), counted(1, "poste partagé"), counted(2, "poste partagé")
    ('0\xa0poste partagé', '1\xa0poste partagé', '2\xa0postes partagés')
    """
    many = plural or " ".join(f"{word}s" for word in singular.split(" "))
    return f"{format_number(number)}{_UNIT_SPACE}{many if number > 1 else singular}"


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return the question whether the known name that is nearest was meant, after a space; nothing when none is near.

    >>> did_you_mean("raports", ["rapports", "agenda"]), did_you_mean("xyz", ["rapports"])
    (' Vouliez-vous dire « rapports » ?', '')
    """
    folded = {fold(each): each for each in known}
    near = get_close_matches(fold(name), folded, 1)
    return f" Vouliez-vous dire « {folded[near[0]]} » ?" if near else ""


def of_name(name: str) -> str:
    """Return a town's name after « de »: elided before a vowel, and with its article.

    >>> [of_name(name) for name in ("Amou", "Hagetmau", "Mugron", "Le Teil", "Les Sables-d'Olonne", "La Réole")]
    ["d'Amou", "d'Hagetmau", 'de Mugron', 'du Teil', "des Sables-d'Olonne", 'de La Réole']
    """
    for article, contracted in _ARTICLES.items():
        if name.startswith(article):
            return contracted + name.removeprefix(article)
    return f"d'{name}" if fold(name)[:1] in _ELIDED else f"de {name}"


def french_letters(text: str) -> str:
    """Return a text with apostrophes that curl and a first day that stands high.

    >>> french_letters("L'essentiel du 1er juin")
    'L’essentiel du 1ᵉʳ juin'
    """
    return _FIRST.sub("1ᵉʳ", _APOSTROPHE.sub("’", text))


def french_spaces(text: str) -> str:
    r"""Return a text whose marks are never parted from their words at the end of a line.

    >>> french_spaces("« Oui » ; 5 % : non !")
    '«\xa0Oui\xa0»\u202f; 5\xa0%\xa0: non\u202f!'
    """
    return _AROUND_WIDE.sub("\N{NO-BREAK SPACE}", _BEFORE_HIGH.sub("\N{NARROW NO-BREAK SPACE}", text))

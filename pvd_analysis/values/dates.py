"""Dates as people write them, with the precision that they give: « mars 2021 » is a month, not its first day."""

import calendar
import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from pvd_analysis.values.reading import Reading, read_cell
from pvd_analysis.values.text import bare, flat, quoted

MONTHS: Final = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip
_MONTH_NUMBERS: Final = {bare(name): number for number, name in enumerate(MONTHS, 1)} | {
    "janv": 1, "jan": 1, "fevr": 2, "fev": 2, "avr": 4, "juil": 7, "sept": 9, "sep": 9, "oct": 10, "nov": 11, "dec": 12,
}  # fmt: skip
_WEEKDAYS: Final = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_ORDINALS: Final = {"premier": 1, "deuxieme": 2, "second": 2, "troisieme": 3, "quatrieme": 4, "dernier": 0}
# Astronomical seasons, to the day on which most years agree; a date « automne 2021 » has no finer meaning.
_SEASON_STARTS: Final = {"printemps": (3, 20), "été": (6, 21), "automne": (9, 22), "hiver": (12, 21)}
_SEASON_NAMES: Final = {start: name for name, start in _SEASON_STARTS.items()}
_SEASON_ENDS: Final = {3: (6, 20), 6: (9, 21), 9: (12, 20), 12: (3, 19)}
_YEARS: Final = range(1990, 2101)
_EXPECTED: Final = "une date, par exemple « 20/05/2021 », « 20 mai 2021 » ou « mars 2021 »"
_LONGEST: Final = 60
# The 1900 system, shifted by the 29 February 1900 that Excel believes in.
_EXCEL_EPOCH: Final = dt.date(1899, 12, 30)
_FIRST_SERIAL, _LAST_SERIAL = 25569, 73050

_TIME = r"(?:(?:T| )\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?)?"
_DAY_FIRST: Final = re.compile(r"(\d{1,2}) ?([/.-]) ?(\d{1,2}) ?\2 ?(\d{4})" + _TIME, re.ASCII)
_YEAR_FIRST: Final = re.compile(r"(\d{4}) ?([/.-]) ?(\d{1,2}) ?\2 ?(\d{1,2})" + _TIME, re.ASCII)
_SHORT_YEAR: Final = re.compile(r"(\d{1,2}) ?([/.-]) ?(\d{1,2}) ?\2 ?(\d{2})", re.ASCII)
_MONTH_YEAR: Final = re.compile(r"(\d{1,2}) ?[/.-] ?(\d{4})", re.ASCII)
_YEAR_MONTH: Final = re.compile(r"(\d{4}) ?[/-] ?(\d{1,2})", re.ASCII)
_SERIAL: Final = re.compile(r"\d{5}(?:[.,]\d{1,20})?", re.ASCII)
_YEAR: Final = re.compile(r"\d{4}", re.ASCII)

_DAY_IN_WORDS: Final = re.compile(rf"(?:({'|'.join(_WEEKDAYS)}) )?(?:le )?(1er|\d{{1,2}}) ([a-z]+) (\d{{2}}|\d{{4}})")
_MONTH_IN_WORDS: Final = re.compile(r"([a-z]+) (\d{2}|\d{4})")
_PART_FIRST: Final = re.compile(r"([ts]) ?(\d) (\d{4})")
_PART_LAST: Final = re.compile(r"(\d{4}) ?([ts]) ?(\d)")
_PART_IN_WORDS: Final = re.compile(
    rf"(?:(\d) ?(?:er|i?e|i?eme|nde?|°)?|({'|'.join(_ORDINALS)})) (trim|sem)(?:estre)? (?:de )?(\d{{4}})"
)
# « fin mars 2021 » is in March, « fin 2021 » in its second half: what is left out is finer than any precision.
_WITHIN: Final = re.compile(
    r"(debut|mi|milieu|fin|courant|en|annee) (?:du |de la |de l['’] ?|de |d['’] ?|la |l['’] ?)?(?:annee )?(\S.*)"
)
_HALVES: Final = {"debut": 1, "fin": 7}
_WINTER: Final = re.compile(r"hiver (\d{4}) (\d{4})")


class Precision(StrEnum):
    """How finely a date is known."""

    JOUR = "jour"
    MOIS = "mois"
    TRIMESTRE = "trimestre"
    SAISON = "saison"
    SEMESTRE = "semestre"
    ANNEE = "annee"


_MONTHS_OF: Final = {Precision.MOIS: 1, Precision.TRIMESTRE: 3, Precision.SEMESTRE: 6, Precision.ANNEE: 12}


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date known to the day, the month, the quarter, the season, the half or the year, kept as its first day.

    Raises
    ------
    ValueError
        When `first` does not begin a period of that precision.

    Examples
    --------
    >>> str(PartialDate(dt.date(2021, 3, 1), Precision.MOIS))
    'mars 2021'
    >>> PartialDate(dt.date(2021, 3, 1), Precision.MOIS).last
    datetime.date(2021, 3, 31)
    """

    first: dt.date
    precision: Precision

    def __post_init__(self) -> None:
        # A datetime is a date too, and differs from every date when they are compared.
        if not isinstance(self.first, dt.date) or isinstance(self.first, dt.datetime):
            raise ValueError(f"{self.first!r} is not a date without a time")
        object.__setattr__(self, "precision", Precision(self.precision))
        if not self._starts_its_period():
            raise ValueError(f"{self.first} does not begin a period of precision {self.precision}")

    def _starts_its_period(self) -> bool:
        month, day = self.first.month, self.first.day
        if self.precision == Precision.SAISON:
            return (month, day) in _SEASON_NAMES
        months = _MONTHS_OF.get(self.precision)
        return months is None or (day == 1 and (month - 1) % months == 0)

    @property
    def last(self) -> dt.date:
        """The last day of the period."""
        return last_day(self.first, self.precision)

    def __str__(self) -> str:
        year, month, day = self.first.year, self.first.month, self.first.day
        match self.precision:
            case Precision.JOUR:
                return f"{'1er' if day == 1 else day} {MONTHS[month - 1]} {year}"
            case Precision.MOIS:
                return f"{MONTHS[month - 1]} {year}"
            case Precision.SAISON:
                # « hiver 2021 » may be either end of the year, and read_date refuses it.
                return f"{_SEASON_NAMES[month, day]} {f'{year}-{year + 1}' if month == 12 else year}"
            case Precision.ANNEE:
                return str(year)
            case _:
                return f"{self.precision[0].upper()}{(month - 1) // _MONTHS_OF[self.precision] + 1} {year}"


def last_day(first: dt.date, precision: Precision | str) -> dt.date:
    """Return the last day of the period that begins on `first`.

    >>> last_day(dt.date(2021, 7, 1), "trimestre")
    datetime.date(2021, 9, 30)
    """
    known = Precision(precision)
    if known == Precision.SAISON:
        return dt.date(first.year + first.month // 12, *_SEASON_ENDS[first.month])
    if known == Precision.JOUR:
        return first
    month = first.month + _MONTHS_OF[known] - 1
    return dt.date(first.year, month, calendar.monthrange(first.year, month)[1])


def read_date(cell: object) -> Reading[PartialDate]:
    """Read a date: a spreadsheet's date or serial, day first, ISO, in words, or a month, a quarter, a season, a year.

    Two-digit years and months that come first are refused with a proposal; « hiver 2021 », which may be either end of
    the year, without one.

    >>> str(read_date("1er mars 2021").value), str(read_date("automne 2021").value)
    ('1er mars 2021', 'automne 2021')
    >>> str(read_date("20/05/21").proposal)
    '20 mai 2021'
    """
    return read_cell(cell, _read_text, _read_other)


def days_either_way(cell: object) -> tuple[PartialDate | None, PartialDate | None]:
    """Return the day that a text of digits says when the day comes first, and when the month does; None where none does.

    A French spreadsheet that opens an English file turns « 03/04/2021 » into a date, the day first, and leaves
    « 05/20/2021 » as a text: a date without a text may be either too.

    >>> [str(day) for day in days_either_way("03/04/2021")], days_either_way("05/20/2021")[0]
    (['3 avril 2021', '4 mars 2021'], None)
    """
    if isinstance(cell, dt.date):
        first, second, year = cell.day, cell.month, cell.year
    elif isinstance(cell, str) and (match := _DAY_FIRST.fullmatch(text := flat(cell)) or _SHORT_YEAR.fullmatch(text)):
        first, second, year = int(match[1]), int(match[3]), _whole_year(match[4])
    else:
        return None, None
    return _day(year, second, first, cell).value, _day(year, first, second, cell).value


def _read_other(cell: Any) -> Reading[PartialDate]:
    if isinstance(cell, dt.date):
        return _day(cell.year, cell.month, cell.day, cell)
    is_number = isinstance(cell, int | float | Decimal) and not isinstance(cell, bool)
    return _read_number(cell, cell) if is_number else _refused(cell)


def _read_number(number: float | Decimal, cell: object) -> Reading[PartialDate]:
    if _FIRST_SERIAL <= number < _LAST_SERIAL + 1:
        day = _EXCEL_EPOCH + dt.timedelta(days=int(number))
        return _day(day.year, day.month, day.day, cell)
    if 1000 <= number <= 9999 and number == int(number):
        return _period(int(number), 1, Precision.ANNEE, cell)
    return _refused(cell)


def _read_text(cell: str) -> Reading[PartialDate]:
    text = flat(cell) if len(cell) <= 4 * _LONGEST else ""
    if not 0 < len(text) <= _LONGEST:
        return _refused(cell)
    if text.endswith("?"):
        return _refused(cell, "la date est donnée avec un doute", _read_text(text.rstrip("? ")).value)
    return _read_digits(text, cell) or _read_words(re.sub(r"[ .,/-]+", " ", bare(text)).strip(), cell)


def _read_digits(text: str, cell: str) -> Reading[PartialDate] | None:
    if match := _DAY_FIRST.fullmatch(text):
        return _day(int(match[4]), int(match[3]), int(match[1]), cell)
    if match := _YEAR_FIRST.fullmatch(text):
        return _day(int(match[1]), int(match[3]), int(match[4]), cell)
    if match := _SHORT_YEAR.fullmatch(text):
        return _of_short_year(_day(_whole_year(match[4]), int(match[3]), int(match[1]), cell), cell)
    if match := _MONTH_YEAR.fullmatch(text):
        return _period(int(match[2]), int(match[1]), Precision.MOIS, cell)
    if match := _YEAR_MONTH.fullmatch(text):
        return _period(int(match[1]), int(match[2]), Precision.MOIS, cell)
    if _SERIAL.fullmatch(text) or _YEAR.fullmatch(text):
        return _read_number(Decimal(text.replace(",", ".")), cell)
    return None


def _read_words(words: str, cell: str) -> Reading[PartialDate]:
    if match := _PART_FIRST.fullmatch(words):
        return _part(match[1], int(match[2]), int(match[3]), cell)
    if match := _PART_LAST.fullmatch(words):
        return _part(match[2], int(match[3]), int(match[1]), cell)
    if match := _PART_IN_WORDS.fullmatch(words):
        last = 4 if match[3] == "trim" else 2
        number = int(match[1]) if match[1] else _ORDINALS[match[2]] or last
        return _part(match[3][0], number, int(match[4]), cell)
    # After the quarters: « 1er trimestre 2021 » begins like a first of the month.
    if match := _DAY_IN_WORDS.fullmatch(words):
        return _day_in_words(match, cell)
    if match := _WINTER.fullmatch(words):
        first, second = int(match[1]), int(match[2])
        return _season("hiver", first, cell) if second == first + 1 else _refused(cell)
    if match := _WITHIN.fullmatch(words):
        return _within(match[1], _read_text(match[2]).value, cell)
    if match := _MONTH_IN_WORDS.fullmatch(words):
        return _month_in_words(match[1], match[2], cell)
    return _refused(cell)


def _within(which: str, period: PartialDate | None, cell: str) -> Reading[PartialDate]:
    """Return the period in which a part of another is, in the precisions that there are."""
    if period is None or period.precision == Precision.JOUR:
        return _refused(cell)
    if period.precision != Precision.ANNEE or which in {"courant", "en", "annee"}:
        return Reading(period)
    if which in _HALVES:
        return _period(period.first.year, _HALVES[which], Precision.SEMESTRE, cell)
    return _refused(cell, "le milieu de l'année est dans deux semestres", period)


def _day_in_words(match: re.Match[str], cell: str) -> Reading[PartialDate]:
    weekday, day, month, year = match[1], int(match[2].removesuffix("er")), _MONTH_NUMBERS.get(match[3]), match[4]
    if month is None:
        return _refused(cell)
    reading = _day(_whole_year(year), month, day, cell)
    if len(year) == 2:
        return _of_short_year(reading, cell)
    if weekday and reading.value and _WEEKDAYS[reading.value.first.weekday()] != weekday:
        return _refused(cell, f"ce jour n'est pas un {weekday}", reading.value)
    return reading


def _month_in_words(word: str, year: str, cell: str) -> Reading[PartialDate]:
    if month := _MONTH_NUMBERS.get(word):
        reading = _period(_whole_year(year), month, Precision.MOIS, cell)
        return reading if len(year) == 4 else _of_short_year(reading, cell)
    whole = _whole_year(year)
    if word == "hiver":
        return _refused(cell, f"est-ce l'hiver {whole - 1}-{whole} ou l'hiver {whole}-{whole + 1} ?")
    name = next((name for name in _SEASON_STARTS if word == bare(name)), None)
    if name is None:
        return _refused(cell)
    reading = _season(name, whole, cell)
    return reading if len(year) == 4 else _of_short_year(reading, cell)


def _whole_year(year: str) -> int:
    """Return the year that two digits most likely mean, from 1990 to 2089."""
    short = int(year)
    return short if len(year) == 4 else short + (1900 if short >= 90 else 2000)


def _of_short_year(meant: Reading[PartialDate], cell: str) -> Reading[PartialDate]:
    return _refused(cell, "l'année n'a que deux chiffres", meant.value or meant.proposal)


def _day(year: int, month: int, day: int, cell: object) -> Reading[PartialDate]:
    if year not in _YEARS:
        return _refused(cell, "l'année est hors de 1990–2100")
    try:
        return Reading(PartialDate(dt.date(year, month, day), Precision.JOUR))
    except ValueError:
        # 05/20/2021: the month first, as English spreadsheets write it.
        if day <= 12 < month:
            swapped = _day(year, day, month, cell).value
            if swapped:
                return _refused(cell, "le mois semble écrit avant le jour", swapped)
        return _refused(cell, "cette date n'existe pas")


def _part(letter: str, number: int, year: int, cell: str) -> Reading[PartialDate]:
    precision = Precision.TRIMESTRE if letter == "t" else Precision.SEMESTRE
    months = _MONTHS_OF[precision]
    if not 1 <= number <= 12 // months:
        return _refused(cell, f"ce {precision} n'existe pas")
    return _period(year, months * (number - 1) + 1, precision, cell)


def _season(name: str, year: int, cell: object) -> Reading[PartialDate]:
    if year not in _YEARS:
        return _refused(cell, "l'année est hors de 1990–2100")
    return Reading(PartialDate(dt.date(year, *_SEASON_STARTS[name]), Precision.SAISON))


def _period(year: int, month: int, precision: Precision, cell: object) -> Reading[PartialDate]:
    if not 1 <= month <= 12:
        return _refused(cell, "ce mois n'existe pas")
    if year not in _YEARS:
        return _refused(cell, "l'année est hors de 1990–2100")
    return Reading(PartialDate(dt.date(year, month, 1), precision))


def _refused(cell: object, why: str = "", proposal: PartialDate | None = None) -> Reading[PartialDate]:
    problem = f"{quoted(cell)} : {why}" if why else f"{quoted(cell)} n'est pas une date"
    return Reading(problem=problem, expected=_EXPECTED, proposal=proposal)

"""The quarter of a report."""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Final, Self

from pvd_analysis.values.text import flat, quoted

_YEARS: Final = range(2000, 2101)
_WRITTEN: Final = re.compile(
    r"(?P<year>\d{4}) ?-? ?T(?P<number>\d)|T(?P<number_first>\d) ?-? ?(?P<year_last>\d{4})", re.IGNORECASE | re.ASCII
)
_EXPECTED: Final = "une année de 2000 à 2100 et un trimestre de 1 à 4 sont attendus, par exemple « 2021-T3 »"


@dataclass(frozen=True, slots=True, order=True)
class Trimestre:
    """A quarter, ``2021-T3``; a report of it is arrêté on its last day.

    >>> Trimestre.parse("2021-T3").last_day
    datetime.date(2021, 9, 30)
    """

    annee: int
    numero: int

    def __post_init__(self) -> None:
        # A float or a bool would compare equal to a number, and be written « 2021.0-TTrue ».
        if type(self.annee) is not int or type(self.numero) is not int:
            raise ValueError(f"Trimestre « {self.annee}-T{self.numero} » inconnu : {_EXPECTED}.")
        if self.annee not in _YEARS or not 1 <= self.numero <= 4:
            raise ValueError(f"Trimestre « {self.annee}-T{self.numero} » inconnu : {_EXPECTED}.")

    @classmethod
    def parse(cls, written: str) -> Self:
        """Return the quarter written ``2021-T3``, ``2021T3`` or ``T3 2021``.

        Raises
        ------
        ValueError
            With a French sentence, when it is not a quarter.
        """
        match = _WRITTEN.fullmatch(flat(written)) if isinstance(written, str) else None
        if match is None:
            raise ValueError(f"Trimestre {quoted(written)} non compris : {_EXPECTED}.")
        return cls(int(match["year"] or match["year_last"]), int(match["number"] or match["number_first"]))

    @classmethod
    def of(cls, day: dt.date) -> Self:
        """Return the quarter of a day."""
        return cls(day.year, (day.month + 2) // 3)

    @classmethod
    def last_ended(cls, today: dt.date) -> Self:
        """Return the last quarter that has ended before a day."""
        return cls.of(today).previous

    @property
    def first_day(self) -> dt.date:
        """The first day."""
        return dt.date(self.annee, 3 * self.numero - 2, 1)

    @property
    def last_day(self) -> dt.date:
        """The last day, on which a report is arrêté."""
        following = dt.date(self.annee + self.numero // 4, 3 * self.numero % 12 + 1, 1)
        return following - dt.timedelta(days=1)

    @property
    def previous(self) -> Self:
        """The quarter before."""
        return type(self).of(self.first_day - dt.timedelta(days=1))

    @property
    def next(self) -> Self:
        """The quarter after."""
        return type(self).of(self.last_day + dt.timedelta(days=1))

    @property
    def label(self) -> str:
        """What a reader sees: ``T3 2021``."""
        return f"T{self.numero} {self.annee}"

    def __str__(self) -> str:
        return f"{self.annee}-T{self.numero}"

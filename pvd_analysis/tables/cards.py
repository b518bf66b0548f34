"""What a report shows besides tables and figures: key figures, sentences, points of attention, and their HTML."""

from dataclasses import dataclass
from decimal import Decimal
from html import escape
from typing import Any, Final, Literal, get_args

from pvd_analysis.notebook import template
from pvd_analysis.values import format_euros, format_number

__all__ = ["Alerts", "KeyFigures", "Paragraphs"]

Severity = Literal["bloquant", "avertissement", "information"]

_KEY_FIGURES, _ALERTS = template("key_figures.html.j2"), template("alerts.html.j2")
_FIRST_CASES: Final = 50
# In cents: below two millions, the euros are read as fast.
_IN_MILLIONS_FROM: Final = 200_000_000


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """One figure to remember.

    Parameters
    ----------
    label, value_text, note : str
        What it counts, the figure as it is read ("1 629 048 €"), and a note under it.
    key : str
        Identifies the figure in the page.
    change : str
        How it has changed, in words ("en hausse de 12 000 €").
    rows : tuple, optional
        Key of the table that has the rows it is made of, and what they are ("4 lignes"); a page that has it links it.
    """

    label: str
    value_text: str
    note: str = ""
    key: str = ""
    change: str = ""
    rows: tuple[str, str] | None = None


def of_amount(label: str, cents: int, note: str = "", key: str = "", **said: Any) -> KeyFigure:
    r"""Return the figure of an amount in cents: a large one in millions, and to the cent under it.

    >>> of_amount("Aides", 574_006_131).value_text, of_amount("Aides", 574_006_131, "en 2023").note
    ('5,74\xa0M€', '5\u202f740\u202f061,31\xa0€ ; en 2023')
    """
    if abs(cents) < _IN_MILLIONS_FROM:
        return KeyFigure(label, format_euros(cents), note, key, **said)
    millions = f"{format_number(Decimal(cents) / 100_000_000)}\N{NO-BREAK SPACE}M€"
    whole = format_euros(cents)
    return KeyFigure(label, millions, f"{whole} ; {note}" if note else whole, key, **said)


@dataclass(frozen=True, slots=True)
class KeyFigures:
    """The figures at the head of a report.

    >>> KeyFigures((KeyFigure("Postes", "8", note="dont 4 partagés"),))._repr_html_().count("<dt>")
    1
    """

    figures: tuple[KeyFigure, ...]
    title: str = ""

    def _repr_html_(self) -> str:
        # what no line may break: the page sets all values alike, small enough for the longest to stay whole
        longest = max((len(part) for figure in self.figures for part in figure.value_text.split(" ")), default=1)
        return _KEY_FIGURES.render(shown=self, longest=longest)


@dataclass(frozen=True, slots=True)
class Paragraphs:
    """Sentences made from the data, one paragraph each."""

    texts: tuple[str, ...]

    def _repr_html_(self) -> str:
        texts = "".join(f"<p>{escape(text)}</p>" for text in self.texts)
        return f'<div class="pvd-texte">{texts}</div>'


@dataclass(frozen=True, slots=True)
class Alert:
    """A point that calls for attention, with how much, and the cases it stands for when they are several."""

    severity: Severity
    text: str
    cases: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.severity not in get_args(Severity):
            raise ValueError(f"no severity {self.severity!r}; one of {', '.join(get_args(Severity))}")


@dataclass(frozen=True, slots=True)
class Alerts:
    """Points that call for attention, the gravest first; `empty` is said when there is none."""

    alerts: tuple[Alert, ...]
    empty: str = "Aucun point d'attention."

    def ordered(self) -> list[Alert]:
        """Return the alerts, the gravest first and otherwise in the order given."""
        return sorted(self.alerts, key=lambda alert: get_args(Severity).index(alert.severity))

    def _repr_html_(self) -> str:
        return _ALERTS.render(alerts=self.ordered(), empty=self.empty, most=_FIRST_CASES, number=format_number)

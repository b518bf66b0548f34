"""The calendar of the conventions: for each commune, from the adhésion to the convention-cadre that is due 18 months later."""

import datetime as dt
import math
from collections import defaultdict
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd
from matplotlib.figure import Figure

from pvd_analysis.analysis.conventions import convention_states
from pvd_analysis.dataset import Dataset
from pvd_analysis.figures.canvas import NARROW, SMALL, TEXT, Sheet, line_height, text_width, wrap
from pvd_analysis.figures.illustration import Illustration, NoFigure, listed
from pvd_analysis.figures.style import GREY, INK, LIMIT, PALETTE, STATE_MARKS, report_style
from pvd_analysis.values import counted, format_date, format_number
from pvd_analysis.vocabulary import rule

_BLUE, _PLUM = PALETTE["bleu"], LIMIT
_ADHESION: Final[dict[str, Any]] = {"marker": "o", "color": _BLUE, "markersize": 6}
_DEADLINE: Final[dict[str, Any]] = {"marker": "|", "color": INK, "markersize": 12, "markeredgewidth": 2}
_LEGEND: Final = [
    ("adhésion signée", _ADHESION),
    ("échéance de la convention-cadre", _DEADLINE),
    ("convention-cadre signée", STATE_MARKS["signée"]),
    ("délai qui reste", {"linestyle": ":", "color": _BLUE, "linewidth": 2}),
    ("dépassement", {"linestyle": "-", "color": _PLUM, "linewidth": 3}),
]
_LINES: Final[dict[str, dict[str, Any]]] = {
    "délai": {"color": _BLUE, "linewidth": 2.2},
    "délai qui reste": {"color": _BLUE, "linewidth": 2.2, "linestyle": (0, (1, 2))},
    "délai non utilisé": {"color": _BLUE, "linewidth": 2.2, "linestyle": (0, (1, 5))},
    "dépassement": {"color": _PLUM, "linewidth": 3.4},
    # nothing tells how much of the time was used
    "signée, date non connue": {"color": GREY, "linewidth": 1.0},
}
_MARKS: Final = {"adhésion": _ADHESION, "échéance": _DEADLINE, **STATE_MARKS}
_LOOKS: Final[dict[str, dict[str, Any]]] = {
    **{name: {"zorder": 2, **looks} for name, looks in _LINES.items()},
    **{name: {"zorder": 4, "linestyle": "none", **looks} for name, looks in _MARKS.items()},
}
_AXIS_HEIGHT: Final = 18.0


@report_style()
def convention_calendar(d: Dataset) -> Illustration | NoFigure:
    """One line for each commune: adhésion, deadline of the convention-cadre, signature, with its state in shape and word."""
    key = "calendrier-conventions"
    states = convention_states(d)
    if states["date_adhesion"].isna().all():
        return NoFigure(
            key,
            f"Aucune convention d'adhésion n'était signée au {format_date(d.arrete_le)} : pas de calendrier à montrer.",
        )
    order = {state: rank for rank, state in enumerate(STATE_MARKS)}
    rows = states.assign(rang=states["etat_convention"].map(order)).sort_values(
        ["rang", "echeance_cadre", "commune"], kind="stable", na_position="first"
    )
    months = rule("convention_cadre").delai_mois
    return Illustration.at_both_widths(
        lambda width, _: _draw(rows, d.arrete_le, width),
        title=_title(states),
        alt=f"Calendrier des conventions au {format_date(d.arrete_le)}. "
        + listed([_said(row) for row in rows.itertuples()])
        + ".",
        key=key,
        note=f"La convention-cadre valant ORT est due {months} mois après la convention d'adhésion.",
    )


def _title(states: pd.DataFrame) -> str:
    total = len(states)
    signed = states["date_adhesion"].notna()
    framed = int(states["etat_convention"].eq("signée").sum())
    overdue = int(states["etat_convention"].eq("dépassée").sum())
    if framed == total:
        return "Toutes les conventions-cadre sont signées" if total > 1 else "La convention-cadre est signée"
    if framed or overdue:
        said = [f"{counted(framed, 'convention-cadre signée', 'conventions-cadre signées')} sur {format_number(total)}"]
        if overdue:
            said.append(counted(overdue, "échéance dépassée"))
    else:
        said = [f"{counted(int(signed.sum()), 'adhésion signée')} sur {format_number(total)}"]
        if total == 1:
            said = ["Convention d'adhésion signée"]
    coming = states.loc[states["etat_convention"].isin(["dans les délais", "échéance proche"]), "echeance_cadre"]
    if len(coming):
        said.append(f"prochaine échéance le {format_date(coming.min())}")
    return " ; ".join(said)


def _state_words(row: Any) -> str:
    if row.etat_convention == "dépassée":
        return f"dépassée de {counted(-int(row.jours_restants), 'jour')}"
    if row.etat_convention == "à signer":
        return "adhésion à signer"
    if row.etat_convention == "non connue":
        return "convention-cadre non connue"
    if row.etat_convention == "signée" and pd.isna(row.date_cadre):
        return "signée, date non connue"
    if row.etat_convention == "signée" and pd.notna(row.echeance_cadre) and row.date_cadre > row.echeance_cadre:
        return "signée, après l'échéance"
    return str(row.etat_convention)


def _said(row: Any) -> str:
    said = f"{row.commune} : "
    if pd.notna(row.date_adhesion):
        said += f"adhésion {format_date(row.date_adhesion)}, échéance {format_date(row.echeance_cadre)}, "
    if pd.notna(row.date_cadre):
        return f"{said}convention-cadre {format_date(row.date_cadre)}, {_state_words(row)}"
    return said + _state_words(row)


@dataclass(frozen=True, slots=True)
class _Timeline:
    """Where days stand, in points from the left."""

    left: float
    right: float
    first: pd.Timestamp
    last: pd.Timestamp

    def x(self, day: pd.Timestamp) -> float:
        return self.left + (self.right - self.left) * float((day - self.first) / (self.last - self.first))


def _draw(rows: pd.DataFrame, arrete_le: dt.date, width: float) -> Figure:
    today = pd.Timestamp(arrete_le)
    narrow = width <= NARROW
    names = 0 if narrow else min(max(text_width(name) for name in rows["commune"]), 0.3 * width)
    words = 0 if narrow else max(text_width(_state_words(row), SMALL) for row in rows.itertuples()) + 30
    days = rows[["date_adhesion", "echeance_cadre", "date_cadre"]]
    line = _Timeline(
        names + 14 if names else 8,
        width - words - (8 if narrow else 0),
        min(days.min().min(), today),
        max(days.max().max(), today),
    )
    heights = [_row_height(row, names, width) for row in rows.itertuples()]
    sheet = Sheet(width)
    top = sheet.legend(0, _shown_legend(rows)) + 8
    y = top + _AXIS_HEIGHT + line_height(SMALL)
    bottom = y + sum(heights)
    _draw_axis(sheet, line, top, bottom, today)
    strokes = _Strokes()
    for row, height in zip(rows.itertuples(), heights, strict=True):
        middle = _draw_row(sheet, strokes, y, height, row, line, names)
        _add_days(strokes, middle, row, line, today)
        y += height
    strokes.draw(sheet)
    return sheet.cut_at(bottom + 4)


class _Strokes(defaultdict[str, tuple[list[float], list[float]]]):
    """The lines and marks of all rows: those that look alike are one object for matplotlib, which takes its time for each."""

    def __init__(self) -> None:
        super().__init__(lambda: ([], []))

    def line(self, name: str, start: float, end: float, y: float) -> None:
        self.mark(name, y, start, end, math.nan)  # not a number: the pen is lifted

    def mark(self, name: str, y: float, *xs: float) -> None:
        self[name][0].extend(xs)
        self[name][1].extend([y] * len(xs))

    def draw(self, sheet: Sheet) -> None:
        for name, looks in _LOOKS.items():
            if name in self:
                sheet.line(*self[name], **looks)


def _shown_legend(rows: pd.DataFrame) -> list[tuple[str, dict[str, object]]]:
    late = rows["etat_convention"].eq("dépassée") | (rows["date_cadre"] > rows["echeance_cadre"]).fillna(False)
    present = {
        "convention-cadre signée": rows["date_cadre"].notna().any(),
        "délai qui reste": rows["etat_convention"].isin(["dans les délais", "échéance proche"]).any(),
        "dépassement": late.any(),
    }
    return [(label, dict(mark)) for label, mark in _LEGEND if present.get(label, True)]


def _row_height(row: Any, names: float, width: float) -> float:
    lines = len(_name_lines(row, names, width)) * line_height(TEXT)
    return max(20.0, lines + 4) if names else lines + 20


def _name_lines(row: Any, names: float, width: float) -> list[str]:
    """Return the name of a commune in the column of names, or else above its line, beside the words of its state."""
    return wrap(row.commune, names or width - text_width(_state_words(row), SMALL) - 22)


def _draw_axis(sheet: Sheet, line: _Timeline, top: float, bottom: float, today: pd.Timestamp) -> None:
    """Draw the years, and the day of the report in words at its place."""
    under = top + line_height(SMALL)
    label = f"arrêté au {format_date(today)}"
    half = text_width(label, SMALL) / 2
    at = line.x(today)
    sheet.write(min(max(at, half), sheet.width - half), top, label, size=SMALL, colour=GREY, ha="center")
    sheet.rule(at, under + 2, at, bottom, color=GREY, linewidth=1, linestyle=(0, (4, 3)))
    for year in range(line.first.year, line.last.year + 1):
        start = line.x(pd.Timestamp(year, 1, 1)) if year > line.first.year else line.left
        end = line.x(min(pd.Timestamp(year + 1, 1, 1), line.last))
        if year > line.first.year:
            sheet.rule(start, under + 4, start, bottom)
        # a year that is hardly begun, or hardly shown, has no room for its number
        if end - start > text_width(str(year), SMALL) + 6:
            sheet.write(start + 3, under + 3, str(year), size=SMALL, colour=GREY, halo=True)


def _draw_row(
    sheet: Sheet, strokes: _Strokes, y: float, height: float, row: Any, line: _Timeline, names: float
) -> float:
    """Write the name of a commune and the words of its state; return the `y` of its line."""
    state, words = row.etat_convention, _state_words(row)
    colour = _PLUM if state == "dépassée" else INK
    lines = _name_lines(row, names, sheet.width)
    if names:
        middle = y + height / 2
        sheet.write(names, middle - len(lines) * line_height(TEXT) / 2, lines, ha="right")
        strokes.mark(state, middle, line.right + 18)
        sheet.write(line.right + 28, middle - line_height(SMALL) / 2, words, size=SMALL, colour=colour)
        return middle
    middle = sheet.write(0, y, lines, halo=True) + 8
    sheet.write(sheet.width, y + 1, words, size=SMALL, colour=colour, ha="right", halo=True)
    strokes.mark(state, y + line_height(TEXT) / 2, sheet.width - text_width(words, SMALL) - 9)
    return middle


def _add_days(strokes: _Strokes, y: float, row: Any, line: _Timeline, today: pd.Timestamp) -> None:
    if pd.notna(row.date_adhesion):
        start, end = line.x(row.date_adhesion), line.x(row.echeance_cadre)
        if row.etat_convention == "signée" and pd.isna(row.date_cadre):
            strokes.line("signée, date non connue", start, end, y)
        else:
            _add_time_used(strokes, y, row, line, today)
        strokes.mark("adhésion", y, start)
        strokes.mark("échéance", y, end)
    if pd.notna(row.date_cadre):
        strokes.mark("signée", y, line.x(row.date_cadre))


def _add_time_used(strokes: _Strokes, y: float, row: Any, line: _Timeline, today: pd.Timestamp) -> None:
    due = row.echeance_cadre
    reached = today if pd.isna(row.date_cadre) else row.date_cadre
    strokes.line("délai", line.x(row.date_adhesion), line.x(min(reached, due)), y)
    if reached < due:
        rest = "délai qui reste" if pd.isna(row.date_cadre) else "délai non utilisé"
        strokes.line(rest, line.x(reached), line.x(due), y)
    elif row.etat_convention != "non connue":
        strokes.line("dépassement", line.x(due), line.x(reached), y)

"""The figures of the chef de projet posts: each post with its towns, and their course over the quarters."""

from typing import Any, Final

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from pvd_analysis.analysis.engineering import communes_without_post, post_counts, posts
from pvd_analysis.dataset import Dataset
from pvd_analysis.figures.canvas import (
    NARROW,
    TEXT,
    Fill,
    canvas,
    line_height,
    rule_line,
    text_width,
    wrap,
    write,
)
from pvd_analysis.figures.illustration import Illustration, NoFigure, listed
from pvd_analysis.figures.style import FRAME, GREY, PALETTE, report_style
from pvd_analysis.values import format_date, format_number, format_partial, sentence_list

__all__ = ["posts_by_state"]

_RECRUITED: Final = Fill("recruté", PALETTE["bleu"])
_UNDER_WAY: Final = Fill("recrutement en cours", "white", "", PALETTE["bleu"])


@report_style()
def posts_by_state(d: Dataset) -> Illustration | NoFigure:
    """One square for each post: recruited or under way, and the towns that it serves."""
    key = "postes"
    table = posts(d)
    if table.empty:
        return NoFigure(
            key, f"Aucun poste de chef de projet n'était connu au {format_date(d.arrete_le)} : pas de figure."
        )
    counts = post_counts(d)
    rows = list(table.itertuples())
    without = communes_without_post(d)
    title = f"{_posts(counts.identified)} de chef de projet : {format_number(counts.recruited)} "
    title += (
        f"{'pourvu' if counts.recruited <= 1 else 'pourvus'}, {format_number(counts.under_way)} en cours de recrutement"
    )
    return Illustration.at_both_widths(
        lambda width: _draw_posts(rows, width),
        title=title,
        alt="Postes : " + listed([f"{row.communes_libelle}, {_state(row)}" for row in rows]) + ".",
        key=key,
        note=f"{sentence_list(without)} {'n’est servie' if len(without) == 1 else 'ne sont servies'} par aucun poste."
        if without
        else "",
    )


def _posts(number: int) -> str:
    return f"{format_number(number)} {'poste' if number <= 1 else 'postes'}"


def _state(row: Any) -> str:
    state = "recrutement en cours"
    if row.etat_poste == "recrute":
        state = "recruté"
        if row.date_recrutement == row.date_recrutement and row.date_recrutement is not None:
            state += f", {format_partial(row.date_recrutement, row.date_recrutement_precision)}"
    return f"{state} · poste partagé" if row.partage else state


_SQUARE: Final = 12.0
_INDENT: Final = 22.0
_ROW_GAP: Final = 8.0


def _draw_posts(rows: list[Any], width: float) -> Axes:
    narrow = width <= NARROW
    states = 0 if narrow else max(text_width(_state(row)) for row in rows)
    towns = width - _INDENT - states - (0 if narrow else 16)
    heights = []
    for row in rows:
        lines = len(wrap(row.communes_libelle, towns, bold=True)) + (1 if narrow else 0)
        heights.append(lines * line_height(TEXT) + _ROW_GAP)
    axes = canvas(width, sum(heights))
    y = 0.0
    for row, height in zip(rows, heights, strict=True):
        fill = _RECRUITED if row.etat_poste == "recrute" else _UNDER_WAY
        axes.add_patch(
            Rectangle((1, y + 1), _SQUARE, _SQUARE, facecolor=fill.colour, edgecolor=PALETTE["bleu"], linewidth=1.6)
        )
        under = write(axes, _INDENT, y, wrap(row.communes_libelle, towns, bold=True), bold=True)
        write(axes, _INDENT if narrow else width - states, under if narrow else y, _state(row), colour=GREY)
        y += height
        if row is not rows[-1]:
            rule_line(axes, 0, y - _ROW_GAP / 2, width, y - _ROW_GAP / 2, FRAME)
    return axes

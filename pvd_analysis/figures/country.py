"""The départements of the country side by side: what their communes of the programme got for each inhabitant."""

from typing import Any, Final

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from pvd_analysis.analysis.comparison import departements_compared
from pvd_analysis.dataset import Dataset
from pvd_analysis.figures.canvas import (
    NARROW,
    SMALL,
    canvas,
    draw_legend,
    legend_height,
    line_height,
    rule_line,
    text_width,
    write,
)
from pvd_analysis.figures.illustration import Illustration, NoFigure, listed
from pvd_analysis.figures.style import GREY, PALETTE, report_style
from pvd_analysis.values import format_euros

_DOT: Final[dict[str, Any]] = {"marker": "o", "color": PALETTE["bleu"], "markersize": 7, "markeredgecolor": "white"}
_MEAN: Final[dict[str, Any]] = {"linestyle": (0, (4, 2)), "color": PALETTE["prune"], "linewidth": 1.4}
_STEPS: Final = (10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000)
_MOST_STEPS: Final = 5


@report_style()
def aids_by_region(country: Dataset) -> Illustration | NoFigure:
    """One line for each region, a dot for each of its départements: the aids of the national lists per inhabitant."""
    key = "aides-par-region"
    table = departements_compared(country).dropna(subset=["par_habitant_cents"])
    table = table[table["population"] > 0]
    if table.empty:
        return NoFigure(key, "Aucune liste nationale n'a été livrée : pas d'aide par habitant à montrer.")
    table = table.sort_values("par_habitant_cents", ignore_index=True)
    middle = table.groupby("region")["par_habitant_cents"].median().sort_values(ascending=False, kind="stable")
    mean = int(table["pvd_cents"].sum()) // int(table["population"].sum())
    least, most = table.iloc[0], table.iloc[-1]
    by_region = [(str(region), table[table["region"].eq(region)]) for region in middle.index]
    return Illustration.at_both_widths(
        lambda width, _: _draw(by_region, mean, width),
        title=f"{format_euros(mean)} par habitant en moyenne : de {format_euros(least.par_habitant_cents)} "
        f"({least.departement}) à {format_euros(most.par_habitant_cents)} ({most.departement})",
        alt=f"Aides des listes nationales aux communes du programme, par habitant. {listed(_said(by_region))}.",
        key=key,
        note="Les régions par médiane de leurs départements ; le nom est celui du département le mieux aidé de chacune.",
    )


def _said(by_region: list[tuple[str, pd.DataFrame]]) -> list[str]:
    said = []
    for region, rows in by_region:
        least, most = rows.iloc[0], rows.iloc[-1]
        high = f"{format_euros(most.par_habitant_cents)} ({most.departement})"
        low = f"de {format_euros(least.par_habitant_cents)} ({least.departement}) à " if len(rows) > 1 else ""
        said.append(f"{region} : {low}{high}")
    return said


def _draw(by_region: list[tuple[str, pd.DataFrame]], mean: int, width: float) -> Axes:
    narrow = width <= NARROW
    names = 0.0 if narrow else max(text_width(region, SMALL) for region, _ in by_region) + 12
    best = max(text_width(rows.iloc[-1].departement, SMALL) for _, rows in by_region) + 10
    largest = max(int(rows["par_habitant_cents"].max()) for _, rows in by_region) / 100
    step = next((step for step in _STEPS if largest / step <= _MOST_STEPS), _STEPS[-1])
    left, right = names + 12, width - best
    legend = [("un département", _DOT), ("moyenne du pays", _MEAN)]
    top = legend_height([label for label, _ in legend], width) + 10
    height = line_height(SMALL) + (line_height(SMALL) + 4 if narrow else 6)
    axes = canvas(width, top + line_height(SMALL) + height * len(by_region) + 6)
    draw_legend(axes, 0, legend, width)
    bottom = top + line_height(SMALL) + height * len(by_region)

    def x(euros: float) -> float:
        return left + (right - left) * euros / max(largest, 1.0)

    for euros in range(0, int(largest) + 1, step):
        write(axes, x(euros), top, f"{euros}\N{NO-BREAK SPACE}€", size=SMALL, ha="center", colour=GREY)
        rule_line(axes, x(euros), top + line_height(SMALL), x(euros), bottom)
    axes.add_line(Line2D([x(mean / 100)] * 2, [top + line_height(SMALL), bottom], clip_on=False, zorder=2, **_MEAN))
    y = top + line_height(SMALL)
    for region, rows in by_region:
        write(axes, 0, y, region, size=SMALL, halo=narrow)
        # on a telephone the dots stand under the name
        middle = y + line_height(SMALL) * (1.5 if narrow else 0.5)
        xs = [x(int(cents) / 100) for cents in rows["par_habitant_cents"]]
        axes.add_line(Line2D(xs, [middle] * len(xs), linestyle="none", clip_on=False, zorder=4, **_DOT))
        name = rows.iloc[-1].departement
        if name != region:
            write(axes, xs[-1] + 8, middle - line_height(SMALL) / 2, name, size=SMALL, halo=True)
        y += height
    return axes

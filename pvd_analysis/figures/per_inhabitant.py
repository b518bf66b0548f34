"""What the national lists gave for each inhabitant: départements of the country, laureates beside communes of their size."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd
from matplotlib.figure import Figure

from pvd_analysis.analysis.laureates import departements_compared
from pvd_analysis.analysis.national_aids import listed_aids_per_inhabitant
from pvd_analysis.dataset import Dataset
from pvd_analysis.figures.canvas import NARROW, SMALL, Sheet, line_height, text_width
from pvd_analysis.figures.illustration import Illustration, NoFigure, listed
from pvd_analysis.figures.style import GREY, INK, PALETTE, report_style
from pvd_analysis.values import counted, format_euros

_DOT: Final[dict[str, Any]] = {"marker": "o", "color": PALETTE["bleu"], "markersize": 7, "markeredgecolor": "white"}
_MEAN: Final[dict[str, Any]] = {"linestyle": (0, (4, 2)), "color": INK, "linewidth": 1.4}
_PEERS: Final[dict[str, Any]] = {"marker": "|", "color": INK, "markersize": 13, "markeredgewidth": 2.4}
_STEPS: Final = (10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000)
_MOST_STEPS: Final = 5


@report_style()
def aids_per_inhabitant(d: Dataset) -> Illustration | NoFigure:
    """A line for each laureate commune, the best aided first: its aids per inhabitant, and the median of its peers.

    Peers are the other communes of the département of half to twice its inhabitants (`listed_aids_per_inhabitant`).
    """
    key = "aides-par-habitant"
    table = listed_aids_per_inhabitant(d).sort_values("par_habitant_cents", ascending=False, kind="stable")
    if table.empty or d.aides_nationales.empty:
        return NoFigure(key, "Aucune liste nationale n'a été livrée : pas d'aide par habitant à montrer.")
    compared = table.dropna(subset=["mediane_par_habitant_cents"])
    above = int((compared["par_habitant_cents"] > compared["mediane_par_habitant_cents"]).sum())
    first = table.iloc[0]
    return Illustration.at_both_widths(
        lambda width, _: _draw_communes(table, width),
        title=f"{counted(above, 'commune lauréate')} sur {len(compared)} au-dessus de la médiane des communes de taille "
        f"semblable ; la première, {first.commune} : {format_euros(first.par_habitant_cents)} par habitant",
        alt="Aides des listes nationales par habitant, et médiane des communes de taille semblable. "
        f"{listed([_beside_peers(row) for row in table.itertuples()])}.",
        key=key,
        note="Aides de toutes les années livrées, rapportées à la population.",
    )


def _beside_peers(row: Any) -> str:
    peers = "" if pd.isna(row.mediane_par_habitant_cents) else f" ({format_euros(row.mediane_par_habitant_cents)})"
    return f"{row.commune} : {format_euros(row.par_habitant_cents)}{peers}"


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
        lambda width, _: _draw_regions(by_region, mean, width),
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


@dataclass(frozen=True, slots=True)
class _Frame:
    """The lines of a drawing, one for each name, under a scale in euros."""

    sheet: Sheet
    x: Callable[[float], float]
    top: float
    line: float
    bottom: float
    narrow: bool

    @classmethod
    def of(
        cls, names: list[str], beside: list[str], largest_cents: int, legend: list[tuple[str, Any]], width: float
    ) -> "_Frame":
        """Lay a drawing out: names, the dots of each and what is written beside the last one, below the legend."""
        sheet, narrow = Sheet(width), width <= NARROW
        left = 12 + (0.0 if narrow else max(text_width(name, SMALL) for name in names) + 12)
        right = width - max(text_width(text, SMALL) for text in beside) - 16
        largest = max(largest_cents / 100, 1.0)
        scale = sheet.legend(0, legend) + 10
        top, text = scale + line_height(SMALL), line_height(SMALL)
        # on a telephone the dots stand under the name
        line = text + (text + 4 if narrow else 6)
        bottom = top + line * len(names)
        step = next((step for step in _STEPS if largest / step <= _MOST_STEPS), _STEPS[-1])

        def x(euros: float) -> float:
            return left + (right - left) * euros / largest

        for euros in range(0, int(largest) + 1, step):
            sheet.write(x(euros), scale, format_euros(euros * 100), size=SMALL, ha="center", colour=GREY)
            sheet.rule(x(euros), top, x(euros), bottom)
        for rank, name in enumerate(names):
            sheet.write(0, top + rank * line, name, size=SMALL, halo=narrow)
        return cls(sheet, x, top, line, bottom, narrow)

    def middle(self, rank: int) -> float:
        return self.top + rank * self.line + line_height(SMALL) * (1.5 if self.narrow else 0.5)

    def mark(self, rank: int, cents: list[int], style: dict[str, Any], text: str = "") -> None:
        """Draw the marks of a line, and a text beside the last of them."""
        xs = [self.x(each / 100) for each in cents]
        y = self.middle(rank)
        self.sheet.line(xs, [y] * len(xs), linestyle="none", zorder=4, **style)
        if text:
            self.sheet.write(xs[-1] + 8, y - line_height(SMALL) / 2, text, size=SMALL, halo=True)


def _draw_communes(table: pd.DataFrame, width: float) -> Figure:
    amounts = [int(cents) for cents in table["par_habitant_cents"]]
    peers = [None if pd.isna(cents) else int(cents) for cents in table["mediane_par_habitant_cents"]]
    texts = [format_euros(cents) for cents in amounts]
    legend = [("aides par habitant", _DOT), ("médiane des communes de taille semblable", _PEERS)]
    largest = max([*amounts, *(cents for cents in peers if cents is not None)])
    frame = _Frame.of(list(table["commune"]), texts, largest, legend, width)
    for rank, (cents, median, text) in enumerate(zip(amounts, peers, texts, strict=True)):
        y = frame.middle(rank)
        if median is not None:
            frame.sheet.rule(frame.x(cents / 100), y, frame.x(median / 100), y, color=GREY, linewidth=1.2, zorder=3)
            frame.mark(rank, [median], _PEERS)
        frame.mark(rank, [cents], _DOT)
        # in a column: beside a median it would be read as its amount
        frame.sheet.write(width, y - line_height(SMALL) / 2, text, size=SMALL, ha="right")
    return frame.sheet.cut_at(frame.bottom + 6)


def _draw_regions(by_region: list[tuple[str, pd.DataFrame]], mean: int, width: float) -> Figure:
    names = [region for region, _ in by_region]
    best = [str(rows.iloc[-1].departement) for _, rows in by_region]
    largest = max(int(rows["par_habitant_cents"].max()) for _, rows in by_region)
    frame = _Frame.of(names, best, largest, [("un département", _DOT), ("moyenne du pays", _MEAN)], width)
    frame.sheet.line([frame.x(mean / 100)] * 2, [frame.top, frame.bottom], zorder=2, **_MEAN)
    for rank, ((region, rows), name) in enumerate(zip(by_region, best, strict=True)):
        frame.mark(rank, [int(cents) for cents in rows["par_habitant_cents"]], _DOT, name if name != region else "")
    return frame.sheet.cut_at(frame.bottom + 6)

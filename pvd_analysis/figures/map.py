"""The map of the département: EPCI with a laureate, laureate communes and their partnerships, Action cœur de ville towns."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any, Final

import pandas as pd
import shapely
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from shapely.geometry.base import BaseGeometry

from pvd_analysis.analysis.conventions import convention_states
from pvd_analysis.analysis.laureates import territory
from pvd_analysis.communes import Boundaries, commune_boundaries
from pvd_analysis.dataset import Dataset
from pvd_analysis.figures.canvas import SMALL, Fill, Sheet, line_height, text_width, wrap
from pvd_analysis.figures.illustration import Illustration, NoFigure
from pvd_analysis.figures.labels import Box, Name, Place, along, leader, place_names
from pvd_analysis.figures.style import GREY, INK, PALETTE, STATE_MARKS, report_style
from pvd_analysis.values import counted, format_date, sentence_list

_BLUE: Final = PALETTE["bleu"]
_GROUND: Final = Fill("autre commune du département", "#F3F5F7", "", "#8A94A0")
_EPCI: Final = Fill("intercommunalité avec une commune lauréate", "#DDE7F0", "", _BLUE)
_COMMUNE: Final = Fill("commune lauréate", "#9DB8D0", "", _BLUE)
# The words of the legend: what a state is the state of.
_STATES: Final[dict[str, str]] = {
    "dépassée": "échéance de la convention-cadre dépassée",
    "échéance proche": "échéance proche",
    "à signer": "adhésion à signer",
    "dans les délais": "dans les délais",
    "signée": "convention-cadre signée",
    "non connue": "convention-cadre non connue",
}
_ACV: Final[dict[str, Any]] = {
    "marker": "s",
    "color": PALETTE["anthracite"],
    "markersize": 7,
    "markeredgecolor": "white",
}
_PARTNERSHIP: Final[dict[str, Any]] = {"linestyle": "-", "color": PALETTE["orange"], "linewidth": 1.8}
_NO_ROOM: Final = "Trop de communes pour les nommer ici : le tableau du rapport les donne."
# More communes than these are counted in a text alternative.
_FEW: Final = 3
_MARGIN: Final = 10.0
_SIMPLIFIED_TO: Final = 0.8
# Of the scale: the lengths that it may have, the longest that takes no more than a fifth of the width.
_KILOMETRES: Final = (100, 50, 20, 10, 5, 2, 1)
_DEGREE_KILOMETRES: Final = 111.2


@report_style()
def department_map(d: Dataset) -> Illustration | NoFigure:
    """The map of the département; without boundaries, its towns as points; without coordinates either, a sentence.

    Boundaries are read from the files beside the reference list (`pvd_analysis.communes.commune_boundaries`), points
    from the lists of the ANCT. No position is made up.
    """
    key = "carte"
    boundaries = commune_boundaries(d.referentiel, d.code_departement)
    states = convention_states(d).drop_duplicates("code_commune").set_index("code_commune")["etat_convention"]
    towns = territory(d)
    towns = towns.assign(etat_convention=towns["code_commune"].map(states))
    positions = _positions(towns, boundaries)
    placed = towns[towns["code_commune"].isin(positions)]
    if placed.empty:
        return NoFigure(
            key,
            "Pas de carte : ni contours des communes (dans data/raw/referentiel/), "
            "ni coordonnées dans les listes de l'ANCT.",
        )
    return Illustration.at_both_widths(
        lambda width, height: _draw(_Map.fitted(d, boundaries, placed, positions, width, height), width),
        title=_title(towns),
        alt=_alt(d, towns),
        key=key,
        note=_note(d, towns, placed, boundaries),
    )


def _positions(towns: pd.DataFrame, boundaries: Boundaries) -> dict[str, tuple[float, float]]:
    """Return the longitude and latitude of each town: the middle of its commune, else the point of the ANCT's list."""
    positions = {
        row.code_commune: (float(row.longitude), float(row.latitude))
        for row in towns.itertuples()
        if pd.notna(row.longitude) and pd.notna(row.latitude)
    }
    for code in set(towns["code_commune"]) & set(boundaries.communes):
        commune = boundaries.communes[code]
        middle = commune.centroid if commune.contains(commune.centroid) else commune.representative_point()
        positions[code] = (middle.x, middle.y)
    return positions


def _title(towns: pd.DataFrame) -> str:
    pvd = towns[towns["programme"].eq("PVD")]
    laureats, communes, epci = pvd["laureat"].nunique(), len(pvd), pvd["code_epci"].nunique()
    title = f"{counted(communes, 'commune lauréate')} dans {counted(epci, 'intercommunalité')}"
    partnerships = int(pvd.groupby("laureat")["code_commune"].size().gt(1).sum())
    if partnerships:
        title += f" : {counted(laureats, 'lauréat')}, dont {counted(partnerships, 'partenariat')}"
    return title


def _alt(d: Dataset, towns: pd.DataFrame) -> str:
    pvd = towns[towns["programme"].eq("PVD")]
    by_state = [
        f"{_STATES[state]} ({_few(list(pvd.loc[pvd['etat_convention'].eq(state), 'commune']))})"
        for state in STATE_MARKS
        if pvd["etat_convention"].eq(state).any()
    ]
    return (
        f"Carte des communes lauréates du département ({d.departement}) au {format_date(d.arrete_le)} : "
        f"{' ; '.join(by_state)}. Le tableau nomme les communes, leurs partenariats et leur intercommunalité."
    )


def _few(communes: list[str]) -> str:
    return sentence_list(communes) if len(communes) <= _FEW else counted(len(communes), "commune")


def _note(d: Dataset, towns: pd.DataFrame, placed: pd.DataFrame, boundaries: Boundaries) -> str:
    said = "Sans contours de communes : les points sont ceux des listes de l'ANCT."
    if boundaries.sources:
        said = f"Contours des communes : {sentence_list(boundaries.sources)}."
    lost = list(towns.loc[~towns["code_commune"].isin(placed["code_commune"]), "commune"])
    if lost:
        said += f" Sans contour ni coordonnées, hors de la carte : {sentence_list(lost)}."
    return said


@dataclass(frozen=True)
class _Map:
    """What is drawn, in points from the top left corner of the map."""

    ground: BaseGeometry | None
    epci: tuple[BaseGeometry, ...]
    communes: tuple[BaseGeometry, ...]
    towns: pd.DataFrame
    points: dict[str, tuple[float, float]]
    height: float
    kilometre: float

    @cached_property
    def partnerships(self) -> list[tuple[float, float, float, float]]:
        """The lines between the communes of each laureate."""
        together: dict[str, list[tuple[float, float]]] = {}
        for code, laureat in zip(self.towns["code_commune"], self.towns["laureat"], strict=True):
            if pd.notna(laureat):
                together.setdefault(laureat, []).append(self.points[code])
        return [(*start, *end) for points in together.values() for start, end in pairwise(points)]

    @classmethod
    def fitted(
        cls,
        d: Dataset,
        boundaries: Boundaries,
        towns: pd.DataFrame,
        positions: dict[str, tuple[float, float]],
        width: float,
        most: float,
    ) -> "_Map":
        """Project everything, and fit it to a width and to the height that it may have at most.

        Degrees of longitude are shortened by the cosine of the middle latitude: over a département, the shapes are
        then true to less than one hundredth.
        """
        codes = list(boundaries.communes)
        points = shapely.points([positions[code] for code in towns["code_commune"]])
        left, bottom, right, top = shapely.total_bounds([*boundaries.communes.values(), *points])
        shorten = math.cos(math.radians((bottom + top) / 2))
        room, height = width - 2 * _MARGIN, min(most, 1.25 * width) - 2 * _MARGIN
        scale = min(room / max((right - left) * shorten, 1e-9), height / max(top - bottom, 1e-9))
        if left == right and bottom == top:
            scale = 1.0
        shift = (width - (right - left) * shorten * scale) / 2

        def projected(coordinates: Any) -> Any:
            return (coordinates - (left, top)) * (shorten * scale, -scale) + (shift, _MARGIN)

        shapes = shapely.transform(list(boundaries.communes.values()), projected)
        # Neighbours are simplified together: they keep their common border.
        shapes = dict(zip(codes, shapely.coverage_simplify(shapes, _SIMPLIFIED_TO), strict=True))
        placed = shapely.get_coordinates(shapely.transform(points, projected))
        laureates = towns[towns["programme"].eq("PVD")]
        members = {
            epci: [shapes[code] for code in codes if d.referentiel.epci_of(code) == epci]
            for epci in dict.fromkeys(laureates["code_epci"].dropna())
        }
        return cls(
            ground=shapely.union_all(list(shapes.values())) if shapes else None,
            epci=tuple(shapely.union_all(parts) for parts in members.values() if parts),
            communes=tuple(shapes[code] for code in laureates["code_commune"] if code in shapes),
            towns=towns,
            points=dict(zip(towns["code_commune"], map(tuple, placed.tolist()), strict=True)),
            height=(top - bottom) * scale + 2 * _MARGIN,
            kilometre=scale / _DEGREE_KILOMETRES,
        )

    def scale(self, width: float, height: float) -> tuple[int, Box]:
        """The kilometres of the scale, and its place: the corner at the bottom left, its length that of the box."""
        kilometres = next((each for each in _KILOMETRES if each * self.kilometre <= width / 5), _KILOMETRES[-1])
        return kilometres, Box(1, height - line_height(SMALL) - 5, 1 + kilometres * self.kilometre, height - 1)


def _draw(drawn: _Map, width: float) -> Figure:
    names = [f"{row.commune} (ACV)" if row.programme == "ACV" else row.commune for row in drawn.towns.itertuples()]
    # A map of few points has no height of its own: names need some.
    height = max(drawn.height, 120.0 if drawn.ground is None else 0.0)
    labels, index = names, list[str]()
    places = _places(drawn, names, width, height)
    if places is None:
        labels = [str(number) for number in range(1, len(names) + 1)]
        places = _places(drawn, labels, width, height)
        index = [f"{number}. {name}" for number, name in zip(labels, names, strict=True)]
    sheet = Sheet(width)
    for geometry, fill, line in (
        *([(drawn.ground, _GROUND, 0.8)] if drawn.ground is not None else []),
        *((geometry, _EPCI, 1.0) for geometry in drawn.epci),
        *((geometry, _COMMUNE, 0.8) for geometry in drawn.communes),
    ):
        looks: dict[str, Any] = {"facecolor": fill.colour, "edgecolor": fill.edge, "linewidth": line}
        sheet.axes.add_patch(PathPatch(_path(geometry), clip_on=False, **looks))
    if drawn.ground is not None:
        outline = PathPatch(_path(drawn.ground), fill=False, edgecolor=GREY, linewidth=1.6, clip_on=False)
        sheet.axes.add_patch(outline)
    for x, y, x_end, y_end in drawn.partnerships:
        sheet.rule(x, y, x_end, y_end, zorder=3, **_PARTNERSHIP)
    for row in drawn.towns.itertuples():
        x, y = drawn.points[row.code_commune]
        sheet.line([x], [y], linestyle="none", zorder=4, **_mark(row))
    if drawn.ground is not None:
        _write_scale(sheet, *drawn.scale(width, height))
    _write_names(sheet, drawn, labels, places or [])
    under = sheet.legend(height + 6, _legend(drawn))
    if places is None:
        index = wrap(_NO_ROOM, width, SMALL)
    return sheet.cut_at((_write_index(sheet, under + 8, index) if index else under) + 2)


def _mark(row: Any) -> Mapping[str, Any]:
    return _ACV if row.programme == "ACV" else STATE_MARKS[row.etat_convention]


def _path(geometry: BaseGeometry) -> Path:
    polygons = [part for part in shapely.get_parts(geometry) if part.geom_type == "Polygon"]
    rings = [ring for polygon in polygons for ring in (polygon.exterior, *polygon.interiors)]
    return Path.make_compound_path(*(Path(shapely.get_coordinates(ring), closed=True) for ring in rings))


def _legend(drawn: _Map) -> list[Fill | tuple[str, Mapping[str, object]]]:
    states = set(drawn.towns.loc[drawn.towns["programme"].eq("PVD"), "etat_convention"])
    return [
        *((_STATES[state], style) for state, style in STATE_MARKS.items() if state in states),
        *([("partenariat", _PARTNERSHIP)] if drawn.partnerships else []),
        *([("ville Action cœur de ville (ACV)", _ACV)] if drawn.towns["programme"].eq("ACV").any() else []),
        *([_EPCI] if drawn.epci else []),
    ]


def _places(drawn: _Map, names: Sequence[str], width: float, height: float) -> list[Place] | None:
    points = [drawn.points[code] for code in drawn.towns["code_commune"]]
    marks = [Box(x - 5, y - 5, x + 5, y + 5) for x, y in points]
    lines = [box for line in drawn.partnerships for box in along(*line)]
    lines += [drawn.scale(width, height)[1]] if drawn.ground is not None else []
    wanted = [
        Name(x, y, text_width(name, SMALL) + 2, line_height(SMALL)) for (x, y), name in zip(points, names, strict=True)
    ]
    return place_names(wanted, [*marks, *lines], Box(0, 0, width, height))


def _write_scale(sheet: Sheet, kilometres: int, box: Box) -> None:
    """Write the scale of the map as a line of so many kilometres, with its length over it."""
    sheet.rule(box.left, box.bottom, box.right, box.bottom, color=INK, linewidth=1.4, zorder=3)
    said = f"{kilometres}\N{NO-BREAK SPACE}km"
    sheet.write((box.left + box.right) / 2, box.top, said, size=SMALL, ha="center", halo=True)


def _write_names(sheet: Sheet, drawn: _Map, labels: list[str], places: list[Place]) -> None:
    for row, label, place in zip(drawn.towns.itertuples(), labels, places, strict=False):
        x, y = drawn.points[row.code_commune]
        box = place.box
        if place.is_led:
            sheet.rule(*leader(Name(x, y, 0, 0), place), color=INK, zorder=3)
        # A name grows away from its point, whatever the width of the page's font.
        ha, at = ("left", box.left + 1) if box.left >= x else ("right", box.right - 1)
        if box.left < x < box.right:
            ha, at = "center", (box.left + box.right) / 2
        sheet.write(at, box.top, label, size=SMALL, ha=ha, halo=True)


def _write_index(sheet: Sheet, y: float, names: Sequence[str]) -> float:
    """Write the numbered names under a map that has no room for them, in columns; return the `y` under them."""
    widest = max(text_width(name, SMALL) for name in names) + 14
    columns = max(int(sheet.width // widest), 1)
    rows = math.ceil(len(names) / columns)
    ends = [
        sheet.write(number * sheet.width / columns, y, names[number * rows : (number + 1) * rows], size=SMALL)
        for number in range(columns)
    ]
    return ends[0]

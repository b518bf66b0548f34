"""Figures in one style, shown as SVG with their text alternative; each is one call on a dataset."""

from pvd_analysis.figures.aids import aids_by_commune, aids_by_family, announced_totals
from pvd_analysis.figures.changes import amount_changes, state_changes
from pvd_analysis.figures.conventions import convention_calendar
from pvd_analysis.figures.illustration import Illustration, NoFigure
from pvd_analysis.figures.map import department_map
from pvd_analysis.figures.per_inhabitant import aids_by_region, aids_per_inhabitant
from pvd_analysis.figures.plans import funding_plan_shares
from pvd_analysis.figures.posts import posts_by_state, posts_course

__all__ = [
    "Illustration",
    "NoFigure",
    "aids_by_commune",
    "aids_by_family",
    "aids_by_region",
    "aids_per_inhabitant",
    "amount_changes",
    "announced_totals",
    "convention_calendar",
    "department_map",
    "funding_plan_shares",
    "posts_by_state",
    "posts_course",
    "state_changes",
]

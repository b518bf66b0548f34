"""Figures in one style, shown as SVG with their text alternative; each is one call on a dataset."""

from pvd_analysis.figures.engineering import convention_calendar, posts_by_state
from pvd_analysis.figures.financial import aids_by_commune, announced_totals, funding_plan_shares
from pvd_analysis.figures.illustration import Illustration

__all__ = [
    "Illustration",
    "aids_by_commune",
    "announced_totals",
    "convention_calendar",
    "funding_plan_shares",
    "posts_by_state",
]

"""Pure functions over a dataset: tables in, tables out; amounts in whole cents, before tax."""

from pvd_analysis.analysis.agenda import agenda, agenda_closed
from pvd_analysis.analysis.changes import change_counts, changes, changes_reckoning
from pvd_analysis.analysis.committee import projects_to_examine
from pvd_analysis.analysis.comparison import departements_compared
from pvd_analysis.analysis.compliance import alerts
from pvd_analysis.analysis.conventions import (
    STATES,
    convention_states,
    deadline,
    signature_rows,
    signatures,
    state_counts,
)
from pvd_analysis.analysis.engineering import (
    PostCounts,
    club,
    communes_with_vacant_post,
    communes_without_post,
    post_counts,
    posts,
    posts_over_time,
    provision,
    served_communes,
    training,
)
from pvd_analysis.analysis.funding import (
    aids,
    aids_by,
    announced_families,
    announced_total_cents,
    announced_totals,
    coverage,
    dated_after,
    known_aids_cents,
    sectoral_aids,
)
from pvd_analysis.analysis.indicators import CALCULATIONS, computed_indicators, entered_indicators, indicator_course
from pvd_analysis.analysis.laureate import laureate_communes, laureate_known_before, laureate_list, of_laureate
from pvd_analysis.analysis.laureates import dashboard
from pvd_analysis.analysis.national_aids import (
    doubtful_places,
    envelope_shares,
    listed_aids,
    listed_aids_by_year,
    listed_aids_per_inhabitant,
    listed_epci_aids,
    lists_delivered,
    repeated_projects,
)
from pvd_analysis.analysis.opinions import current_opinions, opinion_journal, proposals_over_margin
from pvd_analysis.analysis.plans import aid_limit_cents, funding_plans, plan_lines
from pvd_analysis.analysis.sources import age_in_words, source_ages
from pvd_analysis.analysis.territory import territory

__all__ = [
    "CALCULATIONS",
    "STATES",
    "PostCounts",
    "age_in_words",
    "agenda",
    "agenda_closed",
    "aid_limit_cents",
    "aids",
    "aids_by",
    "alerts",
    "announced_families",
    "announced_total_cents",
    "announced_totals",
    "change_counts",
    "changes",
    "changes_reckoning",
    "club",
    "communes_with_vacant_post",
    "communes_without_post",
    "computed_indicators",
    "convention_states",
    "coverage",
    "current_opinions",
    "dashboard",
    "dated_after",
    "deadline",
    "departements_compared",
    "doubtful_places",
    "entered_indicators",
    "envelope_shares",
    "funding_plans",
    "indicator_course",
    "known_aids_cents",
    "laureate_communes",
    "laureate_known_before",
    "laureate_list",
    "listed_aids",
    "listed_aids_by_year",
    "listed_aids_per_inhabitant",
    "listed_epci_aids",
    "lists_delivered",
    "of_laureate",
    "opinion_journal",
    "plan_lines",
    "post_counts",
    "posts",
    "posts_over_time",
    "projects_to_examine",
    "proposals_over_margin",
    "provision",
    "repeated_projects",
    "sectoral_aids",
    "served_communes",
    "signature_rows",
    "signatures",
    "source_ages",
    "state_counts",
    "territory",
    "training",
]

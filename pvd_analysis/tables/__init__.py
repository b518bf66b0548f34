"""What a report shows besides figures: tables, key figures, sentences; each is one call on a dataset."""

from pvd_analysis.tables.any_table import any_table
from pvd_analysis.tables.engineering import (
    club_table,
    convention_counts_table,
    conventions_table,
    dashboard_table,
    post_counts_table,
    posts_table,
    provision_table,
    served_communes_table,
    training_table,
)
from pvd_analysis.tables.financial import (
    aids_by_table,
    aids_detail_table,
    announced_totals_table,
    coverage_table,
    funding_plans_table,
    plan_lines_table,
)
from pvd_analysis.tables.quality import (
    alerts_table,
    entered_indicators_table,
    files_table,
    findings_table,
    indicator_course_table,
    indicators_table,
    reckoning_table,
    set_aside_table,
)
from pvd_analysis.tables.report_table import Alerts, KeyFigures, Paragraphs, ReportTable
from pvd_analysis.tables.summary import (
    engineering_key_figures,
    engineering_summary,
    financial_key_figures,
    financial_summary,
    points_of_attention,
)

__all__ = [
    "Alerts",
    "KeyFigures",
    "Paragraphs",
    "ReportTable",
    "aids_by_table",
    "aids_detail_table",
    "alerts_table",
    "announced_totals_table",
    "any_table",
    "club_table",
    "convention_counts_table",
    "conventions_table",
    "coverage_table",
    "dashboard_table",
    "engineering_key_figures",
    "engineering_summary",
    "entered_indicators_table",
    "files_table",
    "financial_key_figures",
    "financial_summary",
    "findings_table",
    "funding_plans_table",
    "indicator_course_table",
    "indicators_table",
    "plan_lines_table",
    "points_of_attention",
    "post_counts_table",
    "posts_table",
    "provision_table",
    "reckoning_table",
    "served_communes_table",
    "set_aside_table",
    "training_table",
]

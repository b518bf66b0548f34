"""The tables that say how good the data is, what the indicators are worth, and where everything is from."""

import pandas as pd

from pvd_analysis.analysis import compliance, funding, indicators
from pvd_analysis.analysis.sources import not_known
from pvd_analysis.constats import grouped
from pvd_analysis.dataset import Dataset
from pvd_analysis.tables.cells import Column
from pvd_analysis.tables.origin import file_references, public_name
from pvd_analysis.tables.report_table import ReportTable
from pvd_analysis.tables.shown import shown
from pvd_analysis.values import Trimestre
from pvd_analysis.vocabulary import rules, table_description, vocabulary_table

__all__ = [
    "alerts_table",
    "dated_after_table",
    "entered_indicators_table",
    "files_table",
    "findings_table",
    "glossary_table",
    "indicator_course_table",
    "indicators_table",
    "not_known_table",
    "reckoning_table",
    "rules_table",
    "set_aside_table",
]


def alerts_table(d: Dataset) -> ReportTable:
    """What the rules of the programme say of the data."""
    return shown(d, "alertes", compliance.alerts(d))


def not_known_table(d: Dataset) -> ReportTable:
    """What is not known, and what to deliver for it to be."""
    return shown(d, "inconnus", not_known(d))


def findings_table(d: Dataset) -> ReportTable:
    """The findings of the reading of the raw files, those of one kind as one."""
    findings = grouped(d.constats)
    counted = zip(findings["nombre"], findings["constat"], strict=True)
    said = [f"{number}\N{NO-BREAK SPACE}× {sentence}" if number > 1 else sentence for number, sentence in counted]
    return shown(d, "constats", findings.assign(constat=said))


def reckoning_table(d: Dataset) -> ReportTable:
    """The reckoning of rows and euros, file by file and sheet by sheet."""
    return shown(d, "bilan", d.bilan)


def set_aside_table(d: Dataset) -> ReportTable:
    """Every row set aside, with its reason."""
    reasons = compliance.finding_rules()["constat"].to_dict()
    said = [reasons.get(rule, rule) for rule in d.ecartees["motif"]]
    return shown(d, "ecartees", d.ecartees.assign(motif=said))


def dated_after_table(d: Dataset) -> ReportTable | None:
    """The amounts that are told and dated after the last day of the quarter; None when there is none."""
    table = funding.dated_after(d)
    if table.empty:
        return None
    labels = {"projets": "Coûts de projets", "financements": "Financements", "totaux_annonces": "Totaux annoncés"}
    named = [labels.get(name, table_description(name).description.split(" :")[0]) for name in table["table"]]
    return shown(d, "dates_apres", table.assign(table=named))


def files_table(d: Dataset) -> ReportTable:
    """The raw files with their day of delivery, their use and their fingerprint."""
    references = file_references(d)
    # The first part of a file's name is its delivery, which has a column of its own.
    rows = d.fichiers.assign(
        reference=[references[file] for file in d.fichiers["fichier"]],
        nom_fichier=[public_name(file.partition("/")[2]) for file in d.fichiers["fichier"]],
    )
    return shown(d, "fichiers", rows)


def rules_table() -> ReportTable:
    """The rules of the programme that the report applies, with their article and date of effect."""
    rows = [
        {"libelle": each.libelle, "constat": text, "article": each.source, "en_vigueur_depuis": since}
        for each in rules().values()
        for since, text in [(version.depuis, f"{each.texte} {version.texte}") for version in each.versions]
        or [(each.en_vigueur_depuis, each.texte)]
    ]
    return shown(None, "regles", pd.DataFrame(rows).astype({"en_vigueur_depuis": "datetime64[s]"}))


def glossary_table() -> ReportTable:
    """The terms of the report, defined."""
    return shown(None, "definitions", vocabulary_table("glossaire"))


def indicators_table(d: Dataset) -> ReportTable:
    """The computed indicators."""
    return shown(d, "indicateurs", indicators.computed_indicators(d))


def indicator_course_table(d: Dataset) -> ReportTable:
    """The computed indicators at the end of each of the last quarters."""
    course = indicators.indicator_course(d)
    wide = course.pivot(index="indicateur", columns="trimestre", values="valeur_texte")
    wide = wide.reindex(list(dict.fromkeys(course["indicateur"]))).reset_index()
    quarters = [str(name) for name in wide.columns if name != "indicateur"]
    columns = [Column(name, Trimestre.parse(name).label) for name in quarters]
    return shown(d, "indicateurs_evolution", wide, columns=["indicateur", *columns])


def entered_indicators_table(d: Dataset) -> ReportTable:
    """The indicators that the analyst entered."""
    return shown(d, "indicateurs_saisis", indicators.entered_indicators(d))

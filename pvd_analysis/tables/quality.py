"""The tables that say how good the data is, what the indicators are worth, and where everything is from."""

import pandas as pd

from pvd_analysis.analysis import compliance, funding, indicators
from pvd_analysis.constats import grouped
from pvd_analysis.dataset import Dataset
from pvd_analysis.tables.origin import file_references, public_name, with_origin
from pvd_analysis.tables.report_table import Column, ReportTable
from pvd_analysis.values import Trimestre, format_date
from pvd_analysis.vocabulary import document, rule, table_description, vocabulary_table

__all__ = [
    "alerts_table",
    "dated_after_table",
    "entered_indicators_table",
    "files_table",
    "findings_table",
    "glossary_table",
    "indicator_course_table",
    "indicators_table",
    "reckoning_table",
    "rules_table",
    "set_aside_table",
]

_FINDING_COLUMNS = ["severite", "constat", "attendu", "origine"]


def alerts_table(d: Dataset) -> ReportTable:
    """What the rules of the programme say of the data."""
    return ReportTable.build(
        "alertes",
        "Points d'attention au regard des règles du programme",
        with_origin(d, compliance.alerts(d))[["severite", "constat", "trouve", "attendu", "origine"]],
        empty="Aucun point d'attention.",
    )


def findings_table(d: Dataset) -> ReportTable:
    """The findings of the reading of the raw files, those of one kind as one."""
    findings = grouped(d.constats)
    times = [f"{number}\N{NO-BREAK SPACE}× " if number > 1 else "" for number in findings["nombre"]]
    findings["constat"] = times + findings["constat"]
    return ReportTable.build(
        "constats",
        "Constats faits à la lecture des fichiers",
        with_origin(d, findings),
        [name for name in _FINDING_COLUMNS if findings.empty or name == "origine" or findings[name].ne("").any()],
        notes=("Ce qui a été trouvé n'est pas cité ici : la copie annotée de chaque classeur le montre à sa place.",)
        if len(findings)
        else (),
        empty="Aucun constat : tout ce qui a été livré a été lu.",
    )


def reckoning_table(d: Dataset) -> ReportTable:
    """The reckoning of rows and euros, file by file and sheet by sheet."""
    numbers = [name for name in d.bilan.columns if name.startswith(("lignes_", "euros_"))]
    rows = with_origin(d, d.bilan)[["origine", *numbers]]
    return ReportTable.build(
        "bilan",
        "Bilan des lignes et des euros : lus = gardés + écartés",
        rows,
        labels={"origine": "Fichier et feuille"},
        summed=numbers,
        total={"origine": "Total"},
        notes=("Les lignes écartées comprennent les lignes de total et de note ; chacune est listée avec son motif.",),
    )


def set_aside_table(d: Dataset) -> ReportTable:
    """Every row set aside, with its reason."""
    reasons = compliance.rule_sentences()
    rows = d.ecartees.assign(motif=[reasons.get(rule, rule) for rule in d.ecartees["motif"]])
    return ReportTable.build(
        "ecartees",
        "Lignes écartées",
        with_origin(d, rows)[["origine", "motif", "montant_cents"]],
        empty="Aucune ligne n'a été écartée.",
    )


def dated_after_table(d: Dataset) -> ReportTable | None:
    """The amounts that are told and dated after the last day of the quarter; None when there is none."""
    table = funding.dated_after(d)
    if table.empty:
        return None
    labels = {"projets": "Coûts de projets", "financements": "Financements", "totaux_annonces": "Totaux annoncés"}
    return ReportTable.build(
        "dates_apres",
        f"Datés après l'arrêté du {format_date(d.arrete_le)}",
        table.assign(
            table=[labels.get(name, table_description(name).description.split(" :")[0]) for name in table["table"]]
        ),
        labels={"table": "Ce qui est livré", "nombre_lignes": "Lignes"},
        notes=("Ces montants ne sont dans aucun total de ce trimestre : ils comptent à leur date.",),
    )


def files_table(d: Dataset) -> ReportTable:
    """The raw files with their day of delivery, their use and their fingerprint."""
    references = file_references(d)
    # The first part of a file's name is its delivery, which has a column of its own.
    rows = d.fichiers.assign(
        reference=[references[file] for file in d.fichiers["fichier"]],
        nom_fichier=[public_name(file.partition("/")[2]) for file in d.fichiers["fichier"]],
    )
    return ReportTable.build(
        "fichiers",
        "Fichiers reçus",
        rows[["reference", "nom_fichier", "livraison", "source", "usage", "sha256"]],
        notes=(
            "Les colonnes « Origine » citent ces références. SHA-256 : empreinte qui atteste le contenu du fichier.",
        ),
    )


def rules_table() -> ReportTable:
    """The rules of the programme that the report applies, with their article and date of effect."""
    rules = [rule(name) for name in document("regles")]
    rows = [
        {"libelle": each.label, "constat": each.text, "article": each.source,
         "en_vigueur_depuis": each.figures["en_vigueur_depuis"]}
        for each in rules
    ]  # fmt: skip
    return ReportTable.build(
        "regles",
        "Règles appliquées",
        pd.DataFrame(rows).astype({"en_vigueur_depuis": "datetime64[s]"}),
        labels={"libelle": "Règle", "constat": "Ce que dit la règle"},
    )


def glossary_table() -> ReportTable:
    """The terms of the report, defined."""
    return ReportTable.build("definitions", "Définitions", vocabulary_table("glossaire"), labels={"definition": "Sens"})


def indicators_table(d: Dataset) -> ReportTable:
    """The computed indicators."""
    table = indicators.computed_indicators(d)
    return ReportTable.build(
        "indicateurs",
        "Indicateurs de suivi et d'évaluation, calculés",
        table[["indicateur", "valeur_texte", "cible_texte", "unite", "sens", "definition"]],
    )


def indicator_course_table(d: Dataset) -> ReportTable:
    """The computed indicators at the end of each of the last quarters."""
    course = indicators.indicator_course(d)
    wide = course.pivot(index="indicateur", columns="trimestre", values="valeur_texte")
    wide = wide.reindex(list(dict.fromkeys(course["indicateur"]))).reset_index()
    quarters = [str(name) for name in wide.columns if name != "indicateur"]
    return ReportTable(
        "indicateurs_evolution",
        "Évolution des indicateurs, à la fin de chaque trimestre",
        wide,
        (Column("indicateur", "Indicateur"), *(Column(name, Trimestre.parse(name).label) for name in quarters)),
        notes=(
            "Valeurs à la date de chaque trimestre, avec ce qui est connu aujourd'hui ; elles ne s'additionnent pas.",
        ),
    )


def entered_indicators_table(d: Dataset) -> ReportTable:
    """The indicators that the analyst entered."""
    table = indicators.entered_indicators(d)
    columns = ["indicateur", "date_valeur", "date_valeur_precision", "valeur", "cible", "unite", "sens", "definition"]
    return ReportTable.build(
        "indicateurs_saisis",
        "Indicateurs de suivi et d'évaluation, saisis par l'analyste",
        table[columns],
        empty="Aucun indicateur n'a été saisi.",
    )

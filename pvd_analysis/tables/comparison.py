"""The tables of the national comparison: the départements side by side."""

import pandas as pd

from pvd_analysis.analysis.comparison import departements_compared
from pvd_analysis.dataset import Dataset
from pvd_analysis.tables.cards import KeyFigure, KeyFigures, Paragraphs, of_amount
from pvd_analysis.tables.national_aids import lists_missing, lists_said
from pvd_analysis.tables.report_table import ReportTable
from pvd_analysis.tables.shown import shown
from pvd_analysis.values import counted, format_euros, format_number, format_rate

__all__ = ["compared_aids_table", "compared_conventions_table", "national_key_figures", "national_summary"]


def national_key_figures(country: Dataset) -> KeyFigures:
    """The programme in figures: départements, communes, aids, part of the envelope, conventions."""
    table = departements_compared(country)
    aids, whole = (table[column].sum(min_count=1) for column in ("pvd_cents", "departement_cents"))
    signed, late = int(table["cadres_signes"].sum()), int(table["cadres_depasses"].sum())
    figures = [
        KeyFigure("Communes", format_number(table["communes_pvd"].sum()), _in_departements(len(table)), "communes"),
    ]
    if pd.notna(whole):
        figures += [
            of_amount(
                "Aides des listes nationales",
                int(aids),
                f"aux communes du programme, {lists_said(country)}",
                "aides",
            ),
            KeyFigure("Part des enveloppes", format_rate(aids / whole), "des aides des listes", "part"),
        ]
    unknown = int(table["cadres_non_connus"].sum())
    note = f"{format_number(late)} en retard" + (f" ; {format_number(unknown)} non connues" if unknown else "")
    figures.append(KeyFigure("Conventions-cadre signées", format_number(signed), note, "cadres"))
    return KeyFigures(tuple(figures))


def national_summary(country: Dataset) -> Paragraphs:
    """What the comparison says, in sentences."""
    table = departements_compared(country)
    sentences = [] if len(country.aides_nationales) else ["Aucune liste nationale n'a été livrée."]
    received = table[table["pvd_cents"].gt(0)].sort_values("par_habitant_cents", kind="stable")
    if len(received) > 1:
        least, most = received.iloc[0], received.iloc[-1]
        sentences.append(
            f"Les communes du programme ont reçu de {format_euros(least.par_habitant_cents)} par habitant "
            f"({least.departement}) à {format_euros(most.par_habitant_cents)} ({most.departement}), d'après les listes "
            f"nationales livrées ({lists_said(country)})."
        )
    if missing := lists_missing(country):
        sentences.append(missing)
    unknown = int(table["cadres_non_connus"].sum())
    if unknown:
        sentences.append(
            f"L'état de la convention-cadre n'est pas connu pour {counted(unknown, 'commune')} : ni classeur ni suivi "
            "national des ORT n'en parle."
        )
    return Paragraphs(tuple(sentences))


def compared_aids_table(country: Dataset) -> ReportTable:
    """Aids of the national lists to the communes of the programme, by département."""
    table = departements_compared(country)
    aided, envelope = table["pvd_cents"].sum(min_count=1), table["departement_cents"].sum(min_count=1)
    listed = [f"Listes livrées : {said}." for said in [lists_said(country)] if said]
    total = {
        "par_habitant_cents": aided // max(table["population"].sum(), 1),
        "part": aided / envelope if pd.notna(envelope) and envelope else pd.NA,
    }
    return shown(
        country,
        "comparaison_aides",
        table,
        notes=[*listed, *(note for note in [lists_missing(country)] if note)],
        total=total,
    )


def compared_conventions_table(country: Dataset) -> ReportTable:
    """Conventions of the communes of the programme, by département."""
    return shown(country, "comparaison_conventions", departements_compared(country))


def _in_departements(number: int) -> str:
    return f"dans {counted(number, 'département')}"

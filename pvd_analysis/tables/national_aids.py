"""The tables of the national lists in the financial report, and of the national report: the départements side by side."""

from typing import Any

import pandas as pd

from pvd_analysis.analysis import national_aids
from pvd_analysis.analysis.laureates import departements_compared
from pvd_analysis.analysis.sources import lists_delivered
from pvd_analysis.dataset import Dataset
from pvd_analysis.tables.cards import KeyFigure, KeyFigures, Paragraphs, of_amount
from pvd_analysis.tables.origin import delivered_in
from pvd_analysis.tables.report_table import ReportTable
from pvd_analysis.tables.shown import shown
from pvd_analysis.values import counted, format_date, format_euros, format_number, format_rate, sentence_list
from pvd_analysis.vocabulary import phrase, term_label

__all__ = [
    "compared_aids_table",
    "compared_conventions_table",
    "doubtful_places_table",
    "envelope_shares_table",
    "listed_aids_by_year_table",
    "listed_aids_per_inhabitant_table",
    "listed_aids_table",
    "listed_epci_aids_table",
    "national_key_figures",
    "national_summary",
    "repeated_projects_table",
]


def lists_said(d: Dataset) -> str:
    """Return the lists that were delivered, by year: « DGCL 2018 et 2019, Fonds vert 2023 »."""
    return ", ".join(_by_list(lists_delivered(d).query("livree")))


def lists_missing(d: Dataset) -> str:
    """Return, in a sentence, the lists of the years between that were not delivered; nothing when none is missing."""
    missing = _by_list(lists_delivered(d).query("not livree"))
    return phrase("non_connu", "listes", listes=", ".join(missing)) if missing else ""


def _by_list(lists: pd.DataFrame) -> list[str]:
    return [f"{name} {sentence_list(list(years))}" for name, years in lists.groupby("liste")["exercice"]]


def _listed(d: Dataset, name: str, rows: pd.DataFrame, **said: Any) -> ReportTable:
    """Return a table of what the lists say, with their files and those that are missing."""
    return shown(
        d,
        name,
        rows,
        notes=[note for note in [lists_missing(d)] if note],
        source=delivered_in(d, d.aides_nationales),
        **_words(d),
        **said,
    )


def _words(d: Dataset) -> dict[str, Any]:
    """Return what the tables of the lists say of them."""
    none = f"Aucune liste nationale d'un exercice clos au {format_date(d.arrete_le)} n'a été livrée."
    return {
        "listes": lists_said(d),
        "aucune": none if d.aides_nationales.empty else "Aucune ligne des listes nationales n'y répond.",
    }


def listed_aids_by_year_table(d: Dataset) -> ReportTable:
    """The listed aids of each commune, one column a year, and their total."""
    return _listed(d, "listes_par_annee", national_aids.listed_aids_by_year(d))


def listed_aids_per_inhabitant_table(d: Dataset) -> ReportTable | None:
    """What each commune got per inhabitant, beside communes of similar size; None without a list."""
    if d.aides_nationales.empty:
        return None
    return _listed(d, "listes_par_habitant", national_aids.listed_aids_per_inhabitant(d))


def envelope_shares_table(d: Dataset) -> ReportTable | None:
    """The part of the communes of the programme in the département's envelope; None without a list."""
    if d.aides_nationales.empty:
        return None
    rows = national_aids.envelope_shares(d)
    envelope = rows["departement_cents"].sum()
    share = rows["pvd_cents"].sum() / envelope if envelope else pd.NA
    return _listed(d, "part_enveloppe", rows, total={"part": share})


def listed_epci_aids_table(d: Dataset) -> ReportTable | None:
    """The listed aids of the intercommunalités that have a commune of the programme; None without a list."""
    if d.aides_nationales.empty:
        return None
    return _listed(d, "listes_epci", national_aids.listed_epci_aids(d).drop(columns="code_epci"))


def listed_aids_table(d: Dataset) -> ReportTable | None:
    """Every line of the lists whose project is in a commune of the programme, with its origin; None without a list."""
    if d.aides_nationales.empty:
        return None
    return shown(d, "listes_detail", national_aids.listed_aids(d), **_words(d))


def repeated_projects_table(d: Dataset) -> ReportTable | None:
    """The projects that seem to come under several dispositifs or years: a proposal; None without a list."""
    if d.aides_nationales.empty:
        return None
    rows = national_aids.repeated_projects(d)
    labels = [", ".join(term_label("dispositif", code) for code in codes.split(", ")) for codes in rows["dispositifs"]]
    rows = rows.assign(dispositifs=labels).drop(columns="lignes")
    return shown(d, "projets_rapproches", rows)


def doubtful_places_table(d: Dataset) -> ReportTable | None:
    """The lines filed under a commune of the programme, whose project may be elsewhere; None without a list."""
    if d.aides_nationales.empty:
        return None
    return shown(d, "lieux_douteux", national_aids.doubtful_places(d).reset_index(drop=True))


def national_key_figures(country: Dataset) -> KeyFigures:
    """The programme in figures: départements, communes, aids, part of the envelope, conventions."""
    table = departements_compared(country)
    aids, whole = (table[column].sum(min_count=1) for column in ("pvd_cents", "departement_cents"))
    signed, late = int(table["cadres_signes"].sum()), int(table["cadres_depasses"].sum())
    figures = [
        KeyFigure(
            "Communes",
            format_number(table["communes_pvd"].sum()),
            f"dans {counted(len(table), 'département')}",
            "communes",
        ),
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
        between = {
            "moins": format_euros(least.par_habitant_cents),
            "la_moins": least.departement,
            "plus": format_euros(most.par_habitant_cents),
            "la_plus": most.departement,
        }
        sentences.append(phrase("synthese", "par_habitant", listes=lists_said(country), **between))
    if missing := lists_missing(country):
        sentences.append(missing)
    if unknown := int(table["cadres_non_connus"].sum()):
        sentences.append(phrase("non_connu", "cadres", communes=counted(unknown, "commune")))
    return Paragraphs(tuple(sentences))


def compared_aids_table(country: Dataset) -> ReportTable:
    """Aids of the national lists to the communes of the programme, by département."""
    table = departements_compared(country)
    aided = table["pvd_cents"].sum(min_count=1)
    envelope = table["departement_cents"].sum(min_count=1)
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

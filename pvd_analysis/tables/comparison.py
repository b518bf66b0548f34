"""The tables of the national comparison: the départements side by side."""

import pandas as pd

from pvd_analysis.analysis.comparison import departements_compared
from pvd_analysis.dataset import Dataset
from pvd_analysis.tables.national import lists_missing, lists_said
from pvd_analysis.tables.report_table import KeyFigure, KeyFigures, Paragraphs, ReportTable
from pvd_analysis.values import counted, format_euros, format_number, format_rate

__all__ = ["compared_aids_table", "compared_conventions_table", "national_key_figures", "national_summary"]

_COUNTS = ["adhesions_signees", "cadres_signes", "cadres_proches", "cadres_depasses", "cadres_non_connus"]


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
            KeyFigure(
                "Aides des listes nationales",
                format_euros(aids),
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
    totals = ["communes_pvd", "population", "pvd_cents", "departement_cents"]
    columns = [
        "departement", "region", "communes_pvd", "population", "pvd_cents", "par_habitant_cents", "departement_cents",
        "part",
    ]  # fmt: skip
    rows = _with_total(table[columns], totals)
    if len(table):
        last = rows.index[-1]
        rows.loc[last, "par_habitant_cents"] = rows.loc[last, "pvd_cents"] // max(rows.loc[last, "population"], 1)
        if pd.notna(rows.loc[last, "departement_cents"]):
            rows.loc[last, "part"] = rows.loc[last, "pvd_cents"] / rows.loc[last, "departement_cents"]
    return ReportTable.build(
        "comparaison_aides",
        "Aides des listes nationales aux communes du programme, par département",
        rows,
        notes=(
            *([f"Listes livrées : {said}."] if (said := lists_said(country)) else []),
            *([missing] if (missing := lists_missing(country)) else []),
            "Aides par habitant : rapportées à la population des communes du programme, au centime inférieur.",
        ),
        total_rows=(len(table),) if len(table) else (),
        empty="Aucun lauréat n'est connu.",
    )


def compared_conventions_table(country: Dataset) -> ReportTable:
    """Conventions of the communes of the programme, by département."""
    table = departements_compared(country)
    rows = _with_total(table[["departement", "region", "communes_pvd", *_COUNTS]], ["communes_pvd", *_COUNTS])
    return ReportTable.build(
        "comparaison_conventions",
        "Conventions des communes du programme, par département",
        rows,
        notes=(
            "Non connue : ni classeur de suivi ni suivi national des ORT ne dit si la convention-cadre est signée.",
        ),
        total_rows=(len(table),) if len(table) else (),
        empty="Aucun lauréat n'est connu.",
    )


def _in_departements(number: int) -> str:
    return f"dans {counted(number, 'département')}"


def _with_total(rows: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    if rows.empty:
        return rows
    total = pd.DataFrame([{"departement": "Total", **{column: rows[column].sum(min_count=1) for column in columns}}])
    return pd.concat([rows, total.astype(dict.fromkeys(columns, "Int64"))], ignore_index=True)

"""The figures of the ingénierie report."""

import pandas as pd
from matplotlib import dates as mdates

from pvd_analysis.analysis.conventions import convention_states
from pvd_analysis.analysis.engineering import post_counts, posts
from pvd_analysis.dataset import Dataset
from pvd_analysis.figures.illustration import Illustration
from pvd_analysis.figures.style import FRAME, GREY, INK, PALETTE, new_figure, report_style
from pvd_analysis.values import format_date, format_number, format_partial, sentence_list

__all__ = ["convention_calendar", "posts_by_state"]

_COLOUR_OF_STATE = {
    "signée": PALETTE["turquoise"],
    "dans les délais": PALETTE["bleu"],
    "échéance proche": PALETTE["orange"],
    "dépassée": PALETTE["prune"],
}


@report_style()
def convention_calendar(d: Dataset) -> Illustration | None:
    """One line for each commune: adhésion, 18-month deadline, convention-cadre; None when nothing is signed."""
    states = convention_states(d)
    if states["date_adhesion"].isna().all():
        return None
    figure = new_figure(height=0.36 * len(states) + 1.2)
    axes = figure.add_subplot()
    today = pd.Timestamp(d.arrete_le)
    for position, row in enumerate(states.itertuples()):
        if pd.isna(row.date_adhesion):
            axes.text(today, position, "  adhésion à signer", va="center", fontsize=9, color=PALETTE["prune"])
            continue
        colour = _COLOUR_OF_STATE[row.etat_convention]
        end = row.date_cadre if pd.notna(row.date_cadre) else row.echeance_cadre
        dashed = pd.isna(row.date_cadre)
        axes.plot([row.date_adhesion, end], [position] * 2, color=colour, linestyle=":" if dashed else "-", linewidth=2)
        axes.plot([row.date_adhesion], [position], "o", color=colour)
        if pd.notna(row.date_cadre):
            axes.plot([row.date_cadre], [position], "D", color=colour)
        axes.plot([row.echeance_cadre] * 2, [position - 0.28, position + 0.28], color=INK, linewidth=1.6)
        last = max(end, row.echeance_cadre)
        axes.annotate(
            row.etat_convention,
            (last, position),
            (7, 0),
            textcoords="offset points",
            va="center",
            fontsize=9,
            color=INK,
        )
    axes.axvline(today, color=GREY, linewidth=1, linestyle="--")
    axes.annotate(
        f"arrêté au {format_date(d.arrete_le)}",
        (today, -0.75),
        (4, 0),
        textcoords="offset points",
        fontsize=9,
        color=GREY,
        va="center",
    )
    axes.set_yticks(range(len(states)), list(states["commune"]))
    axes.set_ylim(len(states) - 0.4, -1.1)
    latest = max(states[["date_cadre", "echeance_cadre"]].max().max(), today)
    axes.set_xlim(states["date_adhesion"].min() - pd.Timedelta(days=30), latest + pd.Timedelta(days=190))
    axes.xaxis.set_major_locator(mdates.YearLocator())
    axes.xaxis.set_major_formatter(mdates.DateFormatter("%Y"))
    axes.xaxis.set_minor_locator(mdates.MonthLocator(bymonth=(4, 7, 10)))
    axes.grid(axis="x", color=FRAME)
    axes.spines["left"].set_visible(False)
    said = [
        f"{row.commune} : adhésion {format_date(row.date_adhesion)}, échéance {format_date(row.echeance_cadre)}, "
        f"{row.etat_convention}"
        if pd.notna(row.date_adhesion)
        else f"{row.commune} : adhésion à signer"
        for row in states.itertuples()
    ]
    return Illustration(
        figure,
        title="De la convention d'adhésion à la convention-cadre valant ORT, commune par commune",
        alt="Calendrier des conventions. " + " ; ".join(said) + ".",
        key="calendrier-conventions",
        note="Rond : adhésion signée ; losange : convention-cadre signée ; trait vertical noir : échéance de 18 mois.",
    )


@report_style()
def posts_by_state(d: Dataset) -> Illustration | None:
    """One square for each post: recruited or under way, and the towns that it serves; None when there is no post."""
    table = posts(d)
    if table.empty:
        return None
    figure = new_figure(height=0.42 * len(table) + 0.5)
    axes = figure.add_subplot()
    for position, row in enumerate(table.itertuples()):
        recruited = row.etat_poste == "recrute"
        axes.plot(
            [0],
            [position],
            "s",
            markersize=13,
            markerfacecolor=PALETTE["bleu"] if recruited else "white",
            markeredgecolor=PALETTE["bleu"],
        )
        state = "recrutement en cours"
        if recruited:
            when = format_partial(row.date_recrutement, row.date_recrutement_precision)
            state = f"recruté, {when}" if pd.notna(row.date_recrutement) else "recruté"
        shared = " · poste partagé" if row.partage else ""
        axes.text(0.35, position, f"{row.communes_libelle}", va="center", color=INK, fontweight="bold", fontsize=9.5)
        axes.text(6.3, position, f"{state}{shared}", va="center", color=INK, fontsize=9.5)
    axes.set_xlim(-0.3, 10)
    axes.set_ylim(len(table) - 0.4, -0.6)
    axes.set_axis_off()
    counts = post_counts(d)
    return Illustration(
        figure,
        title=f"{format_number(counts.identified)} postes de chef de projet, dont {format_number(counts.recruited)} pourvus "
        f"et {format_number(counts.shared)} partagés",
        alt="Postes : "
        + sentence_list(
            [
                f"{row.communes_libelle} ({'recruté' if row.etat_poste == 'recrute' else 'en cours'})"
                for row in table.itertuples()
            ]
        )
        + ".",
        key="postes",
        note="Carré plein : chef de projet recruté ; carré vide : recrutement en cours.",
    )

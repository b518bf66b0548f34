"""The figures of the financial report."""

from matplotlib.axes import Axes

from pvd_analysis.analysis.funding import aids_by, announced_total_cents, coverage
from pvd_analysis.analysis.plans import funding_plans, plan_lines
from pvd_analysis.dataset import Dataset
from pvd_analysis.figures.illustration import Illustration
from pvd_analysis.figures.style import GREY, INK, PALETTE, new_figure, report_style
from pvd_analysis.values import format_euros, format_rate, sentence_list
from pvd_analysis.vocabulary import rule, term_label

__all__ = ["aids_by_commune", "announced_totals", "funding_plan_shares"]

_CENTS = 100


def _euro_axis(axes: Axes, largest: float) -> None:
    axes.set_xlim(0, largest * 1.28)
    axes.xaxis.set_visible(False)
    axes.spines["bottom"].set_visible(False)


@report_style()
def announced_totals(d: Dataset) -> Illustration | None:
    """Bars of the announced totals by dispositif, with the part whose projects are known; None when none is announced."""
    table = coverage(d)
    if table.empty:
        return None
    labels = [
        f"{term_label('dispositif', row.dispositif)}\n{term_label('famille', row.famille)}"
        for row in table.itertuples()
    ]
    announced = [int(value) / _CENTS for value in table["annonce_cents"]]
    known = [min(int(row.detail_cents), int(row.annonce_cents)) / _CENTS for row in table.itertuples()]
    positions = list(range(len(table)))
    figure = new_figure(height=0.72 * len(table) + 0.8)
    axes = figure.add_subplot()
    axes.barh(
        positions, announced, color="white", edgecolor=PALETTE["bleu"], hatch="////", height=0.56, label="sans détail"
    )
    axes.barh(positions, known, color=PALETTE["bleu"], height=0.56, label="projets connus")
    for position, row in zip(positions, table.itertuples(), strict=True):
        text = format_euros(row.annonce_cents)
        if row.detail_cents:
            text += f"\ndont {format_rate(row.couverture)} en détail"
        axes.annotate(text, (announced[position], position), (6, 0), textcoords="offset points", va="center", color=INK)
    axes.set_yticks(positions, labels)
    axes.invert_yaxis()
    _euro_axis(axes, max(announced))
    figure.legend(loc="outside lower left", ncols=2)
    total = announced_total_cents(d)
    said = sentence_list(
        [f"{term_label('dispositif', row.dispositif)} {format_euros(row.annonce_cents)}" for row in table.itertuples()]
    )
    return Illustration(
        figure,
        title=f"{format_euros(total)} annoncés pour les petites villes de demain du département",
        alt=f"Barres des totaux annoncés par dispositif : {said}. "
        f"Détail connu : {format_euros(int(table['detail_cents'].sum()))} sur {format_euros(total)}.",
        key="totaux-annonces",
    )


@report_style()
def aids_by_commune(d: Dataset) -> Illustration | None:
    """Bars of the aids known in detail by commune, inside and outside the announced totals; None when there is none."""
    table = aids_by(d, "commune")
    if table.empty:
        return None
    positions = list(range(len(table)))
    inside = [int(value) / _CENTS for value in table["aides_dans_total_cents"]]
    outside = [int(value) / _CENTS for value in table["aides_hors_total_cents"]]
    figure = new_figure(height=0.6 * len(table) + 1.0)
    axes = figure.add_subplot()
    axes.barh(positions, inside, color=PALETTE["bleu"], height=0.5, label="compris dans le total annoncé")
    axes.barh(
        positions, outside, left=inside, color=PALETTE["turquoise"], hatch="..", height=0.5, label="hors total annoncé"
    )
    for position, row in zip(positions, table.itertuples(), strict=True):
        axes.annotate(
            format_euros(row.aides_cents),
            (inside[position] + outside[position], position),
            (6, 0),
            textcoords="offset points",
            va="center",
            color=INK,
        )
    axes.set_yticks(positions, list(table["commune"]))
    axes.invert_yaxis()
    _euro_axis(axes, max(a + b for a, b in zip(inside, outside, strict=True)))
    figure.legend(loc="outside lower left", ncols=2)
    said = sentence_list(
        [
            f"{row.commune} {format_euros(row.aides_cents)}, dont {format_euros(row.aides_dans_total_cents)} compris dans le total annoncé"
            for row in table.itertuples()
        ]
    )
    return Illustration(
        figure,
        title="Aides connues en détail, par commune",
        alt=f"Barres des aides par commune : {said}.",
        key="aides-par-commune",
    )


@report_style()
def funding_plan_shares(d: Dataset) -> Illustration | None:
    """The plans de financement to 100 % of the cost HT, with the legal limit; None when no cost is known."""
    plans = funding_plans(d).dropna(subset="cout_ht_cents").query("cout_ht_cents > 0")
    if plans.empty:
        return None
    lines = plan_lines(d)
    figure = new_figure(height=0.95 * len(plans) + 1.3)
    axes = figure.add_subplot()
    dispositifs = list(dict.fromkeys(lines.loc[lines["id_projet"].isin(plans["id_projet"]), "dispositif"]))
    colours = dict(zip(dispositifs, [*PALETTE.values()] * (len(dispositifs) // len(PALETTE) + 1), strict=False))
    said = []
    for position, plan in enumerate(plans.itertuples()):
        left = 0.0
        parts = []
        for line in lines[lines["id_projet"].eq(plan.id_projet)].itertuples():
            share = float(line.part_cout)
            name = term_label("dispositif", line.dispositif)
            is_own = line.dispositif == "autofinancement"
            colour = "white" if is_own else colours[line.dispositif]
            axes.barh(position, share, left=left, color=colour, edgecolor=GREY if is_own else "white", height=0.5)
            if share > 0.08:
                axes.text(
                    left + share / 2,
                    position,
                    f"{name}\n{format_rate(share)}",
                    ha="center",
                    va="center",
                    fontsize=8.5,
                    color=INK
                    if is_own or colour in {PALETTE["orange"], PALETTE["mauve"], PALETTE["turquoise"]}
                    else "white",
                )
            left += share
            parts.append(f"{name} {format_rate(share)}")
        said.append(f"{plan.commune} ({format_euros(plan.cout_ht_cents)} HT) : {sentence_list(parts)}")
        limit = plan.limite_legale_cents / plan.cout_ht_cents
        axes.plot([limit, limit], [position - 0.38, position + 0.38], color=PALETTE["prune"], linewidth=2.4)
        axes.annotate(
            f"limite légale des aides : {format_rate(limit)}",
            (limit, position - 0.4),
            (0, 3),
            textcoords="offset points",
            ha="center",
            va="bottom",
            fontsize=8.5,
            color=PALETTE["prune"],
        )
    axes.set_yticks(
        range(len(plans)), [f"{row.commune}\n{format_euros(row.cout_ht_cents)} HT" for row in plans.itertuples()]
    )
    axes.set_ylim(len(plans) - 0.4, -0.85)
    axes.set_xlim(0, 1.02)
    axes.xaxis.set_visible(False)
    axes.spines["bottom"].set_visible(False)
    return Illustration(
        figure,
        title="Plans de financement des projets dont le coût est connu, en part du coût HT",
        alt="Barres à 100 % du coût : " + " ; ".join(said) + f". Limite : {rule('participation_minimale').source}.",
        key="plans-de-financement",
    )

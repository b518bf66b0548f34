"""The figures of the aids: announced totals, detail by famille and dispositif, detail by commune."""

from typing import Any, Final

import pandas as pd

from pvd_analysis.analysis import funding
from pvd_analysis.dataset import Dataset
from pvd_analysis.figures.bars import Bar, BarGroup, draw_bars
from pvd_analysis.figures.canvas import Fill
from pvd_analysis.figures.illustration import Illustration, NoFigure, listed
from pvd_analysis.figures.style import INSIDE, OUTSIDE, report_style
from pvd_analysis.values import counted, format_date, format_euros, format_number, format_rate
from pvd_analysis.vocabulary import term_label, terms

# More are a table, not a figure.
_MOST_BARS: Final = 40
_KNOWN: Final = Fill("projets connus en détail", INSIDE)
_WITHOUT_DETAIL: Final = Fill("annoncé, sans détail", "white", "////", INSIDE)
_INSIDE: Final = Fill("compris dans le total annoncé", INSIDE)
_OUTSIDE: Final = Fill("hors du total annoncé", OUTSIDE, "\\\\\\\\")


@report_style()
def announced_totals(d: Dataset) -> Illustration | NoFigure:
    """Bars of the announced totals by famille and dispositif, with the part whose projects are known."""
    key = "totaux-annonces"
    table = funding.coverage(d)
    if table.empty:
        return NoFigure(key, f"Aucun total annoncé n'était connu au {format_date(d.arrete_le)} : pas de figure.")
    groups = [
        BarGroup(
            tuple(_announced_bar(row) for row in rows.itertuples()),
            term_label("famille", str(family)),
            format_euros(int(rows["annonce_cents"].sum())),
        )
        for family, rows in table.groupby("famille", sort=False)
    ]
    total, detail = funding.announced_total_cents(d), int(table["detail_cents"].sum())
    return Illustration.at_both_widths(
        lambda width, _: draw_bars(groups, (_KNOWN, _WITHOUT_DETAIL), width),
        title=_announced_title(table, total, _announced_by_the_state(d)),
        alt=f"Barres des totaux annoncés, par famille et dispositif. {_families_said(groups)}. "
        f"Détail connu : {format_euros(detail)} sur {format_euros(total)}.",
        key=key,
        note="Le détail connu par projet est compris dans le total annoncé : il ne s'y ajoute pas.",
    )


def _announced_bar(row: Any) -> Bar:
    announced, detail = int(row.annonce_cents), int(row.detail_cents)
    # A detail above its announced total is an alert of the report; the bar stops at the total.
    known = min(detail, announced)
    said = f"dont {format_rate(detail / announced)} connus par projet" if detail and announced else ""
    parts = ((_KNOWN, known), (_WITHOUT_DETAIL, announced - known))
    return Bar(term_label("dispositif", row.dispositif), parts, format_euros(announced), said)


def _announced_by_the_state(d: Dataset) -> bool:
    dispositifs = funding.announced_totals(d).query("dans_total")["dispositif"]
    return bool(terms("dispositif")["financeur"].reindex(dispositifs).eq("etat").all())


def _announced_title(table: pd.DataFrame, total: int, by_the_state: bool) -> str:
    families = table.groupby("famille", sort=False)["annonce_cents"].sum().sort_values(ascending=False, kind="stable")
    title = f"L'État annonce {format_euros(total)}" if by_the_state else f"{format_euros(total)} sont annoncés"
    if len(families) == 1 or not total:
        return f"{title} {_of_family(families.index[0])}"
    share = format_rate(int(families.iloc[0]) / total)
    return f"{title}, dont {share} {_of_family(families.index[0])}"


def _of_family(family: str) -> str:
    label = term_label("famille", family)
    label = label[0].lower() + label[1:]
    return f"d'{label}" if label[0] in "aeéèiouh" else f"de {label}"


def _families_said(groups: list[BarGroup]) -> str:
    return " ; ".join(
        f"{group.name} {group.amount} : " + ", ".join(f"{bar.name} {bar.amount}" for bar in group.bars)
        for group in groups
    )


@report_style()
def aids_by_family(d: Dataset) -> Illustration | NoFigure:
    """Bars of the aids known in detail by famille and dispositif."""
    key = "aides-par-famille"
    families = funding.aids_by(d, "famille")
    total = int(families["aides_cents"].sum())
    if not total:
        return NoFigure(key, _no_detail(d))
    table = funding.aids_by(d, ["famille", "dispositif"])
    groups = [
        BarGroup(
            tuple(
                _aids_bar(term_label("dispositif", row.dispositif), row, counted(row.nombre_projets, "projet"))
                for row in table[table["famille"].eq(family.famille)].itertuples()
            ),
            term_label("famille", family.famille),
            format_euros(family.aides_cents),
        )
        for family in families.itertuples()
    ]
    title = f"{format_euros(total)} d'aides connues en détail"
    if len(families) > 1:
        first = families.iloc[0]
        title += f", dont {format_rate(float(first['part']))} {_of_family(str(first['famille']))}"
    return Illustration.at_both_widths(
        lambda width, _: draw_bars(groups, (_INSIDE, _OUTSIDE), width),
        title=title,
        alt=f"Barres des aides connues en détail, par famille et dispositif. {_families_said(groups)}.",
        key=key,
    )


@report_style()
def aids_by_commune(d: Dataset) -> Illustration | NoFigure:
    """Bars of the aids known in detail by commune, inside and outside the announced totals."""
    key = "aides-par-commune"
    table = funding.aids_by(d, "commune")
    total = int(table["aides_cents"].sum())
    if not total:
        return NoFigure(key, _no_detail(d))
    shown, others = table.iloc[:_MOST_BARS], table.iloc[_MOST_BARS:]
    bars = [_aids_bar(row.commune, row) for row in shown.itertuples()]
    if len(others):
        sums = others[["aides_cents", "aides_dans_total_cents", "aides_hors_total_cents"]].sum()
        bars.append(_aids_bar(counted(len(others), "autre commune", "autres communes"), sums))
    first = table.iloc[0]
    title = f"{first['commune']} reçoit {format_rate(float(first['part']))} des {format_euros(total)} d'aides connues en détail"
    if len(table) == 1:
        title = f"Toutes les aides connues en détail, {format_euros(total)}, vont à {first['commune']}"
    without = len(d.laureats) - funding.aids(d)["code_commune"].nunique()
    said = [
        f"{row.commune} {format_euros(row.aides_cents)}, dont {format_euros(row.aides_dans_total_cents)} compris dans le total annoncé"
        for row in table.itertuples()
    ]
    return Illustration.at_both_widths(
        lambda width, _: draw_bars([BarGroup(tuple(bars))], (_INSIDE, _OUTSIDE), width),
        title=title,
        alt=f"Barres des aides connues en détail, par commune : {listed(said)}.",
        key=key,
        note=f"{format_number(without)} des {format_number(len(d.laureats))} communes lauréates n'ont pas d'aide connue en détail."
        if without > 1
        else "",
    )


def _aids_bar(name: str, row: Any, said: str = "") -> Bar:
    inside, outside = int(row.aides_dans_total_cents), int(row.aides_hors_total_cents)
    return Bar(name, ((_INSIDE, inside), (_OUTSIDE, outside)), format_euros(int(row.aides_cents)), said)


def _no_detail(d: Dataset) -> str:
    return f"Aucune aide n'était connue en détail au {format_date(d.arrete_le)} : pas de figure."

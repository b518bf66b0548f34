"""The figures of the chef de projet posts: each post with its towns, and their course over the quarters."""

from typing import Any, Final

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from pvd_analysis.analysis.engineering import communes_without_post, post_counts, posts, posts_over_time
from pvd_analysis.analysis.sources import newest_of
from pvd_analysis.dataset import Dataset
from pvd_analysis.figures.canvas import NARROW, SMALL, TEXT, Fill, Sheet, line_height, text_width, wrap
from pvd_analysis.figures.illustration import Illustration, NoFigure, listed
from pvd_analysis.figures.style import FRAME, GREY, PALETTE, report_style
from pvd_analysis.sources import classeur
from pvd_analysis.values import Trimestre, counted, format_date, format_number, format_partial, sentence_list

_FILLS: Final = {
    "recrute": Fill("recruté", PALETTE["bleu"], "", PALETTE["bleu"]),
    "en_cours": Fill("recrutement en cours", "white", "", PALETTE["bleu"]),
    "vacant": Fill("vacant", FRAME, "", GREY),
}
_COLUMN_FILLS: Final = (
    Fill("postes pourvus", PALETTE["bleu"]),
    Fill("recrutements en cours", "white", "////", PALETTE["bleu"]),
    Fill("postes vacants", FRAME, "", GREY),
)


@report_style()
def posts_by_state(d: Dataset) -> Illustration | NoFigure:
    """One square for each post: recruited or under way, and the towns that it serves."""
    key = "postes"
    table = posts(d)
    if table.empty:
        return NoFigure(key, _no_post(d))
    counts = post_counts(d)
    rows = list(table.itertuples())
    without = communes_without_post(d)
    title = f"{counted(counts.identified, 'poste')} de chef de projet : {counted(counts.recruited, 'pourvu')}, "
    title += f"{format_number(counts.under_way)} en cours de recrutement"
    title += f", {counted(counts.vacant, 'vacant')}" if counts.vacant else ""
    return Illustration.at_both_widths(
        lambda width, _: _draw_posts(rows, width),
        title=title,
        alt="Postes : " + listed([f"{row.communes_libelle}, {_state(row)}" for row in rows]) + ".",
        key=key,
        note=f"{sentence_list(without)} {'n’est servie' if len(without) == 1 else 'ne sont servies'} par aucun poste."
        if without
        else "",
    )


def _state(row: Any) -> str:
    state = _FILLS[row.etat_poste].label
    if row.etat_poste == "recrute":
        state = "recruté"
        if row.date_recrutement == row.date_recrutement and row.date_recrutement is not None:
            state += f", {format_partial(row.date_recrutement, row.date_recrutement_precision)}"
    return f"{state} · poste partagé" if row.partage else state


_SQUARE: Final = 12.0
_INDENT: Final = 22.0
_ROW_GAP: Final = 8.0


def _draw_posts(rows: list[Any], width: float) -> Figure:
    sheet, narrow = Sheet(width), width <= NARROW
    states = 0 if narrow else max(text_width(_state(row)) for row in rows)
    towns = width - _INDENT - states - (0 if narrow else 16)
    y = 0.0
    for row in rows:
        if y:
            sheet.rule(0, y - _ROW_GAP / 2, width, y - _ROW_GAP / 2)
        fill = _FILLS[row.etat_poste]
        looks: dict[str, Any] = {"facecolor": fill.colour, "edgecolor": fill.edge, "linewidth": 1.6}
        sheet.axes.add_patch(Rectangle((1, y + 1), _SQUARE, _SQUARE, **looks))
        under = sheet.write(_INDENT, y, wrap(row.communes_libelle, towns, bold=True), bold=True)
        beside = sheet.write(_INDENT if narrow else width - states, under if narrow else y, _state(row), colour=GREY)
        y = max(under, beside) + _ROW_GAP
    return sheet.cut_at(y)


@report_style()
def posts_course(d: Dataset) -> Illustration | NoFigure:
    """One column for each quarter: posts filled so far, and recruitments under way where that is known."""
    key = "postes-par-trimestre"
    table = posts_over_time(d)
    if table.empty:
        return NoFigure(key, _no_post(d))
    if len(table) == 1:
        return NoFigure(key, "Un seul trimestre est connu : l'évolution des postes ne peut pas être montrée.")
    rows = list(table.itertuples())
    undated = int((d.postes["etat_poste"].eq("recrute") & d.postes["date_recrutement"].isna()).sum())
    return Illustration.at_both_widths(
        lambda width, _: _draw_course(rows, width),
        title=_course_title(table, undated),
        alt="Colonnes par trimestre. " + listed([_quarter_said(row) for row in rows]) + ".",
        key=key,
        note=_course_note(d, table, undated),
    )


def _no_post(d: Dataset) -> str:
    return f"Aucun poste de chef de projet n'était connu au {format_date(d.arrete_le)} : pas de figure."


def _course_title(table: pd.DataFrame, undated: int) -> str:
    filled = int(table["postes_recrutes"].iloc[-1])
    posts_known = int(table[["postes_recrutes", "postes_en_cours", "postes_vacants"]].iloc[-1].fillna(0).sum())
    title = f"{counted(posts_known, 'poste')}, {counted(filled, 'pourvu')} "
    title += f"au {Trimestre.parse(table['trimestre'].iloc[-1]).label}"
    more = filled - int(table["postes_recrutes"].iloc[-2])
    if undated:
        return title
    if more:
        return f"{title}, {format_number(abs(more))} de {'plus' if more > 0 else 'moins'} qu'un trimestre plus tôt"
    others = table.index[table["postes_recrutes"].ne(filled)]
    since = table["trimestre"].iloc[others[-1] + 1 if len(others) else 0]
    return f"{title}, sans changement depuis le {Trimestre.parse(since).label}"


def _quarter_said(row: Any) -> str:
    under_way = (
        "recrutements en cours non connus"
        if pd.isna(row.postes_en_cours)
        else f"{format_number(row.postes_en_cours)} en cours"
        + (f", {counted(row.postes_vacants, 'vacant')}" if row.postes_vacants else "")
    )
    said = f"{Trimestre.parse(row.trimestre).label} : {counted(row.postes_recrutes, 'pourvu')}"
    return f"{said}, {under_way}"


def _course_note(d: Dataset, table: pd.DataFrame, undated: int) -> str:
    said = "Cumul à la fin de chaque trimestre."
    unknown = table.loc[table["postes_en_cours"].isna(), "trimestre"]
    if len(unknown):
        first_known = table.loc[table["postes_en_cours"].notna(), "trimestre"].iloc[0]
        said += f" « ? » : avant le {Trimestre.parse(first_known).label}, les recrutements en cours ne sont pas connus."
    if undated:
        said += f" {counted(undated, 'poste')} sans date de recrutement, comptés au dernier trimestre seulement."
    newest = newest_of(d, classeur.NAME)
    return f"{said} État des postes livré le {format_date(newest)}." if newest else said


_COURSE_HEIGHT: Final = 150.0


def _draw_course(rows: list[Any], width: float) -> Figure:
    sheet, counts = Sheet(width), [_counts(row) for row in rows]
    legend = _COLUMN_FILLS if any(vacant for *_, vacant in counts) else _COLUMN_FILLS[:2]
    base = sheet.legend(0, legend) + 10 + _COURSE_HEIGHT
    unit = (_COURSE_HEIGHT - line_height(SMALL)) / max(1, *map(sum, counts))
    step = min(width / len(rows), 90.0)
    column = min(step * 0.64, 46.0)
    for number, (row, of_row) in enumerate(zip(rows, counts, strict=True)):
        left, middle = number * step + (step - column) / 2, (number + 0.5) * step
        y = base
        for fill, count in zip(_COLUMN_FILLS, of_row, strict=True):
            if not count:
                continue
            y -= count * unit
            sheet.box(left, y, column, count * unit, fill)
            text = format_number(count)
            if count * unit >= line_height(SMALL) and text_width(text, SMALL) + 2 <= column:
                sheet.write_on(fill, middle, y + count * unit / 2, [text], bold=True)
        if pd.isna(row.postes_en_cours):
            sheet.write(middle, y - line_height(TEXT) - 2, "?", bold=True, colour=GREY, ha="center")
        _write_quarter(sheet, middle, base + 4, row, number, step)
    sheet.rule(0, base, step * len(rows), base, color=GREY, linewidth=1)
    return sheet.cut_at(base + 2 * line_height(SMALL) + 6)


def _counts(row: Any) -> list[int]:
    counts = (row.postes_recrutes, row.postes_en_cours, row.postes_vacants)
    return [0 if pd.isna(count) else int(count) for count in counts]


def _write_quarter(sheet: Sheet, x: float, y: float, row: Any, number: int, step: float) -> None:
    """Write the quarter under its column, and the year under the first one of it that is shown."""
    quarter = Trimestre.parse(row.trimestre)
    label = f"T{quarter.numero}"
    if text_width(label, SMALL) + 2 <= step:
        sheet.write(x, y, label, size=SMALL, colour=GREY, ha="center")
    if number == 0 or quarter.numero == 1:
        year = str(quarter.annee)
        room = step * ((5 - quarter.numero) if number == 0 else 4)
        if text_width(year, SMALL) <= room:
            left = max(x - step / 2, x - text_width(year, SMALL) / 2)
            sheet.write(left, y + line_height(SMALL), year, size=SMALL, bold=True, colour=GREY)

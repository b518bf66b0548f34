"""Accessible HTML of tables, key figures and sentences. Everything that comes from the data is escaped."""

from __future__ import annotations

from html import escape
from itertools import groupby
from typing import TYPE_CHECKING, Final

from pvd_analysis.values.french import format_number

if TYPE_CHECKING:
    from pvd_analysis.tables.report_table import (
        Alert,
        Alerts,
        Cell,
        KeyFigure,
        KeyFigures,
        Paragraphs,
        ReportTable,
        Row,
    )

__all__ = ["alerts", "key_figures", "paragraphs", "table"]

_SEVERITY_WORD: Final = {"bloquant": "Bloquant", "avertissement": "Avertissement", "information": "Information"}
_SHORT_TEXT: Final = 22
_LONG_TEXT: Final = 40
_NARROW_TABLE: Final = 3
_MEDIUM_TABLE: Final = 6
_WIDE_TABLE: Final = 13
_ROOM: Final = {"pvd-long": 3, "pvd-mot": 2}
_LOW_TABLE: Final = 8
_FIRST_CASES: Final = 50


def table(shown: ReportTable) -> str:
    """Return a table: caption, header cells with their scope, notes and source under it.

    It stands in a region that scrolls by itself and takes the keyboard focus, so that a wide table never widens the
    page. Identifiers derive from the key of the table. Without rows it is its title and a sentence.
    """
    identifier = f"tableau-{shown.key}"
    rows = list(shown.rows())
    if not rows:
        # no row: a sentence, and neither headers nor notes on nothing
        return (
            f'<div class="pvd-tableau pvd-vide" id="{identifier}"><p><strong>{escape(shown.title)}</strong></p>'
            f"<p>{escape(shown.empty)}</p></div>"
        )
    classes = _column_classes(shown, rows)
    head = "".join(
        f'<th scope="col" class="{css}">{escape(column.label)}</th>'
        for column, css in zip(shown.columns, classes, strict=True)
    )
    body = _body(shown, rows, classes)
    room = sum(_ROOM.get(css, 1) for css in classes)
    size = " pvd-tableau-large" if room > _WIDE_TABLE else " pvd-tableau-moyen" if room > _MEDIUM_TABLE else ""
    if room <= _NARROW_TABLE and len(classes) <= _NARROW_TABLE:
        size = " pvd-tableau-etroit"
    if len(rows) <= _LOW_TABLE:
        size += " pvd-tableau-bas"
    return (
        f'<div class="pvd-tableau{size}" id="{identifier}">'
        f'<div class="pvd-defile" role="region" tabindex="0" aria-label="Tableau : {escape(shown.title, quote=True)}">'
        f'<table><caption id="{identifier}-titre"><span>{escape(shown.title)}</span></caption>'
        f"<thead><tr>{head}</tr></thead>\n<tbody>{body}</tbody></table></div>"
        f"{_notes(shown)}</div>"
    )


def key_figures(shown: KeyFigures) -> str:
    """Return key figures as a list of terms and values."""
    cards = "".join(
        f'<div class="pvd-carte"{_id(figure.key)}><dt>{escape(figure.label)}</dt>'
        f'<dd class="pvd-valeur">{escape(figure.value_text)}</dd>'
        + (f'<dd class="pvd-precision">{escape(figure.note)}</dd>' if figure.note else "")
        + (f'<dd class="pvd-evolution">{escape(figure.change)}</dd>' if figure.change else "")
        + (f'<dd class="pvd-suite">{_rows_link(figure)}</dd>' if figure.rows else "")
        + "</div>"
        for figure in shown.figures
    )
    title = f'<p class="pvd-chiffres-titre">{escape(shown.title)}</p>' if shown.title else ""
    # what no line may break: the page sets all values alike, small enough for the longest to stay whole
    longest = max((len(part) for figure in shown.figures for part in figure.value_text.split(" ")), default=1)
    return f'{title}<dl class="pvd-chiffres" style="--signes: {longest}">{cards}</dl>'


def paragraphs(shown: Paragraphs) -> str:
    """Return each text as a paragraph."""
    return '<div class="pvd-texte">' + "".join(f"<p>{escape(text)}</p>" for text in shown.texts) + "</div>"


def alerts(shown: Alerts) -> str:
    """Return alerts as a list; the severity is a word, its colour only repeats it."""
    if not shown.alerts:
        return f'<p class="pvd-sans-alerte">{escape(shown.empty)}</p>'
    items = "".join(
        f'<li class="pvd-{alert.severity}"><strong>{_SEVERITY_WORD[alert.severity]}</strong> '
        f"<div>{escape(alert.text)}{_cases(alert)}</div></li>"
        for alert in shown.ordered()
    )
    return f'<ul class="pvd-alertes">{items}</ul>'


def _cases(alert: Alert) -> str:
    if not alert.cases:
        return ""
    more = len(alert.cases) - _FIRST_CASES
    cases = [*alert.cases[:_FIRST_CASES], *([f"et {format_number(more)} autres"] if more > 0 else [])]
    return f"<ul>{''.join(f'<li>{escape(case)}</li>' for case in cases)}</ul>"


def _rows_link(figure: KeyFigure) -> str:
    key, what = figure.rows or ("", "")
    return (
        f'<a href="#tableau-{escape(key)}">Voir {escape(what)}'
        f'<span class="pvd-cache">\N{NO-BREAK SPACE}: {escape(figure.label)}</span></a>'
    )


def _id(key: str) -> str:
    return f' id="chiffre-{escape(key)}"' if key else ""


def _column_classes(shown: ReportTable, rows: list[Row]) -> list[str]:
    """Return the class of each column: how it is aligned, and how much room its texts need."""
    classes = []
    for position, column in enumerate(shown.columns):
        longest = max((len(row.cells[position].text) for row in rows), default=0)
        if column.is_numeric:
            classes.append("pvd-nombre")
        elif column.kind == "origine":
            classes.append("pvd-mot")
        elif column.kind != "texte":
            classes.append("pvd-court")
        elif longest <= _SHORT_TEXT:
            classes.append("pvd-bref")
        else:
            classes.append("pvd-long" if longest > _LONG_TEXT else "pvd-mot")
    return classes


def _body(shown: ReportTable, rows: list[Row], classes: list[str]) -> str:
    """Return the rows, under the name of their group where the table has groups."""
    parts = []
    for name, members in groupby(rows, key=lambda row: row.group):
        heading = f'<tr class="pvd-groupe"><th scope="rowgroup" colspan="{len(classes)}">{escape(name)}</th></tr>\n'
        parts.append((heading if name else "") + "".join(_row(shown, row, classes) for row in members))
    return "</tbody>\n<tbody>".join(parts)


def _row(shown: ReportTable, row: Row, classes: list[str]) -> str:
    opening = '<tr class="pvd-total">' if row.is_total else "<tr>"
    texts = [_cell(cell) for cell in row.cells]
    if row.is_total and shown.leads_to:
        said = escape(f"{row.cells[0].text}\N{NO-BREAK SPACE}: voir les lignes", quote=True)
        texts[0] = f'<a href="#tableau-{escape(shown.leads_to[0])}" aria-label="{said}">{texts[0]}</a>'
    cells = [f'class="{css}">{text}' for text, css in zip(texts, classes, strict=True)]
    return f'{opening}<th scope="row" {cells[0]}</th>' + "".join(f"<td {cell}</td>" for cell in cells[1:]) + "</tr>\n"


def _cell(cell: Cell) -> str:
    text = escape(cell.text)
    if cell.column.kind == "origine" and cell.value is not None:
        return f'<a href="#tableau-fichiers">{text}</a>'
    return text


def _notes(shown: ReportTable) -> str:
    notes = "".join(f"<p>{escape(note)}</p>" for note in shown.notes)
    source = f'<p class="pvd-source">Source\N{NO-BREAK SPACE}: {escape(shown.source)}</p>' if shown.source else ""
    rows = ""
    if shown.leads_to:
        key, title = shown.leads_to
        rows = (
            f'<p class="pvd-suite"><a href="#tableau-{escape(key)}">Détail\N{NO-BREAK SPACE}: {escape(title)}</a></p>'
        )
    return f'<div class="pvd-notes">{notes}{source}{rows}</div>' if notes or source or rows else ""

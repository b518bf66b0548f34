"""Accessible HTML of tables, key figures and sentences. Everything that comes from the data is escaped."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pvd_analysis.tables.report_table import Alerts, KeyFigures, Paragraphs, ReportTable, Row

__all__ = ["alerts", "key_figures", "paragraphs", "table"]

_SEVERITY_WORD: Final = {"bloquant": "Bloquant", "avertissement": "Avertissement", "information": "Information"}
_SHORT_TEXT: Final = 22
_LONG_TEXT: Final = 40
_MEDIUM_TABLE: Final = 6
_WIDE_TABLE: Final = 12
_ROOM: Final = {"pvd-long": 3, "pvd-mot": 2}
_LOW_TABLE: Final = 12


def table(shown: ReportTable) -> str:
    """Return a table: caption, header cells with their scope, notes and source under it.

    It stands in a region that scrolls by itself and takes the keyboard focus, so that a wide table never widens the
    page. Identifiers derive from the key of the table.
    """
    identifier = f"tableau-{shown.key}"
    rows = list(shown.rows())
    classes = _column_classes(shown, rows)
    head = "".join(
        f'<th scope="col" class="{css}">{escape(column.label)}</th>'
        for column, css in zip(shown.columns, classes, strict=True)
    )
    body = "".join(_row(row, classes) for row in rows) or (
        f'<tr class="pvd-vide"><td colspan="{len(shown.columns)}">{escape(shown.empty)}</td></tr>'
    )
    room = sum(_ROOM.get(css, 1) for css in classes)
    size = " pvd-tableau-large" if room > _WIDE_TABLE else " pvd-tableau-moyen" if room > _MEDIUM_TABLE else ""
    if len(rows) <= _LOW_TABLE:
        size += " pvd-tableau-bas"
    return (
        f'<div class="pvd-tableau{size}" id="{identifier}">'
        f'<div class="pvd-defile" role="region" tabindex="0" aria-labelledby="{identifier}-titre">'
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
        + "</div>"
        for figure in shown.figures
    )
    title = f'<p class="pvd-chiffres-titre">{escape(shown.title)}</p>' if shown.title else ""
    return f'{title}<dl class="pvd-chiffres">{cards}</dl>'


def paragraphs(shown: Paragraphs) -> str:
    """Return each text as a paragraph."""
    return '<div class="pvd-texte">' + "".join(f"<p>{escape(text)}</p>" for text in shown.texts) + "</div>"


def alerts(shown: Alerts) -> str:
    """Return alerts as a list; the severity is a word, its colour only repeats it."""
    if not shown.alerts:
        return f'<p class="pvd-sans-alerte">{escape(shown.empty)}</p>'
    items = "".join(
        f'<li class="pvd-{alert.severity}"><strong>{_SEVERITY_WORD[alert.severity]}</strong> '
        f"<span>{escape(alert.text)}</span></li>"
        for alert in shown.ordered()
    )
    return f'<ul class="pvd-alertes">{items}</ul>'


def _id(key: str) -> str:
    return f' id="chiffre-{escape(key)}"' if key else ""


def _column_classes(shown: ReportTable, rows: list[Row]) -> list[str]:
    """Return the class of each column: how it is aligned, and how much room its texts need."""
    classes = []
    for position, column in enumerate(shown.columns):
        longest = max((len(row.cells[position].text) for row in rows), default=0)
        if column.is_numeric:
            classes.append("pvd-nombre")
        elif column.kind != "texte":
            classes.append("pvd-court")
        elif longest <= _SHORT_TEXT:
            classes.append("pvd-bref")
        else:
            classes.append("pvd-long" if longest > _LONG_TEXT else "pvd-mot")
    return classes


def _row(row: Row, classes: list[str]) -> str:
    opening = '<tr class="pvd-total">' if row.is_total else "<tr>"
    cells = [f'class="{css}">{escape(cell.text)}' for cell, css in zip(row.cells, classes, strict=True)]
    return f'{opening}<th scope="row" {cells[0]}</th>' + "".join(f"<td {cell}</td>" for cell in cells[1:]) + "</tr>\n"


def _notes(shown: ReportTable) -> str:
    notes = "".join(f"<p>{escape(note)}</p>" for note in shown.notes)
    source = f'<p class="pvd-source">Source\N{NO-BREAK SPACE}: {escape(shown.source)}</p>' if shown.source else ""
    return f'<div class="pvd-notes">{notes}{source}</div>' if notes or source else ""

"""The sheet « Projets à examiner »: what the committee reads of each project, and the cells that it fills in.

The margin and the control of a row are formulas of the cells of the same row: rows may be sorted, filtered or removed.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from xlsxwriter.utility import xl_col_to_name, xl_range_abs
from xlsxwriter.worksheet import Worksheet

from pvd_analysis.analysis.rules import EXEMPT
from pvd_analysis.sources.avis import FILLED_IN
from pvd_analysis.tables.cells import Column
from pvd_analysis.tables.committee import (
    OVER,
    PRIVATE_PLAN,
    TO_COMPLETE,
    WITHIN,
    over_label,
    plan_columns,
)
from pvd_analysis.tables.report_table import ReportTable
from pvd_analysis.values import format_number
from pvd_analysis.vocabulary import terms
from pvd_analysis.workbooks.committee_words import entry_words, said_sheets
from pvd_analysis.workbooks.french_workbook import FRENCH_EUROS, RULE, number_format
from pvd_analysis.workbooks.sheet_writer import TablePlace, written_number
from pvd_analysis.workbooks.text_fit import content_width, header_width, row_height
from pvd_analysis.workbooks.workbook import OpenWorkbook

FORM_SHEET: Final = said_sheets()["examen"].nom
CARDS_SHEET: Final = said_sheets()["fiches"].nom

_MOST_TYPED: Final = 1_000_000_000
_LONGEST_OBSERVATION: Final = 1_000
_EMPTY_WIDTH: Final = 100.0
_WIDTHS: Final = {
    "avis_rendus": 30.0,
    "avis": 24.0,
    "observations": 34.0,
    "controle": 19.0,
    "limite": 25.0,
    "intitule": 34.0,
}
# On paper the columns that name a project stand beside its margin and its opinion; all the rest is in its card.
_LAST_NAMING: Final = "intitule"
_FIRST_PRINTED: Final = "marge_legale_cents"

_SIDE_BY_SIDE: Final = 3
# What is printed for a meeting: more of them are read on a screen.
_MOST_CARDS: Final = 60
_CARD_WIDTHS: Final = (26.0, *[38.0] * _SIDE_BY_SIDE)
_ROOM_TO_WRITE: Final = {"avis": 24.0, "montant_propose_cents": 24.0, "observations": 72.0}


def write_form(workbook: OpenWorkbook, position: int, table: ReportTable, sentences: tuple[str, ...]) -> TablePlace:
    """Write the sheet at a position from `pvd_analysis.tables.committee.projects_to_examine_table`."""
    if not len(table):
        writer = workbook.writer(position, [_EMPTY_WIDTH])
        writer.heading(table.title, (table.empty,))
        writer.freeze(0, has_columns=False)
        writer.page(workbook.title)
        return TablePlace(0, 0, 0)
    columns = [table.values(column) for column in table.columns]
    widths = [_width(column, values) for column, values in zip(table.columns, columns, strict=True)]
    writer = workbook.writer(position, widths)
    writer.heading(table.title, sentences)
    writer.row += 1
    header = writer.header(table.columns, has_filter=True)
    place = TablePlace(header, writer.row, writer.row + len(table) - 1)
    letters = {column.name: xl_col_to_name(rank) for rank, column in enumerate(table.columns)}
    formulas = _formulas(letters, table)
    for rank, column in enumerate(table.columns):
        per_row = formulas.get(column.name)
        writer.column(
            rank,
            column,
            columns[rank],
            formulas={row: per_row(row, place.first + row + 1) for row in range(len(table))} if per_row else None,
            is_filled_in=column.name in FILLED_IN,
            shown=FRENCH_EUROS if column.kind == "euros" else None,
        )
    texts = [rank for rank, column in enumerate(table.columns) if not column.is_numeric]
    writer.fit_rows(
        place.first,
        [[value or "" for value in columns[rank]] for rank in texts],
        [widths[rank] for rank in texts],
    )
    writer.row += len(table)
    writer.declare(table.key, table.title, table.columns, place, has_filter=True)
    _validate(writer.sheet, table, place)
    _redden(writer.sheet, workbook, letters, table, place)
    writer.page(workbook.title)
    _set_pages(writer.sheet, table, place)
    return place


def form_ranges(table: ReportTable, place: TablePlace) -> dict[str, str]:
    """Return the cells of each column of the sheet, for a formula of another sheet."""
    return {
        column.name: f"'{FORM_SHEET}'!{xl_range_abs(place.first, rank, place.last, rank)}"
        for rank, column in enumerate(table.columns)
    }


def counting_opinions() -> list[str]:
    """Return the labels of the opinions whose amount counts against the margin."""
    opinions = terms("avis")
    return [str(label) for label in opinions.loc[opinions["compte"].eq("oui"), "libelle"]]


def _formulas(letters: Mapping[str, str], table: ReportTable) -> dict[str, Callable[[int, int], str]]:
    """Return what makes the formula of a row (its rank, its number in the sheet), for each column that is computed."""
    cost, total, limit = letters["cout_ht_cents"], letters["financements_cents"], letters["limite_legale_cents"]
    margin, after = letters["marge_legale_cents"], letters["marge_apres_cents"]
    opinion, amount = letters["avis"], letters["montant_propose_cents"]
    plans = [letters[name] for name in plan_columns(letters)]
    private = letters.get(PRIVATE_PLAN)
    overs = list(map(over_label, table.data["derogation"], table.data["code_departement"]))
    exempt = [situation == EXEMPT for situation in table.data["situation"]]
    counting = ",".join(f'{opinion}{{0}}="{label}"' for label in counting_opinions())

    def counts(row: int) -> str:
        return f"OR({counting.format(row)})"

    def aids(row: int) -> str:
        return f"{total}{row}-{private}{row}" if private else f"{total}{row}"

    def sum_of_plans(_: int, row: int) -> str:
        return f"=SUM({plans[0]}{row}:{plans[-1]}{row})" if plans else "=0"

    def control(rank: int, row: int) -> str:
        unsaid = f'OR(AND({counts(row)},{amount}{row}=""),AND({opinion}{row}="",{amount}{row}<>""))'
        if exempt[rank]:
            return f'=IF({unsaid},"{TO_COMPLETE}","{WITHIN}")'
        return f'=IF({after}{row}="","{TO_COMPLETE}",IF({unsaid},"{TO_COMPLETE}",IF({after}{row}<0,"{overs[rank]}","{WITHIN}")))'

    return {
        "financements_cents": sum_of_plans,
        "apport_cents": lambda _, row: f'=IF({cost}{row}="","",ROUND({cost}{row}-{total}{row},2))',
        "taux_aides": lambda _, row: f'=IF(N({cost}{row})=0,"",({aids(row)})/{cost}{row})',
        "marge_legale_cents": lambda _, row: f'=IF({limit}{row}="","",ROUND({limit}{row}-({aids(row)}),2))',
        "marge_apres_cents": lambda _, row: (
            f'=IF({margin}{row}="","",ROUND({margin}{row}-IF({counts(row)},N({amount}{row}),0),2))'
        ),
        "controle": control,
    }


def _validate(sheet: Worksheet, table: ReportTable, place: TablePlace) -> None:
    """Say what a cell to fill in takes, and refuse the rest."""
    names = [column.name for column in table.columns]
    opinions = list(terms("avis")["libelle"])
    rules: dict[str, dict[str, Any]] = {
        "avis": {"validate": "list", "source": opinions},
        "montant_propose_cents": {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": _MOST_TYPED},
        "observations": {"validate": "length", "criteria": "<=", "value": _LONGEST_OBSERVATION},
    }
    for name, options in rules.items():
        rank, words = names.index(name), entry_words(name, choix=", ".join(opinions))
        sheet.data_validation(place.first, rank, place.last, rank, {**options, **words})


def _redden(
    sheet: Worksheet, workbook: OpenWorkbook, letters: Mapping[str, str], table: ReportTable, place: TablePlace
) -> None:
    """Redden a negative margin and the control that says so: the word stands there too."""
    names = [column.name for column in table.columns]
    row = place.first + 1
    over = workbook.book.add_format({"font_color": "#9C0006", "bg_color": "#FDE7E9", "bold": True})
    to_complete = workbook.book.add_format({"italic": True})
    control, after = letters["controle"], letters["marge_apres_cents"]
    for name, criteria, shown in (
        ("marge_legale_cents", f"=N(${letters['marge_legale_cents']}{row})<0", over),
        ("marge_apres_cents", f"=N(${after}{row})<0", over),
        ("controle", f'=${control}{row}="{OVER}"', over),
        ("controle", f'=${control}{row}="{TO_COMPLETE}"', to_complete),
    ):
        rank = names.index(name)
        area = (place.first, rank, place.last, rank)
        sheet.conditional_format(*area, {"type": "formula", "criteria": criteria, "format": shown})


def write_cards(
    workbook: OpenWorkbook, position: int, table: ReportTable, place: TablePlace, sentences: tuple[str, ...]
) -> None:
    """Write what is printed: each project in a column of its own, its plan above its opinion, by formulas on the form."""
    writer = workbook.writer(position, _CARD_WIDTHS)
    count = min(len(table), _MOST_CARDS)
    if count < len(table):
        said = f"Les {count} premiers projets sur {format_number(len(table))} ; tous sont dans « {table.title} »."
        sentences = (*sentences, said)
    writer.heading(CARDS_SHEET, sentences)
    ranges, values = form_ranges(table, place), {column.name: table.values(column) for column in table.columns}
    for first in range(0, count, _SIDE_BY_SIDE):
        ranks = range(first, min(first + _SIDE_BY_SIDE, count))
        writer.table_title(f"Projets {first + 1} à {ranks[-1] + 1}" if len(ranks) > 1 else f"Projet {first + 1}")
        for column in table.columns:
            looks = {"text_wrap": True, "align": "left", "border": 1, "border_color": RULE, "indent": 1}
            writer.sheet.write_string(writer.row, 0, column.label, workbook.formats.format(**looks, bold=True))
            shown = FRENCH_EUROS if column.kind == "euros" else number_format(column, values[column.name])
            body = workbook.formats.format(**looks, num_format=shown)
            texts = [column.label]
            for at, rank in enumerate(ranks, 1):
                value = values[column.name][rank]
                cell = f"INDEX({ranges[column.name]},{rank + 1})"
                # of a row that was removed, nothing is left to say
                formula = f'=IFERROR(IF({cell}="","",{cell}),"")'
                text = value if isinstance(value, str) else ""
                known = text if text or value is None else written_number(column, value)
                writer.sheet.write_formula(writer.row, at, formula, body, known)
                texts.append(text)
            height = row_height(texts, _CARD_WIDTHS, bold=False) + 3
            writer.set_height(writer.row, max(height, _ROOM_TO_WRITE.get(column.name, 0)))
            writer.row += 1
    writer.freeze(0, has_columns=True)
    writer.page(workbook.title, 0.8)


def _set_pages(sheet: Worksheet, table: ReportTable, place: TablePlace) -> None:
    """Print what names each project beside its opinion."""
    names = [column.name for column in table.columns]
    sheet.freeze_panes(place.header + 1, names.index("commune") + 1)
    sheet.repeat_rows(place.header)
    sheet.repeat_columns(0, names.index(_LAST_NAMING))
    sheet.print_area(place.header, names.index(_FIRST_PRINTED), place.last, len(names) - 1)
    sheet.set_header(f'&L&"Arial,Bold"&12{table.title}', {"scale_with_doc": False})


def _width(column: Column, values: list[Any]) -> float:
    """Return the width of a column: amounts have their cents, typed ones too."""
    if column.name in _WIDTHS:
        return _WIDTHS[column.name]
    is_amount = column.kind == "euros"
    has_cents = any(value % 100 for value in values if value is not None) if is_amount else False
    content = content_width(column, values) + (3 if is_amount and not has_cents else 0)
    return min(max(content, header_width(column.label, has_filter=True), 14 if is_amount else 8), 30)

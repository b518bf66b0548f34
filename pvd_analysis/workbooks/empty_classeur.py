"""The empty classeur de suivi, ready to fill in: made from the forms that read it back, so that the two never differ.

The same département and laureates give the same bytes.
"""

from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from types import MappingProxyType
from typing import Any, Final

import pandas as pd
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from pvd_analysis.communes import Referentiel
from pvd_analysis.declarations import declared
from pvd_analysis.sources.form import EXAMPLE_MARK, Field, Form, example_cells, load_forms
from pvd_analysis.tables.cells import Column
from pvd_analysis.tables.report_table import ReportTable
from pvd_analysis.values.french import french_spaces
from pvd_analysis.workbooks.entry_rules import (
    commune_choices,
    entry_format,
    entry_lists,
    entry_rule,
    list_of,
    range_name,
)
from pvd_analysis.workbooks.french_workbook import (
    BLUE,
    GREY,
    RULE,
    TOTAL_COLOUR,
    CellFormats,
    declare_table,
    french_workbook,
    set_page,
)
from pvd_analysis.workbooks.sheet_writer import SheetWriter
from pvd_analysis.workbooks.text_fit import row_height

_GUIDE, _LISTS = "Mode d'emploi", "Listes"
_EXPLANATIONS, _HEADER, _EXAMPLE = 2, 3, 4
_BLANK_ROWS: Final = 18
_RULED_ROWS: Final = 2_000
_WIDEST: Final = 27
_WIDTHS: Final = {
    "date": 13,
    "euros": 16,
    "taux": 13,
    "points": 12,
    "nombre": 12,
    "booleen": 13,
    "code": 14,
    "identifiant": 14,
}


def empty_classeur(
    departement: str,
    laureates: Iterable[str],
    referentiel: Referentiel,
    facts: Mapping[str, Sequence[Mapping[str, Any]]] = MappingProxyType({}),
) -> bytes:
    """Return the empty classeur of a département, an .xlsx file.

    Parameters
    ----------
    departement : str
        INSEE code.
    laureates : iterable of str
        INSEE codes of the laureates that are known: the first communes of the drop-down lists, none perhaps.
    referentiel : Referentiel
        Where the communes stand.
    facts : mapping of str to sequence of mapping
        Rows that are known already, by form: what each says in some of the form's columns.

    Notes
    -----
    A sheet « Mode d'emploi », one sheet for each form of ``classeur.toml``, and the sheet « Listes » that the drop-down
    lists take their choices from. Read back as it is, it has no row and no finding.
    """
    forms = load_forms("classeur")
    where = f"{referentiel.departement_name(departement)} ({departement})"
    communes = commune_choices(departement, laureates, referentiel)
    lists = entry_lists(forms, communes)
    title = f"Classeur de suivi – Petites villes de demain – {where}"
    content = BytesIO()
    with french_workbook(content) as workbook:
        workbook.set_properties({"title": title, "subject": "Petites villes de demain", "author": "Préfecture"})
        formats = CellFormats(workbook)
        _write_guide(workbook.add_worksheet(_GUIDE), formats, where, forms, communes, title)
        for form in forms:
            sheet = workbook.add_worksheet(form.sheet_names[0])
            _write_form(
                sheet,
                formats,
                form,
                lists,
                title,
                example_cells(form, communes[0], departement),
                facts.get(form.name, ()),
            )
        _write_lists(workbook, formats, lists, title)
    return content.getvalue()


def _text(formats: CellFormats, **looks: object) -> Format:
    return formats.format(text_wrap=True, align="left", indent=1, bottom=1, bottom_color=RULE, **looks)


def _entry(formats: CellFormats, number_format: str, *, is_example: bool = False) -> Format:
    """Return the format of the cells to fill in, or of the example row."""
    is_number = "0" in number_format or number_format == "General"
    looks: dict[str, object] = {"italic": True, "font_color": GREY, "bg_color": TOTAL_COLOUR} if is_example else {}
    return formats.format(
        num_format=number_format,
        text_wrap=True,
        border=1,
        border_color=RULE,
        **({"align": "right"} if is_number else {"align": "left", "indent": 1}),
        **looks,
    )


def _write_guide(
    sheet: Worksheet, formats: CellFormats, where: str, forms: tuple[Form, ...], communes: list[str], title: str
) -> None:
    advice = declared(__package__, "empty_classeur.toml", str)
    names = " / ".join(communes[:2])
    tables = (
        _table("consignes", "Comment remplir", ("Sujet", "Consigne"),
               [(subject, said.format(communes=names)) for subject, said in advice.items()]),
        _table("feuilles", "Les feuilles", ("Feuille", "Ce qu'elle contient", "Nécessaire"),
               [(form.sheet_names[0], form.table.description, "oui" if form.is_mandatory else "non") for form in forms]),
    )  # fmt: skip
    writer = SheetWriter(sheet, formats, {table.key: f"Tableau_{table.key}" for table in tables}, (24.0, 88.0, 14.0))
    writer.heading("Classeur de suivi – Petites villes de demain")
    for position, said in enumerate(("Département", where)):
        sheet.write_string(writer.row, position, said, _text(formats, bold=not position))
    writer.row += 1
    for table in tables:
        writer.table_title(table.title)
        place = writer.table(table, [table.values(column) for column in table.columns], has_filter=False)
    for row, form in enumerate(forms, place.first):
        name = form.sheet_names[0]
        sheet.write_url(row, 0, f"internal:'{name}'!A1", _text(formats, font_color=BLUE, underline=1), name)
    _finish(sheet, 0, title)
    sheet.fit_to_pages(1, 1)


def _table(key: str, title: str, labels: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> ReportTable:
    data = pd.DataFrame([map(french_spaces, row) for row in rows], columns=labels)
    return ReportTable(key, title, data, tuple(Column(label, label) for label in labels))


def _write_form(
    sheet: Worksheet,
    formats: CellFormats,
    form: Form,
    lists: Mapping[str, tuple[str, list[str]]],
    title: str,
    example: list[Any],
    facts: Sequence[Mapping[str, Any]],
) -> None:
    name = form.sheet_names[0]
    widths = [_width(field, cell, lists) for field, cell in zip(form.fields, example, strict=True)]
    sheet.set_row(0, 24)
    sheet.write_string(0, 0, name, formats.look("heading"))
    sheet.write_string(1, 0, french_spaces(form.table.description), formats.look("sentence"))
    explanation = formats.format(text_wrap=True, font_size=9, font_color=GREY, valign="bottom", align="left", indent=1)
    explanations = [_explanation(field) for field in form.fields]
    sheet.set_row(_EXPLANATIONS, row_height(explanations, widths, bold=False) + 4)
    shown = [cell if isinstance(cell, str) else "" for cell in example]
    sheet.set_row(_EXAMPLE, row_height(shown, widths, bold=False) + 4)
    last_blank = _EXAMPLE + len(facts) + _BLANK_ROWS
    for row in range(_EXAMPLE + 1, last_blank + 1):
        sheet.set_row(row, 17)
    for position, (field, cell, width) in enumerate(zip(form.fields, example, widths, strict=True)):
        number_format = entry_format(field)
        entry = _entry(formats, number_format)
        sheet.set_column(position, position, width)
        sheet.write_string(_EXPLANATIONS, position, explanations[position], explanation)
        sheet.write(_EXAMPLE, position, cell, _entry(formats, number_format, is_example=True))
        known = [fact.get(field.column) for fact in facts]
        for row, said in enumerate([*known, *[None] * _BLANK_ROWS], _EXAMPLE + 1):
            sheet.write(row, position, said, entry)
        # the mark of the example row stands in the first column, where no list nor date would let it in
        first = _EXAMPLE if position else _EXAMPLE + 1
        rule = entry_rule(field, xl_rowcol_to_cell(first, position))
        if rule:
            sheet.data_validation(first, position, first + _RULED_ROWS, position, rule)
    headers = tuple(field.label for field in form.fields)
    sheet.set_row(_HEADER, row_height(headers, [width - 3 for width in widths], bold=True) + 6)
    area = (_HEADER, 0, last_blank, len(headers) - 1)
    _declare_table(sheet, formats, area, headers, form.name, name, has_filter=True)
    _finish(sheet, _HEADER, title)


def _write_lists(
    workbook: xlsxwriter.Workbook, formats: CellFormats, lists: Mapping[str, tuple[str, list[str]]], title: str
) -> None:
    sheet = workbook.add_worksheet(_LISTS)
    sheet.set_row(0, 24)
    sheet.write_string(0, 0, _LISTS, formats.look("heading"))
    sheet.write_string(
        1, 0, "Les choix des listes déroulantes. Ils viennent du vocabulaire du programme.", formats.look("sentence")
    )
    for position, (name, (heading, choices)) in enumerate(lists.items()):
        sheet.set_column(position, position, max(map(len, (heading, *choices))) + 3)
        for row, choice in enumerate(choices, _HEADER + 1):
            sheet.write_string(row, position, choice, _text(formats))
        bottom = _HEADER + len(choices)
        area = (_HEADER, position, bottom, position)
        _declare_table(sheet, formats, area, (heading,), f"choix_{name}", f"Liste : {heading}", has_filter=False)
        first, last = (xl_rowcol_to_cell(row, position, True, True) for row in (_HEADER + 1, bottom))
        workbook.define_name(range_name(name), f"={_LISTS}!{first}:{last}")
    _finish(sheet, _HEADER, title)
    # on one page's width, the lists side by side could not be read
    sheet.fit_to_pages(2, 0)


def _declare_table(
    sheet: Worksheet,
    formats: CellFormats,
    area: tuple[int, int, int, int],
    headers: tuple[str, ...],
    name: str,
    title: str,
    *,
    has_filter: bool,
) -> None:
    looks = [formats.header(False, is_stub=False)] * len(headers)
    for position, header in enumerate(headers, area[1]):
        sheet.write_string(area[0], position, header, looks[0])
    declare_table(sheet, area, headers, looks, f"Tableau_{name}", title, has_filter=has_filter)


def _finish(sheet: Worksheet, header: int, title: str) -> None:
    sheet.hide_gridlines(2)
    sheet.freeze_panes(header + 1, 0)
    sheet.repeat_rows(header)
    set_page(sheet, title)


def _explanation(field: Field) -> str:
    said = f"Nécessaire. {field.explanation}" if field.is_required else field.explanation
    return french_spaces(said)


def _width(field: Field, example: Any, lists: Mapping[str, tuple[str, list[str]]]) -> float:
    """Return the width of a column: what it is to hold, and the longest word of its header."""
    list_name = list_of(field)
    choices = lists[list_name][1] if list_name else []
    content = max((len(choice) for choice in choices), default=0) + 4
    told = len(example) + 2 if isinstance(example, str) and example.startswith(EXAMPLE_MARK) else 0
    header = max(map(len, field.label.split(" "))) * 1.08 + 5
    return min(max(_WIDTHS.get(field.kind, 17 if choices else 22), content, told, header), _WIDEST)

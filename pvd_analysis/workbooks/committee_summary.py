"""The two first sheets of the committee's workbook: « Sommaire » and « Synthèse »."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from xlsxwriter.utility import xl_rowcol_to_cell

from pvd_analysis.analysis.committee import asked_column, plan_column
from pvd_analysis.dataset import Dataset
from pvd_analysis.sources.avis_summary import LABELS
from pvd_analysis.tables.cells import Column
from pvd_analysis.tables.committee import OVER, TO_COMPLETE
from pvd_analysis.tables.report_table import ReportTable
from pvd_analysis.values import counted, format_date
from pvd_analysis.vocabulary import rule, term_labels
from pvd_analysis.workbooks.committee_form import counting_opinions, form_ranges
from pvd_analysis.workbooks.committee_words import entry_words
from pvd_analysis.workbooks.french_workbook import BLUE, FRENCH, INK
from pvd_analysis.workbooks.sheet_writer import Formulas, SheetWriter, TablePlace
from pvd_analysis.workbooks.workbook import OpenWorkbook, Sheet

_CONTENTS_WIDTHS: Final = (34.0, 78.0)
_DATE_FORMAT: Final = f"{FRENCH}d mmmm yyyy;@"
_CHART_PIXELS: Final = (400, 320)


def write_contents(workbook: OpenWorkbook, d: Dataset, how: Sequence[str], contents: Mapping[str, str]) -> None:
    """Write the first sheet: whose figures these are, who gives an opinion, how, and a link to each other sheet.

    Parameters
    ----------
    workbook : OpenWorkbook
    d : Dataset
    how : sequence of str
        How to give an opinion.
    contents : mapping of str to str
        What each sheet after this one holds, by its name.
    """
    writer = workbook.writer(0, _CONTENTS_WIDTHS)
    writer.heading(workbook.title, ("Petites villes de demain : les projets présentés aux financeurs.",))
    _write_facts(workbook, writer, d)
    _write_opinion_cells(workbook, writer, d)
    writer.table_title("Rendre un avis")
    writer.sentences(how)
    columns = (Column("feuille", "Feuille"), Column("contenu", "Ce qu'elle contient"))
    with writer.titled("feuilles", "Feuilles du classeur", *columns):
        writer.fit_rows(writer.row, [list(contents.values())], _CONTENTS_WIDTHS[1:])
        for name, content in contents.items():
            target = f"internal:'{name}'!A1"
            writer.sheet.write_url(
                writer.row, 0, target, workbook.formats.look("link"), name, f"Aller à la feuille {name}"
            )
            writer.sheet.write_string(writer.row, 1, content, workbook.formats.body(False, is_stub=False))
            writer.row += 1
    writer.freeze(0, has_columns=False)
    writer.page(workbook.title)
    writer.sheet.fit_to_pages(1, 1)


def _write_facts(workbook: OpenWorkbook, writer: SheetWriter, d: Dataset) -> None:
    formats, sheet = workbook.formats, writer.sheet
    facts = (
        (LABELS["territoire"], d.departement),
        (LABELS["code"], d.code_departement),
        (LABELS["trimestre"], d.trimestre.label),
        (LABELS["arrete_le"], d.arrete_le),
        *([(LABELS["connu_au"], d.connu_au)] if d.connu_au else []),
        (LABELS["livraison"], d.fichiers["livraison"].max()),
        ("Sources", counted(len(d.fichiers), "fichier reçu", "fichiers reçus")),
        ("Règle", f"{rule('participation_minimale').texte} ({rule('participation_minimale').source})"),
    )
    columns = (Column("libelle", "Renseignement"), Column("valeur", "Valeur"))
    with writer.titled("renseignements", "Ce classeur", *columns):
        writer.fit_rows(writer.row, [[str(value) for _, value in facts]], _CONTENTS_WIDTHS[1:])
        for label, value in facts:
            sheet.write_string(writer.row, 0, label, formats.body(False, is_stub=True))
            shown = "" if isinstance(value, str) else _DATE_FORMAT
            sheet.write(writer.row, 1, value, formats.body(False, shown, is_stub=False))
            writer.row += 1


def _write_opinion_cells(workbook: OpenWorkbook, writer: SheetWriter, d: Dataset) -> None:
    """Write the cells in which a funder says who it is, and of which day its opinion is."""
    names = list(term_labels("financeur_avis").values())
    cells: dict[str, tuple[str, str, dict[str, Any]]] = {
        "financeur": ("Financeur_avis", "", {"validate": "list", "source": names}),
        "date_avis": ("Date_avis", _DATE_FORMAT, {"validate": "date", "criteria": ">=", "value": d.arrete_le}),
    }
    columns = (Column("libelle", "À remplir"), Column("valeur", "Réponse"))
    with writer.titled("avis_du_financeur", "À remplir par le financeur", *columns):
        for key, (name, shown, validation) in cells.items():
            words = entry_words(key, jour=format_date(d.arrete_le))
            writer.sheet.write_string(writer.row, 0, LABELS[key], workbook.formats.body(False, is_stub=True))
            body = workbook.formats.body(False, shown, is_stub=False, is_filled_in=True)
            writer.sheet.write_blank(writer.row, 1, None, body)
            writer.sheet.data_validation(writer.row, 1, writer.row, 1, {**validation, **words})
            cell = xl_rowcol_to_cell(writer.row, 1, row_abs=True, col_abs=True)
            workbook.book.define_name(name, f"={workbook.sheet_names[0]}!{cell}")
            writer.row += 1


def write_summary(workbook: OpenWorkbook, position: int, sheet: Sheet, form: ReportTable, place: TablePlace) -> None:
    """Write « Synthèse », whose first two tables are formulas on « Projets à examiner », with their chart."""
    if not len(form):
        workbook.write(position, sheet)
        return
    figures, plans = sheet.tables[:2]
    formulas = {figures.key: figures_formulas(figures, form, place), plans.key: plans_formulas(plans, form, place)}
    for table in sheet.tables:
        if table.key == "projets_par_departement":
            formulas[table.key] = departement_formulas(table, form, place)

    def draw(writer: SheetWriter, places: Mapping[str, TablePlace]) -> None:
        _draw_plans(workbook, writer, sheet.name, places[figures.key].header - 1, plans, places[plans.key])

    workbook.write(position, sheet, formulas, draw)


def figures_formulas(figures: ReportTable, form: ReportTable, place: TablePlace) -> Formulas:
    """Return the formulas of `committee_figures_table`, whose rows are known by their names."""
    cells = form_ranges(form, place)
    cost, aids, margin = cells["cout_ht_cents"], cells["financements_cents"], cells["marge_legale_cents"]
    opinion, proposed, control = cells["avis"], cells["montant_propose_cents"], cells["controle"]
    counting = counting_opinions()
    counts = {
        "cout": f"=COUNTA({cells['identifiant']})",
        "sans_cout": f"=COUNTBLANK({cost})",
        "financements": f'=COUNTIF({aids},">0")',
        "marge": f'=COUNTIF({margin},">0")',
        "avis": f"=COUNTA({opinion})",
        "propose": "=" + "+".join(f'COUNTIF({opinion},"{label}")' for label in counting),
        "depasse": f'=COUNTIF({control},"{OVER}")',
        "a_preciser": f'=COUNTIF({control},"{TO_COMPLETE}")',
    }
    amounts = {
        "cout": f"=SUM({cost})",
        "financements": f"=SUM({aids})",
        "marge": f'=SUMIF({margin},">0")',
        "propose": "=" + "+".join(f'SUMIF({opinion},"{label}",{proposed})' for label in counting),
    }
    ranks = {str(name): rank for rank, name in enumerate(figures.data.index)}
    return {
        column: {ranks[name]: formula for name, formula in formulas.items()}
        for column, formulas in (("nombre", counts), ("montant_cents", amounts))
    }


def plans_formulas(plans: ReportTable, form: ReportTable, place: TablePlace) -> Formulas:
    """Return the formulas of `plans_by_financeur_table`: its rows are columns of the form."""
    cells = form_ranges(form, place)
    rows = [(rank, str(code)) for rank, code in enumerate(plans.data.index) if code != "total"]
    brought = {rank: cells.get("apport_cents" if code == "apport" else plan_column(code)) for rank, code in rows}
    asked = {rank: cells.get(asked_column(code)) for rank, code in rows}
    known = plans.data["montant_cents"].notna()
    return {
        "nombre": {rank: f'=COUNTIF({area},">0")' for rank, area in brought.items() if area},
        "montant_cents": {rank: f"=SUM({area})" for rank, area in brought.items() if area and known.iloc[rank]},
        "cout_connu_cents": {
            rank: f'=SUMIF({cells["cout_ht_cents"]},">=0",{area})' for rank, area in brought.items() if area
        },
        "demande_cents": {rank: f"=SUM({area})" for rank, area in asked.items() if area},
    }


def departement_formulas(table: ReportTable, form: ReportTable, place: TablePlace) -> Formulas:
    """Return the formulas of `projects_by_departement_table`: the rows of the form that name a département."""
    cells = form_ranges(form, place)
    names = [(rank, name) for rank, name in enumerate(table.data["departement"]) if rank not in table.totals()]
    where = cells["departement"]
    return {
        "nombre": {rank: f'=COUNTIF({where},"{name}")' for rank, name in names},
        **{
            column: {rank: f'=SUMIF({where},"{name}",{cells[column]})' for rank, name in names}
            for column in ("cout_ht_cents", "financements_cents")
        },
    }


def _draw_plans(
    workbook: OpenWorkbook, writer: SheetWriter, sheet_name: str, row: int, plans: ReportTable, place: TablePlace
) -> None:
    """Draw what each financeur brings to the projects of known cost, beside the tables that it is drawn from."""
    chart = workbook.book.add_chart({"type": "bar"})
    font = {"name": "Arial", "color": INK, "size": 9}
    names = [column.name for column in plans.columns]
    is_part = "cout_connu_cents" in names
    drawn = names.index("cout_connu_cents" if is_part else "montant_cents")
    chart.add_series(
        {
            "name": plans.columns[drawn].label,
            "categories": [sheet_name, place.first, 0, place.last, 0],
            "values": [sheet_name, place.first, drawn, place.last, drawn],
            "fill": {"color": BLUE},
            "gap": 60,
            "data_labels": {"value": True, "font": font, "num_format": f'{FRENCH}#,##0\\ "€"'},
        }
    )
    title = "Projets de coût connu : qui les paie" if is_part else plans.title
    chart.set_title({"name": title, "name_font": {**font, "size": 11, "bold": True}})
    chart.set_legend({"none": True})
    chart.set_y_axis({"reverse": True, "num_font": font, "line": {"color": INK}, "major_tick_mark": "none"})
    chart.set_x_axis({"visible": False, "major_gridlines": {"visible": False}, "min": 0})
    # room for the longest label, at the end of its bar
    chart.set_plotarea({"layout": {"x": 0.26, "y": 0.14, "width": 0.52, "height": 0.8}})
    chart.set_size({"width": _CHART_PIXELS[0], "height": _CHART_PIXELS[1]})
    which = "aux projets de coût connu" if is_part else "aux projets à examiner"
    said = f"Barres : ce que chaque financeur apporte {which} ; les montants sont dans le tableau voisin."
    writer.sheet.insert_chart(row, len(names), chart, {"description": said, "object_position": 2})

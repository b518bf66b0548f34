"""The two first sheets of the committee's workbook: « Sommaire » and « Synthèse »."""

from collections.abc import Mapping, Sequence
from typing import Final

from xlsxwriter.utility import xl_rowcol_to_cell

from pvd_analysis.dataset import Dataset
from pvd_analysis.sources.avis_summary import LABELS
from pvd_analysis.tables.cells import Column
from pvd_analysis.tables.committee import OVER, TO_COMPLETE
from pvd_analysis.tables.report_table import ReportTable
from pvd_analysis.values import counted, format_date
from pvd_analysis.vocabulary import rule, term_labels
from pvd_analysis.workbooks.committee_form import FORM_SHEET, counting_opinions, form_ranges
from pvd_analysis.workbooks.french_workbook import BLUE, FRENCH, INK
from pvd_analysis.workbooks.sheet_writer import Formulas, SheetWriter, TablePlace
from pvd_analysis.workbooks.workbook import OpenWorkbook, Sheet

_CONTENTS_WIDTHS: Final = (34.0, 78.0)
_DATE_FORMAT: Final = f"{FRENCH}d mmmm yyyy;@"
_CHART_PIXELS: Final = (520, 360)


def write_contents(workbook: OpenWorkbook, d: Dataset, contents: Sequence[tuple[str, str]]) -> None:
    """Write the first sheet: whose figures these are, who gives an opinion, how, and a link to each other sheet.

    Parameters
    ----------
    workbook : OpenWorkbook
    d : Dataset
    contents : sequence of (str, str)
        The name of each sheet after this one, and what it holds.
    """
    writer = workbook.writer(0, _CONTENTS_WIDTHS)
    writer.heading(workbook.title, ("Petites villes de demain : les projets présentés aux financeurs.",))
    _write_facts(workbook, writer, d)
    _write_opinion_cells(workbook, writer, d)
    _write_instructions(writer)
    columns = (Column("feuille", "Feuille"), Column("contenu", "Ce qu'elle contient"))
    with writer.titled("feuilles", "Feuilles du classeur", *columns):
        writer.fit_rows(writer.row, [[content for _, content in contents]], _CONTENTS_WIDTHS[1:])
        for name, content in contents:
            target = f"internal:'{name}'!A1"
            writer.sheet.write_url(writer.row, 0, target, workbook.formats.link(), name, f"Aller à la feuille {name}")
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
            body = formats.body(False, "" if isinstance(value, str) else _DATE_FORMAT, is_stub=False)
            if isinstance(value, str):
                sheet.write_string(writer.row, 1, value, body)
            else:
                sheet.write_datetime(writer.row, 1, value, body)
            writer.row += 1


def _write_opinion_cells(workbook: OpenWorkbook, writer: SheetWriter, d: Dataset) -> None:
    """Write the cells in which a funder says who it is, and of which day its opinion is."""
    names = list(term_labels("financeur_avis").values())
    cells = (
        (LABELS["financeur"], "Financeur_avis", "", {
            "validate": "list", "source": names,
            "input_title": "Financeur", "input_message": "Choisissez le financeur dans la liste.",
            "error_title": "Financeur non reconnu", "error_message": "Un financeur de la liste est attendu.",
        }),
        (LABELS["date_avis"], "Date_avis", _DATE_FORMAT, {
            "validate": "date", "criteria": ">=", "value": d.arrete_le,
            "input_title": "Date de l'avis", "input_message": "Par exemple 15/10/2021.",
            "error_title": "Date non comprise",
            "error_message": f"Une date est attendue, à partir du {format_date(d.arrete_le)}, par exemple 15/10/2021.",
        }),
    )  # fmt: skip
    columns = (Column("libelle", "À remplir"), Column("valeur", "Réponse"))
    with writer.titled("avis_du_financeur", "À remplir par le financeur", *columns):
        for label, name, shown, validation in cells:
            writer.sheet.write_string(writer.row, 0, label, workbook.formats.body(False, is_stub=True))
            body = workbook.formats.body(False, shown, is_stub=False, is_filled_in=True)
            writer.sheet.write_blank(writer.row, 1, None, body)
            writer.sheet.data_validation(writer.row, 1, writer.row, 1, validation)
            cell = xl_rowcol_to_cell(writer.row, 1, row_abs=True, col_abs=True)
            workbook.book.define_name(name, f"={workbook.sheet_names[0]}!{cell}")
            writer.row += 1


def _write_instructions(writer: SheetWriter) -> None:
    writer.table_title("Rendre un avis")
    writer.sentences(
        (
            "1. Choisissez ci-dessus le financeur et la date de l'avis.",
            f"2. Dans la feuille « {FORM_SHEET} », remplissez les cellules encadrées : avis, montant proposé, observations.",
            "3. « Marge après avis » et « Contrôle » se recalculent ; une marge négative est écrite en rouge, et le contrôle le dit.",
            "4. Renvoyez le fichier : il est relu par les identifiants, quel que soit l'ordre des lignes.",
            "Les autres cellules sont protégées sans mot de passe. Les filtres restent permis ; pour trier dans Excel, ôtez d'abord "
            "la protection (Révision, Ôter la protection).",
        )
    )  # fmt: skip


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
        _draw_plans(workbook, writer, sheet.name, places[figures.key].header - 1, places[plans.key])

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
    rows = [(rank, cells[str(name)]) for rank, name in enumerate(plans.data.index) if str(name) in cells]
    return {
        "nombre": {rank: f'=COUNTIF({area},">0")' for rank, area in rows},
        "montant_cents": {rank: f"=SUM({area})" for rank, area in rows},
    }


def departement_formulas(table: ReportTable, form: ReportTable, place: TablePlace) -> Formulas:
    """Return the formulas of `projects_by_departement_table`: the rows of the form that name a département."""
    cells = form_ranges(form, place)
    known = zip(table.data["departement"], table.data["nombre"].notna(), strict=True)
    names = [(rank, name) for rank, (name, is_known) in enumerate(known) if is_known and rank not in table.totals()]
    where = cells["departement"]
    return {
        "nombre": {rank: f'=COUNTIF({where},"{name}")' for rank, name in names},
        **{
            column: {rank: f'=SUMIF({where},"{name}",{cells[column]})' for rank, name in names}
            for column in ("cout_ht_cents", "financements_cents")
        },
    }


def _draw_plans(workbook: OpenWorkbook, writer: SheetWriter, sheet_name: str, row: int, place: TablePlace) -> None:
    """Draw what each financeur brings, beside the tables that it is drawn from."""
    chart = workbook.book.add_chart({"type": "bar"})
    font = {"name": "Arial", "color": INK, "size": 9}
    chart.add_series(
        {
            "name": "Montant",
            "categories": [sheet_name, place.first, 0, place.last, 0],
            "values": [sheet_name, place.first, 2, place.last, 2],
            "fill": {"color": BLUE},
            "gap": 60,
            "data_labels": {"value": True, "font": font, "num_format": f'{FRENCH}#,##0\\ "€"'},
        }
    )
    chart.set_title({"name": "Plans de financement, par financeur", "name_font": {**font, "size": 11, "bold": True}})
    chart.set_legend({"none": True})
    chart.set_y_axis({"reverse": True, "num_font": font, "line": {"color": INK}, "major_tick_mark": "none"})
    chart.set_x_axis({"visible": False, "major_gridlines": {"visible": False}, "min": 0})
    # room for the longest label, at the end of its bar
    chart.set_plotarea({"layout": {"x": 0.24, "y": 0.14, "width": 0.58, "height": 0.8}})
    chart.set_size({"width": _CHART_PIXELS[0], "height": _CHART_PIXELS[1]})
    said = "Barres : ce que chaque financeur apporte aux projets à examiner ; les montants sont dans le tableau voisin."
    writer.sheet.insert_chart(row, 4, chart, {"description": said, "object_position": 2})
    writer.reach(8)

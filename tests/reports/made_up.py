"""Tables, figures and a notebook with made-up figures, for the tests of what is shown."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import pandas as pd
from matplotlib.figure import Figure
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from pvd_analysis.figures.illustration import Illustration
from pvd_analysis.figures.style import PALETTE, report_style
from pvd_analysis.tables.cards import Alert, Alerts, KeyFigure, KeyFigures, Paragraphs
from pvd_analysis.tables.cells import Column
from pvd_analysis.tables.report_table import ReportTable
from pvd_analysis.workbooks.workbook import Sheet

INJECTIONS = ("=cmd|' /C calc'!A1", "+1+1", "-2+3", "@SUM(A1)", "\t=1+1", "<script>alert(1)</script>")
CREATED = dt.datetime(2021, 9, 30)


def aids_table(key: str = "aides") -> ReportTable:
    """Return amounts with cents, a subtotal, a blank and a total."""
    data = pd.DataFrame(
        {
            "dispositif": ["DETR (inventé)", "DSIL (inventé)", "Droit commun", None],
            "montant_cents": pd.array([123456, 200000, 323456, 323456], dtype="Int64"),
            "taux": [0.141, None, 0.8, 1.0],
        }
    )
    columns = (
        Column("dispositif", "Dispositif"),
        Column("montant_cents", "Montant", "euros"),
        Column("taux", "Couverture", "taux"),
    )
    return ReportTable(
        key, "Aides (chiffres inventés)", data, columns, notes=("Note.",), source="inventée", total_rows=(2, 3)
    )


def dates_table() -> ReportTable:
    """Return a row of each kind of value that is not an amount, then a row of blanks."""
    data = pd.DataFrame(
        {
            "commune": ["Exemple-le-Neuf", "Exemple-le-Vieux", "Exemple-Absent"],
            "signature": pd.to_datetime(["2021-05-20", "2021-03-01", None]),
            "signature_precision": ["jour", "mois", None],
            "part": [0.25, 0.125, None],
            "partage": pd.array([True, False, None], dtype="boolean"),
            "nombre": [1234, 2, None],
        }
    )
    columns = (
        Column("commune", "Commune"),
        Column("signature", "Signature", "date"),
        Column("part", "dont BDT", "points"),
        Column("partage", "Partagé", "booleen"),
        Column("nombre", "Nombre", "nombre"),
    )
    return ReportTable("dates", "Dates et genres (inventés)", data, columns)


def injection_table() -> ReportTable:
    """Return texts that a spreadsheet would calculate or a browser would run."""
    data = pd.DataFrame({"titre": INJECTIONS, "montant_cents": range(len(INJECTIONS))})
    columns = (Column("titre", "<b>Titre</b>"), Column("montant_cents", "=1+1", "euros"))
    return ReportTable("injections", '<script>alert("titre")</script>', data, columns, notes=("<i>note</i>",))


def empty_table() -> ReportTable:
    """Return a table without a row."""
    columns = (Column("regle", "Règle", "code"), Column("constat", "Constat"))
    return ReportTable("vide", "Constats (inventés)", pd.DataFrame({"regle": [], "constat": []}), columns)


def wide_table() -> ReportTable:
    """Return a table much wider than a telephone or a page."""
    names = [f"colonne_{number}" for number in range(14)]
    data = pd.DataFrame({name: ["Une valeur inventée", "une autre"] for name in names})
    return ReportTable(
        "large", "Table large (inventée)", data, tuple(Column(name, f"Libellé {name}") for name in names)
    )


@report_style()
def bars(key: str = "barres") -> Illustration:
    """Return a small bar chart."""
    figure = Figure(figsize=(7.4, 2), layout="constrained")
    axes = figure.add_subplot()
    axes.barh(["A (inventé)", "B (inventé)"], [1, 2], color=PALETTE["bleu"], hatch="//")
    return Illustration(figure, "B dépasse A (inventé) & <c'est tout>", "Deux barres : A vaut 1, B vaut 2.", key)


def shown(*objects: object) -> NotebookNode:
    """Return a code cell that has shown objects."""
    return new_code_cell(
        "secret_code(d)",
        execution_count=7,
        outputs=[new_output("execute_result", data={"text/html": item._repr_html_(), "text/plain": "<texte brut>"},
                            execution_count=7) for item in objects],
    )  # fmt: skip


def notebook(*cells: NotebookNode) -> NotebookNode:
    """Return an executed notebook, with `cells` at its end."""
    figures = KeyFigures((KeyFigure("Postes", "8", "dont 4 partagés", key="postes"), KeyFigure("Aides", "1 €")))
    alerts = Alerts(
        (Alert("information", "Rien."), Alert("bloquant", "<b>Grave</b>"), Alert("avertissement", "Moyen."))
    )
    made = new_notebook(
        cells=[
            new_markdown_cell("# Rapport inventé\n\nUne introduction."),
            new_code_cell("departement = '40'", metadata={"tags": ["parameters"]}),
            shown(figures, Paragraphs(("Une phrase & une autre.",))),
            new_markdown_cell(
                "## En bref\n\nTexte avec un [lien](https://example.org/) et une adresse https://example.org."
            ),
            shown(alerts, bars(), aids_table()),
            new_markdown_cell("## Coûts & marges\n\n### Détail"),
            shown(dates_table(), injection_table(), empty_table(), wide_table()),
            new_markdown_cell("## En bref"),
            *cells,
        ]
    )
    made.metadata["pvd"] = {
        "prefecture": "Préfecture d'exemple",
        "departement": "Exemple (00)",
        "trimestre": "2021-T3",
        "arrete": "2021-09-30",
        "connu_au": "",
    }
    return made


def output_cell(data: dict[str, Any] | None = None, *others: NotebookNode) -> NotebookNode:
    """Return a code cell with raw outputs."""
    outputs = [new_output("display_data", data=data)] if data else []
    return new_code_cell("x", outputs=[*outputs, *others])


def sheets() -> Sequence[Sheet]:
    """Return a workbook with every kind of value, sheet and fault of name."""
    return (
        Sheet(
            "Synthèse: [1]/2?", "Synthèse", ("Une phrase.", "Une phrase longue. " * 30), (aids_table(), empty_table())
        ),
        Sheet("synthèse   1 2", "Dates", (), (dates_table(),)),
        Sheet("Injections", "=1+1", ("=1+1", "@x"), (injection_table(),)),
        Sheet("L" * 40, "Large", (), (wide_table(),)),
        Sheet("", "Vide", ("Rien ici.",)),
    )

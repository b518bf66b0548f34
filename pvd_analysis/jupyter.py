"""In JupyterLab: a form that chooses the département and the quarter, and tables that are searched, sorted and copied."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pandas as pd
from IPython.display import Markdown, display
from ipywidgets import Dropdown, HBox, Output, VBox
from itables.widget import ITable

from pvd_analysis.dataset import Dataset, departements_with_data, followed_departements, load, prepared
from pvd_analysis.errors import NoData, PvdError
from pvd_analysis.project import checked_root
from pvd_analysis.tables import ReportTable, any_table
from pvd_analysis.values import Trimestre, format_date
from pvd_analysis.vocabulary import column_dictionary

_FIRST_QUARTER: Final = Trimestre(2020, 4)
_EVERYTHING: Final = "dernières livraisons"
_LANGUAGE: Final = {
    "search": "Chercher :",
    "info": "_START_ à _END_ sur _TOTAL_ lignes",
    "infoEmpty": "aucune ligne",
    "infoFiltered": "(sur _MAX_)",
    "lengthMenu": "_MENU_ lignes",
    "zeroRecords": "Aucune ligne ne contient ce texte.",
    "emptyTable": "Aucune ligne.",
}
View = Callable[[Dataset], Any]


class Parametres(VBox):  # type: ignore[misc]
    """The form: ``d`` is the dataset that it has chosen, and what `montrer` is given is made again at each choice."""

    def __init__(self, racine: str | Path | None = None) -> None:
        self._root = checked_root(racine)
        preparation = prepared(self._root)
        codes = departements_with_data(preparation)
        if not codes:
            raise NoData("Aucune donnée de lauréat dans data/raw : déposez un classeur de suivi dans data/raw/<date>/.")
        followed = followed_departements(preparation)
        days = sorted(preparation.fichiers["livraison"].dt.date.unique(), reverse=True)
        self.departement = Dropdown(options=codes, value=(followed or codes)[0], description="Département")
        self.trimestre = Dropdown(options=_quarters(), description="Trimestre")
        known = [(_EVERYTHING, ""), *((format_date(day), day.isoformat()) for day in days)]
        self.connu_au = Dropdown(options=known, description="Connu au")
        self._views: tuple[View, ...] = ()
        self._shown = Output()
        for chosen in (self.departement, self.trimestre, self.connu_au):
            chosen.style.description_width = "initial"
            chosen.observe(lambda _: self._load(), names="value")
        super().__init__([HBox([self.departement, self.trimestre, self.connu_au]), self._shown])
        self._load()

    def montrer(self, *views: View) -> "Parametres":
        """Show, under the form, what functions make of the dataset: tables, figures; again at each choice.

        Parameters
        ----------
        views : callable
            Each takes a `Dataset`: ``pvd.tables.territory_table``, ``lambda d: d.postes``.
        """
        self._views = views
        self._show()
        return self

    def _load(self) -> None:
        self.d: Dataset | None = None
        try:
            self.d = load(self.trimestre.value, self.departement.value, self.connu_au.value, self._root)
        except PvdError as error:
            with self._cleared():
                display(Markdown(str(error)))
        else:
            if self._views:
                self._show()

    def _show(self) -> None:
        with self._cleared():
            if self.d is not None:
                for view in self._views:
                    display(view(self.d))

    def _cleared(self) -> Output:
        self._shown.clear_output(wait=True)
        return self._shown


def _quarters() -> list[str]:
    quarters, quarter = [], Trimestre.last_ended(pd.Timestamp.now().date())
    while quarter >= _FIRST_QUARTER:
        quarters.append(str(quarter))
        quarter = quarter.previous
    return quarters


def parametres(racine: str | Path | None = None) -> Parametres:
    """Return a form for a notebook: département, quarter, known on; it loads the dataset, without the network.

    Parameters
    ----------
    racine : str or Path, optional
        The project's root; by default the folder at or above the current one that holds ``data/raw``.

    Raises
    ------
    NoData
        No raw file speaks of a laureate.

    Examples
    --------
    >>> choix = pvd.parametres(d.racine)
    >>> choix.d.departement
    'Landes'
    """
    return Parametres(racine)


def explorer(table: ReportTable | pd.DataFrame) -> ITable:
    """Return a table that is searched, sorted and copied in a notebook, in French and in euros, without the network.

    Parameters
    ----------
    table : ReportTable or DataFrame
        A table of `pvd_analysis.tables`, or any DataFrame. Its totals are left out: they are no rows to sort.
    """
    shown = (any_table(table, "Tableau") if isinstance(table, pd.DataFrame) else table).spelled_out()
    rows = [row for row in shown.rows() if not row.is_total]
    labels = [column.label for column in shown.columns]
    count = len(labels)
    texts = [[cell.text for cell in row.cells] for row in rows]
    # what a column is sorted by stands in one that is not shown: « 9 € » comes before « 10 € »
    exact = [[_sortable(cell.value) for cell in row.cells] for row in rows]
    data = pd.DataFrame([[*text, *value] for text, value in zip(texts, exact, strict=True)], columns=range(2 * count))
    data.columns = pd.Index([*labels, *(f"{label} (valeur)" for label in labels)])
    return ITable(
        data,
        caption=shown.title,
        showIndex=False,
        columnDefs=[
            {"targets": list(range(count, 2 * count)), "visible": False, "searchable": False},
            *(
                {"targets": index, "orderData": [count + index], "type": "string"}
                | {"className": "dt-right" if column.is_numeric else "dt-left"}
                for index, column in enumerate(shown.columns)
            ),
        ],
        buttons=[{"extend": "copyHtml5", "text": "Copier", "exportOptions": {"columns": ":visible"}}],
        layout={"topStart": "buttons", "topEnd": "search", "bottomStart": "info", "bottomEnd": "paging"},
        language=_LANGUAGE,
        maxBytes=0,
    )


def as_html(data: pd.DataFrame) -> str:
    """Return a DataFrame as a notebook shows it: in euros, with « non connu », where its columns are of the data dictionary."""
    names = [str(name) for name in data.columns]
    ours = [name for name in names if name in column_dictionary()]
    if 2 * len(ours) <= len(names) or data.empty or not data.columns.is_unique:
        return str(data._repr_html_())
    return any_table(data, "Tableau").beginning()._repr_html_()


def _sortable(value: Any) -> Any:
    return "" if value is None or pd.isna(value) else value if isinstance(value, int | float) else str(value)

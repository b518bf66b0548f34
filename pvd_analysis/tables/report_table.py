"""What a report shows besides figures: tables, key figures, sentences and alerts, as objects that show themselves.

Each cell is read once, by `ReportTable.rows`: the HTML page takes its text and the workbook its value, so that both
always say the same.
"""

import datetime as dt
import re
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, Self, cast, get_args

import pandas as pd

from pvd_analysis.notebook import NOTEBOOK_STYLE
from pvd_analysis.tables import html
from pvd_analysis.values.french import (
    format_boolean,
    format_date,
    format_euros,
    format_number,
    format_partial,
    format_rate,
)

__all__ = [
    "MISSING",
    "Alert",
    "Alerts",
    "Cell",
    "Column",
    "KeyFigure",
    "KeyFigures",
    "Kind",
    "Paragraphs",
    "ReportTable",
    "Row",
    "Severity",
]

Kind = Literal["texte", "code", "euros", "nombre", "taux", "points", "date", "booleen", "origine", "reference"]
Severity = Literal["bloquant", "avertissement", "information"]

MISSING: Final = "—"

_KEY = re.compile(r"[a-z][a-z0-9_-]*")
_SAYS_TOTAL = re.compile(r"\b(sous-)?total|\bensemble\b", re.IGNORECASE)
_TERM: Final = "terme:"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a shown table.

    Parameters
    ----------
    name : str
        Its name in the data.
    label : str
        What the reader sees, in French.
    kind : Kind
        How its values are written. ``euros`` are integer cents in the data, ``taux`` and ``points`` fractions of 1;
        a ``date`` is partial ("mars 2021") when the data has a column ``<name>_precision`` that says so;
        an ``origine`` ("F1, Projets, ligne 5") leads to the list of files, whose ``reference`` it cites.
    help : str
        Its definition, in French.
    """

    name: str
    label: str
    kind: Kind = "texte"
    help: str = ""

    def __post_init__(self) -> None:
        if self.kind not in get_args(Kind):
            raise ValueError(f"column {self.name!r}: no kind {self.kind!r}; one of {', '.join(get_args(Kind))}")

    @property
    def is_numeric(self) -> bool:
        """Whether its values are quantities, aligned on the right."""
        return self.kind in {"euros", "nombre", "taux", "points"}


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its exact value (None when there is none) and the text that a reader sees."""

    column: Column
    value: Any
    text: str

    @property
    def is_partial(self) -> bool:
        """Whether it is a date known by its month, quarter or year only."""
        return self.column.kind == "date" and self.value is not None and not isinstance(self.value, dt.date)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table, the stub (its header) first, and what it is gathered under."""

    cells: tuple[Cell, ...]
    is_total: bool
    group: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class ReportTable:
    r"""A table ready to be shown: what it says, its rows, and where they are from.

    Parameters
    ----------
    key : str
        Identifies the table in a report and a workbook: lower case letters, digits, hyphens and underscores.
    title : str
        A sentence that says what the table shows.
    data : DataFrame
        One row per row shown; may have more columns than are shown.
    columns : tuple of Column
        What is shown, the first one naming the row.
    notes : tuple of str
        Sentences shown under the table.
    source : str
        Where the facts are from.
    total_rows : tuple
        Labels of the index whose rows are totals: they are emphasised, and say so in words.
    empty : str
        The sentence shown in place of the rows when there is none.
    leads_to : tuple of str, optional
        Key and title of the table whose rows make the totals of this one; a page that has both links them.
    group : str
        A column of the data that gathers consecutive rows under its value.

    Examples
    --------
    >>> data = pd.DataFrame({"commune": ["Amou"], "montant_cents": [119_377_900]})
    >>> columns = (Column("commune", "Commune"), Column("montant_cents", "Montant", "euros"))
    >>> table = ReportTable("aides", "Aides par commune (exemple)", data, columns)
    >>> [cell.text for row in table.rows() for cell in row.cells]
    ['Amou', '1\u202f193\u202f779\xa0€']
    """

    key: str
    title: str
    data: pd.DataFrame
    columns: tuple[Column, ...]
    notes: tuple[str, ...] = ()
    source: str = ""
    total_rows: tuple[Hashable, ...] = ()
    empty: str = "Aucune ligne à cette date."
    leads_to: tuple[str, str] | None = None
    group: str = ""

    def __post_init__(self) -> None:
        if not _KEY.fullmatch(self.key):
            raise ValueError(f"table key {self.key!r}: lower case letters, digits, hyphens and underscores only")
        if not self.columns:
            raise ValueError(f"table {self.key!r} shows no column")
        names = [column.name for column in self.columns]
        if repeated := {name for name in names if names.count(name) > 1}:
            raise ValueError(f"table {self.key!r} shows a column twice: {', '.join(sorted(repeated))}")
        if unknown := [name for name in names if name not in self.data.columns]:
            raise KeyError(f"table {self.key!r}: its data has no column {', '.join(unknown)}")
        if unknown_totals := [label for label in self.total_rows if label not in self.data.index]:
            raise KeyError(f"table {self.key!r}: its data has no row {unknown_totals}")

    @classmethod
    def build(
        cls,
        key: str,
        title: str,
        data: pd.DataFrame,
        columns: Sequence[str] | None = None,
        *,
        labels: dict[str, str] | None = None,
        notes: Sequence[str] = (),
        source: str = "",
        total_rows: Sequence[Hashable] = (),
        empty: str = "Aucune ligne à cette date.",
        leads_to: tuple[str, str] | None = None,
        group: str = "",
    ) -> Self:
        """Return the table of `data` with the labels, kinds and definitions of the data dictionary.

        Parameters
        ----------
        columns : sequence of str, optional
            The columns to show, in order; by default all but the ``*_precision`` ones.
        labels : dict, optional
            Labels that replace those of the dictionary in this table.

        Raises
        ------
        KeyError
            When the data dictionary does not have a column; it is ``pvd_analysis/vocabulary/columns.csv``.
        """
        from pvd_analysis.vocabulary import column_dictionary, term_labels

        dictionary = column_dictionary()
        names = list(columns) if columns is not None else _shown_by_default(data)
        shown = data
        described: list[Column] = []
        for name in names:
            if name not in dictionary.index:
                raise KeyError(
                    f"table {key!r}: column {name!r} is not in the data dictionary; "
                    "add it to pvd_analysis/vocabulary/columns.csv (nom, libelle, genre, definition)"
                )
            entry = dictionary.loc[name]
            genre = str(entry["genre"])
            if genre.startswith(_TERM) and name in data.columns:
                wording = term_labels(genre.removeprefix(_TERM))
                shown = shown.assign(**{name: [wording.get(code, code) for code in shown[name]]})
            kind = "texte" if genre.startswith(_TERM) else genre
            label = (labels or {}).get(name, str(entry["libelle"]))
            described.append(Column(name, label, cast("Kind", kind), str(entry["definition"])))
        return cls(key, title, shown, tuple(described), tuple(notes), source, tuple(total_rows), empty, leads_to, group)

    def rows(self) -> Iterator[Row]:
        """Yield the rows as they are shown: exact values with their French text."""
        totals = frozenset(self.total_rows)
        shown = [self._cells(column) for column in self.columns]
        groups = [str(value) for value in self.data[self.group]] if self.group else [""] * len(self.data)
        for label, group, cells in zip(self.data.index, groups, zip(*shown, strict=True), strict=True):
            is_total = label in totals
            yield Row(_as_total(cells) if is_total else cells, is_total, group)

    def _cells(self, column: Column) -> list[Cell]:
        values = [_plain(value) for value in self.data[column.name]]
        precisions: list[Any] = [None] * len(values)
        if column.kind == "date" and f"{column.name}_precision" in self.data.columns:
            precisions = [_plain(value) for value in self.data[f"{column.name}_precision"]]
        return [_cell(column, value, precision) for value, precision in zip(values, precisions, strict=True)]

    def __len__(self) -> int:
        return len(self.data)

    def _repr_html_(self) -> str:
        return NOTEBOOK_STYLE + html.table(self)


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """One figure to remember.

    Parameters
    ----------
    label, value_text, note : str
        What it counts, the figure as it is read ("1 629 048 €"), and a note under it.
    key : str
        Identifies the figure in the page.
    change : str
        How it has changed, in words ("en hausse de 12 000 €").
    rows : tuple, optional
        Key of the table that has the rows it is made of, and what they are ("4 lignes"); a page that has it links it.
    """

    label: str
    value_text: str
    note: str = ""
    key: str = ""
    change: str = ""
    rows: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class KeyFigures:
    """The figures at the head of a report.

    >>> KeyFigures((KeyFigure("Postes", "8", note="dont 4 partagés"),))._repr_html_().count("<dt>")
    1
    """

    figures: tuple[KeyFigure, ...]
    title: str = ""

    def _repr_html_(self) -> str:
        return html.key_figures(self)


@dataclass(frozen=True, slots=True)
class Paragraphs:
    """Sentences made from the data, one paragraph each."""

    texts: tuple[str, ...]

    def _repr_html_(self) -> str:
        return html.paragraphs(self)


@dataclass(frozen=True, slots=True)
class Alert:
    """A point that calls for attention, with how much, and the cases it stands for when they are several."""

    severity: Severity
    text: str
    cases: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.severity not in get_args(Severity):
            raise ValueError(f"no severity {self.severity!r}; one of {', '.join(get_args(Severity))}")


@dataclass(frozen=True, slots=True)
class Alerts:
    """Points that call for attention, the gravest first; `empty` is said when there is none."""

    alerts: tuple[Alert, ...]
    empty: str = "Aucun point d'attention."

    def ordered(self) -> list[Alert]:
        """Return the alerts, the gravest first and otherwise in the order given."""
        return sorted(self.alerts, key=lambda alert: get_args(Severity).index(alert.severity))

    def _repr_html_(self) -> str:
        return html.alerts(self)


def _shown_by_default(data: pd.DataFrame) -> list[str]:
    return [str(name) for name in data.columns if not str(name).endswith("_precision")]


def _plain(value: Any) -> Any:
    """Return a cell of a DataFrame as a plain Python value, None when it is missing."""
    if value is None or (pd.api.types.is_scalar(value) and pd.isna(value)):
        return None
    if isinstance(value, dt.datetime):
        return value.date()
    return value.item() if hasattr(value, "item") else value


def _cell(column: Column, value: Any, precision: str | None) -> Cell:
    if value is None or value == "":
        return Cell(column, None, MISSING)
    match column.kind:
        case "euros":
            return Cell(column, int(value), format_euros(int(value)))
        case "taux":
            return Cell(column, value, format_rate(value))
        case "points":
            points = value * 100
            return Cell(column, value, f"{format_number(round(points, 2))}\N{NO-BREAK SPACE}points")
        case "nombre":
            return Cell(column, value, format_number(value))
        case "booleen":
            return Cell(column, bool(value), format_boolean(bool(value)))
        case "date" if isinstance(value, dt.date):
            if precision in {None, "", "jour"}:
                return Cell(column, value, format_date(value))
            text = format_partial(value, precision)
            return Cell(column, text, text)
        case _:
            return Cell(column, str(value), str(value))


def _as_total(cells: tuple[Cell, ...]) -> tuple[Cell, ...]:
    """Return the cells of a total with that word in its stub: emphasis alone is not read by everyone.

    What a total does not have (a date, an origin) is no missing value: the cell stays empty.
    """
    cells = (cells[0], *(Cell(cell.column, None, "") if cell.value is None else cell for cell in cells[1:]))
    stub = cells[0]
    if _SAYS_TOTAL.search(stub.text):
        return cells
    text = "Total" if stub.value is None else f"Total\N{NO-BREAK SPACE}: {stub.text}"
    return (Cell(stub.column, text, text), *cells[1:])

"""What a report shows besides figures: tables, key figures, sentences and alerts, as objects that show themselves.

Each cell is read once, by `ReportTable.rows`: the HTML page takes its text and the workbook its value, so that both
always say the same.
"""

import base64
import datetime as dt
import pickle
import re
import zlib
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, Self, cast, get_args

import pandas as pd

from pvd_analysis.notebook import NOTEBOOK_STYLE
from pvd_analysis.tables import html
from pvd_analysis.values import read_boolean
from pvd_analysis.values.french import (
    format_boolean,
    format_date,
    format_euros,
    format_number,
    format_partial,
    format_rate,
)

__all__ = ["Alerts", "KeyFigures", "Paragraphs", "ReportTable"]

WHOLE_TABLE: Final = "application/vnd.pvd.table"
"""The type of an output that holds a long table whole."""

# The départements of the country side by side, with their total, are not long.
_LONGEST_ON_A_PAGE: Final = 120
_FIRST_ROWS: Final = 50

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
    summed : tuple of str
        The columns whose totals add rows up, as formulas in a workbook: those since the total before, else all rows.

    Examples
    --------
    >>> data = pd.DataFrame({"commune": ["Amou"], "montant_cents": [119_377_900]})
    >>> columns = (Column("commune", "Commune"), Column("montant_cents", "Montant", "euros"))
    >>> table = ReportTable("aides", "Aides par commune (exemple)", data, columns)
    >>> [cell.text for row in table.rows() for cell in row.cells]
    ['Amou', '1\u202f193\u202f779\xa0€']
    >>> table
    <ReportTable aides: 1 x 2>
    >>> str(table).splitlines()[0]
    'Aides par commune (exemple)'
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
    summed: tuple[str, ...] = ()

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
        summed: Sequence[str] = (),
        total: Mapping[str, object] | None = None,
    ) -> Self:
        """Return the table of `data` with the labels, kinds and definitions of the data dictionary.

        Parameters
        ----------
        columns : sequence of str, optional
            The columns to show, in order; by default all but the ``*_precision`` ones.
        labels : dict, optional
            Labels that replace those of the dictionary in this table.
        total : mapping, optional
            What the total that ends the rows has besides the sums of `summed`: its name, a share. No row, no total.

        Raises
        ------
        KeyError
            When the data dictionary does not have a column; it is ``pvd_analysis/vocabulary/columns.csv``.
        ValueError
            When a column holds what people wrote freely (``libre``): it may name anybody, and no report shows it.
        """
        from pvd_analysis.vocabulary import column_dictionary, term_labels

        if total is not None and len(data):
            data = _with_total(data, summed, total)
            total_rows = (len(data) - 1,)
        dictionary = column_dictionary()
        names = list(columns) if columns is not None else _shown_by_default(data)
        shown = data
        described: list[Column] = []
        for name in names:
            if name not in dictionary:
                raise KeyError(
                    f"table {key!r}: column {name!r} is not in the data dictionary; "
                    "add it to pvd_analysis/vocabulary/columns.csv (nom, libelle, genre, definition)"
                )
            entry = dictionary[name]
            genre = entry["genre"]
            if genre == "libre":
                raise ValueError(f"table {key!r}: column {name!r} is free text, which no report shows")
            if genre.startswith(_TERM) and name in data.columns:
                wording = term_labels(genre.removeprefix(_TERM))
                shown = shown.assign(**{name: [wording.get(code, code) for code in shown[name].to_numpy(dtype=object)]})
            kind = "texte" if genre.startswith(_TERM) else genre
            label = (labels or {}).get(name, entry["libelle"])
            described.append(Column(name, label, cast("Kind", kind), entry["definition"]))
        return cls(
            key, title, shown, tuple(described), tuple(notes), source, tuple(total_rows), empty, leads_to, group, tuple(summed)
        )  # fmt: skip

    @property
    def is_long(self) -> bool:
        """Whether a page shows its first rows only."""
        return len(self.data) > _LONGEST_ON_A_PAGE

    def beginning(self) -> "ReportTable":
        """Return what a page shows of a long table: its first rows, and the totals that end it."""
        if not self.is_long:
            return self
        end = len(self.data)
        while end and end - 1 in self.totals():
            end -= 1
        kept = [*range(min(_FIRST_ROWS, end)), *range(end, len(self.data))]
        said = (
            f"Ici les {_FIRST_ROWS} premières lignes sur {format_number(end)} ; le classeur des tables entières, à côté de "
            "cette page, les a toutes."
        )
        return replace(self, data=self.data.iloc[kept], notes=(said, *self.notes))

    def rows(self) -> Iterator[Row]:
        """Yield the rows as they are shown: exact values with their French text."""
        totals = self.totals()
        shown = zip(*([(column, value) for value in self.values(column)] for column in self.columns), strict=True)
        groups = [str(value) for value in self.data[self.group]] if self.group else [""] * len(self.data)
        for position, (group, values) in enumerate(zip(groups, shown, strict=True)):
            is_total = position in totals
            # What a total does not have (a date, an origin) is no missing value: the cell stays empty.
            cells = (
                Cell(column, value, "" if is_total and value is None else shown_text(column, value))
                for column, value in values
            )
            yield Row(tuple(cells), is_total, group)

    def spelled_out(self) -> "ReportTable":
        """Return the table with what gathers its rows as its first column: a sheet and plain text show it no other way."""
        if not self.group:
            return self
        return replace(self, columns=(Column(self.group, "Groupe"), *self.columns), group="")

    def totals(self) -> frozenset[int]:
        """Return the positions of the rows that are totals."""
        labels = frozenset(self.total_rows)
        return frozenset(position for position, label in enumerate(self.data.index) if labels and label in labels)

    def values(self, column: Column) -> list[Any]:
        """Return the exact values of one column, as its cells have them: None where there is none.

        The stub of a total has that word: emphasis alone is not read by everyone.
        """
        values = self._exact_values(column)
        if column == self.columns[0]:
            for position in self.totals():
                values[position] = _total_stub(column, values[position])
        return values

    def _exact_values(self, column: Column) -> list[Any]:
        raw = _plain_values(self.data[column.name])
        match column.kind:
            case "euros":
                return [None if value is None else int(value) for value in raw]
            case "booleen":
                # a table of the analyst may say « non » in words
                return [_boolean(value) for value in raw]
            case "date" if f"{column.name}_precision" in self.data.columns:
                precisions = _plain_values(self.data[f"{column.name}_precision"])
                return [_dated(value, precision) for value, precision in zip(raw, precisions, strict=True)]
            case "date":
                return [_dated(value, None) for value in raw]
            case "nombre" | "taux" | "points":
                return raw
            case _:
                return [None if value is None or value == "" else str(value) for value in raw]

    def __len__(self) -> int:
        return len(self.data)

    def __repr__(self) -> str:
        return f"<ReportTable {self.key}: {len(self)} x {len(self.columns)}>"

    def __str__(self) -> str:
        """Return the table as plain text, for a terminal."""
        table = self.spelled_out()
        texts = [[cell.text for cell in row.cells] for row in table.rows()]
        body = pd.DataFrame(texts, columns=[column.label for column in table.columns]).to_string(index=False)
        return f"{self.title}\n\n{body if texts else self.empty}"

    def _repr_html_(self) -> str:
        return NOTEBOOK_STYLE + html.table(self.beginning())

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """Return a long table whole, beside what is shown of it, for the workbook that goes with a page."""
        if not self.is_long:
            return {}
        return {WHOLE_TABLE: base64.b64encode(zlib.compress(pickle.dumps(self))).decode("ascii")}


def whole_table(shown: str) -> ReportTable:
    """Return the table that an output of a notebook holds whole (`WHOLE_TABLE`); our own notebooks alone are asked."""
    found = pickle.loads(zlib.decompress(base64.b64decode(shown)))
    assert isinstance(found, ReportTable)
    return found


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


def _plain_values(column: pd.Series) -> list[Any]:
    """Return the cells of a column as plain Python values, None where they are missing."""
    values = zip(column.to_numpy(dtype=object).tolist(), column.isna().tolist(), strict=True)
    return [None if absent else value.item() if hasattr(value, "item") else value for value, absent in values]


def _boolean(value: Any) -> bool | None:
    if isinstance(value, str):
        return read_boolean(value).value
    return None if value is None else bool(value)


def _dated(value: Any, precision: str | None) -> Any:
    """Return a day, or the text of a date that is known by its month, quarter or year only."""
    day = value.date() if isinstance(value, dt.datetime) else value
    if not isinstance(day, dt.date):
        return None if day is None or day == "" else str(day)
    return day if precision in {None, "", "jour"} else format_partial(day, precision)


def shown_text(column: Column, value: Any) -> str:
    """Return the French text of a value of `ReportTable.values`."""
    if value is None:
        return MISSING
    match column.kind:
        case _ if isinstance(value, str):
            return value
        case "euros":
            return format_euros(value)
        case "taux":
            return format_rate(value)
        case "points":
            return f"{format_number(round(value * 100, 2))}\N{NO-BREAK SPACE}points"
        case "nombre":
            return format_number(value)
        case "booleen":
            return format_boolean(value)
        case _:
            return format_date(value)


def _total_stub(column: Column, value: Any) -> str:
    text = shown_text(column, value)
    if _SAYS_TOTAL.search(text):
        return text
    return "Total" if value is None else f"Total\N{NO-BREAK SPACE}: {text}"


def _with_total(rows: pd.DataFrame, summed: Sequence[str], total: Mapping[str, object]) -> pd.DataFrame:
    sums = {column: rows[column].sum(min_count=1) for column in summed}
    last = pd.DataFrame([{**sums, **total}])
    return pd.concat([rows, last.astype(rows.dtypes[list(last)].to_dict())], ignore_index=True)

"""A table ready to be shown, as an object that shows itself.

Each cell is read once, by `ReportTable.rows`: the HTML page takes its text and the workbook its value, so that both
always say the same.
"""

import base64
import pickle
import re
import zlib
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, Final, Self

import pandas as pd

from pvd_analysis.notebook import NOTEBOOK_STYLE, template
from pvd_analysis.tables.cells import Cell, Column, Row, described, exact_values, in_words, shown_text
from pvd_analysis.values import format_number
from pvd_analysis.vocabulary import phrase

__all__ = ["ReportTable"]

WHOLE_TABLE: Final = "application/vnd.pvd.table"
"""The type of an output that holds a long table whole."""

# The départements of the country side by side, with their total, are not long.
_LONGEST_ON_A_PAGE: Final = 120
_FIRST_ROWS: Final = 50

_SHORT_TEXT: Final = 22
_LONG_TEXT: Final = 40
_NARROW_TABLE: Final = 3
_MEDIUM_TABLE: Final = 6
_WIDE_TABLE: Final = 13
_ROOM: Final = {"pvd-long": 3, "pvd-mot": 2}
_LOW_TABLE: Final = 8

_TEMPLATE: Final = template("table.html.j2")
_KEY = re.compile(r"[a-z][a-z0-9_-]*")
_SAYS_TOTAL = re.compile(r"\b(sous-)?total|\bensemble\b", re.IGNORECASE)


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
        columns: Sequence[str | Column] | None = None,
        labels: Mapping[str, str] | None = None,
        **said: Any,
    ) -> Self:
        """Return the table of `data` with the labels and kinds of the data dictionary.

        Parameters
        ----------
        columns : sequence of str or Column, optional
            The columns to show, in order, by their names or as they are; by default all but the ``*_precision`` ones.
        labels : mapping, optional
            Labels that replace those of the dictionary in this table.
        said
            What a table takes besides.

        Raises
        ------
        KeyError, ValueError
            As `pvd_analysis.tables.cells.described`.
        """
        if columns is None:
            columns = [str(name) for name in data.columns if not str(name).endswith("_precision")]
        names, labels = [each for each in columns if isinstance(each, str)], labels or {}
        shown = [described(each, labels.get(each, "")) if isinstance(each, str) else each for each in columns]
        return cls(key, title, in_words(data, names), tuple(shown), **said)

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
        said = phrase("suite", "table", premieres=str(_FIRST_ROWS), nombre=format_number(end))
        return replace(self, data=self.data.iloc[kept], notes=(said, *self.notes))

    def rows(self) -> Iterator[Row]:
        """Yield the rows as they are shown: exact values with their French text."""
        totals = self.totals()
        values = zip(*map(self.values, self.columns), strict=True)
        groups = [str(value) for value in self.data[self.group]] if self.group else [""] * len(self.data)
        for position, (group, of_row) in enumerate(zip(groups, values, strict=True)):
            is_total = position in totals
            # What a total does not have (a date, an origin) is no missing value: the cell stays empty.
            cells = (
                Cell(column, value, "" if is_total and value is None else shown_text(column, value))
                for column, value in zip(self.columns, of_row, strict=True)
            )
            yield Row(tuple(cells), is_total, group)

    def spelled_out(self) -> "ReportTable":
        """Return the table with what gathers its rows as its first column: a sheet and plain text show it no other way."""
        if not self.group:
            return self
        return replace(self, columns=(Column(self.group, "Groupe"), *self.columns), group="")

    def only(self, *names: str) -> "ReportTable":
        """Return the table with some of its columns, in this order.

        >>> aids = pvd.tables.aids_by_table(d, "commune").only("commune", "aides_cents")
        >>> [column.label for column in aids.columns]
        ['Commune', 'Aides']
        """
        known = {column.name: column for column in self.columns}
        if unknown := [name for name in names if name not in known]:
            raise KeyError(f"table {self.key!r} shows no {', '.join(unknown)}; it shows {', '.join(known)}")
        return replace(self, columns=tuple(known[name] for name in names))

    def without(self, *names: str) -> "ReportTable":
        """Return the table without some of its columns."""
        kept = tuple(column for column in self.columns if column.name not in names)
        return replace(self, columns=kept)

    def relabelled(self, **labels: str) -> "ReportTable":
        """Return the table with other headers for some of its columns."""
        columns = [replace(each, label=labels.get(each.name, each.label)) for each in self.columns]
        return replace(self, columns=tuple(columns))

    def totals(self) -> frozenset[int]:
        """Return the positions of the rows that are totals."""
        if not self.total_rows:
            return frozenset()
        labels = frozenset(self.total_rows)
        return frozenset(position for position, label in enumerate(self.data.index) if label in labels)

    def values(self, column: Column) -> list[Any]:
        """Return the exact values of one column, as its cells have them: None where there is none.

        The stub of a total has that word: emphasis alone is not read by everyone.
        """
        values = exact_values(self.data, column)
        if column == self.columns[0]:
            for position in self.totals():
                values[position] = _total_stub(column, values[position])
        return values

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
        return NOTEBOOK_STYLE + _html(self.beginning())

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


def _total_stub(column: Column, value: Any) -> str:
    text = shown_text(column, value)
    if _SAYS_TOTAL.search(text):
        return text
    return "Total" if value is None else f"Total\N{NO-BREAK SPACE}: {text}"


def _html(shown: ReportTable) -> str:
    """Return a table: caption, header cells with their scope, notes and source under it.

    It stands in a region that scrolls by itself and takes the keyboard focus, so that a wide table never widens the
    page. Identifiers derive from the key of the table. Without rows it is its title and a sentence: neither headers nor
    notes on nothing.
    """
    rows = list(shown.rows())
    classes = _column_classes(shown, rows)
    room = sum(_ROOM.get(css, 1) for css in classes)
    size = " pvd-tableau-large" if room > _WIDE_TABLE else " pvd-tableau-moyen" if room > _MEDIUM_TABLE else ""
    if room <= _NARROW_TABLE and len(classes) <= _NARROW_TABLE:
        size = " pvd-tableau-etroit"
    if len(rows) <= _LOW_TABLE:
        size += " pvd-tableau-bas"
    groups = groupby(rows, key=lambda row: row.group)
    return _TEMPLATE.render(table=shown, rows=rows, groups=groups, classes=classes, size=size)


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

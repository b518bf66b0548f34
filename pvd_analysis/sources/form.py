"""The form of a table as people write it: which headers stand for which column, and how each cell is read."""

import datetime as dt
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from functools import cache
from importlib.resources import files
from typing import Any, Final

from pydantic import ConfigDict
from pydantic.dataclasses import dataclass as declaration

from pvd_analysis.declarations import declared, known, wrong
from pvd_analysis.values import format_date
from pvd_analysis.values.text import fold
from pvd_analysis.vocabulary import TableDescription, column_dictionary, table_description, term_labels

_DEFAULTS = {"nature_fait": "constate", "statut": "annonce"}
_READ_AS = {"code_commune": "commune", "communes": "communes"}
# What a file says of all its forms together; `table` is the one that they feed, else each feeds that of its name.
EXAMPLE_MARK: Final = "Exemple\N{NO-BREAK SPACE}: "
"""What the example row of an empty classeur begins with: no data, passed over in silence while nobody has written in it."""

# What stands for the code of the département in the examples.
_OWN: Final = "{departement}"
_MARKED: Final = re.compile(r"\s*exemple\s*:", re.IGNORECASE)
_BESIDE = ("table", "communs", "exemples", "accompagnement")


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a form.

    ``kind`` names how its cells are read (a kind of the data dictionary, ``commune``, ``communes`` or
    ``code_insee``); ``is_control`` marks a column that is read to be checked and then left out, ``may_name_people`` one
    in which people write a name: what cannot be read there is never quoted. ``explanation`` says what to write in the
    column, and ``example`` is what the example row of an empty form says there (None: a commune).
    """

    column: str
    headers: tuple[str, ...]
    kind: str
    is_required: bool
    is_control: bool
    may_name_people: bool
    default: str | None
    explanation: str
    example: Any

    @property
    def label(self) -> str:
        """The header to write, as the first synonym says it."""
        return self.headers[0]

    @property
    def is_amount(self) -> bool:
        """Whether its cells are euros, read to whole cents."""
        return self.kind in {"euros", "euros_point"}


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """One table as it is written in a sheet.

    ``personal_headers`` are columns that hold personal data and are never read; ``ignored_headers`` are known columns
    that say nothing the table needs; ``elsewhere`` gives, of each folded header of what another sheet says, where it is expected. ``constants`` are the columns that the file does not have because it says them
    of itself, ``blanks`` the texts that it writes in an empty cell, ``listing`` the name of the list that it is.
    ``has_example_row`` tells whether the empty form has an example row, which is no data.
    """

    name: str
    table: TableDescription
    sheet_names: tuple[str, ...]
    is_mandatory: bool
    fields: tuple[Field, ...]
    personal_headers: tuple[str, ...]
    ignored_headers: tuple[str, ...]
    elsewhere: Mapping[str, str]
    constants: Mapping[str, str]
    blanks: frozenset[str]
    listing: str
    has_example_row: bool

    @property
    def required_fields(self) -> tuple[Field, ...]:
        """The fields without which a row says nothing."""
        return tuple(field for field in self.fields if field.is_required)

    def field_by_header(self) -> dict[str, Field]:
        """Return each folded header with the field it stands for."""
        return {fold(header): field for field in self.fields for header in field.headers}

    def names_sheet(self, sheet: str) -> bool:
        """Whether a sheet of that name is expected to hold this form."""
        return fold(sheet) in {fold(name) for name in self.sheet_names}


@declaration(frozen=True, config=ConfigDict(extra="forbid"))
class _Headers:
    """What a form says of one column."""

    entetes: tuple[str, ...]
    lecture: str = ""
    controle: bool = False
    nominatif: bool = False


@declaration(frozen=True, config=ConfigDict(extra="forbid"))
class _Elsewhere:
    """The headers of what another sheet says, and where it is expected."""

    entetes: tuple[str, ...] = ()
    attendu: str = ""


@declaration(frozen=True, config=ConfigDict(extra="forbid"))
class _Said:
    """What a TOML file says of one form, in its own words."""

    colonnes: dict[str, _Headers | tuple[str, ...]]
    feuilles: tuple[str, ...] = ()
    obligatoire: bool = False
    personnel: tuple[str, ...] = ()
    ignorees: tuple[str, ...] = ()
    ailleurs: _Elsewhere = _Elsewhere()
    constantes: dict[str, str] = dataclass_field(default_factory=dict)
    vides: tuple[str, ...] = ()
    liste: str = ""
    aide: dict[str, str] = dataclass_field(default_factory=dict)
    exemple: dict[str, Any] | None = None


@cache
def load_forms(document: str) -> tuple[Form, ...]:
    """Return the forms of one TOML file of this package.

    Parameters
    ----------
    document : str
        The file's name without ``.toml``.
    """
    forms = declared(__package__, f"{document}.toml", _Said, besides=_BESIDE)
    table = _document(document).get("table")
    return tuple(_form(document, name, said, table_description(table or name)) for name, said in forms.items())


def get_ready() -> None:
    """Read the forms that are else read at the first need."""
    for file in files(__package__).iterdir():
        if file.name.endswith(".toml"):
            load_forms(file.name.removesuffix(".toml"))


def companion_sheets(document: str, kind: str = "feuilles") -> frozenset[str]:
    """Return the folded names of the sheets that stand beside the tables of a document and are no table.

    Their ``kind`` is ``feuilles``, those that the analyst fills in or reads, or ``annotations``, those that only quote.
    """
    return frozenset(fold(name) for name in _document(document).get("accompagnement", {}).get(kind, ()))


@cache
def _document(name: str) -> Mapping[str, Any]:
    text = files(__package__).joinpath(f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _form(document: str, name: str, said: _Said, table: TableDescription) -> Form:
    shared = _document(document).get("communs", {})
    columns = said.colonnes | {column: headers for column, headers in shared.items() if column in table.columns}
    form = Form(
        name=name,
        table=table,
        sheet_names=said.feuilles,
        is_mandatory=said.obligatoire,
        fields=tuple(_field(document, column, headers, table, said) for column, headers in columns.items()),
        personal_headers=said.personnel,
        ignored_headers=said.ignorees,
        elsewhere=dict.fromkeys(map(fold, said.ailleurs.entetes), said.ailleurs.attendu),
        constants=said.constantes,
        blanks=frozenset(said.vides),
        listing=said.liste,
        has_example_row=said.exemple is not None,
    )
    place = (__package__, f"{document}.toml")
    headed: dict[str, str] = {}
    for field in form.fields:
        if not field.is_control and field.column not in table.columns:
            expected = f"write it in `colonnes` of [{table.name}] in vocabulary/tables.toml, or say `controle = true`"
            raise wrong(*place, f"{field.column!r} is no column of that table; {expected}", name, field.column)
        known(field.column, column_dictionary(), *place, name, field.column)
        for header in map(fold, field.headers):
            if headed.setdefault(header, field.column) != field.column:
                both = f"{headed[header]!r} and {field.column!r}"
                raise wrong(*place, f"the header « {header} » stands for {both}; write it for one", name, field.column)
    for column in (*said.constantes, *said.aide, *(said.exemple or {})):
        known(column, {*columns, *table.columns}, *place, name, column)
    return form


def _field(
    document: str, column: str, headers: _Headers | tuple[str, ...], table: TableDescription, said: _Said
) -> Field:
    told = headers if isinstance(headers, _Headers) else _Headers(tuple(headers))
    described = column_dictionary().get(column, {"genre": "texte", "definition": ""})
    kind = told.lecture or _READ_AS.get(column, described["genre"].replace("libre", "texte"))
    default = _DEFAULTS.get(column)
    return Field(
        column=column,
        headers=told.entetes,
        kind=kind,
        # what the file's form says of itself is not needed on each line
        is_required=column in table.required and default is None and column not in said.constantes,
        is_control=told.controle,
        may_name_people=told.nominatif,
        default=default,
        explanation=said.aide.get(column, described["definition"]),
        example=(said.exemple or {}).get(column, _example(kind, _document(document).get("exemples", {}))),
    )


def _example(kind: str, examples: Mapping[str, Any]) -> Any:
    if kind.startswith("terme:"):
        return next(iter(term_labels(kind.removeprefix("terme:")).values()))
    return examples.get(kind)


def example_cells(form: Form, commune: str, departement: str) -> list[Any]:
    """Return what the example row says in each column of a form: texts, numbers, dates, and the mark in the first.

    The commune and the identifiers are of the département whose classeur it is.
    """
    examples = [commune if field.example is None else field.example for field in form.fields]
    cells = [each.replace(_OWN, departement) if isinstance(each, str) else each for each in examples]
    return [EXAMPLE_MARK + _shown(cells[0]), *cells[1:]]


def is_example_row(row: list[Any]) -> bool:
    """Whether the first cell that says something begins with « Exemple : ».

    >>> is_example_row(["Exemple : 40-001", "Mugron"]), is_example_row(["Exemple-le-Neuf", "Mugron"])
    (True, False)
    """
    first = next((cell for cell in row if cell not in (None, "")), None)
    return isinstance(first, str) and _MARKED.match(first) is not None


def is_untouched_example(row: list[Any], columns: Mapping[int, Field]) -> bool:
    """Whether a row is the example row as it was written: in each column of the form blank, or still the example."""
    if not is_example_row(row):
        return False
    known = [(row[index], field) for index, field in columns.items() if index < len(row)]
    return all(
        cell in (None, "") or field.example is None or _says_the_same(cell, field.example) for cell, field in known
    )


def _says_the_same(cell: Any, example: Any) -> bool:
    if isinstance(example, int | float) and isinstance(cell, int | float):
        return float(cell) == float(example)
    said, meant = fold(_MARKED.sub("", _shown(cell))), _shown(example)
    return said.endswith(fold(meant.removeprefix(_OWN))) if meant.startswith(_OWN) else said == fold(meant)


def _shown(value: Any) -> str:
    if isinstance(value, dt.date):
        return format_date(value.date() if isinstance(value, dt.datetime) else value)
    return str(value)

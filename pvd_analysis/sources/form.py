"""The form of a table as people write it: which headers stand for which column, and how each cell is read."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from pvd_analysis.values.text import fold
from pvd_analysis.vocabulary import TableDescription, column_dictionary, table_description, term_labels

_DEFAULTS = {"nature_fait": "constate", "statut": "annonce"}
_READING_OF = {"code_commune": "commune", "communes": "communes"}


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a form.

    ``reading`` names how its cells are read (a kind of the data dictionary, ``commune``, ``communes`` or
    ``code_insee``); ``is_control`` marks a column that is read to be checked and then left out, ``may_name_people`` one
    in which people write a name: what cannot be read there is never quoted. ``explanation`` says what to write in the
    column, and ``example`` is what the example row of an empty form says there (None: a commune).
    """

    column: str
    headers: tuple[str, ...]
    reading: str
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
        return self.reading in {"euros", "euros_point"}


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """One table as it is written in a sheet.

    ``personal_headers`` are columns that hold personal data and are never read; ``ignored_headers`` are known columns
    that say nothing the table needs. ``constants`` are the columns that the file does not have because it says them
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


@cache
def load_forms(document: str, table: str | None = None) -> tuple[Form, ...]:
    """Return the forms of one TOML file of this package.

    Parameters
    ----------
    document : str
        The file's name without ``.toml``.
    table : str, optional
        The table that every form feeds; by default the table that has the form's name.
    """
    content = dict(_document(document))
    shared, examples = content.pop("communs", {}), content.pop("exemples", {})
    content.pop("accompagnement", None)
    return tuple(
        _form(name, body, shared, examples, table_description(table or name)) for name, body in content.items()
    )


def companion_sheets(document: str, kind: str = "feuilles") -> frozenset[str]:
    """Return the folded names of the sheets that stand beside the tables of a document and are no table.

    Their ``kind`` is ``feuilles``, those that the analyst fills in or reads, or ``annotations``, those that only quote.
    """
    return frozenset(fold(name) for name in _document(document).get("accompagnement", {}).get(kind, ()))


@cache
def _document(name: str) -> Mapping[str, Any]:
    text = files(__package__).joinpath(f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _form(
    name: str, body: Mapping[str, Any], shared: Mapping[str, Any], examples: Mapping[str, Any], table: TableDescription
) -> Form:
    columns = dict(body["colonnes"])
    columns |= {column: headers for column, headers in shared.items() if column in table.columns}
    return Form(
        name=name,
        table=table,
        sheet_names=tuple(body.get("feuilles", ())),
        is_mandatory=bool(body.get("obligatoire", False)),
        fields=tuple(_field(column, said, table, body, examples) for column, said in columns.items()),
        personal_headers=tuple(body.get("personnel", ())),
        ignored_headers=tuple(body.get("ignorees", ())),
        constants=dict(body.get("constantes", {})),
        blanks=frozenset(body.get("vides", ())),
        listing=str(body.get("liste", "")),
        has_example_row="exemple" in body,
    )


def _field(
    column: str, said: Any, table: TableDescription, body: Mapping[str, Any], examples: Mapping[str, Any]
) -> Field:
    details = said if isinstance(said, dict) else {"entetes": said}
    described = column_dictionary()[column]
    kind = described["genre"].replace("libre", "texte")
    reading = str(details.get("lecture") or _READING_OF.get(column, kind))
    default = _DEFAULTS.get(column)
    return Field(
        column=column,
        headers=tuple(details["entetes"]),
        reading=reading,
        # what the file's form says of itself is not needed on each line
        is_required=column in table.required and default is None and column not in body.get("constantes", {}),
        is_control=bool(details.get("controle", False)),
        may_name_people=bool(details.get("nominatif", False)),
        default=default,
        explanation=str(body.get("aide", {}).get(column) or described["definition"]),
        example=body.get("exemple", {}).get(column, _example(reading, examples)),
    )


def _example(reading: str, examples: Mapping[str, Any]) -> Any:
    if reading.startswith("terme:"):
        return next(iter(term_labels(reading.removeprefix("terme:")).values()))
    return examples.get(reading)

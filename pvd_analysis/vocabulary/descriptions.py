"""What the data are: the columns, the tables, the indicators and the rules of the programme, as the files beside this module say it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Final, Literal, get_args

from pydantic import ConfigDict
from pydantic.dataclasses import dataclass as declaration

from pvd_analysis.declarations import declared, known, wrong
from pvd_analysis.vocabulary.lists import ATTRIBUTED_LISTS, terms, vocabulary_table

__all__ = [
    "ORIGIN",
    "Indicator",
    "Kind",
    "Rule",
    "TableDescription",
    "Version",
    "column_dictionary",
    "indicators",
    "phrase",
    "rule",
    "rules",
    "table_description",
    "table_descriptions",
]

ORIGIN: Final = ("fichier", "feuille", "ligne")
"""The columns that say where a row comes from."""

Kind = Literal["texte", "code", "euros", "nombre", "taux", "points", "date", "booleen", "origine", "reference"]
"""How the values of a column are shown."""


# « libre »: what people write freely, which no report shows.
_KINDS: Final = (*get_args(Kind), "libre")


@cache
def column_dictionary() -> Mapping[str, Mapping[str, str]]:
    """Return the data dictionary: of each column name its ``libelle``, ``genre`` and ``definition``."""
    described: dict[str, dict[str, str]] = vocabulary_table("columns").set_index("nom").to_dict("index")
    lists = {*ATTRIBUTED_LISTS, *vocabulary_table("termes")["liste"]}
    for name, said in described.items():
        known(said["genre"], {*_KINDS, *(f"terme:{each}" for each in lists)}, __package__, "columns.csv", key=name)
    return described


@dataclass(frozen=True, slots=True)
class TableDescription:
    """What one table of the dataset holds, as ``tables.toml`` says it.

    ``fact`` are the columns that tell a fact of its département from the others, from one delivery to the next;
    ``alias`` those by which it is known again when its name was changed; ``state`` is the column that says how far it is.
    """

    name: str
    description: str
    columns: tuple[str, ...]
    required: frozenset[str]
    key: tuple[str, ...]
    amount: str | None
    dates: tuple[str, ...]
    fact: tuple[str, ...]
    alias: tuple[str, ...]
    state: str | None

    def kind(self, column: str) -> str:
        """Return the kind of a column (``euros``, ``date``, ``terme:famille``…); the precision of a date is a text."""
        return "texte" if column.endswith("_precision") else column_dictionary()[column]["genre"]

    @property
    def all_columns(self) -> tuple[str, ...]:
        """The columns in order, with the precision of each date beside it and the origin of the row at the end."""
        columns: list[str] = []
        for column in self.columns:
            columns.append(column)
            if self.kind(column) == "date":
                columns.append(f"{column}_precision")
        return (*columns, *ORIGIN)


@declaration(frozen=True, config=ConfigDict(extra="forbid"))
class _Table:
    """What ``tables.toml`` says of one table, in its own words."""

    description: str
    colonnes: tuple[str, ...]
    montant: str | None = None
    cle: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()
    fait: tuple[str, ...] = ()
    alias: tuple[str, ...] = ()
    etat: str | None = None


@cache
def table_descriptions() -> Mapping[str, TableDescription]:
    """Return the description of every table, by name, in the order of ``tables.toml``."""
    return {name: _description(name, said) for name, said in declared(__package__, "tables.toml", _Table).items()}


def _description(name: str, said: _Table) -> TableDescription:
    columns = tuple(column.rstrip("!") for column in said.colonnes)
    for column in columns:
        known(column, column_dictionary(), __package__, "tables.toml", name, "colonnes")
    for key in ("montant", "cle", "dates", "fait", "alias", "etat"):
        named = getattr(said, key) or ()
        for column in (named,) if isinstance(named, str) else named:
            known(column, columns, __package__, "tables.toml", name, key)
    return TableDescription(
        name=name,
        description=said.description,
        columns=columns,
        required=frozenset(column.rstrip("!") for column in said.colonnes if column.endswith("!")),
        key=said.cle,
        amount=said.montant,
        dates=said.dates,
        fact=said.fait,
        alias=said.alias,
        state=said.etat,
    )


def table_description(name: str) -> TableDescription:
    """Return the description of one table."""
    return table_descriptions()[name]


@declaration(frozen=True, config=ConfigDict(extra="forbid"))
class Indicator:
    """What ``indicateurs.toml`` says of one indicator; ``calcul`` is blank when the analyst enters its values.

    ``calcul`` and ``cible`` name what computes its value and its target (`pvd_analysis.analysis.indicators`).
    """

    nom: str
    unite: str
    genre: Literal["euros", "nombre", "taux"]
    sens: Literal["hausse", "baisse", "neutre"]
    definition: str
    source: str
    calcul: str = ""
    cible: str = ""


@cache
def indicators() -> Mapping[str, Indicator]:
    """Return what is said of each indicator, by name."""
    return declared(__package__, "indicateurs.toml", Indicator)


@declaration(frozen=True, config=ConfigDict(extra="forbid"))
class Version:
    """One version of a rule that limits aids, in force from a day until the next version."""

    depuis: dt.date
    texte: str
    base: Literal["financement_public", "assiette"]
    comptent: Literal["aides_publiques", "dispositifs"]
    plafond: Decimal
    plafond_chef_de_file: Decimal | None = None
    taux_minimal: Decimal | None = None


@declaration(frozen=True, config=ConfigDict(extra="forbid"))
class Reserve:
    """The départements in which the law has another limit for some works, and what must be known there."""

    departements: tuple[str, ...]
    texte: str


@declaration(frozen=True, config=ConfigDict(extra="forbid"))
class Rule:
    """A rule of the programme or of the law, as ``regles.toml`` says it; ``versions`` are those of a rule that limits aids."""

    libelle: str
    source: str
    texte: str
    en_vigueur_depuis: dt.date
    article: str = ""
    lecture_legale: str = ""
    lecture_usuelle: str = ""
    delai_mois: int = 0
    alerte_mois: int = 0
    taux_maximal: Decimal = Decimal(0)
    taux_bdt_maximal: Decimal = Decimal(0)
    alerte: str = ""
    famille_a_verifier: str = ""
    dispositifs: tuple[str, ...] = ()
    exempts: tuple[str, ...] = ()
    hors: tuple[str, ...] = ()
    derogations: tuple[str, ...] = ()
    reserve: Reserve | None = None
    versions: tuple[Version, ...] = ()


@cache
def rules() -> Mapping[str, Rule]:
    """Return the rules of ``regles.toml``, by name.

    Raises
    ------
    DeclarationError
        A key is unknown, a value is of another kind, a dispositif or a finding is not in the vocabulary, or versions are not in their order.
    """
    found = declared(__package__, "regles.toml", Rule)
    for name, said in found.items():
        for key, values, list_name in (
            ("dispositifs", said.dispositifs, set(terms("dispositif").index)),
            ("hors", said.hors, set(terms("nature_maitre_ouvrage").index)),
            ("alerte", (said.alerte,), {"", *vocabulary_table("findings")["regle"]}),
            ("famille_a_verifier", (said.famille_a_verifier,), {"", *terms("famille").index}),
        ):
            for value in values:
                known(value, list_name, __package__, "regles.toml", name, key)
        days = [version.depuis for version in said.versions]
        if days != sorted(set(days)):
            raise wrong(__package__, "regles.toml", "its versions are not in the order of their days", name, "depuis")
    return found


def rule(name: str) -> Rule:
    """Return one rule of ``regles.toml``."""
    return rules()[name]


@cache
def _phrases() -> Mapping[str, Mapping[str, str]]:
    return declared(__package__, "phrases.toml", dict[str, str])


def phrase(subject: str, case: str, **words: str) -> str:
    """Return a sentence of ``phrases.toml`` with its words.

    >>> phrase("inconnu", "cadre", communes="Mugron")
    'La convention-cadre valant ORT de Mugron'
    """
    return _phrases()[subject][case].format(**words)

"""The controlled lists and rules of the domain, kept as data files beside this module.

One loader per shape of file (a CSV table, a TOML document); nothing here lists cases in code.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal, get_args

import pandas as pd
from pydantic import ConfigDict
from pydantic.dataclasses import dataclass as declaration
from rapidfuzz import fuzz, process

from pvd_analysis.declarations import declared, known, wrong
from pvd_analysis.values.text import fold

__all__ = [
    "Indicator",
    "Kind",
    "Rule",
    "TableDescription",
    "ambiguous_terms",
    "column_dictionary",
    "document",
    "get_ready",
    "indicators",
    "match_term",
    "misspelt_term",
    "nearest_terms",
    "rule",
    "table_description",
    "table_descriptions",
    "term_label",
    "term_labels",
    "term_place",
    "terms",
    "terms_named",
    "vocabulary_table",
]

Kind = Literal["texte", "code", "euros", "nombre", "taux", "points", "date", "booleen", "origine", "reference"]
"""How the values of a column are shown."""

# « libre »: what people write freely, which no report shows.
_KINDS: Final = (*get_args(Kind), "libre")
# Of a list, the columns that hold codes of another one.
_LEADS_TO: Final = {"dispositif": {"famille": "famille", "financeur": "financeur"}}

_AGREEMENT = re.compile(r"(?<=\w{3})(?:ees?|es?|s)$")
_YEAR = re.compile(r"(?:\b(?:exercice|annee|programmation|campagne) )?\b20\d\d\b")
_INITIALS = re.compile(r"\b[a-z](?: [a-z]\b)+")
_LINKS = frozenset({"a", "au", "aux", "d", "de", "des", "du", "et", "l", "la", "le", "les"})
# Three letters of four, and what turns its meaning round or makes it another one.
_MISSPELT = 75
_SAYS = re.compile(r"\b(?:non|pas|sans|in\w+|\d+)\b|\d+")
_ATTRIBUTED_LISTS = {
    "dispositif": "dispositifs",
    "financeur": "financeurs",
    "financeur_avis": "financeurs",
    "famille": "familles",
    "avis": "avis",
}
# The committee of a region pays nothing; public persons and the committee give opinions.
_PART_OF_LIST = {"financeur": "nature != 'comite'", "financeur_avis": "nature in ['public', 'comite']"}


@cache
def vocabulary_table(name: str) -> pd.DataFrame:
    """Return the CSV file `name` of this package, every cell a string and blanks as ``""``."""
    with files(__package__).joinpath(f"{name}.csv").open(encoding="utf-8") as stream:
        return pd.read_csv(stream, dtype=str, keep_default_na=False)


@cache
def document(name: str) -> Mapping[str, Any]:
    """Return the TOML file `name` of this package."""
    text = files(__package__).joinpath(f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def column_dictionary() -> Mapping[str, Mapping[str, str]]:
    """Return the data dictionary: of each column name its ``libelle``, ``genre`` and ``definition``."""
    described: dict[str, dict[str, str]] = vocabulary_table("columns").set_index("nom").to_dict("index")
    lists = {*_ATTRIBUTED_LISTS, *vocabulary_table("termes")["liste"]}
    for name, said in described.items():
        known(said["genre"], {*_KINDS, *(f"terme:{each}" for each in lists)}, __package__, "columns.csv", key=name)
    return described


@cache
def terms(name: str) -> pd.DataFrame:
    """Return a controlled list, indexed by ``code``, with at least ``libelle`` and ``synonymes``.

    Raises
    ------
    KeyError
        When no list has that name.
    """
    if name in _ATTRIBUTED_LISTS:
        table = vocabulary_table(_ATTRIBUTED_LISTS[name])
        table = table.query(_PART_OF_LIST[name]) if name in _PART_OF_LIST else table
    else:
        table = vocabulary_table("termes").query("liste == @name").drop(columns="liste")
    if table.empty:
        raise KeyError(f"no controlled list named {name!r}")
    for column, others in _LEADS_TO.get(name, {}).items():
        for code, leads_to in zip(table["code"], table[column], strict=True):
            known(leads_to, terms(others).index, __package__, f"{_ATTRIBUTED_LISTS[name]}.csv", key=code)
    return table.set_index("code")


def get_ready() -> None:
    """Read the lists, the rules and the descriptions that are else read at the first need."""
    table_descriptions()
    column_dictionary()
    indicators()
    document("regles")
    for name in (*_ATTRIBUTED_LISTS, *vocabulary_table("termes")["liste"].unique()):
        terms(name)


@cache
def term_labels(name: str) -> Mapping[str, str]:
    """Return the label of each code of a list."""
    labels: dict[str, str] = terms(name)["libelle"].to_dict()
    return labels


def term_label(name: str, code: str) -> str:
    """Return the label of one code, or the code itself when the list does not have it."""
    return term_labels(name).get(code, code)


@cache
def _written_forms(name: str) -> Mapping[str, str]:
    """Return each folded written form (code, label, synonym) of a list, with its code."""
    forms: dict[str, str] = {}
    table = terms(name)
    for code, row in table.iterrows():
        for written in (str(code), str(row["libelle"]), *str(row["synonymes"]).split("|")):
            form = _term_key(written)
            if forms.setdefault(form, str(code)) != code and form:
                said = f"list {name!r}: « {written} » is both {forms[form]!r} and {code!r}; write it for one of them"
                file = _ATTRIBUTED_LISTS.get(name)
                raise wrong(__package__, f"{file or 'termes'}.csv", said, key=str(code) if file else f"{name},{code}")
    forms.pop("", None)
    return forms


@cache
def _agreeing_forms(name: str) -> Mapping[str, str | None]:
    """Return the written forms of a list by their stems; None for one that two codes share."""
    forms: dict[str, str | None] = {}
    for form, code in _written_forms(name).items():
        stem = _stem(form)
        forms[stem] = code if forms.get(stem, code) == code else None
    return forms


def _term_key(written: str) -> str:
    """Return a term folded, its initials as one word: « D.E.T.R. » is « detr »."""
    return _INITIALS.sub(_joined, fold(written))


def _joined(initials: re.Match[str]) -> str:
    # « à l'investissement » has two
    letters = initials[0].split()
    return initials[0] if _LINKS.issuperset(letters) else "".join(letters)


def _stem(form: str) -> str:
    """Return a form without the marks of gender and number, articles and the words that link others."""
    return " ".join(_AGREEMENT.sub("", word) for word in form.split() if word not in _LINKS)


@cache
def _of_list(document: str, name: str) -> tuple[tuple[str, str], ...]:
    """Return the rows of a vocabulary file that concern a list: what is written, and what it leads to."""
    rows = vocabulary_table(document).itertuples(index=False, name=None)
    return tuple((written, leads_to) for lists, written, leads_to in rows if name in lists.split("|"))


def match_term(name: str, written: str) -> str | None:
    """Return the code of a written term: one of its written forms, in any gender and number.

    Articles, the dots of initials and a year do not count. What means two things (``ambigus.csv``) is none of them.

    >>> match_term("dispositif", "DSIL exc"), match_term("dispositif", "DETR 2021"), match_term("financeur", "CD 40")
    ('dsil_exceptionnelle', 'detr', 'departement')
    >>> match_term("dispositif", "D.E.T.R."), match_term("dispositif", "Dotation Equipement Territoires Ruraux")
    ('detr', 'detr')
    >>> match_term("statut_financement", "Refusées"), match_term("financeur", "CdC")
    ('refuse', None)
    >>> match_term("dispositif", "DSIL excellente") is None
    True
    """
    key = _term_key(written)
    if ambiguous_terms(name, written):
        return None
    forms, agreeing = _written_forms(name), _agreeing_forms(name)
    undated = " ".join(_YEAR.sub(" ", key).split())
    for form in (key, undated):
        code = forms.get(form) or agreeing.get(_stem(form)) if form else None
        if code is not None:
            return code
    return next((code for pattern, code in _of_list("motifs", name) if re.fullmatch(pattern, key)), None)


def term_place(name: str, written: str) -> tuple[str, str] | None:
    """Return the kind and the name of the place that a term names (``motifs.csv``), None when it names none.

    >>> term_place("financeur", "CD 40"), term_place("financeur", "Région Occitanie"), term_place("financeur", "Région")
    (('departement', '40'), ('region', 'occitanie'), None)
    """
    found = (re.fullmatch(pattern, _term_key(written)) for pattern, _ in _of_list("motifs", name))
    named = next((match.groupdict() for match in found if match), {})
    return next(((kind, place) for kind, place in named.items() if place), None)


def terms_named(name: str, text: str) -> list[str]:
    """Return the labels of the terms of a list that a free text names, in its order; what else it says is left out.

    >>> terms_named("partenaire", "Cerema, avec la BDT et Mme Quermonne")
    ['Cerema', 'BDT']
    """
    said = f" {_term_key(text)} "
    places = {code: said.find(f" {form} ") for form, code in _written_forms(name).items() if f" {form} " in said}
    return [term_label(name, code) for code in sorted(places, key=places.__getitem__)]


def ambiguous_terms(name: str, written: str) -> list[str]:
    """Return the labels that a written term may all mean, nothing when it is not ambiguous.

    >>> ambiguous_terms("financeur", "CDC")
    ['Banque des territoires', 'EPCI']
    """
    codes = next((codes for form, codes in _of_list("ambigus", name) if _term_key(form) == _term_key(written)), "")
    return [term_label(name, code) for code in codes.split("|") if code]


def nearest_terms(name: str, written: str, limit: int = 3) -> list[str]:
    """Return the labels nearest to a written term, as examples of what is expected."""
    found = process.extract(fold(written), list(_written_forms(name)), limit=3 * limit, score_cutoff=50)
    labels = [term_label(name, _written_forms(name)[form]) for form, _, _ in found]
    return list(dict.fromkeys(labels))[:limit]


def misspelt_term(name: str, written: str) -> str | None:
    """Return the label of the only term that a written one is a misspelling of, None when it may mean another thing.

    A proposal that falsifies is worse than none: the letters are almost the same, and so are the numbers and negations.

    >>> misspelt_term("statut_financement", "acordé"), misspelt_term("etat_poste", "pas pourvu")
    ('accordé', None)
    """
    folded, forms = fold(written), _written_forms(name)
    found = process.extract(folded, list(forms), scorer=fuzz.ratio, limit=4, score_cutoff=_MISSPELT)
    codes = {forms[form] for form, _, _ in found if _SAYS.findall(form) == _SAYS.findall(folded)}
    return term_label(name, codes.pop()) if len(codes) == 1 else None


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
        """Return the kind of a column (``euros``, ``date``, ``terme:famille``…)."""
        return column_dictionary()[column]["genre"]

    @property
    def all_columns(self) -> tuple[str, ...]:
        """The columns in order, with the precision of each date beside it and the origin of the row at the end."""
        columns: list[str] = []
        for column in self.columns:
            columns.append(column)
            if self.kind(column) == "date":
                columns.append(f"{column}_precision")
        return (*columns, "fichier", "feuille", "ligne")


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


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the programme, with its source and the day from which it holds."""

    name: str
    label: str
    source: str
    text: str
    figures: Mapping[str, Any]


def rule(name: str) -> Rule:
    """Return one rule of ``regles.toml``."""
    body = document("regles")[name]
    return Rule(name, body["libelle"], body["source"], body["texte"], dict(body))

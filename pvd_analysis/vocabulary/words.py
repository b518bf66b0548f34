"""The words of people, matched to the codes of the controlled lists."""

import re
from collections.abc import Mapping
from functools import cache

from rapidfuzz import fuzz, process

from pvd_analysis.declarations import wrong
from pvd_analysis.values.text import fold
from pvd_analysis.vocabulary.descriptions import column_dictionary, indicators, rules, table_descriptions
from pvd_analysis.vocabulary.lists import ATTRIBUTED_LISTS, term_label, terms, vocabulary_table

__all__ = ["ambiguous_terms", "get_ready", "match_term", "misspelt_term", "nearest_terms", "term_place", "terms_named"]

_AGREEMENT = re.compile(r"(?<=\w{3})(?:ees?|es?|s)$")


_YEAR = re.compile(r"(?:\b(?:exercice|annee|programmation|campagne) )?\b20\d\d\b")


_INITIALS = re.compile(r"\b[a-z](?: [a-z]\b)+")


_LINKS = frozenset({"a", "au", "aux", "d", "de", "des", "du", "et", "l", "la", "le", "les"})


# Three letters of four, and what turns its meaning round or makes it another one.
_MISSPELT = 75


_SAYS = re.compile(r"\b(?:non|pas|sans|in\w+|\d+)\b|\d+")


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
                file = ATTRIBUTED_LISTS.get(name)
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


def get_ready() -> None:
    """Read the lists and the descriptions that are else read at the first need."""
    table_descriptions()
    column_dictionary()
    indicators()
    rules()
    for name in (*ATTRIBUTED_LISTS, *vocabulary_table("termes")["liste"].unique()):
        _agreeing_forms(name)
        for beside in ("motifs", "ambigus"):
            _of_list(beside, name)

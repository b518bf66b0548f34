"""The forms under which two written names of towns are compared."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from pvd_analysis.values.text import fold

_SUR = re.compile(r"\bs\s?/", re.IGNORECASE)
_SOUS = re.compile(r"\b(?:ss|s/s)\s?/|(?<!\S)/s\b", re.IGNORECASE)
_IN_BRACKETS = re.compile(r"[(\[]([^()\[\]]*)[)\]]?\s*$")
_ARTICLES = frozenset({"l", "la", "le", "les"})


@dataclass(frozen=True, slots=True)
class _Words:
    abbreviations: dict[str, str]
    links: frozenset[str]
    before: tuple[str, ...]
    after: tuple[str, ...]


@cache
def _words() -> _Words:
    content = tomllib.loads(files(__package__).joinpath("mots.toml").read_text(encoding="utf-8"))
    return _Words(
        abbreviations=content["abreviations"],
        links=frozenset(content["liaisons"]["mots"]),
        before=tuple(content["qualificatifs"]["devant"]),
        after=tuple(content["qualificatifs"]["apres"]),
    )


@lru_cache(maxsize=100_000)
def full_key(name: str) -> str:
    """Return the name folded, abbreviations written out and a bracketed article put back in front.

    >>> full_key("St-Sever"), full_key("Aire s/ l’Adour"), full_key("FARLEDE (La)")
    ('saint sever', 'aire sur l adour', 'la farlede')
    """
    written = _SUR.sub("sur ", _SOUS.sub("sous ", name)) if "/" in name else name
    brackets = _IN_BRACKETS.search(written) if "(" in written or "[" in written else None
    if brackets and fold(brackets[1]) in _ARTICLES:
        written = f"{brackets[1]} {written[: brackets.start()]}"
    abbreviations, folded = _words().abbreviations, fold(written)
    if " " not in folded:  # half of the names
        return abbreviations.get(folded, folded)
    return " ".join([abbreviations.get(word, word) for word in folded.split(" ")])


def bare_key(key: str) -> str:
    """Return a full key without what is said of the town before or after its name.

    >>> bare_key("commune de mugron"), bare_key("val fouzon commune nouvelle"), bare_key("mugron")
    ('mugron', 'val fouzon', 'mugron')
    """
    for words in _words().before:
        if key.startswith(words + " "):
            key = key.removeprefix(words + " ")
            break
    for words in _words().after:
        if key.endswith(" " + words):
            return key.removesuffix(" " + words)
    return key


def without_brackets(name: str) -> tuple[str, str] | None:
    """Return a name before its brackets, and what the brackets hold; None when it has no brackets.

    >>> without_brackets("VALMY (dérogation accordée)")
    ('VALMY', 'dérogation accordée')
    """
    brackets = _IN_BRACKETS.search(name)
    if brackets is None or not name[: brackets.start()].strip():
        return None
    return name[: brackets.start()].strip(), brackets[1].strip()


def slash_as_sur(name: str) -> str:
    """Return the name with its slashes read as « sur », as in ``BEAUSSAIS/MER``."""
    return name.replace("/", " sur ")


def loose_key(key: str) -> str:
    """Return a full key without articles and link words.

    >>> loose_key("aire sur l adour"), loose_key("aire sur adour")
    ('aire sur adour', 'aire sur adour')
    """
    links = _words().links
    if " " not in key:
        return "" if key in links else key
    return " ".join([word for word in key.split() if word not in links])


def joined_key(key: str) -> str:
    """Return a full key as one word.

    >>> joined_key("la fare") == joined_key("lafare")
    True
    """
    return key.replace(" ", "")

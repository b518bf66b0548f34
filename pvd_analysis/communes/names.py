"""The names that the communes of some départements bear or have borne, and the comparisons by which one is known."""

import re
from collections.abc import Callable, Iterable, Iterator, Set
from dataclasses import dataclass, field
from functools import cached_property, lru_cache, partial
from typing import Literal, TypeAlias

from rapidfuzz import fuzz, process

from pvd_analysis.communes.referentiel import Referentiel
from pvd_analysis.communes.writing import bare_key, full_key, joined_key, loose_key, slash_as_sur, without_brackets

How = Literal[
    "exact",
    "ancien nom",
    "sans article",
    "mots joints",
    "code",
    "code postal",
    "ambigu",
    "contradiction",
    "hors département",
    "département inconnu",
    "introuvable",
]

PROPOSALS = 3
_NEAR = 70
_SAME_WORDS = 90
_SAME_NAME = 85
_SHORTEST = 3
_NONE: frozenset[str] = frozenset()
# « s/ » and « /s » abbreviate sur and sous (« Aire s/ l'Adour », « Briis /s Forges »), and a date is not two towns
# (DGCL 2018: « POLLIAT début tvx 22/10/18 »): these slashes separate nothing.
BETWEEN = re.compile(r"(?<!\bs)(?<!\bs )(?<!\bss)(?<!\bss )/(?!s\b)(?!\d\d?\b)|[+;,&]", re.IGNORECASE)
AND = re.compile(r"\s+et\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CommuneMatch:
    """The commune that a written name leads to, or those it may mean.

    Attributes
    ----------
    code
        The INSEE code of the commune of today; None when the name is not accepted.
    how
        How the name was recognised, or why it was not, in French.
    meant, near
        The communes that it may mean, and the search for near names when there are none.
    """

    code: str | None
    how: How
    meant: tuple[tuple[str, str], ...] = ()
    near: Callable[[], tuple[tuple[str, str], ...]] = field(default=tuple, compare=False, repr=False)

    @property
    def proposals(self) -> tuple[tuple[str, str], ...]:
        """Code and name of up to three communes, for a person to choose from when the name is not accepted.

        Many names are tried, in many départements, and few are shown: near ones are searched for when they are asked for.
        """
        return self.meant or self.near()


@dataclass
class Names:
    """The names of some départements, each form leading to the codes of the communes that bear it."""

    referentiel: Referentiel
    is_whole_country: bool = False
    current: dict[str, set[str]] = field(default_factory=dict)
    former: dict[str, set[str]] = field(default_factory=dict)
    searched: dict[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)

    def add_current(self, name: str, code: str) -> None:
        """Add a name of today."""
        self.current.setdefault(full_key(name), set()).add(code)

    def add_former(self, name: str, code: str) -> None:
        """Add a name that a commune, or a part of it, bore."""
        self.former.setdefault(full_key(name), set()).add(code)

    # Most names are found as they are: the looser forms are only made in the départements where one is not.
    @cached_property
    def names_of(self) -> dict[str, list[str]]:
        """The names that each commune bears or has borne."""
        names: dict[str, list[str]] = {}
        for name, codes in (*self.current.items(), *self.former.items()):
            for code in codes:
                names.setdefault(code, []).append(name)
        return names

    @cached_property
    def current_loose(self) -> dict[str, set[str]]:
        """The names of today without articles and link words."""
        return _rekeyed(loose_key, self.current)

    @cached_property
    def loose(self) -> dict[str, set[str]]:
        """All names without articles and link words."""
        return _rekeyed(loose_key, self.current, self.former)

    @cached_property
    def joined(self) -> dict[str, set[str]]:
        """All names as one word."""
        return _rekeyed(joined_key, self.current, self.former)

    def match(self, name: str) -> CommuneMatch:
        """Return the match of a name, or the names that are near it."""
        return self.known(name) or CommuneMatch(None, "introuvable", near=partial(self._nearest, name))

    def known(self, name: str) -> CommuneMatch | None:
        """Return the match of a name that some town bears, alone or with others; None when none does."""
        key = full_key(name)
        variants = [key, bare_key(key), *([full_key(slash_as_sur(name))] if "/" in name else [])]
        for variant in dict.fromkeys(variants):
            found = self._accepted(variant)
            if found is not None:
                return found
        return self._without_brackets(name)

    def _without_brackets(self, name: str) -> CommuneMatch | None:
        """Accept the name before its brackets, unless the brackets name another commune."""
        parts = without_brackets(name)
        found = self._accepted(bare_key(full_key(parts[0]))) if parts else None
        if parts is None or found is None or found.code is None:
            return found
        inside = [self._accepted(full_key(part)) for words in BETWEEN.split(parts[1]) for part in AND.split(words)]
        others = [match.code for match in inside if match and match.code not in (None, found.code)]
        if not others:
            return found
        return CommuneMatch(None, "ambigu", self._communes(dict.fromkeys([found.code, *filter(None, others)])))

    def _accepted(self, key: str) -> CommuneMatch | None:
        """Return the match of a key by the first comparison that knows it, None when none does."""
        for how, codes in self._comparisons(key):
            if len(codes) == 1:
                return CommuneMatch(next(iter(codes)), how)
            if codes:
                return CommuneMatch(None, "ambigu", self._communes(sorted(codes)))
        return None

    def _comparisons(self, key: str) -> Iterator[tuple[How, Set[str]]]:
        current, former = self.current.get(key, _NONE), self.former.get(key, _NONE)
        # Inside a département the name of today wins over the same name of the past; in the whole country the past of
        # one town and the present of another cannot be told apart.
        yield "exact", current | former if self.is_whole_country and current else current
        # « Chaume » is a former name of Chaume-et-Courchamp (21158), and La Chaume (21159) without its article.
        loose, joined = loose_key(key), joined_key(key)
        if former:
            yield "ancien nom", former | self.current_loose.get(loose, _NONE)
        if len(loose) >= _SHORTEST:
            yield "sans article", self.loose.get(loose, _NONE)
        if len(joined) >= _SHORTEST:
            yield "mots joints", self.joined.get(joined, _NONE)

    def may_mean(self, name: str, code: str) -> bool:
        """Whether a name that no town bears is one of this town's misspelt, cut short, or with a remark after it.

        DGCL 2018 has « YGOS » for Ygos-Saint-Saturnin and « CHATEAU GAILLARD début tvx 06/02/18 ».
        """
        key = bare_key(full_key(name))
        words = set(loose_key(key).split())
        own = self.names_of.get(code, ())
        return any(
            fuzz.ratio(key, other) >= _SAME_NAME
            or key.startswith(other + " ")
            or (words and words <= set(other.split()))
            for other in own
        )

    def _nearest(self, name: str) -> tuple[tuple[str, str], ...]:
        """Return the communes whose name is close letter by letter, then those whose words are all there.

        Of a name of the whole country nothing is proposed: some town is near to any word.
        """
        key = bare_key(full_key(name))
        if not key or self.is_whole_country:
            return ()
        if key not in self.searched:
            self.searched[key] = self._search(key)
        return self.searched[key]

    def _search(self, key: str) -> tuple[tuple[str, str], ...]:
        known = list(dict.fromkeys([*self.current, *self.former]))
        near = process.extract(key, known, scorer=fuzz.ratio, score_cutoff=_NEAR, limit=2 * PROPOSALS)
        near += process.extract(key, known, scorer=fuzz.token_set_ratio, score_cutoff=_SAME_WORDS, limit=PROPOSALS)
        near.sort(key=lambda found: -found[1])
        codes = [code for name, _, _ in near for code in sorted(self.current.get(name) or self.former[name])]
        return self._communes(dict.fromkeys(codes))

    def _communes(self, codes: Iterable[str]) -> tuple[tuple[str, str], ...]:
        return tuple((code, self.referentiel.commune_name(code)) for code in list(codes)[:PROPOSALS])


def _rekeyed(key: Callable[[str], str], *names: dict[str, set[str]]) -> dict[str, set[str]]:
    rekeyed: dict[str, set[str]] = {}
    for known in names:
        for written, codes in known.items():
            form = key(written)
            there = rekeyed.get(form)
            rekeyed[form] = codes if there is None else there | codes
    return rekeyed


@lru_cache(maxsize=256)
def names_in(referentiel: Referentiel, departements: frozenset[str] | None) -> Names:
    """Return the names of some départements, None for the whole country."""
    names = Names(referentiel, is_whole_country=departements is None)
    of_departement = _names_by_departement(referentiel)
    for departement in of_departement if departements is None else sorted(departements):
        current, former = of_departement.get(departement, ((), ()))
        for code, name in current:
            names.add_current(name, code)
        for code, name in former:
            names.add_former(name, code)
    return names


def get_ready(referentiel: Referentiel) -> None:
    """Make the look-ups of codes and names that are else made at the first need."""
    referentiel.get_ready()
    for departement in referentiel.departements.index:
        names = names_in(referentiel, frozenset({departement}))
        for form in ("current_loose", "loose", "joined"):
            getattr(names, form)


_Written: TypeAlias = list[tuple[str, str]]


@lru_cache(maxsize=8)
def _names_by_departement(referentiel: Referentiel) -> dict[str, tuple[_Written, _Written]]:
    """Return the codes and names of each département: those of today, and the former ones."""
    written: dict[str, tuple[_Written, _Written]] = {}
    communes = referentiel.communes.reset_index()[["code_commune", "nom", "code_departement"]].to_numpy(dtype=object)
    for code, name, home in communes:
        written.setdefault(home, ([], []))[0].append((code, name))
    former = referentiel.former.dropna(subset=["nom_ancien"])
    for code, name in former[["code_commune", "nom_ancien"]].to_numpy(dtype=object):
        written[referentiel.departement_of(code)][1].append((code, name))
    return written

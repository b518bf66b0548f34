"""The matching of a written town name to its INSEE code, inside its département."""

import re
from collections.abc import Callable, Iterable, Iterator, Set
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
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
    "ambigu",
    "contradiction",
    "hors département",
    "département inconnu",
    "introuvable",
]

_PROPOSALS = 3
_NEAR = 70
_SAME_WORDS = 90
_SAME_NAME = 85
_SHORTEST = 3
_NONE: frozenset[str] = frozenset()
_CODE = r"(?:[0-9][0-9AaBb][0-9]{3})"
_NAME_AND_CODE = re.compile(rf"(?P<name>.*?)\s*[(\[]\s*(?P<code>{_CODE})\s*[)\]]\s*", re.DOTALL)
_CODE_AND_NAME = re.compile(rf"\s*(?P<code>{_CODE})(?:\.0)?(?:\s*[-–—:]?\s+(?P<name>\S.*))?\s*", re.DOTALL)
# « s/ » and « /s » abbreviate sur and sous (« Aire s/ l'Adour », « Briis /s Forges »), and a date is not two towns
# (DGCL 2018: « POLLIAT début tvx 22/10/18 »): these slashes separate nothing.
_BETWEEN = re.compile(r"(?<!\bs)(?<!\bs )(?<!\bss)(?<!\bss )/(?!s\b)(?!\d\d?\b)|[+;,&]", re.IGNORECASE)
_PARTS = {"20": ("2A", "2B"), "97": ("97",), "98": ("98",)}
_LINE_BREAK = re.compile(r"[\n\r]+")
_AND = re.compile(r"\s+et\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CommuneMatch:
    """The commune that a written name leads to, or those it may mean.

    Attributes
    ----------
    code
        The INSEE code of the commune of today; None when the name is not accepted.
    proposals
        When it is not accepted: code and name of up to three communes, for a person to choose from.
    how
        How the name was recognised, or why it was not, in French.
    """

    code: str | None
    how: How
    proposals: tuple[tuple[str, str], ...] = ()


def match_commune(name: str, departement: str | None, referentiel: Referentiel) -> CommuneMatch:
    """Return the commune of a département that is written ``name``.

    The name is compared first without case, accents, hyphens and abbreviations (``St``, ``s/``), with the names of
    today, then with the former ones; next without articles and link words, then with its words joined. A name that
    two communes share is never accepted, nor is one that only looks like another: they are proposed. ``Name (code)``
    and a bare code are understood; a code that its name contradicts is not accepted.

    Parameters
    ----------
    name
        As someone wrote it.
    departement
        ``40``, ``040``, ``2A``, ``20A``, ``20`` (the whole of Corsica); None for the whole country.
    """
    return _cached_match(name, departement, referentiel)


def commune_code(name: str, departement: str, referentiel: Referentiel) -> str | None:
    """Return the INSEE code of the commune of a département that a name says by itself, or None.

    The comparisons are those of `match_commune`, but nothing is proposed: for the many names of a list that are no
    names of towns (« SYND RIVIERE AIN AVAL »).
    """
    scope = _scope(departement, referentiel)
    found = _names_in(referentiel, scope).known(name) if scope else None
    return found.code if found else None


def match_communes(
    cell: str, departement: str | None, referentiel: Referentiel
) -> tuple[tuple[str, CommuneMatch], ...]:
    """Return each part of a cell that names one or several communes, with its match, in the order of the cell.

    The parts stand between ``/``, ``+``, ``;``, ``,``, ``&``, line breaks or the word « et »; ``s/`` (sur) separates
    nothing. A commune written over two lines, or that has « et » in its name, stays whole.
    """
    parts = [part.strip() for part in _BETWEEN.split(cell) if part.strip()]
    found = [match for part in parts for match in _split_as_needed(part, (_LINE_BREAK, _AND), departement, referentiel)]
    if len(parts) > 1 and not all(match.code for _, match in found):
        whole = match_commune(cell, departement, referentiel)
        if whole.code is not None:
            return ((cell.strip(), whole),)
    return tuple(found)


def _split_as_needed(
    written: str, separators: tuple[re.Pattern[str], ...], departement: str | None, referentiel: Referentiel
) -> list[tuple[str, CommuneMatch]]:
    """Return the match of the whole, or of its parts when at least one of them is a commune and the whole is not."""
    match = match_commune(written, departement, referentiel)
    if match.code is not None or not separators:
        return [(written, match)]
    first, *others = separators
    found = [
        shorter
        for part in first.split(written)
        if part.strip()
        for shorter in _split_as_needed(part.strip(), tuple(others), departement, referentiel)
    ]
    return found if any(shorter.code for _, shorter in found) else [(written, match)]


@lru_cache(maxsize=200_000)
def _cached_match(name: str, departement: str | None, referentiel: Referentiel) -> CommuneMatch:
    scope = _scope(departement, referentiel)
    if scope is not None and not scope:
        return CommuneMatch(None, "département inconnu")
    with_code = _NAME_AND_CODE.fullmatch(name) or _CODE_AND_NAME.fullmatch(name)
    code = referentiel.resolve_code(with_code["code"]) if with_code else None
    if with_code and code is not None:
        return _match_code(code, with_code["name"] or "", scope, referentiel)
    return _names_in(referentiel, scope).match(with_code["name"] or name if with_code else name)


def _match_code(code: str, name: str, scope: frozenset[str] | None, referentiel: Referentiel) -> CommuneMatch:
    said = (code, referentiel.commune_name(code))
    home = referentiel.departement_of(code)
    if scope is not None and home not in scope:
        return CommuneMatch(None, "hors département", (said,))
    if not name.strip():
        return CommuneMatch(code, "code")
    names = _names_in(referentiel, frozenset({home}))
    by_name = names.known(name)
    # A misspelt name agrees with its code, unless it spells another town: BERRWILLER (68032) is not Bernwiller (68006).
    if by_name is None:
        agrees = names.may_mean(name, code)
    else:
        agrees = by_name.code == code or (by_name.how == "ambigu" and said in by_name.proposals)
    if agrees:
        return CommuneMatch(code, "code")
    by_name = by_name or names.match(name)
    meant = by_name.proposals if by_name.code is None else ((by_name.code, referentiel.commune_name(by_name.code)),)
    return CommuneMatch(None, "contradiction", (said, *(commune for commune in meant if commune != said))[:_PROPOSALS])


def _scope(departement: str | None, referentiel: Referentiel) -> frozenset[str] | None:
    """Return the départements to search: None for all of them, an empty set when the code is not one."""
    if departement is None:
        return None
    code = referentiel.departement_code(departement)
    if code is not None:
        return frozenset({code})
    # what several départements share: Corsica as « 20 », overseas as « 97 »
    within = _PARTS.get(re.sub(r"\.0$", "", departement.strip()).lstrip("0"))
    return frozenset(code for code in referentiel.departements.index if within and str(code).startswith(within))


@dataclass
class _Names:
    """The names of some départements, each form leading to the codes of the communes that bear it."""

    referentiel: Referentiel
    is_whole_country: bool = False
    current: dict[str, set[str]] = field(default_factory=dict)
    former: dict[str, set[str]] = field(default_factory=dict)

    def add_current(self, name: str, code: str) -> None:
        self.current.setdefault(full_key(name), set()).add(code)

    def add_former(self, name: str, code: str) -> None:
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
        return _rekeyed(loose_key, self.current)

    @cached_property
    def loose(self) -> dict[str, set[str]]:
        return _rekeyed(loose_key, self.current, self.former)

    @cached_property
    def joined(self) -> dict[str, set[str]]:
        return _rekeyed(joined_key, self.current, self.former)

    def match(self, name: str) -> CommuneMatch:
        return self.known(name) or CommuneMatch(None, "introuvable", self._nearest(bare_key(full_key(name))))

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
        inside = [self._accepted(full_key(part)) for words in _BETWEEN.split(parts[1]) for part in _AND.split(words)]
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

    def _nearest(self, key: str) -> tuple[tuple[str, str], ...]:
        """Return the communes whose name is close letter by letter, then those whose words are all there."""
        if not key:
            return ()
        known = list(dict.fromkeys([*self.current, *self.former]))
        near = process.extract(key, known, scorer=fuzz.ratio, score_cutoff=_NEAR, limit=2 * _PROPOSALS)
        near += process.extract(key, known, scorer=fuzz.token_set_ratio, score_cutoff=_SAME_WORDS, limit=_PROPOSALS)
        near.sort(key=lambda found: -found[1])
        codes = [code for name, _, _ in near for code in sorted(self.current.get(name) or self.former[name])]
        return self._communes(dict.fromkeys(codes))

    def _communes(self, codes: Iterable[str]) -> tuple[tuple[str, str], ...]:
        return tuple((code, self.referentiel.commune_name(code)) for code in list(codes)[:_PROPOSALS])


def _rekeyed(key: Callable[[str], str], *names: dict[str, set[str]]) -> dict[str, set[str]]:
    rekeyed: dict[str, set[str]] = {}
    for known in names:
        for written, codes in known.items():
            form = key(written)
            there = rekeyed.get(form)
            rekeyed[form] = codes if there is None else there | codes
    return rekeyed


@lru_cache(maxsize=256)
def _names_in(referentiel: Referentiel, departements: frozenset[str] | None) -> _Names:
    names = _Names(referentiel, is_whole_country=departements is None)
    of_departement = _names_by_departement(referentiel)
    for departement in of_departement if departements is None else sorted(departements):
        current, former = of_departement.get(departement, ((), ()))
        for code, name in current:
            names.add_current(name, code)
        for code, name in former:
            names.add_former(name, code)
    return names


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

"""The matching of a written town name to its INSEE code, inside its département."""

import re
from functools import lru_cache

from pvd_analysis.communes.names import AND, BETWEEN, PROPOSALS, CommuneMatch, names_in
from pvd_analysis.communes.referentiel import Referentiel

_CODE = r"(?:[0-9][0-9AaBb][0-9]{3})"
_NAME_AND_CODE = re.compile(rf"(?P<name>.*?)\s*[(\[]\s*(?P<code>{_CODE})\s*[)\]]\s*", re.DOTALL)
_CODE_AND_NAME = re.compile(rf"\s*(?P<code>{_CODE})(?:\.0)?(?:\s*[-–—:]?\s+(?P<name>\S.*))?\s*", re.DOTALL)
_NAME_THEN_CODE = re.compile(rf"(?P<name>.*[^\W\d]\)?)\s*[-–—:]?\s+(?P<code>{_CODE})\s*", re.DOTALL)
_DEPARTEMENT = r"(?P<departement>0?[0-9][0-9]|2[AaBb]|9[78][0-9])"
_WITH_DEPARTEMENT = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\s*{_DEPARTEMENT}(?:\s*[-–—:]\s*|\s+)(?P<name>[^\W\d].*)",
        rf"(?P<name>.*[^\W\d])\s*[-–—:]\s*{_DEPARTEMENT}\s*",
        r"(?P<name>.*[^\W\d])\s*[(\[](?P<departement>[^()\[\]]+)[)\]]\s*",
    )
)
# « Dax, 40100 » is one town.
_COMMA_BEFORE_CODE = re.compile(r"(?<=[^\W\d]),\s*(?=(?:\d{2,3}|\d{5})\s*$)")
_PARTS = {"20": ("2A", "2B"), "97": ("97",), "98": ("98",)}
LONGEST_CELL = 1_000
"""The most characters of a cell of towns: some sixty of them, and no post serves more."""
_LINE_BREAK = re.compile(r"[\n\r]+")
_DASH = re.compile(r"\s[-–—]\s")


def match_commune(name: str, departement: str | None, referentiel: Referentiel) -> CommuneMatch:
    """Return the commune of a département that is written ``name``.

    The name is compared first without case, accents, hyphens and abbreviations (``St``, ``s/``), with the names of
    today, then with the former ones; next without articles and link words, then with its words joined. A name that
    two communes share is never accepted, nor is one that only looks like another: they are proposed. ``Name (code)``,
    by INSEE code, postcode or département, and a bare INSEE code are understood; a code that its name contradicts is not
    accepted.

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
    found = names_in(referentiel, scope).known(name) if scope else None
    return found.code if found else None


def match_communes(
    cell: str, departement: str | None, referentiel: Referentiel
) -> tuple[tuple[str, CommuneMatch], ...]:
    """Return each part of a cell that names one or several communes, with its match, in the order of the cell.

    The parts stand between ``/``, ``+``, ``;``, ``,``, ``&``, line breaks, a dash between spaces or the word « et »; ``s/`` (sur) separates
    nothing. A commune written over two lines, or that has « et » in its name, stays whole.
    """
    if len(cell) > LONGEST_CELL:
        return ((cell, CommuneMatch(None, "introuvable")),)
    cell = _COMMA_BEFORE_CODE.sub(" - ", cell)
    parts = [part.strip() for part in BETWEEN.split(cell) if part.strip()]
    found = [match for part in parts for match in _split_as_needed(part, (_LINE_BREAK, AND), departement, referentiel)]
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
    if match.code is not None:
        return [(written, match)]
    if not separators:
        # a dash stands in many names, and before a département: it separates what is towns on both sides
        towns = [(part.strip(), match_commune(part.strip(), departement, referentiel)) for part in _DASH.split(written)]
        return towns if all(town.code for _, town in towns) else [(written, match)]
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
    patterns = (_NAME_AND_CODE, _CODE_AND_NAME, _NAME_THEN_CODE)
    if with_code := next((found for pattern in patterns if (found := pattern.fullmatch(name))), None):
        return _with_code(with_code["code"], with_code["name"] or "", name, scope, referentiel)
    for pattern in _WITH_DEPARTEMENT:
        said = pattern.fullmatch(name)
        if said and (home := referentiel.departement_code(said["departement"])):
            match = names_in(referentiel, frozenset({home})).match(said["name"])
            if scope is None or home in scope:
                return match
            meant = ((match.code, referentiel.commune_name(match.code)),) if match.code else match.proposals
            return CommuneMatch(None, "hors département", meant)
    return names_in(referentiel, scope).match(name)


def _with_code(
    number: str, name: str, written: str, scope: frozenset[str] | None, referentiel: Referentiel
) -> CommuneMatch:
    """Return the match of a name beside a number: an INSEE code, else a postcode, of that name."""
    code = referentiel.resolve_code(number)
    by_code = _match_code(code, name, scope, referentiel) if code is not None else None
    # in brackets, lists and proposals write INSEE codes: a postcode that is one too may be a slip
    if by_code and (by_code.code or _NAME_AND_CODE.fullmatch(written)):
        return by_code
    posted = referentiel.communes_of_postcode(number)
    homes = frozenset(map(referentiel.departement_of, posted))
    named = names_in(referentiel, homes).known(name) if name.strip() and homes else None
    meant = {named.code} if named and named.code else {code for code, _ in named.proposals} if named else set()
    if len(one := [each for each in posted if each in meant]) == 1:
        found = (one[0], referentiel.commune_name(one[0]))
        is_within = scope is None or referentiel.departement_of(one[0]) in scope
        return CommuneMatch(one[0], "code postal") if is_within else CommuneMatch(None, "hors département", (found,))
    if by_code:
        return by_code
    match = names_in(referentiel, scope).match(name or written)
    if match.code and posted and match.code not in posted:
        return CommuneMatch(None, "contradiction", ((match.code, referentiel.commune_name(match.code)),))
    return match


def _match_code(code: str, name: str, scope: frozenset[str] | None, referentiel: Referentiel) -> CommuneMatch:
    said = (code, referentiel.commune_name(code))
    home = referentiel.departement_of(code)
    if scope is not None and home not in scope:
        return CommuneMatch(None, "hors département", (said,))
    if not name.strip():
        return CommuneMatch(code, "code")
    names = names_in(referentiel, frozenset({home}))
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
    return CommuneMatch(None, "contradiction", (said, *(commune for commune in meant if commune != said))[:PROPOSALS])


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

"""Which place a line of a national list belongs to: its commune, its EPCI, or nobody; a doubt is a finding."""

import re
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from pvd_analysis.communes import Referentiel, commune_code, match_commune
from pvd_analysis.communes.writing import full_key
from pvd_analysis.constats import Constat, Origine
from pvd_analysis.values.text import fold
from pvd_analysis.vocabulary import match_term, term_label

ATTRIBUTION_COLUMNS = (
    *("code_departement", "type_beneficiaire"),
    *("code_commune_beneficiaire", "code_commune", "code_epci", "rattachement"),
)
_SIREN = re.compile(r"\d{9}(?:\.0)?", re.ASCII)
# Bodies whose address is a town, and whose projects may be anywhere: the line says where they sit, not where they build.
_SEATED = frozenset({"syndicat", "departement", "region", "autre"})
# The roots that the INSEE gave to one kind of bodies; 24 and 25 are of EPCI and of syndicats, and the newest, as 20, of
# all kinds (Morcenx-la-Nouvelle is 200084713).
_KIND_OF_ROOT = {"21": "commune", "22": "departement", "23": "region", "26": "autre"}
_KIND_OF_NAME = (
    ("epci", re.compile(r"(communaute (de communes|d agglomeration|urbaine)|cc|ca|cu|metropole)\b")),
    ("departement", re.compile(r"(conseil )?(departemental|departement)\b|collectivite europeenne")),
    ("region", re.compile(r"(conseil )?(regional|region)\b")),
    ("syndicat", re.compile(r"(syndicat|synd|siv[ou]m?|sivu|s m|smi?|pole metropolitain|pole d equilibre|petr)\b")),
)


class _Line(NamedTuple):
    """What a line says of its place, as the list writes it; the field names are those of the columns."""

    code_departement: str
    type_beneficiaire: str | None
    beneficiaire: str | None
    siren: str | None
    code_lieu: str | None
    nom_lieu: str | None
    forme_juridique: str | None
    exercice: str


class _Place(NamedTuple):
    """What a line leads to (`ATTRIBUTION_COLUMNS`), and why that is doubtful: a finding's rule and words."""

    departement: str | None
    kind: str | None
    beneficiary: str | None
    project: str | None
    epci: str | None
    link: str
    rule: str = ""
    found: str = ""
    proposal: str = ""


def attributed(rows: pd.DataFrame, referentiel: Referentiel) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the lines with the places that they belong to, and the doubts.

    A line has two places. The beneficiary's is where the list files it; the project's is only known when the
    beneficiary is a commune: its SIREN says so before its name, and before the service that filed the line. The project
    of a syndicat or of any other body is never put in the town where that body sits: that is said (``siege``). A code
    that its name contradicts leads nowhere (``contredit``). The département is that of the commune or of the EPCI, else
    the one that the list writes; blank when nothing tells it.

    Parameters
    ----------
    rows : pandas.DataFrame
        ``code_departement``, ``type_beneficiaire``, ``beneficiaire``, ``siren``, ``code_lieu`` (as the list writes it),
        ``nom_lieu`` (the town's name, where the list gives it beside the beneficiary's), ``forme_juridique``,
        ``exercice`` and ``intitule``.

    Returns
    -------
    tuple of pandas.DataFrame
        The rows with `ATTRIBUTION_COLUMNS`; and one row per doubt: its place, ``regle``, ``trouve``, ``proposition``.
    """
    # A list repeats its towns: each different line is looked up once.
    kinds, firsts = _kinds_of_lines(rows)
    said = (firsts[name].to_numpy(object, na_value=None) for name in _Line._fields)
    places = [_place(_Line._make(line), referentiel) for line in zip(*said, strict=True)]
    found = pd.DataFrame(places, columns=list(_Place._fields)).take(kinds).set_axis(rows.index)
    doubts = found.assign(**rows[["fichier", "feuille", "ligne"]])[found["rule"].ne("")]
    cited = _cited(doubts["beneficiary"], rows.loc[doubts.index, "intitule"], referentiel)
    doubts = doubts.assign(found=[f"{words}{more}" for words, more in zip(doubts["found"], cited, strict=True)])
    return (
        rows.assign(**dict(zip(ATTRIBUTION_COLUMNS, (found[name] for name in _Place._fields[:6]), strict=True))),
        doubts.rename(columns={"rule": "regle", "found": "trouve", "proposal": "proposition"}),
    )


def _kinds_of_lines(rows: pd.DataFrame) -> tuple[np.ndarray[Any, np.dtype[np.intp]], pd.DataFrame]:
    """Return which kind of line each row is (0, 1…: those that say the same of their place), and a row of each kind."""
    kinds = np.zeros(len(rows), dtype=np.intp)
    for name in _Line._fields:
        values, different = pd.factorize(rows[name])
        kinds = pd.factorize(kinds * (len(different) + 1) + values + 1)[0]
    _, firsts = np.unique(kinds, return_index=True)
    return kinds, rows.iloc[firsts]


def doubts_found(doubts: pd.DataFrame) -> list[Constat]:
    """Return the doubts of `attributed` as findings."""
    return [
        Constat(doubt.regle, Origine.of(doubt), trouve=doubt.trouve, proposition=doubt.proposition)
        for doubt in doubts.itertuples()
    ]


def _cited(codes: pd.Series, titles: pd.Series, referentiel: Referentiel) -> list[str]:
    """Return what is to be said of each line whose title names the town under which it is filed."""
    said = zip(codes.to_numpy(object, na_value=None), titles.to_numpy(object, na_value=None), strict=True)
    cites = [
        bool(code and title and full_key(referentiel.commune_name(code)) in full_key(title)) for code, title in said
    ]
    return [" ; l'intitulé cite cette commune" if is_cited else "" for is_cited in cites]


def _place(line: _Line, referentiel: Referentiel) -> _Place:
    written = line.code_lieu or ""
    # The list of 2019 has one column for the code of a commune and the SIREN of an EPCI.
    is_siren = _SIREN.fullmatch(written) is not None
    siren = written[:9] if is_siren and line.siren is None else line.siren
    code = referentiel.resolve_code(written) if written and not is_siren else None
    code = referentiel.in_year(code, line.exercice) if code else None
    own = referentiel.commune_of_siren(siren)
    own = referentiel.in_year(own, line.exercice) if own else None
    kind = "commune" if own else line.type_beneficiaire or _kind(line, siren, referentiel)
    place = _settled(line, kind, siren, code, own, referentiel)
    return _Place(_departement(line, place, siren, code, referentiel), kind, *place[2:])


def _kind(line: _Line, siren: str | None, referentiel: Referentiel) -> str | None:
    """Return what kind of body a beneficiary is, by its SIREN, its legal form or its name; None when nothing tells."""
    if referentiel.is_epci(siren):
        return "epci"
    form = match_term("type_beneficiaire", line.forme_juridique) if line.forme_juridique else None
    name = fold(line.beneficiaire or "")
    named = next((kind for kind, begins in _KIND_OF_NAME if begins.match(name)), None)
    return _KIND_OF_ROOT.get((siren or "")[:2]) or form or named or ("autre" if line.forme_juridique else None)


def _departement(
    line: _Line, place: _Place, siren: str | None, code: str | None, referentiel: Referentiel
) -> str | None:
    """Return the département of a line: that of its commune or EPCI, then the one that is written."""
    if place.link == "epci":
        home = referentiel.departement_of_epci(siren or "")
    else:
        home = referentiel.departement_of(place.beneficiary) if place.beneficiary else None
    written = referentiel.departement_code(line.code_departement)
    return home or written or (referentiel.departement_of(code) if code else None)


def _settled(
    line: _Line, kind: str | None, siren: str | None, code: str | None, own: str | None, referentiel: Referentiel
) -> _Place:
    if own is not None and code in (None, own):
        return _commune(own, "siren" if code is None else _link(own, line), referentiel)
    if kind != "commune" and referentiel.is_epci(siren):
        return _nowhere("epci")._replace(beneficiary=code, epci=siren)
    if kind in _SEATED:
        return _seat(code, kind, line, referentiel) if code else _nowhere("aucun")
    if kind == "epci":
        found = f"{line.beneficiaire or 'sans nom'} (SIREN {siren or 'absent'})"
        return _nowhere("aucun")._replace(beneficiary=code, rule="epci_introuvable", found=found)
    return _named(line, referentiel) if code is None else _coded(code, kind, own, line, referentiel)


def _nowhere(link: str) -> _Place:
    return _Place(None, None, None, None, None, link)


def _commune(code: str, link: str, referentiel: Referentiel) -> _Place:
    return _Place(None, None, code, code, referentiel.epci_of(code), link)


def _link(code: str, line: _Line) -> str:
    is_written = (line.code_lieu or "").upper().removesuffix(".0").zfill(5) == code
    return "commune" if is_written else "ancien_code"


def _coded(code: str, kind: str | None, own: str | None, line: _Line, referentiel: Referentiel) -> _Place:
    """Return the place of a line whose code is a commune's, unless its name is another's."""
    home = referentiel.departement_of(code)
    written = line.code_lieu or ""
    name = line.beneficiaire if kind == "commune" else line.nom_lieu
    if name and full_key(name) != full_key(referentiel.commune_name(code)):
        match = match_commune(f"{name} ({code})", home, referentiel)
        if match.code != code:
            if own is not None and commune_code(name, referentiel.departement_of(own), referentiel) == own:
                # the SIREN and the name agree: the code alone is at fault
                found = f"{name} (SIREN {line.siren}) avec le code {written}"
                return _commune(own, "siren", referentiel)._replace(rule="code_contredit", found=found, proposal=own)
            meant = [(match.code, referentiel.commune_name(match.code))] if match.code else match.proposals
            proposal = " ou ".join(f"{label} ({other})" for other, label in meant)
            found = f"{name} avec le code {written}"
            return _nowhere("contredit")._replace(rule="code_contredit", found=found, proposal=proposal)
    if kind == "commune" or commune_code(line.beneficiaire or "", home, referentiel) == code:
        return _commune(code, _link(code, line), referentiel)
    return _seat(code, kind, line, referentiel)


def _named(line: _Line, referentiel: Referentiel) -> _Place:
    """Return the place of a line without a code that leads anywhere: its name's, if one town alone bears it."""
    name = line.nom_lieu or line.beneficiaire
    match = match_commune(name, line.code_departement, referentiel) if name else None
    if match is not None and match.code is not None:
        found = f"{name}, {f'code {line.code_lieu}' if line.code_lieu else 'sans code'}"
        code = referentiel.in_year(match.code, line.exercice)
        return _commune(code, "nom", referentiel)._replace(rule="code_deduit_du_nom", found=found, proposal=code)
    proposal = " ou ".join(f"{label} ({code})" for code, label in match.proposals) if match else ""
    return _nowhere("aucun")._replace(rule="lieu_introuvable", found=name or "aucun nom", proposal=proposal)


def _seat(code: str, kind: str | None, line: _Line, referentiel: Referentiel) -> _Place:
    what = f" ({term_label('type_beneficiaire', kind)})" if kind and kind != "autre" else ""
    found = f"{line.beneficiaire or 'bénéficiaire sans nom'}{what}, ligne classée à {referentiel.commune_name(code)}"
    return _nowhere("siege")._replace(beneficiary=code, rule="attribution_douteuse", found=found)

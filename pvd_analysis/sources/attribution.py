"""Which place a line of a national list belongs to: its commune, its EPCI, or nobody; a doubt is a finding."""

import re
from typing import NamedTuple

import pandas as pd

from pvd_analysis.communes import Referentiel, commune_code, match_commune
from pvd_analysis.communes.writing import full_key

__all__ = ["ATTRIBUTION_COLUMNS", "attributed"]

ATTRIBUTION_COLUMNS = ("code_commune_beneficiaire", "code_commune", "code_epci", "rattachement")
_SIREN = re.compile(r"\d{9}(?:\.0)?", re.ASCII)
# Bodies whose address is a town, and whose projects may be anywhere: the line says where they sit, not where they build.
_SEATED = frozenset({"syndicat", "departement", "region", "autre"})


class _Line(NamedTuple):
    """What a line says of its place, as the list writes it; the field names are those of the columns."""

    code_departement: str
    type_beneficiaire: str | None
    beneficiaire: str | None
    siren: str | None
    code_lieu: str | None
    nom_lieu: str | None


class _Place(NamedTuple):
    """What a line leads to (`ATTRIBUTION_COLUMNS`), and why that is doubtful: a finding's rule and words."""

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
    beneficiary is a commune. The project of a syndicat or of any other body is never put in the town where that body
    sits: that is said (``siege``). A code that its name contradicts leads nowhere (``contredit``).

    Parameters
    ----------
    rows : pandas.DataFrame
        ``code_departement``, ``type_beneficiaire``, ``beneficiaire``, ``siren``, ``code_lieu`` (as the list writes it)
        and ``nom_lieu`` (the town's name, where the list gives it beside the beneficiary's).

    Returns
    -------
    tuple of pandas.DataFrame
        The rows with `ATTRIBUTION_COLUMNS`; and one row per doubt: ``ligne``, ``regle``, ``trouve``, ``proposition``.
    """
    said = (rows[name].to_numpy(object, na_value=None) for name in _Line._fields)
    lines = list(map(_Line._make, zip(*said, strict=True)))
    # A list repeats its towns: each different line is looked up once.
    places = {line: _place(line, referentiel) for line in dict.fromkeys(lines)}
    found = pd.DataFrame([places[line] for line in lines], columns=list(_Place._fields), index=rows.index)
    doubts = found.assign(ligne=rows["ligne"])[found["rule"].ne("")]
    return (
        rows.assign(**dict(zip(ATTRIBUTION_COLUMNS, (found[name] for name in _Place._fields[:4]), strict=True))),
        doubts.rename(columns={"rule": "regle", "found": "trouve", "proposal": "proposition"}),
    )


def _place(line: _Line, referentiel: Referentiel) -> _Place:
    written = line.code_lieu or ""
    # The list of 2019 has one column for the code of a commune and the SIREN of an EPCI.
    is_siren = _SIREN.fullmatch(written) is not None
    siren = written[:9] if is_siren and line.siren is None else line.siren
    code = referentiel.resolve_code(written) if written and not is_siren else None
    kind = line.type_beneficiaire
    if kind != "commune" and referentiel.is_epci(siren):
        return _Place(code, None, siren, "epci")
    if kind in _SEATED:
        return _seat(code, line, referentiel) if code else _Place(None, None, None, "aucun")
    if kind == "epci":
        found = f"{line.beneficiaire or 'sans nom'} (SIREN {siren or 'absent'})"
        return _Place(code, None, None, "aucun", "epci_introuvable", found)
    return _named(line, referentiel) if code is None else _coded(code, line, referentiel)


def _coded(code: str, line: _Line, referentiel: Referentiel) -> _Place:
    """Return the place of a line whose code is a commune's, unless its name is another's."""
    home = referentiel.departement_of(code)
    written = line.code_lieu or ""
    is_a_commune = line.type_beneficiaire == "commune"
    name = line.beneficiaire if is_a_commune else line.nom_lieu
    if name and full_key(name) != full_key(referentiel.commune_name(code)):
        match = match_commune(f"{name} ({code})", home, referentiel)
        if match.code is None:
            proposal = " ou ".join(f"{label} ({other})" for other, label in match.proposals)
            return _Place(None, None, None, "contredit", "code_contredit", f"{name} avec le code {written}", proposal)
    if not is_a_commune:
        is_a_commune = commune_code(line.beneficiaire or "", home, referentiel) == code
    if not is_a_commune or home != line.code_departement:
        return _seat(code, line, referentiel)
    link = "commune" if written.upper().removesuffix(".0").zfill(5) == code else "ancien_code"
    return _Place(code, code, referentiel.epci_of(code), link)


def _named(line: _Line, referentiel: Referentiel) -> _Place:
    """Return the place of a line without a code that leads anywhere: its name's, if one town alone bears it."""
    name = line.nom_lieu or line.beneficiaire
    match = match_commune(name, line.code_departement, referentiel) if name else None
    if match is not None and match.code is not None:
        found = f"{name}, {f'code {line.code_lieu}' if line.code_lieu else 'sans code'}"
        epci = referentiel.epci_of(match.code)
        return _Place(match.code, match.code, epci, "nom", "code_deduit_du_nom", found, match.code)
    proposal = " ou ".join(f"{label} ({code})" for code, label in match.proposals) if match else ""
    return _Place(None, None, None, "aucun", "lieu_introuvable", name or "aucun nom", proposal)


def _seat(code: str, line: _Line, referentiel: Referentiel) -> _Place:
    found = f"{line.beneficiaire or 'bénéficiaire sans nom'}, ligne classée à {referentiel.commune_name(code)}"
    return _Place(code, None, None, "siege", "attribution_douteuse", found)

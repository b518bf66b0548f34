"""How one cell is read, by the kind of its column; and the identifiers of projects and posts, each of its département."""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pvd_analysis.communes import LONGEST_CELL, CommuneMatch, Referentiel, match_communes
from pvd_analysis.sources.sheet_traits import UnheldCell
from pvd_analysis.values import (
    Reading,
    format_number,
    read_amount,
    read_boolean,
    read_date,
    read_decimal,
    read_rate,
)
from pvd_analysis.values.text import fold
from pvd_analysis.vocabulary import ambiguous_terms, match_term, misspelt_term, nearest_terms, term_labels, term_place

_DASHES = frozenset({"", "-", "–", "—"})
# As many digits as an INSEE code and a postcode have, with what a spreadsheet makes of them.
_BARE_CODE = re.compile(r"\s*(\d{4,5})(?:[.,]0)?\s*", re.ASCII)
# A digit, or a few capitals: « 40-001 », « P1 », « A ».
_NUMBER = re.compile(r"(?=.*\d).{1,60}|[A-Z]{1,3}")
_CIVILITY = re.compile(r"\b(?:m|mr|mme|mlle|monsieur|madame|mademoiselle|dr)\b\.?\s+[^\W\d]", re.IGNORECASE)
_FIRST_TOWNS = 3
_DECIMAL_POINT = re.compile(r"[-+]?\d+\.\d+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Place:
    """Where the towns of a file are looked up: the reference list, and the département when the file has only one."""

    referentiel: Referentiel
    departement: str | None = None


_SIMPLE_READERS: dict[str, Callable[[Any], Reading[Any]]] = {
    "euros": read_amount,
    "euros_point": lambda cell: _read_computer_amount(cell),
    "siren": lambda cell: _read_siren(cell),
    "annee": lambda cell: _read_year(cell),
    "taux": read_rate,
    "points": read_rate,
    "date": read_date,
    "booleen": read_boolean,
    "nombre": read_decimal,
    "identifiant": lambda cell: _read_identifier(cell),
}
_FINDING_RULES = {
    "euros": "montant_illisible",
    "euros_point": "montant_illisible",
    "siren": "siren_illisible",
    "annee": "annee_illisible",
    "taux": "taux_illisible",
    "points": "taux_illisible",
    "date": "date_illisible",
    "booleen": "booleen_illisible",
    "nombre": "nombre_illisible",
    "identifiant": "identifiant_refuse",
    "commune": "commune_inconnue",
    "communes": "commune_inconnue",
    "code_insee": "code_commune_inconnu",
}


def finding_rule(kind: str) -> str:
    """Return the finding rule for a cell of that kind that could not be read."""
    return _FINDING_RULES.get(kind, "terme_inconnu")


def cell_reader(kind: str, place: Place) -> Callable[[Any], Reading[Any]]:
    """Return the function that reads the cells of a column of that kind."""
    if kind in _SIMPLE_READERS:
        return _SIMPLE_READERS[kind]
    if kind.startswith("terme:"):
        return lambda cell: _read_term(cell, kind.removeprefix("terme:"), place)
    if kind == "commune":
        return lambda cell: _read_commune(cell, place)
    if kind == "communes":
        return lambda cell: _read_communes(cell, place)
    if kind == "code_insee":
        return lambda cell: _read_insee_code(cell, place)
    return read_text


def read_text(cell: object) -> Reading[str]:
    """Read a cell as text: spaces folded, a whole number without its decimals, a date in ISO form."""
    return Reading(plain_text(cell))


def plain_text(cell: object) -> str | None:
    """Return what `read_text` reads: nothing of a text is ever refused."""
    if cell is None:
        return None
    if not isinstance(cell, str):
        if isinstance(cell, UnheldCell):
            return None
        if isinstance(cell, float) and cell.is_integer():
            cell = int(cell)
        cell = cell.isoformat()[:10] if isinstance(cell, dt.datetime | dt.date) else str(cell)
    text = " ".join(cell.split())
    # the same text as the cell is the same object: a long list has its titles once
    return None if text in _DASHES else cell if text == cell else text


def _read_computer_amount(cell: object) -> Reading[int]:
    """Read an amount that a computer wrote: its only separator is a decimal point, « 1.234 » is one euro."""
    if isinstance(cell, str) and _DECIMAL_POINT.fullmatch(cell.strip()):
        return read_amount(Decimal(cell.strip()))
    return read_amount(cell)


def _read_siren(cell: object) -> Reading[str]:
    """Read a SIREN, or the SIREN that a SIRET begins with; its leading zeros are given back, and 0 is a blank."""
    written = (read_text(cell).value or "").replace(" ", "").removesuffix(".0")
    if not written.strip("0"):
        return Reading()
    if written.isdigit() and len(written) in {13, 14}:
        return Reading(written.zfill(14)[:9])
    if written.isdigit() and len(written) <= 9:
        return Reading(written.zfill(9))
    return Reading(problem=f"« {written} » n'est pas un SIREN", expected="neuf chiffres, par exemple « 244000881 »")


def _read_identifier(cell: object) -> Reading[str]:
    """Read the number that the analyst gave: it is printed everywhere, and a person's name has no place there."""
    written = read_text(cell).value
    if written is None or (_NUMBER.fullmatch(written) and not _CIVILITY.search(written)):
        return Reading(written)
    return Reading(problem=f"« {written} » n'est pas un numéro", expected="un numéro, par exemple « 001 » ou « P1 »")


def _read_year(cell: object) -> Reading[str]:
    written = (read_text(cell).value or "").removesuffix(".0")
    if not written or re.fullmatch(r"20\d\d", written, re.ASCII):
        return Reading(written or None)
    return Reading(problem=f"« {written} » n'est pas une année", expected="quatre chiffres, par exemple « 2021 »")


def _read_term(cell: object, name: str, place: Place) -> Reading[str]:
    written = read_text(cell).value
    if written is None:
        return Reading()
    code = match_term(name, written)
    if code is not None:
        return _of_elsewhere(name, written, place) or Reading(code)
    meanings = ambiguous_terms(name, written)
    if meanings:
        return Reading(
            problem=f"« {written} » peut vouloir dire plusieurs choses",
            expected="le terme entier : " + ", ".join(f"« {label} »" for label in meanings),
            proposal=" ou ".join(meanings),
        )
    return Reading(
        problem=f"« {written} » n'est pas un terme connu",
        expected="un terme de la liste, par exemple : "
        + ", ".join(nearest_terms(name, written) or list(term_labels(name).values())[:3]),
        proposal=misspelt_term(name, written),
    )


def _of_elsewhere(name: str, written: str, place: Place) -> Reading[str] | None:
    """Refuse « CD 32 » in a classeur of the Landes, where the list has one Département and one Région: its own."""
    named = term_place(name, written)
    if named is None or place.departement is None:
        return None
    kind, said = named
    own = place.referentiel.departement_name(place.departement)
    if kind == "departement" and place.referentiel.departement_code(said) == place.departement:
        return None
    if kind == "region":
        own = place.referentiel.region_of_departement(place.departement) or own
        others = {fold(other) for other in place.referentiel.regions["nom"]} - {fold(own)}
        if fold(said) not in others:
            return None
    return Reading(
        problem=f"« {written} » n'est pas celui du territoire du classeur ({own})",
        expected=f"{'le Département' if kind == 'departement' else 'la Région'} du projet, ou un autre terme de la liste",
    )


def _read_commune(cell: object, place: Place) -> Reading[str]:
    found = _read_communes(cell, place)
    if found.value is not None and ";" in found.value:
        return Reading(
            problem=f"« {read_text(cell).value} » nomme plusieurs communes",
            expected="une seule commune par ligne, par exemple « Mugron »",
        )
    return found


def _read_communes(cell: object, place: Place) -> Reading[str]:
    written = read_text(cell).value
    if written is None:
        return Reading()
    if len(written) > LONGEST_CELL:
        return Reading(
            problem=f"un texte de {format_number(len(written))} caractères, « {written[:40]}… »",
            expected="le nom d'une commune, ou de quelques-unes séparées par « / »",
        )
    # A line break may stand between two towns. A cell of separators alone, « ; », names nothing: it is not understood.
    matches = match_communes(cell if isinstance(cell, str) else written, place.departement, place.referentiel) or [
        (written, CommuneMatch(None, "introuvable"))
    ]
    codes = [match.code for _, match in matches if match.code is not None]
    if (bare := next((found[1] for part, _ in matches if (found := _BARE_CODE.fullmatch(part))), None)) is not None:
        return _bare_code(bare, place.referentiel)
    unknown = [(part, match) for part, match in matches if match.code is None]
    if unknown:
        return _unknown_commune(unknown, place)
    return Reading(";".join(dict.fromkeys(codes)))


def _bare_code(number: str, referentiel: Referentiel) -> Reading[str]:
    """Refuse a number in a column of names: 40250 is the INSEE code of Saint-Avit, and the postcode of Mugron."""
    code, posted = referentiel.resolve_code(number), referentiel.communes_of_postcode(number)
    names = ", ".join(map(referentiel.commune_name, posted[:_FIRST_TOWNS])) + (
        ", …" if len(posted) > _FIRST_TOWNS else ""
    )
    ways = [f"{referentiel.commune_name(code)} (code INSEE {code})"] if code else []
    ways += [f"{names} (code postal {number.zfill(5)})"] if posted else []
    return Reading(
        problem=f"« {number} » est un nombre dans une colonne de noms : code INSEE ou code postal ?",
        expected="le nom de la commune, par exemple « Mugron » ou « 40250 Mugron »",
        proposal=" ou ".join(ways) or None,
    )


def _unknown_commune(unknown: list[tuple[str, CommuneMatch]], place: Place) -> Reading[str]:
    proposals = [f"{name} ({code})" for _, match in unknown[:_FIRST_TOWNS] for code, name in match.proposals]
    within = f" du département {place.departement}" if place.departement else ""
    return Reading(
        problem=", ".join(f"« {part} »" for part, _ in unknown) + " : commune introuvable",
        expected=f"le nom d'une commune{within}, par exemple « Saint-Sever »",
        proposal=" ou ".join(proposals) or None,
    )


def _read_insee_code(cell: object, place: Place) -> Reading[str]:
    written = read_text(cell).value
    if written is None:
        return Reading()
    code = place.referentiel.resolve_code(written)
    if code is not None:
        return Reading(code)
    return Reading(
        problem=f"« {written} » n'est le code d'aucune commune", expected="un code INSEE, par exemple « 40282 »"
    )


def whole_identifier(code_departement: str, written: str) -> str:
    """Return an identifier with the code of its département before it: ``<code>-<written>``.

    One that begins with that code already only has its separator made a hyphen. Hyphens and spaces of any kind are one.

    >>> whole_identifier("40", "P12"), whole_identifier("40", "4001")
    ('40-P12', '40-4001')
    >>> whole_identifier("40", "40\N{NON-BREAKING HYPHEN}001"), whole_identifier("2A", "2a 7")
    ('40-001', '2A-7')
    """
    plain = "".join(
        "-" if unicodedata.category(sign) == "Pd" else sign for sign in unicodedata.normalize("NFKC", written)
    )
    plain = " ".join(plain.split())
    own = re.match(rf"{re.escape(code_departement)}(?![0-9A-Za-z])[-\s_./]*", plain, re.IGNORECASE)
    rest = plain[own.end() :] if own else plain
    return f"{code_departement}-{rest or plain}"


def loose_identifier(identifier: str) -> str:
    """Return what two writings of an identifier share: case, punctuation and leading zeros tell nothing.

    >>> loose_identifier("40-001") == loose_identifier("40-1")
    True
    """
    return "-".join(part.lstrip("0") or "0" for part in re.findall(r"[0-9a-z]+", identifier.casefold()))

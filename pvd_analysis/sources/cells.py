"""How one cell is read, by the kind of its column."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pvd_analysis.communes import CommuneMatch, Referentiel, match_communes
from pvd_analysis.values import (
    Reading,
    read_amount,
    read_boolean,
    read_date,
    read_decimal,
    read_rate,
)
from pvd_analysis.vocabulary import match_term, nearest_terms

__all__ = ["Place", "cell_reader", "finding_rule", "read_text"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where the towns of a file are looked up: the reference list, and the département when the file has only one."""

    referentiel: Referentiel
    departement: str | None = None


_SIMPLE_READERS: dict[str, Callable[[Any], Reading[Any]]] = {
    "euros": read_amount,
    "taux": read_rate,
    "points": read_rate,
    "date": read_date,
    "booleen": read_boolean,
    "nombre": read_decimal,
}
_FINDING_RULES = {
    "euros": "montant_illisible",
    "taux": "taux_illisible",
    "points": "taux_illisible",
    "date": "date_illisible",
    "booleen": "booleen_illisible",
    "nombre": "nombre_illisible",
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
        return lambda cell: _read_term(cell, kind.removeprefix("terme:"))
    if kind == "commune":
        return lambda cell: _read_commune(cell, place)
    if kind == "communes":
        return lambda cell: _read_communes(cell, place)
    if kind == "code_insee":
        return lambda cell: _read_insee_code(cell, place)
    return read_text


def read_text(cell: object) -> Reading[str]:
    """Read a cell as text: spaces folded, a whole number without its decimals, a date in ISO form."""
    if cell is None:
        return Reading()
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    if isinstance(cell, dt.datetime | dt.date):
        cell = cell.isoformat()[:10]
    text = " ".join(str(cell).split())
    return Reading(text) if text not in {"", "-", "–", "—"} else Reading()


def _read_term(cell: object, name: str) -> Reading[str]:
    written = read_text(cell).value
    if written is None:
        return Reading()
    code = match_term(name, written)
    if code is not None:
        return Reading(code)
    nearest = nearest_terms(name, written)
    return Reading(
        problem=f"« {written} » n'est pas un terme connu",
        expected="un terme de la liste, par exemple : " + ", ".join(nearest or nearest_terms(name, "a", 3)),
        proposal=nearest[0] if nearest else None,
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
    matches = match_communes(written, place.departement, place.referentiel)
    codes = [match.code for _, match in matches if match.code is not None]
    unknown = [(part, match) for part, match in matches if match.code is None]
    if unknown:
        return _unknown_commune(unknown, place)
    return Reading(";".join(dict.fromkeys(codes)))


def _unknown_commune(unknown: list[tuple[str, CommuneMatch]], place: Place) -> Reading[str]:
    proposals = [f"{name} ({code})" for _, match in unknown for code, name in match.proposals]
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

"""« Sommaire » of the committee's workbook: of which territory, quarter, funder and day the opinions are.

Its cells are found by the label at their left, wherever they stand.
"""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from pvd_analysis.communes import Referentiel
from pvd_analysis.constats import Constat, Origine
from pvd_analysis.sources.cells import Place, cell_reader, plain_text
from pvd_analysis.sources.raw_file import RawFile
from pvd_analysis.values import Reading, Trimestre, format_date, read_date
from pvd_analysis.values.text import fold
from pvd_analysis.vocabulary import term_labels

LABELS: Final[Mapping[str, str]] = {
    "territoire": "Territoire",
    "code": "Code",
    "trimestre": "Trimestre",
    "arrete_le": "Date d'arrêté",
    "connu_au": "État connu au",
    "livraison": "Dernière livraison",
    "financeur": "Financeur qui rend l'avis",
    "date_avis": "Date de l'avis",
}
"""The labels of the sheet « Sommaire », by which its values are found."""

_SUMMARY: Final = "sommaire"
_NEEDED: Final = ("code", "trimestre", "financeur", "date_avis")
_CODE: Final = re.compile(r"(R?)(\d{1,3}|2[AB])", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True)
class Summary:
    """What « Sommaire » says of the opinions: of which territory and quarter, whose, and of which day.

    ``code`` is that of a département (``40``) or of a region (``R75``); ``known_on`` the day on which the figures of
    the workbook were known: the one that was asked for, else that of the last delivery, None when neither is written.
    """

    code: str
    trimestre: Trimestre
    financeur: str
    date_avis: dt.date
    known_on: dt.date | None


def read_summary(raw: RawFile, referentiel: Referentiel) -> tuple[Summary | None, list[Constat]]:
    """Read « Sommaire » by its labels.

    Returns
    -------
    tuple
        The summary, None when it does not say what it must; and the findings, each with its cell and an example.
    """
    cells = summary_cells(raw)
    code = _read_code(cells["code"][0] if "code" in cells else None, referentiel).value
    # « CD 32 » is not the Département of the Landes; a region has several
    place = Place(referentiel, None if code is None or code.startswith("R") else code)
    readers: dict[str, Callable[[Any], Reading[Any]]] = {
        "code": lambda cell: _read_code(cell, referentiel),
        "trimestre": _read_quarter,
        "financeur": cell_reader("terme:financeur_avis", place),
        **dict.fromkeys(("arrete_le", "connu_au", "livraison", "date_avis"), _read_day),
    }
    readings = {name: reader(cells[name][0] if name in cells else None) for name, reader in readers.items()}
    said: dict[str, Any] = {name: reading.value for name, reading in readings.items()}
    missing = [
        Constat(
            "sommaire_incomplet",
            cells[name][1] if name in cells else Origine(raw.name, _summary_name(raw)),
            trouve=readings[name].problem or ("cellule vide" if name in cells else "aucune cellule de ce nom"),
            attendu=f"« {LABELS[name]} » : {_expected(name)}",
            proposition=_proposal(name, readings[name].proposal),
        )
        for name in _NEEDED
        if said[name] is None
    ]
    if missing:
        return None, missing
    summary = Summary(
        code=said["code"],
        trimestre=said["trimestre"],
        financeur=said["financeur"],
        date_avis=said["date_avis"],
        known_on=said["connu_au"] or said["livraison"],
    )
    last = summary.trimestre.last_day
    doubts = []
    if summary.date_avis < last:
        expected = f"une date à partir du {format_date(last)}"
        found = format_date(summary.date_avis)
        doubts.append(Constat("avis_date_douteuse", cells["date_avis"][1], trouve=found, attendu=expected))
    if said["arrete_le"] not in (None, last):
        expected = f"{format_date(last)}, dernier jour du {summary.trimestre.label}"
        found = format_date(said["arrete_le"])
        doubts.append(Constat("cellule_protegee_modifiee", cells["arrete_le"][1], trouve=found, attendu=expected))
    return summary, doubts


def summary_cells(raw: RawFile) -> dict[str, tuple[Any, Origine]]:
    """Return the cell at the right of each label of the sheet that has most of them, and where it stands."""
    wanted = {fold(label): name for name, label in LABELS.items()}
    best: dict[str, tuple[Any, Origine]] = {}
    for sheet in sorted(raw.sheets, key=lambda sheet: fold(sheet.name) != _SUMMARY):
        found: dict[str, tuple[Any, Origine]] = {}
        for number, row in enumerate(sheet.rows, 1):
            for position, (label, cell) in enumerate(pairwise([*row, None]), 1):
                name = wanted.get(fold(label)) if isinstance(label, str) else None
                if name is not None and name not in found:
                    found[name] = (cell, Origine(raw.name, sheet.name, number, position + 1))
        if len(found) > len(best):
            best = found
    return best


def _summary_name(raw: RawFile) -> str | None:
    return next((sheet.name for sheet in raw.sheets if fold(sheet.name) == _SUMMARY), None)


def _read_code(cell: object, referentiel: Referentiel) -> Reading[str]:
    written = plain_text(cell)
    if written is None:
        return Reading()
    match = _CODE.fullmatch(written)
    code = match[2].upper().zfill(2) if match else ""
    if match and code in (referentiel.regions if match[1] else referentiel.departements).index:
        return Reading(match[1].upper() + code)
    return Reading(problem=f"« {written} » n'est le code d'aucun territoire", expected=_expected("code"))


def _read_quarter(cell: object) -> Reading[Trimestre]:
    written = plain_text(cell)
    if written is None:
        return Reading()
    try:
        return Reading(Trimestre.parse(written))
    except ValueError:
        return Reading(problem=f"« {written} » n'est pas un trimestre", expected=_expected("trimestre"))


def _read_day(cell: object) -> Reading[dt.date]:
    reading = read_date(cell)
    if reading.value is None:
        return Reading(problem=reading.problem, expected=reading.expected) if reading.problem else Reading()
    if reading.value.precision.value != "jour":
        return Reading(problem=f"« {plain_text(cell)} » n'est pas un jour", expected=_expected("date_avis"))
    return Reading(reading.value.first)


def _expected(name: str) -> str:
    match name:
        case "code":
            return "le code du département ou de la région, par exemple « 40 » ou « R75 »"
        case "trimestre":
            return "le trimestre du classeur, par exemple « 2021-T3 »"
        case "financeur":
            return "un financeur de la liste, par exemple « " + " », « ".join(list(_financeurs())[:3]) + " »"
        case _:
            return "un jour, par exemple « 15/10/2021 »"


def _financeurs() -> list[str]:
    return list(term_labels("financeur_avis").values())


def _proposal(name: str, proposal: object) -> str:
    return f"« {proposal} »" if name == "financeur" and proposal else ""

"""What a report must hold to take the place of the one before: knowledge grows, and a report does not empty itself.

A missing sheet, a delivery of another département or a file saved half-way gives a report that looks right and says
little. Such a report is not made; the one that stands stays.
"""

import datetime as dt
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pvd_analysis.dataset import Dataset, Trimestre
from pvd_analysis.errors import ImplausibleReport
from pvd_analysis.reports.manifest import MANIFEST, content
from pvd_analysis.values import format_euros, format_number

# A delivery corrects and completes the one before; towns leave the programme one by one, and a list of posts is
# tidied by a few rows. To lose more than half of a table is a lost sheet or a wrong file, not news.
_SMALLEST_SHARE_OF_ROWS = 0.5
# Below this, half of a table is one or two rows, which may well be news: only an emptied table counts.
_FEWEST_ROWS_TO_HALVE = 6

# Who the laureates are is known before anything has been done: a report that says nothing else is empty.
_SAY_WHO_ONLY = ("laureats", "territoires")

_AMOUNTS = {"totaux_annonces_cents": "le total annoncé", "aides_cents": "le total des aides connues en détail"}


def check_plausible(d: Dataset, quarters: Path) -> None:
    """Hold a report to be made to the last one of the same département: same quarter, else the latest earlier one.

    A report made with what is known today is no measure for one « connu au » an earlier day.

    Parameters
    ----------
    d : Dataset
        What the report would say.
    quarters : Path
        The folder that holds ``<quarter>/<département>/manifeste.json``.

    Raises
    ------
    ImplausibleReport
        Nothing is known but who the laureates are; a total or a table that had something and has nothing; a table with fewer than half of its rows.
    """
    where = f"{d.territoire}, {d.trimestre.label}"
    if all(table.empty for name, table in d.tables.items() if name not in _SAY_WHO_ONLY):
        raise ImplausibleReport(
            f"Rapport non fait pour {where} : il serait vide, rien n'est connu à cette date que la liste des lauréats. "
            "Vérifiez que le classeur de suivi a bien été déposé en entier dans data/raw/<date>/."
        )
    found = _previous(d, quarters)
    if found is None:
        return
    folder, before = found
    loss = _loss(before, content(d))
    if loss:
        raise ImplausibleReport(
            f"Rapport non fait pour {where} : {loss} dans le précédent (outputs/{folder}), qui reste en place. "
            f"Vérifiez la dernière livraison ; si cette baisse est voulue, déplacez d'abord le dossier outputs/{folder}."
        )


def _loss(before: Mapping[str, Mapping[str, int]], after: Mapping[str, Mapping[str, int]]) -> str:
    """Return the first loss that cannot be news, in French, or nothing."""
    for name, label in _AMOUNTS.items():
        cents = before["montants"].get(name, 0)
        if cents > 0 and after["montants"][name] == 0:
            return f"{label} y serait nul, contre {format_euros(cents)}"
    for name, rows in after["lignes"].items():
        former = before["lignes"].get(name, 0)
        halved = former >= _FEWEST_ROWS_TO_HALVE and rows < former * _SMALLEST_SHARE_OF_ROWS
        if halved or (former > 0 and rows == 0):
            counted = f"{format_number(rows)} ligne{'s' if rows > 1 else ''}" if rows else "aucune ligne"
            return f"la table « {name} » y aurait {counted}, contre {format_number(former)}"
    return ""


def _previous(d: Dataset, quarters: Path) -> tuple[str, dict[str, dict[str, int]]] | None:
    """Return the folder below ``outputs`` and the content of the last report that knew no more than this one may."""
    found: list[tuple[Trimestre, str, dict[str, dict[str, int]]]] = []
    for path in quarters.glob(f"*/{d.code_departement}/{MANIFEST}"):
        try:
            said: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            quarter = Trimestre.parse(said["parametres"]["trimestre"])
            known_on = said["parametres"]["connu_au"]
            before = {part: dict(said["contenu"][part]) for part in ("lignes", "montants")}
        except (OSError, ValueError, KeyError, TypeError):
            # A manifest of an older version, or spoilt, measures nothing.
            continue
        knew_more = d.connu_au is not None and (known_on is None or dt.date.fromisoformat(known_on) > d.connu_au)
        if quarter <= d.trimestre and not knew_more:
            found.append((quarter, path.parent.relative_to(quarters).as_posix(), before))
    if not found:
        return None
    _, folder, before = max(found, key=lambda report: report[0])
    return folder, before

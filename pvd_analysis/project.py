"""A project on the disk, and the parameters of a report, checked before anything starts; a fault is one French sentence."""

import datetime as dt
from pathlib import Path

from pvd_analysis.errors import InvalidParameter
from pvd_analysis.values import Trimestre, format_date

# Petites villes de demain began on 1 October 2020.
_FIRST_YEAR = 2020


def raw_folder(root: Path) -> Path:
    """Return the folder of the raw files of a project."""
    return root / "data" / "raw"


def referentiel_folder(root: Path) -> Path:
    """Return the folder of the reference lists of a project."""
    return raw_folder(root) / "referentiel"


def check_clock() -> None:
    """Refuse a clock that stands before the programme, or raise `InvalidParameter`: every delivery would be still to come."""
    today = dt.date.today()
    if today.year < _FIRST_YEAR:
        raise InvalidParameter(
            f"L'horloge de cet ordinateur dit que nous sommes le {format_date(today)} : mettez-la à l'heure, puis relancez."
        )


def checked_trimestre(trimestre: str | Trimestre) -> Trimestre:
    """Return a quarter, or raise `InvalidParameter` with a French sentence."""
    if isinstance(trimestre, Trimestre):
        return trimestre
    try:
        return Trimestre.parse(str(trimestre))
    except ValueError as error:
        raise InvalidParameter(str(error)) from error


def checked_date(date: str | dt.date | None) -> dt.date | None:
    """Return a date or None (also for ``""``), or raise `InvalidParameter`."""
    if date is None or isinstance(date, dt.date):
        return date
    if not date.strip():
        return None
    try:
        return dt.date.fromisoformat(date.strip())
    except ValueError as error:
        raise InvalidParameter(
            f"Date « {date} » non comprise : une date AAAA-MM-JJ est attendue, par exemple « 2021-09-10 »."
        ) from error


def checked_root(racine: str | Path | None) -> Path:
    """Return the project's root: the one given, else the nearest folder upwards that holds ``data/raw``."""
    given = str(racine).strip() if racine is not None else ""
    start = Path(given) if given else Path.cwd()
    candidates = [start] if given else [start, *start.parents]
    for folder in candidates:
        if raw_folder(folder).is_dir():
            if not referentiel_folder(folder).is_dir():
                raise InvalidParameter(f"Le dossier des référentiels manque : {referentiel_folder(folder)}.")
            return folder.resolve()
    raise InvalidParameter(
        f"Dossier « {start} » sans data/raw : lancez la commande dans le dossier du projet, ou donnez sa racine."
    )

"""The départements of a run, one after the other: one that fails does not stop the others."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pvd_analysis.cli.console import say_error, say_files, write_site_again
from pvd_analysis.cli.status import DONE, status_of
from pvd_analysis.communes import checked_departement, load_referentiel
from pvd_analysis.dataset import Preparation, departements_with_data, followed_departements
from pvd_analysis.errors import NoData
from pvd_analysis.project import referentiel_folder
from pvd_analysis.reports.fault import reason_of

ALL = "tous"


@dataclass(frozen=True, slots=True)
class Run:
    """What became of each département, as the notifier is told it, and the files that were made."""

    told: list[dict[str, Any]]
    places: list[Path]

    def say(self, root: Path) -> int:
        """Say where the files are, and what was not made and why; return the exit status, without the findings."""
        say_files(self.places, root)
        write_site_again(root)
        failures = [told for told in self.told if "raison" in told]
        for failure in failures:
            say_error(f"{failure['departement']} : {failure['raison']}")
        return max((failure["code_retour"] for failure in failures), default=DONE)


def each(codes: Iterable[str], make: Callable[[str], tuple[Mapping[str, Path], Mapping[str, Any]]], root: Path) -> Run:
    """Make what is wanted of each département.

    Parameters
    ----------
    codes : iterable of str
    make : callable
        Takes a code; returns the files by name, and what more the notifier is told.
    root : Path
    """
    run = Run([], [])
    for code in codes:
        try:
            files, more = make(code)
        except Exception as error:
            reason = reason_of(error, root)
            run.told.append(
                {"departement": code, "etat": "pas fait", "raison": reason, "code_retour": status_of(error)}
            )
        else:
            run.told.append({"departement": code, "etat": "fait", **more})
            run.places.extend(files.values())
    return run


def checked_departements(written: Iterable[str], root: Path) -> list[str]:
    """Return the codes of départements that exist, or « tous »."""
    referentiel = load_referentiel(referentiel_folder(root))
    return [ALL if code.casefold() == ALL else checked_departement(code, referentiel) for code in written]


def chosen_departements(wanted: list[str], preparation: Preparation) -> list[str]:
    """Return the départements wanted; by default those that a classeur follows, and with « tous » all laureates'."""
    known = departements_with_data(preparation)
    if not known:
        raise NoData("Aucune donnée de lauréat dans data/raw : déposez un classeur de suivi dans data/raw/<date>/.")
    if not wanted:
        return followed_departements(preparation) or known
    if ALL in wanted:
        return known
    missing = [code for code in wanted if code not in known]
    if missing:
        raise NoData(f"Aucune donnée pour {', '.join(missing)}. Départements présents : {', '.join(known)}.")
    return list(dict.fromkeys(wanted))

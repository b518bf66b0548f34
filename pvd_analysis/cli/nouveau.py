"""``pvd nouveau``: a project laid out from the installed package alone."""

from pathlib import Path
from typing import Annotated

import typer

from pvd_analysis.cli.console import say
from pvd_analysis.errors import InvalidParameter, refusal
from pvd_analysis.project import referentiel_folder
from pvd_analysis.project_files import LAUREATES, Choices, check_new, classeur_name, lay_out, renew, shipped_root

EXAMPLE = "pvd nouveau suivi_pvd --departement 64"


def run(
    dossier: Annotated[Path, typer.Argument(metavar="DOSSIER", help="Où le faire : un dossier nouveau, ou vide.")],
    departement: Annotated[
        str | None,
        typer.Option(
            "--departement",
            metavar="CODE",
            help="Code INSEE : écrit aussi le classeur à remplir, avec ce que les listes savent.",
        ),
    ] = None,
    exemple: Annotated[
        bool, typer.Option("--exemple", help="Ajoute le classeur et les listes des Landes (40).")
    ] = False,
    mettre_a_jour: Annotated[
        bool,
        typer.Option("--mettre-a-jour", help="Renouvelle ce que vous n'avez pas modifié, et dit ce qui diffère."),
    ] = False,
) -> None:
    """Lay a project out, or renew one."""
    if mettre_a_jour:
        if departement is not None or exemple:
            raise InvalidParameter("--mettre-a-jour s'emploie seul : le projet garde son département et son exemple.")
        return _say_renewed(dossier, renew(dossier))
    try:
        check_new(dossier)
        _lay_out(dossier, departement, exemple)
    except OSError as error:
        raise InvalidParameter(
            f"Le dossier {dossier} ne peut pas être écrit ({refusal(error)}) : choisissez-en un où vous avez le droit d'écrire."
        ) from error


def _lay_out(folder: Path, departement: str | None, has_example: bool) -> None:
    code, classeur, known = None, None, ""
    if departement is not None:
        from pvd_analysis.communes import checked_departement, load_referentiel
        from pvd_analysis.values import counted
        from pvd_analysis.workbooks.empty_classeur import empty_classeur
        from pvd_analysis.workbooks.known_facts import known_facts, known_laureates

        root = shipped_root()
        referentiel = load_referentiel(referentiel_folder(root))
        code = checked_departement(departement, referentiel)
        laureates = known_laureates(code, root / LAUREATES, referentiel)
        facts = known_facts(laureates, referentiel)
        classeur = empty_classeur(code, laureates["code_commune"], referentiel, facts)
        known = f"{counted(len(laureates), 'lauréat')} d'après la liste de l'ANCT, à confirmer"
    lay_out(folder, Choices(code, has_example), classeur)
    say(f"Projet : {folder}")
    if code:
        say(f"Classeur à remplir : {folder / classeur_name(code)} ({known})")
    say(f"La suite est dans {folder / 'LISEZMOI.md'}.")


def _say_renewed(folder: Path, became: dict[str, str]) -> None:
    say(f"{folder} : {'à jour.' if not became else 'voici ce qui diffère.'}")
    for name, what in became.items():
        say(f"  {name} : {what}")

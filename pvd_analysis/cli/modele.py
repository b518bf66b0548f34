"""``pvd modele``: the empty classeur de suivi, ready to fill in."""

from pathlib import Path
from typing import Annotated

import typer

from pvd_analysis.cli.console import say
from pvd_analysis.cli.options import Root
from pvd_analysis.errors import InvalidParameter
from pvd_analysis.project import checked_root, referentiel_folder
from pvd_analysis.values import counted

EXAMPLE = "pvd modele classeur_suivi_40.xlsx --departement 40"


def run(
    sortie: Annotated[
        Path | None,
        typer.Argument(metavar="SORTIE.xlsx", help="Où l'écrire (par défaut : classeur_suivi_CODE.xlsx, ici)."),
    ] = None,
    departement: Annotated[
        str | None,
        typer.Option(
            "--departement", metavar="CODE", help="Code INSEE (par défaut : le seul qu'un classeur suive déjà)."
        ),
    ] = None,
    racine: Root = None,
) -> None:
    """Write the empty classeur of a département."""
    root = checked_root(racine)
    from pvd_analysis.communes import checked_departement, load_referentiel
    from pvd_analysis.dataset import prepared
    from pvd_analysis.whole_file import asked_for, write_whole
    from pvd_analysis.workbooks.empty_classeur import empty_classeur

    referentiel = load_referentiel(referentiel_folder(root))
    code = checked_departement(departement or _only_followed(root), referentiel)
    path = _checked_place(sortie or Path(f"classeur_suivi_{code}.xlsx"))
    laureates = set(prepared(root, None, departement=code).tables["laureats"]["code_commune"])
    content = empty_classeur(code, laureates, referentiel)
    with asked_for(path):
        write_whole(path, content)
    communes = counted(int(referentiel.communes["code_departement"].eq(code).sum()), "commune")
    known = counted(len(laureates), "lauréate connue")
    said = f"{path} : {referentiel.departement_name(code)}, {communes}, dont {known}."
    say(said)


def _only_followed(root: Path) -> str:
    from pvd_analysis.dataset import followed_departements, prepared

    followed = followed_departements(prepared(root, None))
    if len(followed) == 1:
        return followed[0]
    raise InvalidParameter(
        "Département à choisir : ajoutez --departement et son code INSEE, par exemple « --departement 40 »."
    )


def _checked_place(path: Path) -> Path:
    """Return where the classeur goes: never in the place of one that may be filled in."""
    if path.suffix.casefold() != ".xlsx":
        raise InvalidParameter(f"« {path} » : un nom en .xlsx est attendu, par exemple « classeur_suivi_40.xlsx ».")
    if path.exists():
        raise InvalidParameter(f"{path} existe déjà et reste tel quel : donnez un autre nom au classeur vide.")
    if not path.parent.is_dir():
        raise InvalidParameter(f"Le dossier {path.parent} n'existe pas : créez-le, ou choisissez-en un autre.")
    return path

"""``pvd verifier``: the findings of raw files, before they are delivered, and a copy of each with its faults marked."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pvd_analysis.cli.console import say
from pvd_analysis.cli.options import Root
from pvd_analysis.errors import InvalidParameter, NoData
from pvd_analysis.project import checked_root, referentiel_folder

if TYPE_CHECKING:
    import pandas as pd

    from pvd_analysis.sources import FileRead

EXAMPLE = "pvd verifier suivi_pvd_landes.xlsx --annoter"


def run(
    fichiers: Annotated[
        list[Path] | None,
        typer.Argument(metavar="FICHIER", help="Fichiers à vérifier (par défaut : tous ceux de data/raw)."),
    ] = None,
    annoter: Annotated[
        bool,
        typer.Option(
            "--annoter",
            help="Écrit à côté de chaque classeur .xlsx une copie, NOM_annote.xlsx : cellules en cause colorées et"
            " commentées, feuille « Anomalies ».",
        ),
    ] = False,
    racine: Root = None,
) -> None:
    """Check raw files."""
    root = checked_root(racine)
    if annoter and not fichiers:
        raise InvalidParameter("--annoter demande un fichier : par exemple « pvd verifier suivi.xlsx --annoter ».")
    if missing := [path for path in fichiers or [] if not path.is_file()]:
        raise NoData(f"Fichier introuvable : {', '.join(map(str, missing))}.")
    import pandas as pd

    from pvd_analysis.cli.said import prepared_tables, say_findings, status
    from pvd_analysis.communes import load_referentiel
    from pvd_analysis.constats import blocking_first
    from pvd_analysis.dataset.preparation import checked_alone

    if not fichiers:
        findings = prepared_tables(root, None).constats
        say_findings(findings)
        raise typer.Exit(status(findings))
    copies = [_checked_copy(path) for path in fichiers] if annoter else []
    referentiel = load_referentiel(referentiel_folder(root))
    checked = [checked_alone(path, referentiel) for path in fichiers]
    for read, _ in checked:
        say(f"{read.name} : {read.content.source if read.content else 'non lu'}")
    findings = blocking_first(pd.concat([found for _, found in checked], ignore_index=True))
    say_findings(findings)
    if annoter:
        for path, copy, (read, found) in zip(fichiers, copies, checked, strict=True):
            _write_copy(path, copy, read, found)
    raise typer.Exit(status(findings))


def _checked_copy(path: Path) -> Path:
    """Return where the annotated copy of a file goes: never on the file itself, nor on one that is no such copy."""
    from pvd_analysis.workbooks.annotated_copy import is_annotated

    if path.suffix.casefold() != ".xlsx":
        raise InvalidParameter(
            f"{path} : seul un classeur .xlsx peut être annoté ; ouvrez-le dans Excel ou LibreOffice, enregistrez-le au "
            "format .xlsx (Enregistrer sous › Classeur Excel), puis relancez la commande sur ce classeur."
        )
    copy = path.with_name(f"{path.stem}_annote.xlsx")
    if copy.exists() and copy.samefile(path):
        raise InvalidParameter(f"{copy} est le classeur d'origine sous un autre nom : renommez-le, ou déplacez-le.")
    if copy.is_dir() or (copy.exists() and not is_annotated(copy.read_bytes())):
        raise InvalidParameter(f"{copy} existe déjà et n'est pas une copie annotée : renommez-le, il reste tel quel.")
    return copy


def _write_copy(path: Path, copy: Path, read: "FileRead", findings: "pd.DataFrame") -> None:
    from pvd_analysis.sources.apart import Apart
    from pvd_analysis.sources.safety import Unreadable
    from pvd_analysis.whole_file import asked_for, write_whole

    if not read.sha256:
        (why,) = read.findings
        raise InvalidParameter(f"{path} n'a pas été annoté : {why.trouve} ; attendu : {why.attendu}.")
    try:
        with Apart() as apart:
            content, lost = apart.call(path, _annotated, path, findings)
    except Unreadable as unreadable:
        raise InvalidParameter(f"{path} n'a pas été annoté : {unreadable.found}.") from unreadable
    except InvalidParameter as error:
        raise InvalidParameter(f"{path} : {error}.") from error
    with asked_for(copy):
        write_whole(copy, content)
    say(f"Copie annotée : {copy}")
    for each in lost:
        say(f"  Non gardé dans cette copie : {each}.")


def _annotated(path: Path, findings: "pd.DataFrame") -> tuple[bytes, list[str]]:
    from pvd_analysis.sources.safety import safe_content
    from pvd_analysis.workbooks.annotated_copy import annotated_copy

    return annotated_copy(safe_content(path), findings)

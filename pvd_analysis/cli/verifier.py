"""``pvd verifier``: the findings of raw files, before they are delivered."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from pvd_analysis.cli.console import out, prepared_tables, say_findings, status
from pvd_analysis.cli.options import Root
from pvd_analysis.communes import load_referentiel
from pvd_analysis.constats import findings_table
from pvd_analysis.dataset import checked_root
from pvd_analysis.dataset.deliveries import referentiel_folder
from pvd_analysis.errors import NoData
from pvd_analysis.sources import read_file

HELP = "Vérifie des fichiers bruts et montre les constats, sans rien écrire."
EXAMPLE = "pvd verifier suivi_pvd_landes.xlsx"


def run(
    fichiers: Annotated[
        list[Path] | None,
        typer.Argument(metavar="FICHIER...", help="Fichiers à vérifier (par défaut : tous ceux de data/raw)."),
    ] = None,
    racine: Root = None,
) -> None:
    """Check raw files."""
    root = checked_root(racine)
    if not fichiers:
        findings = prepared_tables(root, None).constats
        say_findings(findings)
        raise typer.Exit(status(findings))
    missing = [path for path in fichiers if not path.is_file()]
    if missing:
        raise NoData(f"Fichier introuvable : {', '.join(str(path) for path in missing)}.")
    referentiel = load_referentiel(referentiel_folder(root))
    reads = [read_file(path, path.name, referentiel) for path in fichiers]
    for read in reads:
        out.print(f"{escape(read.name)} : {read.content.source if read.content else 'non lu'}", highlight=False)
    findings = findings_table(finding for read in reads for finding in read.findings)
    say_findings(findings)
    raise typer.Exit(status(findings))

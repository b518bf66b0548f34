"""``pvd exporter scdl``: the aids as open data."""

from pathlib import Path
from typing import Annotated

import typer

from pvd_analysis.cli.console import say
from pvd_analysis.cli.options import KnownOn, Quarter, Root, chosen_quarter
from pvd_analysis.cli.status import DONE, DONE_WITH_BLOCKING_FINDINGS
from pvd_analysis.errors import InvalidParameter, NoData
from pvd_analysis.project import checked_date, checked_root
from pvd_analysis.values import format_euros, format_number

EXAMPLE = "pvd exporter scdl --departement 40 --siret 17400001800013"


def run(
    format_: Annotated[str, typer.Argument(metavar="FORMAT", help="Le format : scdl.")],
    departement: Annotated[str, typer.Option("--departement", metavar="CODE", help="Code INSEE du département.")],
    siret: Annotated[str, typer.Option("--siret", metavar="SIRET", help="SIRET du service de l'État qui attribue.")],
    sortie: Annotated[
        Path | None,
        typer.Option("--sortie", metavar="FICHIER", help="Où écrire (par défaut : outputs/scdl/subventions_CODE.csv)."),
    ] = None,
    trimestre: Quarter = None,
    connu_au: KnownOn = None,
    racine: Root = None,
) -> None:
    """Write the aids of the national lists; a line that the schema refuses is left out and said."""
    if format_.casefold() != "scdl":
        raise InvalidParameter(f"Format « {format_} » inconnu : le seul format est « scdl ».")
    root, quarter, known_on = checked_root(racine), chosen_quarter(trimestre), checked_date(connu_au)
    from pvd_analysis.dataset import load
    from pvd_analysis.reports.scdl import check_siret, scdl_faults, scdl_subventions, write_scdl

    service = check_siret(siret)
    if service is None:
        raise InvalidParameter(f"« {siret} » n'est pas un SIRET : 14 chiffres et leur clé sont attendus.")
    d = load(quarter, departement, known_on, root)
    table = scdl_subventions(d, service)
    if table.empty:
        raise NoData(f"Aucune aide des listes nationales aux communes du programme : {d.departement}.")
    faults = scdl_faults(table)
    refused = table.index.isin(table.index[faults["position"].unique()])
    path = sortie or root / "outputs" / "scdl" / f"subventions_{d.code_departement}.csv"
    write_scdl(table[~refused], path)
    cents = sum(int(amount.replace(".", "")) for amount in table.loc[~refused, "montant"])
    shown = path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)
    say(f"{shown} : {format_number(len(table) - refused.sum())} aides, {format_euros(cents)}.")
    for fault in faults.itertuples():
        line = table.iloc[fault.position]
        said = f"  non exportée — {line['nomBeneficiaire']}, {line['objet'] or 'sans intitulé'} : {fault.champ} absent ou refusé"
        say(said)
    raise typer.Exit(DONE_WITH_BLOCKING_FINDINGS if refused.any() else DONE)

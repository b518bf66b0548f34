"""``pvd exporter``: the data for others: the aids as open data (``scdl``), or all the tables (``donnees``)."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pvd_analysis.cli.console import say
from pvd_analysis.cli.options import (
    Departement,
    KnownOn,
    Quarter,
    Region,
    Root,
    check_one_territory,
    chosen_quarter,
    loaded_territory,
)
from pvd_analysis.cli.status import DONE, DONE_WITH_BLOCKING_FINDINGS
from pvd_analysis.errors import InvalidParameter, NoData
from pvd_analysis.project import checked_date, checked_root
from pvd_analysis.values import counted, format_euros, format_number
from pvd_analysis.whole_file import asked_for

if TYPE_CHECKING:
    from pvd_analysis.dataset import Dataset

EXAMPLE = "pvd exporter donnees --departement 40 --trimestre 2021-T3"
_FORMATS = ("donnees", "scdl")


def run(
    format_: Annotated[
        str,
        typer.Argument(
            metavar="FORMAT",
            help="donnees : toutes les tables, en CSV et en Parquet, décrites ; scdl : les aides, au format ouvert SCDL.",
        ),
    ],
    departement: Departement = None,
    region: Region = None,
    siret: Annotated[
        str | None,
        typer.Option("--siret", metavar="SIRET", help="Pour scdl : SIRET du service de l'État qui attribue."),
    ] = None,
    sortie: Annotated[
        Path | None,
        typer.Option(
            "--sortie",
            metavar="CHEMIN",
            help="Où écrire (par défaut : outputs/donnees/TRIMESTRE_CODE/, ou outputs/scdl/subventions_CODE.csv).",
        ),
    ] = None,
    trimestre: Quarter = None,
    connu_au: KnownOn = None,
    racine: Root = None,
) -> None:
    """Write the tables, or the aids of the national lists."""
    format_ = format_.casefold()
    if format_ not in _FORMATS:
        known = " ou ".join(f"« {name} »" for name in _FORMATS)
        raise InvalidParameter(f"Format « {format_} » inconnu : {known} est attendu.")
    check_one_territory(departement, region)
    if format_ == "scdl" and region:
        raise InvalidParameter(
            "Le format scdl est celui d'un département, dont la préfecture attribue les aides : « --departement 40 »."
        )
    root, quarter, known_on = checked_root(racine), chosen_quarter(trimestre), checked_date(connu_au)
    from pvd_analysis.reports.scdl import check_siret

    service = check_siret(siret or "")
    if format_ == "scdl" and service is None:
        raise InvalidParameter(
            f"SIRET « {siret or ''} » non compris : --siret attend celui du service qui attribue, 14 chiffres et leur clé."
        )
    d = loaded_territory(quarter, departement, region, known_on, root)
    raise typer.Exit(_tables(d, sortie) if format_ == "donnees" else _open_aids(d, service or "", sortie))


def _tables(d: "Dataset", place: Path | None) -> int:
    from pvd_analysis.reports.data_package import write_data_package

    path = place or d.racine / "outputs" / "donnees" / f"{d.trimestre}_{d.code_departement}"
    with asked_for(path):
        described = write_data_package(d, path)
    rows = sum(map(len, d.tables.values()))
    say(f"{_shown(described, d)} : {counted(len(d.tables), 'table')}, {counted(rows, 'ligne')}, en CSV et en Parquet.")
    return DONE


def _open_aids(d: "Dataset", service: str, place: Path | None) -> int:
    """Write the aids of the national lists; a line that the schema refuses is left out and said."""
    from pvd_analysis.reports.scdl import scdl_faults, scdl_subventions, write_scdl

    table = scdl_subventions(d, service)
    if table.empty:
        raise NoData(f"Aucune aide des listes nationales aux communes du programme : {d.departement}.")
    faults = scdl_faults(table)
    refused = table.index.isin(table.index[faults["position"].unique()])
    path = place or d.racine / "outputs" / "scdl" / f"subventions_{d.code_departement}.csv"
    write_scdl(table[~refused], path)
    cents = sum(int(amount.replace(".", "")) for amount in table.loc[~refused, "montant"])
    say(f"{_shown(path, d)} : {format_number(len(table) - refused.sum())} aides, {format_euros(cents)}.")
    for fault in faults.itertuples():
        line = table.iloc[fault.position]
        said = f"  non exportée — {line['nomBeneficiaire']}, {line['objet'] or 'sans intitulé'} : {fault.champ} absent ou refusé"
        say(said)
    return DONE_WITH_BLOCKING_FINDINGS if refused.any() else DONE


def _shown(path: Path, d: "Dataset") -> str:
    return path.relative_to(d.racine).as_posix() if path.is_relative_to(d.racine) else str(path)

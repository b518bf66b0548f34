"""``pvd comite``: the workbook of the comité des financeurs, of a département or of a region."""

from pvd_analysis.cli.console import say, say_files, write_site_again
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
from pvd_analysis.cli.supervised import supervised
from pvd_analysis.project import checked_date
from pvd_analysis.values import counted

EXAMPLE = "pvd comite --region 75 --trimestre 2021-T3"


def run(
    departement: Departement = None,
    region: Region = None,
    trimestre: Quarter = None,
    connu_au: KnownOn = None,
    racine: Root = None,
) -> None:
    """Write ``comite_financeurs.xlsx`` in the folder of the quarter and of the département or region."""
    check_one_territory(departement, region)

    with supervised("comite", racine) as run:
        quarter, known_on = chosen_quarter(trimestre), checked_date(connu_au)
        from pvd_analysis.reports.quarterly import make_committee_workbook

        with run.journal.about(trimestre=str(quarter)).step("Classeur du comité"):
            d = loaded_territory(quarter, departement, region, known_on, run.root)
            paths = make_committee_workbook(d)
            write_site_again(run.root)
        run.message["fichier"] = paths[0].relative_to(run.root).as_posix()
        say_files(paths, run.root)
        say(
            f"{d.departement}, {quarter.label} : {counted(len(d.projets), 'projet à examiner', 'projets à examiner')}.",
        )

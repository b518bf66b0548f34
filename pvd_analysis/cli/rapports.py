"""``pvd rapports``: raw files, tables, notebooks, HTML and Excel."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pvd_analysis.cli.console import progress_bar
from pvd_analysis.cli.options import Departements, KnownOn, Presentation, Quarter, Root, chosen_quarter
from pvd_analysis.cli.supervised import Notifier, supervised
from pvd_analysis.project import checked_date

EXAMPLE = "pvd rapports --trimestre 2021-T3 --departement 40 --connu-au 2021-09-10"


def run(
    trimestre: Quarter = None,
    departement: Departements = None,
    connu_au: KnownOn = None,
    presentation: Presentation = False,
    racine: Root = None,
    notifier: Notifier = None,
) -> None:
    """Make the reports of each département wanted; one that fails does not stop the others."""
    with supervised("rapports", racine, notifier) as run:
        quarter, known_on = chosen_quarter(trimestre), checked_date(connu_au)
        run.message["trimestre"] = str(quarter)
        from pvd_analysis.reports.kernels import warm

        warm.warm_up(run.root)  # while the tables are read
        from pvd_analysis.cli.each import ALL, checked_departements, chosen_departements, each
        from pvd_analysis.cli.said import counts, prepared_tables, say_findings, say_slides_left, status
        from pvd_analysis.constats import Severite
        from pvd_analysis.dataset import COUNTRY
        from pvd_analysis.reports.manifest import MANIFEST, content
        from pvd_analysis.reports.quarterly import STEPS, make_national_report, make_reports

        wanted = checked_departements(departement or [], run.root)
        log = run.journal.about(trimestre=str(quarter))
        with log.step("Lecture des fichiers bruts") as reading:
            preparation = prepared_tables(run.root, known_on)
            reading.counts |= counts(preparation)
            codes = chosen_departements(wanted, preparation)
        together = [COUNTRY] if ALL in wanted else []
        with progress_bar() as bar:
            task = bar.add_task("Rapports", total=len(codes) * (len(STEPS) + presentation) + len(together))

            def make(code: str) -> tuple[Mapping[str, Path], Mapping[str, Any]]:
                about = log.about(departement=code)
                with about.step("Rapports") as report, about.steps() as begin:

                    def step(name: str) -> None:
                        begin(name)
                        bar.update(task, description=f"{code} · {name}", advance=1)

                    if code == COUNTRY:
                        step("Synthèse nationale")
                        files = make_national_report(str(quarter), known_on, run.root)
                    else:
                        d, files = make_reports(str(quarter), code, known_on, run.root, step, presentation=presentation)
                        report.counts |= content(d)["lignes"]
                return files, {"manifeste": json.loads(files[MANIFEST].read_text(encoding="utf-8"))}

            made = each([*codes, *together], make, run.root)
        run.message["departements"] = made.told
        ended = made.say(run.root)
        say_slides_left(made.told, run.root / "outputs" / str(quarter))
        findings = preparation.constats
        findings = findings[findings["code_departement"].isna() | findings["code_departement"].isin(codes)]
        say_findings(findings, but_counted=Severite.INFORMATION)
        run.status = ended or status(findings)

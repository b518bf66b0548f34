"""``pvd rapports``: raw files, tables, notebooks, HTML and Excel."""

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import typer

from pvd_analysis.cli.console import (
    prepared_tables,
    progress_bar,
    say_error,
    say_files,
    say_findings,
    status,
    status_of,
    write_site_again,
)
from pvd_analysis.cli.options import Departements, KnownOn, Quarter, Root
from pvd_analysis.cli.supervised import Notifier, supervised
from pvd_analysis.communes import load_referentiel
from pvd_analysis.constats import Severite
from pvd_analysis.dataset import (
    COUNTRY,
    Preparation,
    Trimestre,
    checked_date,
    checked_departement,
    checked_trimestre,
    departements_with_data,
    followed_departements,
)
from pvd_analysis.dataset.deliveries import referentiel_folder
from pvd_analysis.errors import NoData
from pvd_analysis.reports.fault import reason_of
from pvd_analysis.reports.journal import Journal
from pvd_analysis.reports.kernels import warm
from pvd_analysis.reports.plausibility import MANIFEST, content

HELP = "Fait les rapports d'un trimestre : fichiers bruts, tables, notebooks, HTML et Excel."
EXAMPLE = "pvd rapports --trimestre 2021-T3 --departement 40 --connu-au 2021-09-10"


def run(
    trimestre: Quarter = None,
    departement: Departements = None,
    connu_au: KnownOn = None,
    racine: Root = None,
    notifier: Notifier = None,
) -> None:
    """Make the reports of each département wanted; one that fails does not stop the others."""

    def work(root: Path, journal: Journal, message: dict[str, Any]) -> int:
        warm.warm_up(root)
        quarter = checked_trimestre(trimestre) if trimestre else Trimestre.last_ended(dt.date.today())
        message["trimestre"] = str(quarter)
        known_on = checked_date(connu_au)
        wanted = checked_departements(departement or [], root)
        log = journal.about(trimestre=str(quarter))
        with log.step("Lecture des fichiers bruts") as reading:
            preparation = prepared_tables(root, known_on)
            reading.counts |= _counts(preparation)
            codes = chosen_departements(wanted, preparation)
        together = [COUNTRY] if "tous" in wanted else []
        message["departements"], places = _make_each([*codes, *together], quarter, known_on, root, log)
        say_files(places, root)
        write_site_again(root)
        failures = [told for told in message["departements"] if "raison" in told]
        for told in failures:
            say_error(f"{told['departement']} : {told['raison']}")
        findings = preparation.constats
        findings = findings[findings["code_departement"].isna() | findings["code_departement"].isin(codes)]
        say_findings(findings, but_counted=Severite.INFORMATION)
        return max((told["code_retour"] for told in failures), default=status(findings))

    raise typer.Exit(supervised("rapports", work, racine, notifier))


def _make_each(
    codes: list[str], quarter: Trimestre, known_on: dt.date | None, root: Path, journal: Journal
) -> tuple[list[dict[str, Any]], list[Path]]:
    """Make the reports of each département, or of the country; return what became of each, and the files."""
    from pvd_analysis.reports.national import make_national_report
    from pvd_analysis.reports.quarterly import STEPS, make_reports

    told: list[dict[str, Any]] = []
    places: list[Path] = []
    with progress_bar() as bar:
        task = bar.add_task("Rapports", total=len(codes) * len(STEPS))
        for rank, code in enumerate(codes):
            log = journal.about(departement=code)
            try:
                with log.step("Rapports") as report, log.steps() as begin:

                    def step(name: str, code: str = code, begin: Callable[[str], None] = begin) -> None:
                        begin(name)
                        bar.update(task, description=f"{code} · {name}", advance=0 if name == STEPS[0] else 1)

                    if code == COUNTRY:
                        begin("Synthèse nationale")
                        files = make_national_report(str(quarter), known_on, root)
                    else:
                        d, files = make_reports(str(quarter), code, known_on, root, step)
                        report.counts |= content(d)["lignes"]
            except Exception as error:
                reason = reason_of(error, root)
                told.append(
                    {"departement": code, "etat": "pas fait", "raison": reason, "code_retour": status_of(error)}
                )
            else:
                manifest = json.loads(files[MANIFEST].read_text(encoding="utf-8"))
                told.append({"departement": code, "etat": "fait", "manifeste": manifest})
                places += files.values()
            bar.update(task, completed=(rank + 1) * len(STEPS))
    return told, places


def _counts(preparation: Preparation) -> dict[str, int]:
    rows = {name: int(preparation.bilan[name].sum()) for name in ("lignes_lues", "lignes_gardees", "lignes_ecartees")}
    findings = preparation.constats["severite"].value_counts()
    return rows | {f"constats_{severity.value}": int(findings.get(severity.value, 0)) for severity in Severite}


def checked_departements(written: list[str], root: Path) -> list[str]:
    """Return the codes of départements that exist, or « tous »."""
    referentiel = load_referentiel(referentiel_folder(root))
    return ["tous" if code.casefold() == "tous" else checked_departement(code, referentiel) for code in written]


def chosen_departements(wanted: list[str], preparation: Preparation) -> list[str]:
    """Return the départements wanted; by default those that a classeur follows, and with « tous » all laureates'."""
    known = departements_with_data(preparation)
    if not known:
        raise NoData("Aucune donnée de lauréat dans data/raw : déposez un classeur de suivi dans data/raw/<date>/.")
    if not wanted:
        return followed_departements(preparation) or known
    if "tous" in wanted:
        return known
    missing = [code for code in wanted if code not in known]
    if missing:
        raise NoData(f"Aucune donnée pour {', '.join(missing)}. Départements présents : {', '.join(known)}.")
    return list(dict.fromkeys(wanted))

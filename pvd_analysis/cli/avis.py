"""``pvd avis``: the committee's workbook that came back becomes a delivery, and its opinions dated facts."""

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from pvd_analysis.cli.console import say
from pvd_analysis.cli.options import Root
from pvd_analysis.cli.said import prepared_tables, say_findings, say_reckoning, status
from pvd_analysis.cli.supervised import supervised
from pvd_analysis.communes import load_referentiel
from pvd_analysis.constats import blocking_first, findings_table
from pvd_analysis.dataset import Dataset, load, load_region
from pvd_analysis.dataset.deliveries import deliver, delivered_files, delivery_place
from pvd_analysis.errors import InvalidParameter
from pvd_analysis.project import raw_folder, referentiel_folder
from pvd_analysis.sources import avis, file_name, reading
from pvd_analysis.sources.apart import Apart
from pvd_analysis.sources.avis_summary import LABELS, Summary, read_summary
from pvd_analysis.sources.raw_file import RawFile, open_raw_file
from pvd_analysis.sources.safety import Unreadable
from pvd_analysis.values import format_date
from pvd_analysis.vocabulary import term_label
from pvd_analysis.whole_file import asked_for

EXAMPLE = "pvd avis comite_financeurs_rendu.xlsx"


def run(
    fichier: Annotated[
        Path,
        typer.Argument(metavar="FICHIER.xlsx", help="Le classeur rendu, tel qu'il a été reçu ; il n'est pas modifié."),
    ],
    racine: Root = None,
) -> None:
    """File a returned workbook in ``data/raw``, and say what it holds."""
    with supervised("avis", racine) as run:
        from pvd_analysis.workbooks.committee_return import changed_cells, margin_findings

        with run.journal.step("Avis du comité"):
            raw = _opened(fichier)
            said = _summary(raw, run.root)
            d = _dataset_of(said, run.root)
            content = fichier.read_bytes()
            name = f"avis_{said.code}_{said.trimestre}_{said.financeur}{fichier.suffix.casefold() or '.xlsx'}"
            place, is_there = delivery_place(run.root, said.date_avis, name, content)
            name = place.relative_to(raw_folder(run.root)).as_posix()
            findings = changed_cells(replace(raw, name=name), d)
            if not is_there:
                with asked_for(place):
                    deliver(place, content)
        run.message["fichier"] = place.relative_to(run.root).as_posix()
        _say_filed(d, said, run.message["fichier"], is_there)
        preparation = prepared_tables(run.root, None)
        opinions = preparation.tables["avis"]
        findings += margin_findings(d, opinions[opinions["fichier"].eq(name)])
        say_reckoning(preparation.bilan[preparation.bilan["fichier"].eq(name)])
        own = preparation.constats[preparation.constats["fichier"].eq(name)]
        shown = blocking_first(pd.concat([own, findings_table(findings)], ignore_index=True))
        say_findings(shown)
        run.status = status(shown)


def _opened(path: Path) -> RawFile:
    if not path.is_file():
        raise InvalidParameter(f"Fichier introuvable : {path}.")
    try:
        with reading(), Apart() as apart:
            raw = apart.call(path, open_raw_file, path, file_name(Path(path.name)))
            is_known = avis.form_place(raw) is not None
    except Unreadable as unreadable:
        raise InvalidParameter(str(unreadable.finding(path.name))) from unreadable
    if not is_known:
        raise InvalidParameter(
            f"{path.name} n'est pas un classeur du comité : une feuille « Projets à examiner », avec les colonnes "
            "« Identifiant », « Avis du comité » et « Montant proposé », est attendue (« pvd comite » l'écrit)."
        )
    return raw


def _summary(raw: RawFile, root: Path) -> Summary:
    said, findings = read_summary(raw, load_referentiel(referentiel_folder(root)))
    if said is None:
        raise InvalidParameter("Rien n'est déposé. " + " ".join(map(str, findings)))
    if said.date_avis > dt.date.today():
        # A delivery of the future would be the newest one for years.
        raise InvalidParameter(
            f"Rien n'est déposé. L'avis est daté du {format_date(said.date_avis)}, qui est à venir ({raw.name}, feuille "
            f"« Sommaire », « {LABELS['date_avis']} ») : le jour où l'avis a été rendu est attendu, par exemple « 15/10/2021 »."
        )
    return said


def _dataset_of(said: Summary, root: Path) -> Dataset:
    """Return the dataset that the workbook was made of: its territory, its quarter, known on its day."""
    files, _ = delivered_files(root)
    # Without a delivery since, all that is known is what was known then: those tables are prepared already.
    is_past = said.known_on is not None and any(file.delivery > said.known_on for file in files)
    known_on = said.known_on if is_past else None
    if said.code.startswith("R"):
        return load_region(said.trimestre, said.code, known_on, root)
    return load(said.trimestre, said.code, known_on, root)


def _say_filed(d: Dataset, said: Summary, place: str, is_there: bool) -> None:
    who = f"{term_label('financeur_avis', said.financeur)}, avis du {format_date(said.date_avis)}"
    say(f"{who} : {d.territoire}, {said.trimestre.label}.")
    known = "Déjà déposé, octet pour octet ; il n'y a rien à faire" if is_there else "Déposé"
    say(f"{known} : {place}")

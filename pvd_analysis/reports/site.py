"""``outputs/index.html``: every report made, by quarter, région and département, with its state.

It is made from what stands on disk alone, the manifests and the notes of failure, so that any run may write it again.
"""

import datetime as dt
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import quote

from markupsafe import Markup

from pvd_analysis.communes import Referentiel, load_referentiel
from pvd_analysis.constats import Severite
from pvd_analysis.dataset import COUNTRY, Trimestre
from pvd_analysis.project import referentiel_folder
from pvd_analysis.reports.fault import FAILURES
from pvd_analysis.reports.manifest import MANIFEST
from pvd_analysis.reports.static_page import Cover, static_page
from pvd_analysis.tables import KeyFigures
from pvd_analysis.tables.cards import KeyFigure
from pvd_analysis.values import format_date, format_number
from pvd_analysis.whole_file import write_whole

DOCUMENTS = {
    "synthese_nationale.html": "Synthèse",
    "note.html": "Note",
    "rapport_financier.html": "Financier",
    "rapport_ingenierie.html": "Ingénierie",
    "annexe.html": "Annexe",
    "comite_financeurs.xlsx": "Comité",
    "presentation.pptx": "Présentation",
    "fiches/index.html": "Fiches",
    "agenda.ics": "Agenda",
}
"""What a reader opens, in the folder of a quarter and a département, with its title; in the order of the page."""

ACCESSIBILITY = Path("notebooks", "accessibilite.txt")
"""The declaration of accessibility of the pages, that a préfecture may write anew; in the project."""

_INDEX = "index.html"
_QUARTER = re.compile(r"\d{4}-T[1-4]")
_CODE = re.compile(rf"\d{{2,3}}|2[AB]|R\d\d|{COUNTRY}")
_BEYOND = "Outre-mer et autres territoires"
_COUNTRY_LABEL = "France entière"


@dataclass(frozen=True, slots=True)
class _Report:
    """What the page says of one département and quarter."""

    quarter: str
    code: str
    name: str
    region: str
    documents: tuple[tuple[str, str], ...]
    findings: tuple[str, ...]
    made: tuple[str, ...]
    failed: tuple[str, ...]
    manifest: Mapping[str, Any]

    @property
    def key(self) -> str:
        """The identifier of its row."""
        return f"rapport-{self.quarter}-{self.code}"


def write_site(root: Path) -> Path:
    """Write ``outputs/index.html`` from the manifests on disk, and return where.

    Raises
    ------
    OSError
        The page cannot be written; the one that stood still stands.
    """
    outputs = root / "outputs"
    outputs.mkdir(parents=True, exist_ok=True)
    reports = list(_reports(outputs, load_referentiel(referentiel_folder(root))))
    quarters = [_quarter(quarter, list(rows)) for quarter, rows in groupby(reports, lambda report: report.quarter)]
    accessibility = _paragraphs(root / ACCESSIBILITY)
    title = "Rapports trimestriels"
    page = static_page(
        "site.html.j2",
        Cover(
            title,
            f"{title} – Petites villes de demain",
            facts=_facts(reports),
            headings=(
                *((quarter["key"], quarter["label"]) for quarter in quarters),
                *([("accessibilite", "Accessibilité")] if accessibility else []),
            ),
            form="liste",
        ),
        figures=Markup(_figures(reports)._repr_html_()) if reports else "",
        quarters=quarters,
        accessibility=accessibility,
    )
    path = outputs / _INDEX
    write_whole(path, page.encode())
    return path


def _paragraphs(path: Path) -> list[str]:
    if not path.is_file():
        return []
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:  # « ANSI », as Notepad still offers it
        text = content.decode("cp1252", errors="replace")
    return [paragraph for block in re.split(r"\n\s*\n", text) if (paragraph := " ".join(block.split()))]


def _reports(outputs: Path, referentiel: Referentiel) -> Iterator[_Report]:
    """Yield the reports made and those that failed, the newest quarter first, then by région and département."""
    failures: dict[tuple[str, str], list[Path]] = {}
    for path in (outputs / FAILURES).glob("*_*_*.json"):
        quarter, code, _ = path.name.split("_", 2)
        failures.setdefault((quarter, code), []).append(path)
    folders = {(path.parent.name, path.name) for path in outputs.glob("*/*") if path.is_dir()}
    known = [
        (quarter, code)
        for quarter, code in folders | set(failures)
        if _QUARTER.fullmatch(quarter) and _CODE.fullmatch(code)
    ]
    found = [
        _report(outputs, quarter, code, sorted(failures.get((quarter, code), ())), referentiel)
        for quarter, code in known
    ]
    shown = [report for report in found if report.documents or report.failed]
    # Two stable sorts: the quarters go down, the rest goes up.
    shown.sort(
        key=lambda report: (report.region != _COUNTRY_LABEL, report.region == _BEYOND, report.region, report.code)
    )
    yield from sorted(shown, key=lambda report: report.quarter, reverse=True)


def _report(outputs: Path, quarter: str, code: str, failures: list[Path], referentiel: Referentiel) -> _Report:
    folder = outputs / quarter / code
    documents = tuple(
        (quote(f"{quarter}/{code}/{name}"), title) for name, title in DOCUMENTS.items() if (folder / name).is_file()
    )
    manifest = _read(folder / MANIFEST)
    findings = manifest.get("constats", {}) if manifest else {}
    return _Report(
        quarter,
        code,
        *_place(code, referentiel),
        documents,
        tuple(format_number(findings.get(severity.value, 0)) if manifest else "—" for severity in Severite),
        tuple(_made(manifest, documents)),
        tuple(_failure(_read(path)) for path in failures),
        manifest,
    )


def _made(manifest: Mapping[str, Any], documents: tuple[tuple[str, str], ...]) -> Iterator[str]:
    if manifest:
        known_on = manifest.get("parametres", {}).get("connu_au")
        with_what = f", avec ce qui était connu au {_day(known_on)}" if known_on else ""
        yield f"Faits le {_day(manifest.get('execution', {}).get('debut'))}{with_what}."
    elif any(address.endswith((".html", ".xlsx")) and "/fiches/" not in address for address, _ in documents):
        yield "Sans manifeste lisible."


def _failure(said: Mapping[str, Any]) -> str:
    what = "Fiches" if said.get("quoi") == "fiches" else "Rapports"
    return f"{what}\N{NO-BREAK SPACE}: échec du {_day(said.get('le'))}. {said.get('raison', 'Motif illisible.')}"


def _place(code: str, referentiel: Referentiel) -> tuple[str, str]:
    """Return the name of a département and that of its région."""
    if code == COUNTRY:
        return _COUNTRY_LABEL, _COUNTRY_LABEL
    if code.startswith("R") and code[1:] in referentiel.regions.index:
        return f"Région {referentiel.region_name(code[1:])}", referentiel.region_name(code[1:])
    if code not in referentiel.departements.index:
        return code, _BEYOND
    region = referentiel.departements["code_region"].at[code]
    known = region in referentiel.regions.index
    return f"{referentiel.departement_name(code)} ({code})", referentiel.region_name(region) if known else _BEYOND


def _quarter(quarter: str, reports: list[_Report]) -> dict[str, Any]:
    period = Trimestre.parse(quarter)
    return {
        "key": f"trimestre-{quarter}",
        "label": period.label,
        "closed_on": format_date(period.last_day),
        "failed": [report for report in reports if report.failed],
        "regions": [(region, list(rows)) for region, rows in groupby(reports, lambda report: report.region)],
    }


def _figures(reports: list[_Report]) -> KeyFigures:
    made = [report for report in reports if report.manifest]
    blocked = [report for report in made if report.findings[0] != "0"]
    return KeyFigures(
        (
            KeyFigure("Rapports en place", format_number(len(made)), "un département et un trimestre chacun"),
            KeyFigure("Départements", format_number(len({report.code for report in made} - {COUNTRY}))),
            KeyFigure("Avec un constat bloquant", format_number(len(blocked)), "à corriger dans les fichiers reçus"),
            KeyFigure("En échec", format_number(sum(bool(report.failed) for report in reports)), "au dernier essai"),
        )
    )


def _facts(reports: list[_Report]) -> tuple[tuple[str, str], ...]:
    quarters = sorted({report.quarter for report in reports})
    days = sorted(str(report.manifest.get("execution", {}).get("debut", "")) for report in reports if report.manifest)
    if not quarters:
        return ()
    first, last = (Trimestre.parse(quarter).label for quarter in (quarters[0], quarters[-1]))
    span = ("Trimestre", first) if first == last else ("Trimestres", f"{first} à {last}")
    return (span, ("Dernier rapport", _day(days[-1]))) if days else (span,)


def _day(written: object) -> str:
    try:
        return format_date(dt.datetime.fromisoformat(str(written)).date())
    except ValueError:
        return "—"


def _read(path: Path) -> dict[str, Any]:
    """Return what a file of ours says, nothing when it is missing or spoilt."""
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    parts = ("parametres", "constats", "execution")
    return said if isinstance(said, dict) and all(isinstance(said.get(part, {}), dict) for part in parts) else {}

"""What is expected of a reading, whatever the file: a sentence or a table, reckoned to the cent, and no fault."""

import tempfile
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from random import Random

from pvd_analysis.communes import Referentiel, load_referentiel
from pvd_analysis.constats import findings_table
from pvd_analysis.dataset.schemas import typed
from pvd_analysis.sources import avis, read_file
from pvd_analysis.sources.apart import Apart
from pvd_analysis.sources.avis_summary import read_summary
from pvd_analysis.sources.raw_file import open_raw_file
from pvd_analysis.sources.safety import Unreadable
from pvd_analysis.vocabulary import table_description
from tests.conftest import ROOT
from tests.fuzz.inputs import counted_list
from tests.fuzz.mutations import spoilt


@dataclass(frozen=True)
class Find:
    """A case that ended otherwise than it should: its number, its file, and what was wrong."""

    case: int
    name: str
    content: bytes
    wrong: str


def finds(seconds: float, seed: int, only: int | None = None) -> Iterator[Find | None]:
    """Try case after case for some seconds, and return what each found, or None."""
    referentiel = load_referentiel(ROOT / "data" / "raw" / "referentiel")
    end = time.monotonic() + seconds
    with tempfile.TemporaryDirectory() as folder, Apart(referentiel) as apart:
        for case in count() if only is None else [only]:
            if time.monotonic() > end:
                return
            random = Random(f"{seed} {case}")
            counted = counted_list(random) if case % 3 == 0 else None
            name, content = (counted.name, counted.content) if counted else spoilt(random)
            path = Path(folder) / name
            path.write_bytes(content)
            try:
                wrong, rows, cents = apart.call(path, judged, path)
            except Unreadable as unreadable:
                # The library that reads them aborts now and then: in a process of its own, that is a finding as any other.
                aborted = (
                    name.endswith((".xls", ".xlsb"))
                    and unreadable.found == "le programme qui lit ce fichier s'est arrêté"
                )
                wrong, rows, cents = "" if aborted else unreadable.found, 0, 0
            if counted and not wrong and (rows, cents) != (counted.rows, counted.cents):
                wrong = f"{rows} rows and {cents} cents read of {counted.rows} and {counted.cents}"
            path.unlink()
            yield Find(case, name, content, wrong) if wrong else None


def judged(path: Path, referentiel: Referentiel) -> tuple[str, int, int]:
    """Return what is wrong with the reading of a file, and the rows and cents that it reckons."""
    try:
        return _judged(path, referentiel)
    except Exception:
        return traceback.format_exc(), 0, 0


def _judged(path: Path, referentiel: Referentiel) -> tuple[str, int, int]:
    read = read_file(path, path.name, referentiel)
    said = findings_table(read.findings)
    if read.content is None:
        return ("" if len(said) else "no table and no sentence"), 0, 0
    for table in read.content.tables:
        amount = table_description(table.table).amount
        if len(table.rows):
            typed(table.table, table.rows)
        kept = int(table.rows[amount].sum()) if amount and len(table.rows) else 0
        aside = int(table.set_aside["montant_cents"].sum())
        if table.rows_read != len(table.rows) + len(table.set_aside) or table.cents_read != kept + aside:
            return f"{table.sheet}: {table.rows_read} rows, {table.cents_read} cents ≠ kept and set aside", 0, 0
    if read.content.source == avis.NAME:
        read_summary(open_raw_file(path, path.name), referentiel)
    tables = read.content.tables
    return "", sum(table.rows_read for table in tables), sum(table.cents_read for table in tables)

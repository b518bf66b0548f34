"""The one place that writes to the terminal: progress, reckoning, findings, errors; and the exit statuses.

What is written comes from cells and from names of files: it is no markup, it holds no character that commands a terminal,
and what the terminal's code page has no letter for is written with the nearest ones.
"""

import codecs
import contextlib
import datetime as dt
import io
import os
import re
import sys
import unicodedata
import warnings
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

import pandas as pd
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from pvd_analysis.constats import Severite, grouped
from pvd_analysis.dataset import Preparation, prepared
from pvd_analysis.errors import refusal
from pvd_analysis.reports.fault import is_foreseen
from pvd_analysis.values import counted, format_euros, format_number

DONE, DONE_WITH_BLOCKING_FINDINGS, NOT_DONE = 0, 1, 2
UNFORESEEN: Final = 70
"""Exit status of a fault of the program, EX_SOFTWARE of sysexits.h."""

# Categories Cc, Cs, Zl and Zp, and those of Cf that hide, join or turn round what is around them.
_COMMANDS = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff"
    "\U000e0000-\U000e007f]"
)
_NEAREST: Final = {
    "«": '"', "»": '"', "“": '"', "”": '"', "’": "'", "‘": "'", "–": "-", "—": "-", "−": "-", "·": "-", "→": "->",
    "›": ">", "≈": "~", "≤": "<=", "≥": ">=", "×": "x", "€": "EUR", "œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE",
    "°": "o",
}  # fmt: skip
_NEAREST_LETTERS: Final = "pvd-nearest"


class _Terminal(Console):
    """A console that goes on silently when nobody reads it any more (``pvd preparer | head``): the work is done all the same."""

    def on_broken_pipe(self) -> None:
        self.quiet = True
        _silence(self.file)


_out, _err = _Terminal(), _Terminal(stderr=True)


def printable(text: str) -> str:
    r"""Return a text without what commands a terminal: escapes, ends of line, marks that turn the writing round.

    >>> printable("Dax \x1b[2J\nMugron")
    'Dax �[2J Mugron'
    """
    return _COMMANDS.sub(lambda found: " " if found[0].isspace() else "\N{REPLACEMENT CHARACTER}", text)


def _nearest(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    letters = error.object[error.start : error.end]
    plain = (unicodedata.normalize("NFKD", _NEAREST.get(letter, letter)) for letter in letters)
    written = (found.encode("ascii", "ignore").decode() or "?" for found in plain)
    return "".join(written), error.end


codecs.register_error(_NEAREST_LETTERS, _nearest)


def encodable(text: str) -> str:
    """Return a text in the letters of the terminal's code page: a help page is written by a library, in UTF-8 to some."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    return text.encode(encoding, _NEAREST_LETTERS).decode(encoding)


@contextlib.contextmanager
def terminal() -> Iterator[None]:
    """Make the terminal ready for what a command says, whatever its code page; at the end, whatever it could not take goes."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=_NEAREST_LETTERS)
    try:
        with warnings.catch_warnings():
            if not sys.warnoptions:  # what libraries tell their programmers, in English
                warnings.simplefilter("ignore")
            yield
    finally:
        for stream in (sys.stdout, sys.stderr):
            try:
                if stream is not None:
                    stream.flush()
            except OSError:
                _silence(stream)


def _silence(stream: object) -> None:
    """Lead a stream that takes nothing any more to nowhere: Python would fail on it once more at its exit."""
    with contextlib.suppress(OSError, AttributeError, ValueError), Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), stream.fileno())  # type: ignore[attr-defined]


def say(text: str, style: str = "") -> None:
    """Say one line."""
    _out.print(Text(printable(text), style), soft_wrap=True)


def say_error(text: str) -> None:
    """Say what was not done, and why."""
    with contextlib.suppress(OSError):  # nobody can be told
        _err.print(Text.assemble(("Erreur", "bold red"), f" : {printable(text)}"), soft_wrap=True)


def say_table(headers: Sequence[str], rows: Iterable[Sequence[str]], title: str | None = None) -> None:
    """Show a table."""
    table = Table(*headers, title=title, title_justify="left")
    for row in rows:
        table.add_row(*(Text(printable(cell)) for cell in row))
    _out.print(table)


class _Description(ProgressColumn):
    """What is being done: no markup, whatever it names."""

    def render(self, task: Task) -> Text:
        return Text(printable(task.description))


def progress_bar() -> Progress:
    """Return a progress bar, silent where nobody watches."""
    return Progress(
        SpinnerColumn("line"),
        _Description(),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("reste"),
        TimeRemainingColumn(),
        console=_err,
        transient=True,
        disable=not _err.is_terminal,
    )


def prepared_tables(root: Path, known_on: dt.date | None) -> Preparation:
    """Return the prepared tables, with the file that is being read in sight."""
    with progress_bar() as bar:
        task = bar.add_task("Lecture des fichiers bruts", total=None)
        return prepared(root, known_on, lambda name: bar.update(task, description=f"Lecture · {name}"))


def say_files(places: Iterable[Path], root: Path) -> None:
    """Say where the reports and workbooks are, by folder."""
    shown = [path for path in places if path.suffix in {".html", ".xlsx"}]
    if shown:
        say("Rapports faits", "bold")
    for folder in dict.fromkeys(path.parent for path in shown):
        place = folder.relative_to(root) if folder.is_relative_to(root) else folder
        say(f"  {place.as_posix()}/")
        for path in shown:
            if path.parent == folder:
                say(f"    {path.name}")


def write_site_again(root: Path) -> None:
    """Write the list of all reports again; the reports are made, whether it can be written or not."""
    from pvd_analysis.reports.site import write_site

    try:
        path = write_site(root)
    except OSError as error:
        say_error(
            f"La liste outputs/index.html n'a pas pu être écrite ({refusal(error)}) : est-elle ouverte ailleurs ?"
        )
    else:
        say(f"Tous les rapports : {path.relative_to(root).as_posix()}")


def say_reckoning(reckoning: pd.DataFrame) -> None:
    """Say the rows and euros read, kept and set aside of each sheet."""
    say("Bilan : lus = gardés + écartés", "bold")
    for row in reckoning.itertuples():
        sheet = f", feuille « {row.feuille} »" if row.feuille else ""
        say(f"  {row.fichier}{sheet} → {row.table}")
        rows = map(format_number, (row.lignes_lues, row.lignes_gardees, row.lignes_ecartees))
        say("    lignes : {} = {} + {}".format(*rows))
        if row.euros_lus_cents:
            euros = map(format_euros, (row.euros_lus_cents, row.euros_gardes_cents, row.euros_ecartes_cents))
            say("    euros : {} = {} + {}".format(*euros))


def say_findings(findings: pd.DataFrame, *, but_counted: Severite | None = None) -> None:
    """Count the findings by severity and say each kind of them, save those of one severity that are only counted."""
    counts = findings["severite"].value_counts()
    said = ", ".join(counted(int(counts.get(severity.value, 0)), severity.value) for severity in Severite)
    say(f"Constats : {said}.")
    for row in grouped(findings[findings["severite"].ne(but_counted.value if but_counted else "")]).itertuples():
        times = f"{format_number(row.nombre)} × " if row.nombre > 1 else ""
        text = f"  {row.severite} — {times}{row.constat} ({row.lieu})"
        for label, detail in (("trouvé", row.trouve), ("attendu", row.attendu), ("proposition", row.proposition)):
            if detail:
                text += f" ; {label} : {detail}"
        say(text)


def status(findings: pd.DataFrame) -> int:
    """Return the exit status of a command that is done with these findings."""
    blocking = findings["severite"].eq(Severite.BLOQUANT.value).any()
    return DONE_WITH_BLOCKING_FINDINGS if blocking else DONE


def status_of(error: BaseException) -> int:
    """Return the exit status of a command that an error has ended."""
    return NOT_DONE if is_foreseen(error) else UNFORESEEN

"""The one place that writes to the terminal: lines, tables, errors, progress."""

import contextlib
import re
import sys
import textwrap
from collections.abc import Iterable, Sequence
from pathlib import Path

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
from rich.table import Column, Table
from rich.text import Text

from pvd_analysis.cli.letters import printable, silence
from pvd_analysis.errors import refusal
from pvd_analysis.values.french import french_spaces

_LABEL = len("avertissement") + 2
_WITHIN = re.compile(r"(?<=\d) (?=\d{3}\b|×)")


class _Terminal(Console):
    """A console that goes on silently when nobody reads it any more (``pvd preparer | head``): the work is done all the same."""

    def on_broken_pipe(self) -> None:
        self.quiet = True
        silence(self.file)


_out, _err = _Terminal(), _Terminal(stderr=True)


def say(text: str, style: str = "") -> None:
    """Say one line."""
    _out.print(Text(printable(text), style), soft_wrap=True)


def say_aligned(label: str, *lines: str) -> None:
    """Say lines one under the other beside a label; where someone reads them, a long one goes on below, its words whole."""
    room = max(_out.width - _LABEL, _LABEL) if _out.is_terminal else sys.maxsize
    for text in (_WITHIN.sub("\N{NO-BREAK SPACE}", french_spaces(line)) for line in lines if line):
        for piece in textwrap.wrap(text, room, break_long_words=False, break_on_hyphens=False):
            say(f"{label:<{_LABEL}}{piece}")
            label = ""


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
        _Description(Column(no_wrap=True)),
        BarColumn(12),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("reste"),
        TimeRemainingColumn(),
        console=_err,
        transient=True,
        disable=not _err.is_terminal,
    )


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

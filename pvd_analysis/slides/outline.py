"""What each slide shows, as ``slides.toml`` says it: sentences, a figure, tables, and the rows that they come from."""

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any, Final, NamedTuple

from pydantic import ConfigDict
from pydantic.dataclasses import dataclass

from pvd_analysis import figures, tables
from pvd_analysis.dataset import Dataset, known_before
from pvd_analysis.declarations import declared, known
from pvd_analysis.figures import Illustration
from pvd_analysis.slides.governance import governance_table
from pvd_analysis.slides.pages import typeset
from pvd_analysis.tables import Paragraphs, ReportTable
from pvd_analysis.tables.cells import MISSING
from pvd_analysis.values import counted, format_number

_FILE: Final = "slides.toml"
_AUDIENCES: Final[Mapping[str, Callable[[Dataset], bool]]] = {
    "": lambda _: True,
    "region": lambda d: d.is_region,
    "un departement": lambda d: not d.is_region,
    "departement": lambda d: not d.is_region and d.is_followed,
    "sans classeur": lambda d: not d.is_region and not d.is_followed,
}
_MOST_WORDS: Final = 60
_FEW_ROWS: Final = 3


@dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class ShownTable:
    """One table of a slide: the function that makes it, and what of it is shown."""

    nom: str
    colonnes: tuple[str, ...] = ()
    au_plus: int = 0
    titre: bool = False
    petit: bool = False


@dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class Outline:
    """What ``slides.toml`` says of one slide, in its own words."""

    titre: str
    pour: str = ""
    mots: tuple[str, ...] = ()
    figure: str = ""
    tables: tuple[ShownTable, ...] = ()
    preuves: tuple[str, ...] = ()
    remarque: str = ""
    rejoint: bool = False


class Content(NamedTuple):
    """What a slide shows of a dataset: its sentences, figure and tables (small or not), and what stands below them.

    The speaker notes say ``notes``, and where the rows of ``evidence`` are from.
    """

    title: str
    words: Sequence[str]
    figure: Illustration | None
    tables: Sequence[tuple[ReportTable, bool]]
    below: Sequence[str]
    notes: Sequence[str]
    evidence: Sequence[ReportTable]


def contents(d: Dataset) -> Iterator[Content]:
    """Yield the slides that have something to show, in their order."""
    before = known_before(d)
    joining: Sequence[str] = ()
    for outline in outlines().values():
        if not _AUDIENCES[outline.pour](d):
            continue
        content = _content(d, before, outline, joining)
        if outline.rejoint and len(content.words) == 1:
            joining = content.words
        elif content.words or content.tables or content.figure:
            joining = ()
            yield content


def _content(d: Dataset, before: Dataset | None, outline: Outline, joining: Sequence[str]) -> Content:
    def made(name: str) -> Any:
        function = _functions()[name]
        if len(inspect.signature(function).parameters) == 1:
            return function(d)
        # without a quarter to compare with, nothing has changed: there is nothing to show
        return function(d, before) if before else None

    drawn = made(outline.figure) if outline.figure else None
    figure = drawn if isinstance(drawn, Illustration) else None
    told = [text for name in outline.mots for text in _texts(made(name))]
    words, left = _held([*joining, *([figure.title] if figure else []), *told])
    whole = [(table, shown) for shown in outline.tables if (table := made(shown.nom))]
    sources = dict.fromkeys(filter(None, [figure.note if figure else "", *(table.source for table, _ in whole)]))
    below = [f"Source : {' ; '.join(sources)}"] if sources else []
    shown_tables = []
    for table, shown in whole:
        beginning, cut = _beginning(table, shown.au_plus)
        chosen, same = _chosen(beginning, shown)
        words, below = [*words, *same, *([f"{table.title}."] if shown.titre else [])], [*below, *cut]
        shown_tables.append((chosen, shown.petit))
    return Content(
        typeset(outline.titre),
        list(map(typeset, words)),
        figure,
        shown_tables,
        list(map(typeset, below)),
        list(map(typeset, filter(None, [outline.remarque, *left]))),
        [*(table for table, _ in whole), *filter(None, map(made, outline.preuves))],
    )


@cache
def outlines() -> Mapping[str, Outline]:
    """Return what ``slides.toml`` says of each slide, by name.

    Raises
    ------
    DeclarationError
        It says a key that no slide has, or a function that is not there.
    """
    found = declared(__package__, _FILE, Outline)
    for name, outline in found.items():
        known(outline.pour, _AUDIENCES, __package__, _FILE, name, "pour")
        named = [*outline.mots, outline.figure, *(shown.nom for shown in outline.tables), *outline.preuves]
        for each in filter(None, named):
            known(each, _functions(), __package__, _FILE, name)
    return found


@cache
def _functions() -> Mapping[str, Callable[..., Any]]:
    shown = {name: getattr(module, name) for module in (figures, tables) for name in module.__all__}
    return {**shown, "governance_table": governance_table}


def _texts(found: Any) -> Sequence[str]:
    return found.texts if isinstance(found, Paragraphs) else found or ()


def _held(words: list[str]) -> tuple[list[str], list[str]]:
    """Part the sentences that a room reads at a glance from those that the notes say, which are counted on the slide."""
    shown, left = words, list[str]()
    while _word_count(shown) > _MOST_WORDS and len(left) + 1 < len(words):
        left = words[len(words) - len(left) - 1 :]
        more = f"Et {counted(len(left), 'point')} de plus, dans les notes et dans le rapport."
        shown = [*words[: -len(left)], more]
    return shown, left


def _word_count(texts: Sequence[str]) -> int:
    return sum(any(map(str.isalnum, word)) for text in texts for word in text.split())


def _beginning(table: ReportTable, most: int) -> tuple[ReportTable, list[str]]:
    """Return the first rows of a table, up to a whole project, and how many there are of how many."""
    if not most or len(table) <= most:
        return table, []
    stubs = table.values(table.columns[0])
    end = next((end for end in range(most, 1, -1) if stubs[end] != stubs[end - 1]), 1)
    said = f"Ici {format_number(end)} lignes sur {format_number(len(table))} ; le rapport les a toutes."
    return replace(table, data=table.data.iloc[:end], total_rows=()), [said]


def _chosen(table: ReportTable, shown: ShownTable) -> tuple[ReportTable, list[str]]:
    """Return the columns that a slide shows, and in a sentence what every row of one would repeat."""
    table = table.spelled_out()
    names = [column.name for column in table.columns]
    wanted = [name for name in shown.colonnes if name in names]
    table = table.only(*wanted) if wanted else table.without("origine")
    # what a total does not have is blank
    columns = [{cell.text for cell in cells} - {""} for cells in zip(*(row.cells for row in table.rows()), strict=True)]
    same = {
        column.name: f"{column.label} : {min(texts)}"
        for column, texts in list(zip(table.columns, columns, strict=True))[1:]
        if len(texts) == 1 and texts != {MISSING}
    }
    if shown.petit or len(table) < _FEW_ROWS or not 0 < len(same) < len(columns) - 1:
        return table, []
    return table.without(*same), [f"Toutes les lignes : {' ; '.join(same.values())}."]

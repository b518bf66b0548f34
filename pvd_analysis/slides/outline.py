"""What each slide shows, as ``slides.toml`` says it: sentences, a figure, tables, and the rows that they come from."""

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any, Final

from pydantic import ConfigDict
from pydantic.dataclasses import dataclass

from pvd_analysis import figures, tables
from pvd_analysis.dataset import Dataset, known_before
from pvd_analysis.declarations import declared, known
from pvd_analysis.figures import Illustration
from pvd_analysis.slides.governance import governance_table
from pvd_analysis.tables import Alerts, Paragraphs, ReportTable
from pvd_analysis.values import format_date, format_number

_FILE: Final = "slides.toml"
_AUDIENCES: Final = ("", "departement", "sans classeur", "un departement", "region")
_MOST_CASES: Final = 2


@dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class ShownTable:
    """One table of a slide: the function that makes it, and what of it is shown."""

    nom: str
    colonnes: tuple[str, ...] = ()
    au_plus: int = 0
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

    def is_for(self, d: Dataset) -> bool:
        """Tell whether it has its place in the deck of a territory."""
        match self.pour:
            case "region":
                return d.is_region
            case "sans classeur":
                return not d.is_region and not d.is_followed
            case "un departement":
                return not d.is_region
            case "departement":
                return not d.is_region and d.is_followed
            case _:
                return True


@dataclass(frozen=True, config=ConfigDict(arbitrary_types_allowed=True))
class Content:
    """What a slide shows of a dataset; ``evidence`` are tables whose rows the speaker notes give the origin of."""

    title: str
    words: tuple[str, ...]
    figure: Any  # Illustration or None
    tables: tuple[tuple[ReportTable, bool], ...]
    evidence: tuple[ReportTable, ...]
    remark: str


def contents(d: Dataset) -> Iterator[Content]:
    """Yield the slides that have something to show, in their order."""
    before = known_before(d)

    def made(name: str) -> Any:
        function = _functions()[name]
        compares = len(inspect.signature(function).parameters) > 1
        # without a quarter to compare with, nothing has changed: there is nothing to show
        return (function(d, before) if before else None) if compares else function(d)

    for outline in outlines().values():
        if not outline.is_for(d):
            continue
        words = tuple(dict.fromkeys(text for name in outline.mots for text in _texts(made(name))))
        figure = made(outline.figure) if outline.figure else None
        whole = {shown.nom: made(shown.nom) for shown in outline.tables}
        shown_tables = tuple(
            (_shown(table, shown), shown.petit)
            for shown in outline.tables
            if (table := whole[shown.nom]) is not None and len(table)
        )
        evidence = [*whole.values(), *map(made, outline.preuves)]
        if words or shown_tables or isinstance(figure, Illustration):
            yield Content(
                outline.titre.format(
                    territoire=d.territoire, trimestre=d.trimestre.label, date=format_date(d.arrete_le)
                ),
                words,
                figure if isinstance(figure, Illustration) else None,
                shown_tables,
                tuple(table for table in evidence if table is not None and len(table)),
                outline.remarque,
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
        for key, named in (
            ("mots", outline.mots),
            ("figure", (outline.figure,) if outline.figure else ()),
            ("tables", [shown.nom for shown in outline.tables]),
            ("preuves", outline.preuves),
        ):
            for each in named:
                known(each, _functions(), __package__, _FILE, name, key)
    return found


@cache
def _functions() -> Mapping[str, Callable[..., Any]]:
    shown = {name: getattr(module, name) for module in (figures, tables) for name in module.__all__}
    return {**shown, "governance_table": governance_table}


def _texts(found: Any) -> list[str]:
    """Return sentences, or points with their first cases, as the lines of a list."""
    match found:
        case None:
            return []
        case Paragraphs(texts):
            return list(texts)
        case Alerts():
            lines = []
            for alert in found.ordered():
                more = len(alert.cases) - _MOST_CASES
                cases = [*alert.cases[:_MOST_CASES], *([f"et {format_number(more)} de plus"] if more > 0 else [])]
                lines.append(" ".join([alert.text, *([" ; ".join(cases) + "."] if cases else [])]))
            return lines
        case _:
            return list(found)


def _shown(table: ReportTable, shown: ShownTable) -> ReportTable:
    """Return what a slide shows of a table: its first rows, up to a whole project, and some columns."""
    if shown.au_plus and len(table) > shown.au_plus:
        stubs = table.values(table.columns[0])
        end = shown.au_plus
        while end > 1 and stubs[end] == stubs[end - 1]:
            end -= 1
        said = f"Ici {format_number(end)} lignes sur {format_number(len(table))} ; le rapport les a toutes."
        table = replace(table, data=table.data.iloc[:end], total_rows=(), notes=(said, *table.notes))
    table = table.spelled_out()
    names = [column.name for column in table.columns]
    wanted = [name for name in shown.colonnes if name in names]
    return table.only(*wanted) if wanted else table.without("origine")

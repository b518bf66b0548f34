"""What one raw file gave, whatever its source."""

from dataclasses import dataclass

from pvd_analysis.constats import Constat
from pvd_analysis.sources.table_reader import TableRead

FRANCE = "france"
"""The scope of a list of the whole country."""


@dataclass(frozen=True, slots=True)
class SourceRead:
    """The tables that a source made of a file.

    ``scope`` is the part of the country that the file speaks of (département codes joined by ``+``, or ``france``). A
    newer delivery takes the place of what it covers: the same ``kind`` (the source, by default) and département, and the
    same values of the columns of ``by_line``, where the lines say what they are a list of (year, dispositif). A file that
    ``adds_up`` adds to the others of its source, and none takes its place.
    """

    source: str
    scope: str
    tables: tuple[TableRead, ...]
    findings: tuple[Constat, ...] = ()
    adds_up: bool = False
    kind: str = ""
    by_line: tuple[str, ...] = ()

    @property
    def what(self) -> str:
        """What kind of source it is, whatever the year."""
        return self.kind or self.source


def scope_of(departements: set[str]) -> str:
    """Return the scope that a set of départements makes; over twenty of them a list is national.

    >>> scope_of({"64", "40"})
    '40+64'
    """
    return FRANCE if len(departements) > 20 else "+".join(sorted(departements))

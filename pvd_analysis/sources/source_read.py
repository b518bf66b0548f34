"""What one raw file gave, whatever its source."""

from dataclasses import dataclass

from pvd_analysis.constats import Constat
from pvd_analysis.sources.table_reader import TableRead

__all__ = ["FRANCE", "SourceRead", "scope_of"]

FRANCE = "france"
"""The scope of a list of the whole country."""


@dataclass(frozen=True, slots=True)
class SourceRead:
    """The tables that a source made of a file.

    ``scope`` is the part of the country that the file speaks of (département codes joined by ``+``, or ``france``): a
    newer delivery of the same source and scope takes the place of this one, unless the file ``adds_up``: then it adds to
    the others of its source, and none takes its place.
    """

    source: str
    scope: str
    tables: tuple[TableRead, ...]
    findings: tuple[Constat, ...] = ()
    adds_up: bool = False


def scope_of(departements: set[str]) -> str:
    """Return the scope that a set of départements makes; over twenty of them a list is national.

    >>> scope_of({"64", "40"})
    '40+64'
    """
    return FRANCE if len(departements) > 20 else "+".join(sorted(departements))

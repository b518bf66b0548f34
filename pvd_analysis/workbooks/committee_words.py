"""What ``committee.toml`` and ``committee_entries.toml`` say of the sheets and of the cells to fill in."""

from collections.abc import Mapping
from functools import cache

from pydantic import ConfigDict
from pydantic.dataclasses import dataclass

from pvd_analysis import tables
from pvd_analysis.declarations import declared, known


@dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class SheetSaid:
    """What ``committee.toml`` says of one sheet, in its own words."""

    nom: str
    titre: str = ""
    contenu: str = ""
    phrases: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    region: tuple[str, ...] = ()
    laureats: tuple[str, ...] = ()
    echelle: float = 0.62


@dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class EntrySaid:
    """What ``committee_entries.toml`` says of one cell to fill in: title and sentence."""

    invite: tuple[str, str]
    refus: tuple[str, str]


@cache
def said_sheets() -> Mapping[str, SheetSaid]:
    """Return what is said of each sheet, in their order.

    Raises
    ------
    DeclarationError
        It says a key that no sheet has, or a table that there is not.
    """
    sheets = declared(__package__, "committee.toml", SheetSaid)
    for key, said in sheets.items():
        for name in said.tables:
            known(name.split()[0], tables.__all__, __package__, "committee.toml", key, name)
        for name in (*said.region, *said.laureats):
            known(name, said.tables, __package__, "committee.toml", key, name)
    return sheets


def entry_words(name: str, **words: str) -> dict[str, str]:
    """Return what Excel says of a cell to fill in, as XlsxWriter takes it."""
    said = declared(__package__, "committee_entries.toml", EntrySaid)[name]
    keys = ("input_title", "input_message", "error_title", "error_message")
    return {key: text.format(**words) for key, text in zip(keys, (*said.invite, *said.refus), strict=True)}

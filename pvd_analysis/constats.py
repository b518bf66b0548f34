"""Findings: what was noticed in the raw data, where, and what is proposed."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import pandas as pd
from openpyxl.utils import get_column_letter

from pvd_analysis.values import format_euros
from pvd_analysis.vocabulary import vocabulary_table

__all__ = ["FINDING_COLUMNS", "Constat", "Origine", "SetAside", "Severite", "blocking_first", "findings_table"]

FINDING_COLUMNS = (
    "severite",
    "regle",
    "constat",
    "lieu",
    "trouve",
    "attendu",
    "proposition",
    "fichier",
    "feuille",
    "ligne",
    "cellule",
)


class Severite(StrEnum):
    """How much a finding weighs; only a blocking one changes the exit status."""

    BLOQUANT = "bloquant"
    AVERTISSEMENT = "avertissement"
    INFORMATION = "information"


@dataclass(frozen=True, slots=True)
class Origine:
    """Where a value comes from: a file below ``data/raw``, a sheet, a row and a column (both from 1)."""

    fichier: str
    feuille: str | None = None
    ligne: int | None = None
    colonne: int | None = None

    def __post_init__(self) -> None:
        if not self.fichier:
            raise ValueError("an origin names its file")
        if any(number is not None and number < 1 for number in (self.ligne, self.colonne)):
            raise ValueError("rows and columns are counted from 1, as a spreadsheet shows them")

    @property
    def cellule(self) -> str | None:
        """The cell as a spreadsheet names it, ``F5``.

        >>> Origine("suivi.xlsx", "Projets", 5, 6).cellule
        'F5'
        """
        if self.ligne is None or self.colonne is None:
            return None
        return f"{get_column_letter(self.colonne)}{self.ligne}"

    def __str__(self) -> str:
        parts = [self.fichier]
        if self.feuille:
            parts.append(f"feuille « {self.feuille} »")
        if self.cellule:
            parts.append(f"cellule {self.cellule}")
        elif self.ligne:
            parts.append(f"ligne {self.ligne}")
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class SetAside:
    """A row that is set aside, and its amount in cents (None when it has none)."""

    cents: int | None = None


@dataclass(frozen=True, slots=True)
class Constat:
    """One finding.

    ``regle`` is a rule of ``findings.csv``, which gives the severity and the sentence; the other fields are French
    text for the analyst. ``ecartee`` says that the row is set aside for it, and with how many cents (None: it has no
    amount): that is blocking, whatever the rule.
    """

    regle: str
    origine: Origine
    trouve: str = ""
    attendu: str = ""
    proposition: str = ""
    ecartee: SetAside | None = None

    def __post_init__(self) -> None:
        if self.regle not in _RULES:
            raise ValueError(f"no finding rule named {self.regle!r}")

    @property
    def severite(self) -> Severite:
        """The severity of the finding's rule; blocking when a row is set aside."""
        return _RULES[self.regle][0] if self.ecartee is None else Severite.BLOQUANT

    @property
    def constat(self) -> str:
        """The sentence of the finding's rule, and what becomes of the row."""
        sentence = _RULES[self.regle][1]
        if self.ecartee is None:
            return sentence
        amount = "" if self.ecartee.cents is None else f" ({format_euros(self.ecartee.cents)})"
        return f"{sentence.removesuffix(' ; la ligne est écartée')} ; la ligne est écartée{amount}"

    def __str__(self) -> str:
        sentence = f"{self.constat} ({self.origine})"
        if self.trouve:
            sentence += f" : trouvé « {self.trouve} »"
        if self.attendu:
            sentence += f" ; attendu : {self.attendu}"
        if self.proposition:
            sentence += f" ; proposition : {self.proposition}"
        return sentence + "."


_RULES = {
    str(rule): (Severite(severity), str(sentence))
    for rule, severity, sentence in vocabulary_table("findings")[["regle", "severite", "constat"]].itertuples(
        index=False
    )
}
_ORDER = {severity.value: rank for rank, severity in enumerate(Severite)}


def findings_table(findings: Iterable[Constat]) -> pd.DataFrame:
    """Return findings as a table, the blocking ones first.

    Returns
    -------
    pandas.DataFrame
        Columns `FINDING_COLUMNS`, all text but ``ligne`` (Int64).
    """
    rows = [
        (
            finding.severite.value,
            finding.regle,
            finding.constat,
            str(finding.origine),
            finding.trouve,
            finding.attendu,
            finding.proposition,
            finding.origine.fichier,
            finding.origine.feuille or "",
            finding.origine.ligne,
            finding.origine.cellule or "",
        )
        for finding in findings
    ]
    table = pd.DataFrame(rows, columns=list(FINDING_COLUMNS))
    text = [column for column in FINDING_COLUMNS if column != "ligne"]
    return blocking_first(table.astype({**dict.fromkeys(text, "str"), "ligne": "Int64"}))


def blocking_first(findings: pd.DataFrame) -> pd.DataFrame:
    """Return a table of findings by severity, in their order otherwise."""
    return findings.sort_values("severite", key=lambda said: said.map(_ORDER), kind="stable", ignore_index=True)

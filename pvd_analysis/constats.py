"""Findings: what was noticed in the raw data, where, and what is proposed."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import pandas as pd

from pvd_analysis.values import counted, format_euros, format_number
from pvd_analysis.vocabulary import vocabulary_table

FINDING_COLUMNS = (
    *("severite", "regle", "constat", "lieu", "trouve", "attendu", "proposition"),
    *("fichier", "feuille", "ligne", "cellule", "ecarte_cents"),
)
_FIRST_PLACES = 3

_LONGEST_QUOTATION = 1_000


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

    @classmethod
    def of(cls, row: Any) -> "Origine":
        """Return where a row of a table comes from: its ``fichier``, ``feuille`` and ``ligne``."""
        return cls(row.fichier, row.feuille or None, int(row.ligne))

    @property
    def cellule(self) -> str | None:
        """The cell as a spreadsheet names it, ``F5``.

        >>> Origine("suivi.xlsx", "Projets", 5, 6).cellule
        'F5'
        """
        if self.ligne is None or self.colonne is None:
            return None
        return f"{column_letters(self.colonne)}{self.ligne}"

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
    """Rows that are set aside, one unless all those of a sheet are, and their amount in cents (None when they have none)."""

    cents: int | None = None
    rows: int = 1

    @classmethod
    def of(cls, cents: Any) -> "SetAside":
        """Return a row that is set aside with the amount that a table has for it, blank when it has none."""
        return cls(None if pd.isna(cents) else int(cents))


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
        for name in ("trouve", "proposition"):
            if len(said := getattr(self, name)) > _LONGEST_QUOTATION:  # a cell may hold 32 000 characters
                object.__setattr__(self, name, f"{said[:_LONGEST_QUOTATION].rstrip()}…")

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
        aside = _ASIDE if self.ecartee.rows == 1 else f" ; {format_number(self.ecartee.rows)} lignes sont écartées"
        return f"{sentence.removesuffix(_ASIDE)}{aside}{amount}"

    def __str__(self) -> str:
        found = f" : trouvé « {self.trouve} »" if self.trouve else ""
        expected = f" ; attendu : {self.attendu}" if self.attendu else ""
        proposal = f" ; proposition : {self.proposition}" if self.proposition else ""
        return f"{self.constat} ({self.origine}){found}{expected}{proposal}."


def column_letters(number: int) -> str:
    """Return a column as a spreadsheet names it, however far a damaged file puts it.

    >>> [column_letters(number) for number in (1, 26, 27, 702, 703, 65536)]
    ['A', 'Z', 'AA', 'ZZ', 'AAA', 'CRXP']
    """
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


_ASIDE = " ; la ligne est écartée"
_RULES = {
    str(row.regle): (Severite(row.severite), str(row.constat)) for row in vocabulary_table("findings").itertuples()
}
_ORDER = {severity.value: rank for rank, severity in enumerate(Severite)}


def findings_table(findings: Iterable[Constat]) -> pd.DataFrame:
    """Return findings as a table, the blocking ones first.

    Returns
    -------
    pandas.DataFrame
        Columns `FINDING_COLUMNS`, all text but ``ligne`` and ``ecarte_cents`` (Int64; the amount of the row that is
        set aside for it, in cents).
    """
    rows = [_cells(finding, finding.origine) for finding in findings]
    table = pd.DataFrame(rows, columns=list(FINDING_COLUMNS))
    numbers = ("ligne", "ecarte_cents")
    text = [column for column in FINDING_COLUMNS if column not in numbers]
    return blocking_first(table.astype({**dict.fromkeys(text, "str"), **dict.fromkeys(numbers, "Int64")}))


def _cells(finding: Constat, origin: Origine) -> tuple[Any, ...]:
    said = (finding.constat, str(origin), finding.trouve, finding.attendu, finding.proposition)
    place = (origin.fichier, origin.feuille or "", origin.ligne, origin.cellule or "")
    return (finding.severite.value, finding.regle, *said, *place, finding.ecartee and finding.ecartee.cents)


def blocking_first(findings: pd.DataFrame) -> pd.DataFrame:
    """Return a table of findings by severity, in their order otherwise."""
    return findings.sort_values("severite", key=lambda said: said.map(_ORDER), kind="stable", ignore_index=True)


def grouped(findings: pd.DataFrame) -> pd.DataFrame:
    """Return the findings of one kind as one: of one rule, in one column of one sheet, or in its rows.

    Parameters
    ----------
    findings : pandas.DataFrame
        As `findings_table` gives them, with or without more columns.

    Returns
    -------
    pandas.DataFrame
        ``severite``, ``regle``, ``constat`` (with the euros of all the rows set aside), ``nombre``, ``lieu`` and
        ``places`` (the first places, the latter without file and sheet), ``trouve``, ``attendu`` and ``proposition`` (the
        first ones), ``fichier``, ``feuille``; in the order of the first of each group.
    """
    # what is said of a file as a whole is said once for each thing; and of a row, once for each thing expected
    alone = findings["trouve"].where(findings["ligne"].isna(), "")
    expected = findings["attendu"].where(findings["cellule"].eq(""), "")
    is_aside = findings["constat"].str.contains(_ASIDE, regex=False)
    shared = [findings[name].fillna("") for name in ("severite", "regle", "fichier", "feuille")]
    kinds = [*shared, findings["cellule"].str.rstrip("0123456789"), alone, expected, is_aside]
    rows = [_group(group) for _, group in findings.groupby(kinds, sort=False)]
    names = [
        *("severite", "regle", "constat", "nombre", "lieu", "places", "trouve", "attendu", "proposition"),
        *("fichier", "feuille"),
    ]
    table = pd.DataFrame(rows, columns=names)
    return table.astype({**dict.fromkeys(names, "str"), "nombre": "Int64"})


def _group(findings: pd.DataFrame) -> dict[str, Any]:
    first = findings.iloc[0]
    sentence = first["constat"]
    if len(findings) > 1 and _ASIDE in sentence:
        cents = findings["ecarte_cents"].sum()
        amount = f" ({format_euros(int(cents))})" if findings["ecarte_cents"].notna().any() else ""
        sentence = f"{sentence.partition(_ASIDE)[0]} ; {format_number(len(findings))} lignes sont écartées{amount}"
    places = _places(findings)
    sheet = f"feuille « {first['feuille']} »" if first["feuille"] else ""
    return {
        **{name: first[name] for name in ("severite", "regle", "fichier", "feuille")},
        "constat": sentence,
        "nombre": len(findings),
        "lieu": ", ".join(filter(None, [first["fichier"], sheet, places])) if places else first["lieu"],
        "places": places,
        "trouve": _first_ones(findings["trouve"]),
        "attendu": _first_ones(findings["attendu"]),
        "proposition": _first_ones(findings["proposition"]),
    }


def _places(findings: pd.DataFrame) -> str:
    """Return « cellules F5, F6, F7 et 22 autres », or « ligne 5 »."""
    cells = [cell for cell in findings["cellule"] if cell]
    places = list(dict.fromkeys(cells or [str(line) for line in findings["ligne"].dropna()]))
    if not places:
        return ""
    more = len(places) - _FIRST_PLACES
    several = "s" if len(places) > 1 else ""
    beyond = f" et {counted(more, 'autre')}" if more > 0 else ""
    return f"{'cellule' if cells else 'ligne'}{several} {', '.join(places[:_FIRST_PLACES])}{beyond}"


def _first_ones(said: pd.Series) -> str:
    different = list(dict.fromkeys(text for text in said if text))
    return " ; ".join(different[:_FIRST_PLACES]) + (" ; …" if len(different) > _FIRST_PLACES else "")

"""What is doubtful in the lines of a list of aids: costs, rates, years, repeats. The lines are kept; a person decides."""

from collections.abc import Iterator
from dataclasses import replace

import pandas as pd

from pvd_analysis.constats import Constat, Origine
from pvd_analysis.values import format_euros, format_rate
from pvd_analysis.values.text import fold

# A rate is written with two to ten decimals: one point apart is no rounding.
_RATE_TOLERANCE = 0.01
# In ten-thousandths. An aid of 80 % of a cost that a national list rounds to the euro is a few cents over.
_LIMIT, _ROUNDED_LIMIT = 8_000, 8_001
_SHOWN_LINES = 10
_FEW_LINES = 3


def doubtful_lines(rows: pd.DataFrame, *, is_rounded: bool = True) -> list[Constat]:
    """Return the findings of the kept lines of one list, whose costs are rounded unless who decides gives them itself.

    A line repeats another only when beneficiary, dispositif, title *and* amount are the same: of 64 repeats on the
    rest in the list of 2019, one alone repeats the amount too.

    Parameters
    ----------
    rows : pandas.DataFrame
        ``exercice``, ``dispositif``, ``beneficiaire``, ``intitule``, ``cout_ht_cents`` and ``montant_cents`` (cents),
        the place of the row, and ``taux_liste`` (a ratio) where the list gives one.
    """
    if rows.empty:
        return []
    place = Origine.of(next(rows.itertuples()))
    said = ["exercice", "code_departement", "dispositif", "beneficiaire", "intitule", "ligne"]
    lines = rows[said].assign(
        cout=rows["cout_ht_cents"].astype("Int64"),
        montant=rows["montant_cents"].astype("Int64"),
        taux=pd.to_numeric(rows.get("taux_liste")),
    )
    return [
        Constat(rule, replace(place, ligne=line), trouve=found, attendu=expected)
        for rule, line, found, expected in (
            *_cost(lines, _ROUNDED_LIMIT if is_rounded else _LIMIT),
            *_rates(lines),
            *_years(lines),
            *_repeats(lines),
        )
    ]


def _cost(lines: pd.DataFrame, limit: int) -> Iterator[tuple[str, int, str, str]]:
    for row in lines[lines["cout"].eq(0)].itertuples():
        yield "cout_nul", row.ligne, f"coût 0 €, aide {format_euros(row.montant)}", "le coût hors taxes du projet"
    costed = lines[lines["cout"].gt(0)]
    over = costed[costed["montant"].gt(costed["cout"])]
    for row in over.itertuples():
        found = f"aide {format_euros(row.montant)}, coût {format_euros(row.cout)}"
        yield "aide_superieure_au_cout", row.ligne, found, "une aide inférieure au coût du projet"
    high = costed[(costed["montant"] * 10_000).gt(costed["cout"] * limit) & ~costed.index.isin(over.index)]
    for row in high.itertuples():
        beyond = format_euros(round(row.montant - row.cout * _LIMIT / 10_000), decimals=True)
        rate = format_rate(row.montant / row.cout, 2)
        found = f"{format_euros(row.montant)} pour {format_euros(row.cout)}, {rate}, soit {beyond} de trop"
        yield "taux_eleve", row.ligne, found, "au plus 80 % d'aides publiques (CGCT, art. L. 1111-10)"


def _rates(lines: pd.DataFrame) -> Iterator[tuple[str, int, str, str]]:
    costed = lines[lines["cout"].gt(0) & lines["taux"].notna()]
    reckoned = costed["montant"].astype(float) / costed["cout"].astype(float)
    for row in costed.assign(calcule=reckoned)[(costed["taux"] - reckoned).abs().gt(_RATE_TOLERANCE)].itertuples():
        yield "taux_contredit", row.ligne, format_rate(row.taux), f"{format_rate(row.calcule)}, d'après les montants"


def _years(lines: pd.DataFrame) -> Iterator[tuple[str, int, str, str]]:
    """Yield the lines of a year that hardly any other line of the list is of."""
    stray = stray_years(lines["exercice"])
    for row in lines[lines["exercice"].isin(stray)].itertuples():
        yield "exercice_inattendu", row.ligne, row.exercice, f"{stray[row.exercice]}, comme le reste de la liste"


def stray_years(years: pd.Series) -> dict[str, str]:
    """Return the years that so few lines of a list are of that they may be slips, with that of most other lines.

    >>> stray_years(pd.Series(["2021"] * 9 + ["2020"])), stray_years(pd.Series(["2021"] * 9 + ["2020"] * 4))
    ({'2020': '2021'}, {})
    """
    counts = years.value_counts()
    few = counts.index[(counts <= _FEW_LINES) & (counts * _FEW_LINES <= counts.max())]
    return dict.fromkeys(map(str, few), str(counts.index[0])) if len(few) else {}


def _repeats(lines: pd.DataFrame) -> Iterator[tuple[str, int, str, str]]:
    """Yield one finding for all the lines that say the same, at the second one."""
    same = ["code_departement", "dispositif", "montant", "beneficiaire", "intitule"]
    titled = lines[lines["intitule"].notna()]
    # Written the same first: folding every title of a country to find a handful would cost more than reading it.
    repeated = titled[titled.duplicated(same[:3], keep=False)]
    for rank, name in enumerate(same[3:], 4):
        repeated = repeated.assign(**{name: _folded(repeated[name])})
        repeated = repeated[repeated.duplicated(same[:rank], keep=False)]
    groups: dict[tuple[object, ...], list[int]] = {}
    for *key, number in repeated[[*same, "ligne"]].itertuples(index=False, name=None):
        groups.setdefault(tuple(map(str, key)), []).append(number)
    for numbers in groups.values():
        shown = ", ".join(map(str, numbers[:_SHOWN_LINES])) + ("…" if len(numbers) > _SHOWN_LINES else "")
        yield "doublon_probable", numbers[1], f"{len(numbers)} lignes semblables : {shown}", "une ligne par aide"


def _folded(texts: pd.Series) -> pd.Series:
    return texts.map({text: fold(text) for text in texts.dropna().unique()})

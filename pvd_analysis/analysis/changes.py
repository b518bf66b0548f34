"""What changed since another quarter, and why: every difference has one class, and the classes add up.

A fact (`pvd_analysis.analysis.facts`) is seen four times, by what was known and by the day it is looked at; *then* is the
quarter compared with, by default the one before:

=================  ================================  ==========================================
..                 on the last day of *then*         on the last day of this quarter
=================  ================================  ==========================================
as known then      *before*: what the report of      *foreseen*: what time alone makes of it
                   that quarter said
as known now       *restated*: what is now said of   *now*: what this report says
                   that past
=================  ================================  ==========================================

The path from *before* to *now* gives each difference its class:

- **corrigé** (corrected): a later delivery says otherwise of the past itself: *restated* is not *before*. A fact that
  is dated in the past and was not known then is corrected too: the total of the quarter before was another. It is late
  knowledge, and no movement of the quarter.
- **échu** (due): nothing was said anew, or only what was planned took place: *now* is what was *foreseen* (a deadline
  passed, an announcement dated ahead), or a planned session was held.
- **retiré** (withdrawn): the fact is not in the delivery any more, or is refused, given up or cancelled.
- **nouveau** (new): the fact was not there, and is dated within the quarter, or not dated.
- **modifié** (amended): the fact was there, and is another one since: its state or its date has moved on (an aid
  « accordé » is « payé », a post is vacant).

A correction comes first and the rest of the way after it, so that a fact may have two differences; together they
make the difference of its amounts, to the cent.
"""

import datetime as dt
from typing import Any

import pandas as pd

from pvd_analysis.analysis.conventions import NEAR, NOT_KNOWN
from pvd_analysis.analysis.facts import AMOUNTS, FACT_COLUMNS, STATES_ONLY, facts
from pvd_analysis.dataset import Dataset
from pvd_analysis.dataset.remembered import remembered
from pvd_analysis.dataset.states import delivered_on
from pvd_analysis.errors import InvalidParameter
from pvd_analysis.values import format_date
from pvd_analysis.vocabulary import ORIGIN, phrase, term_label

__all__ = ["change_counts", "changes", "changes_reckoning"]

CLASSES = ("nouveau", "modifie", "corrige", "retire", "echu")
CHANGE_COLUMNS = (
    *("nature_ecart", "cle", "libelle", "classe", "avant_cents", "apres_cents", "ecart_cents"),
    *("avant", "apres", "date_fait", *ORIGIN),
)


@remembered
def changes(d: Dataset, before: Dataset | None) -> pd.DataFrame:
    """Return the classed differences with an earlier quarter.

    Parameters
    ----------
    d : Dataset
    before : Dataset or None
        The same territory at an earlier quarter, or at the same one, as it was known then: what the report of the quarter
        before said (`pvd_analysis.dataset.known_before`), that of a year ago… None gives no row.

    Raises
    ------
    InvalidParameter
        ``before`` is another territory, a later quarter, or what was known later.

    Returns
    -------
    pandas.DataFrame
        `CHANGE_COLUMNS` of `classified`, and ``pourquoi``, a sentence.

    Examples
    --------
    >>> from pvd_analysis.dataset import known_before
    >>> later = pvd.load("2023-T1", "40", racine=d.racine)
    >>> pvd.analysis.changes(later, known_before(later))["classe"].value_counts().to_dict()
    {'modifie': 4, 'corrige': 3, 'echu': 3}
    """
    if before is None:
        nothing = facts(d).iloc[:0]
        return classified(nothing, nothing, nothing, nothing, d.arrete_le).assign(pourquoi=[])
    _refuse_to_compare(d, before)
    then = before.trimestre
    found = classified(facts(before), facts(d.at(then)), facts(before.at(d.trimestre)), facts(d), then.last_day)
    return found.assign(pourquoi=[_reason(row, then.last_day) for row in found.itertuples()])


def _refuse_to_compare(d: Dataset, before: Dataset) -> None:
    """Refuse two datasets that are not the same territory, or the second of which is not the earlier one."""
    if (d.code_departement, d.communes) != (before.code_departement, before.communes):
        raise InvalidParameter(phrase("refus", "territoires", un=before.territoire, autre=d.territoire))
    is_later = d.connu_au is not None and (before.connu_au is None or before.connu_au > d.connu_au)
    if before.trimestre > d.trimestre or is_later:
        quarters = {"trimestre": d.trimestre.label, "autre": before.trimestre.label}
        raise InvalidParameter(phrase("refus", "ordre", **quarters))


def classified(
    before: pd.DataFrame, restated: pd.DataFrame, foreseen: pd.DataFrame, now: pd.DataFrame, day: dt.date
) -> pd.DataFrame:
    """Return the differences between facts, each in one class of `CLASSES`.

    Parameters
    ----------
    before, restated, foreseen, now : pandas.DataFrame
        Facts (`pvd_analysis.analysis.facts.facts`), each known by ``nature_ecart`` and ``cle``.
    day : datetime.date
        The last day of the past: a fact of *restated* dated later, or not dated, is no correction.

    Returns
    -------
    pandas.DataFrame
        `CHANGE_COLUMNS`, in the order of the facts: amounts and states before and after, in cents and in words (blank
        where the fact is not there); the origin is that of the row after, or of the row before when none is left.
    """
    was, said, expected, is_now = (_by_key(table) for table in (before, restated, foreseen, now))
    rows = [
        step
        for key in sorted({**is_now, **was}, key=lambda key: _ORDER[key[0]])
        for step in _steps(was.get(key), said.get(key), expected.get(key), is_now.get(key), day)
    ]
    table = pd.DataFrame(rows, columns=list(CHANGE_COLUMNS))
    text = ("nature_ecart", "cle", "libelle", "classe", "avant", "apres", "fichier", "feuille")
    cents = ("avant_cents", "apres_cents", "ecart_cents", "ligne")
    return table.astype({**dict.fromkeys(text, "str"), **dict.fromkeys(cents, "Int64"), "date_fait": "datetime64[s]"})


def changes_reckoning(found: pd.DataFrame, d: Dataset, before: Dataset) -> pd.DataFrame:
    """Return the way from each total of the previous quarter to that of this one.

    Returns
    -------
    pandas.DataFrame
        ``nature_ecart`` (of `AMOUNTS`, where there is something), ``avant_cents``, one column for each class
        (``nouveau_cents``…) and ``apres_cents``; the first and the classes make the last, to the cent.

    Examples
    --------
    >>> from pvd_analysis.dataset import known_before
    >>> later = pvd.load("2023-T1", "40", racine=d.racine)
    >>> before = known_before(later)
    >>> found = pvd.analysis.changes(later, before)
    >>> pvd.analysis.changes_reckoning(found, later, before).set_index("nature_ecart").loc["aide", "apres_cents"].item()
    50020700
    """
    then, now = facts(before), facts(d)
    rows = []
    for nature in AMOUNTS:
        of_nature = found[found["nature_ecart"].eq(nature)]
        sums = of_nature.groupby("classe")["ecart_cents"].sum()
        start, end = (int(table.loc[table["nature_ecart"].eq(nature), "montant_cents"].sum()) for table in (then, now))
        if start or end or len(of_nature):
            parts = {f"{name}_cents": int(sums.get(name, 0)) for name in CLASSES}
            rows.append({"nature_ecart": nature, "avant_cents": start, **parts, "apres_cents": end})
    columns = ["nature_ecart", "avant_cents", *(f"{name}_cents" for name in CLASSES), "apres_cents"]
    table = pd.DataFrame(rows, columns=columns)
    return table.astype({"nature_ecart": "str", **dict.fromkeys(columns[1:], "Int64")})


def change_counts(found: pd.DataFrame) -> pd.DataFrame:
    """Return how many differences there are: ``nature_ecart``, one column for each class, ``nombre``.

    Examples
    --------
    >>> from pvd_analysis.dataset import known_before
    >>> later = pvd.load("2023-T1", "40", racine=d.racine)
    >>> found = pvd.analysis.changes(later, known_before(later))
    >>> pvd.analysis.change_counts(found).set_index("nature_ecart")["nombre"].to_dict()
    {'adhesion': 1, 'echeance': 9}
    """
    counts = pd.crosstab(found["nature_ecart"], found["classe"])
    counts = counts.reindex(columns=list(CLASSES), fill_value=0)
    order = list(dict.fromkeys(found["nature_ecart"]))
    counts = counts.reindex(order).assign(nombre=lambda table: table.sum(axis="columns"))
    return counts.rename_axis(index="nature_ecart", columns=None).reset_index()


_Fact = dict[str, Any]
_ORDER = {nature: rank for rank, nature in enumerate((*AMOUNTS, *STATES_ONLY))}


def _by_key(table: pd.DataFrame) -> dict[tuple[str, str], _Fact]:
    rows = table[list(FACT_COLUMNS)].to_dict("records")
    found = {(row["nature_ecart"], row["cle"]): row for row in rows}
    if len(found) != len(rows):
        raise ValueError("two facts have the same nature and key")
    return found


def _same(one: _Fact | None, other: _Fact | None) -> bool:
    if one is None or other is None:
        return one is other
    return bool(one["montant_cents"] == other["montant_cents"] and one["etat"] == other["etat"])


def _steps(
    before: _Fact | None, restated: _Fact | None, foreseen: _Fact | None, now: _Fact | None, day: dt.date
) -> list[_Fact]:
    """Return the differences of one fact: at most a correction, then what the quarter brought."""
    steps = []
    start = before
    is_past = restated is not None and (before is not None or _is_dated_by(restated, day))
    if is_past and not _same(before, restated):
        name = "retire" if _is_given_up(before, restated) else "corrige"
        steps.append(_step(before, restated, name))
        start = restated
    if not _same(start, now):
        steps.append(_step(start, now, _class(start, foreseen, now, day)))
    return steps


def _class(start: _Fact | None, foreseen: _Fact | None, now: _Fact | None, day: dt.date) -> str:
    if now is None or _is_given_up(start, now):
        return "retire"
    if start is None:
        return "echu" if _is_foreseen(foreseen, day) else "nouveau"
    took_place = start["prevu"] and not now["prevu"]
    was_foreseen = _same(foreseen, now) and _is_foreseen(foreseen, day)
    return "echu" if took_place or was_foreseen else "modifie"


def _is_foreseen(fact: _Fact | None, day: dt.date) -> bool:
    """Tell whether time alone makes a fact, dated ahead when it was told; a delivery may tell of the weeks after `day`."""
    if fact is None:
        return False
    return not pd.Timestamp(day) < fact["date_fait"] <= delivered_on(fact["fichier"])


def _is_given_up(start: _Fact | None, end: _Fact | None) -> bool:
    return start is not None and end is not None and end["retire"] and not start["retire"]


def _is_dated_by(fact: _Fact, day: dt.date) -> bool:
    return bool(pd.notna(fact["date_fait"]) and fact["date_fait"] <= pd.Timestamp(day))


def _step(start: _Fact | None, end: _Fact | None, name: str) -> _Fact:
    shown = end or start
    if shown is None:
        raise ValueError("a difference has at least one side")
    cents = [0 if fact is None else int(fact["montant_cents"]) for fact in (start, end)]
    return {
        **{column: shown[column] for column in ("nature_ecart", "cle", "libelle", *ORIGIN)},
        "classe": name,
        "avant_cents": cents[0],
        "apres_cents": cents[1],
        "ecart_cents": cents[1] - cents[0],
        "avant": None if start is None else start["etat"],
        "apres": None if end is None else end["etat"],
        "date_fait": None if end is None else end["date_fait"],
    }


def _reason(row: Any, day: dt.date) -> str:
    dated = "Sans date" if pd.isna(row.date_fait) else f"Daté du {format_date(row.date_fait)}"
    delivery = f"livraison du {format_date(delivered_on(row.fichier))}"
    match row.classe:
        case "modifie" if row.nature_ecart in AMOUNTS and row.avant != row.apres:
            # what is paid has no other date than that of its decision
            since = "" if row.apres == term_label("statut_financement", "paye") else f", {dated[0].lower()}{dated[1:]}"
            return f"De « {row.avant} » à « {row.apres} »{since} ; {delivery}."
        case "nouveau" | "modifie":
            return f"{dated} ; {delivery}."
        case "corrige" if pd.isna(row.avant):
            return f"{dated}, encore inconnu au {format_date(day)} ; {delivery}."
        case "corrige" if row.avant.startswith(NOT_KNOWN):
            return f"Appris par la {delivery}."
        case "corrige":
            return f"Dit autrement par la {delivery}."
        case "retire" if pd.isna(row.apres):
            return f"N'est plus livré ; dernière mention : {delivery}."
        case "retire":
            return f"Refusé, abandonné ou annulé ; {delivery}."
        case _ if row.nature_ecart == "echeance" and row.apres.startswith(NEAR):
            return "L'échéance devient proche."
        case _ if row.nature_ecart == "echeance":
            return "Le temps a passé, sans signature."
        case _:
            return f"Prévu au {format_date(day)}, arrivé depuis."

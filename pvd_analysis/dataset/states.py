"""The states of a fact: what a row says of the time before it, and the state in which a fact is seen from a day.

A row says one state of a fact and its dates; the states that it had before follow from them (an aid « accordé » in January
was « annoncé » in November). `seen_at` picks, of each fact, the state that it had on a day.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from functools import cache, reduce

import pandas as pd

from pvd_analysis.values import Trimestre, last_day
from pvd_analysis.vocabulary import TableDescription, table_description

HISTORY_COLUMNS = ("fait", "effet", "fin")
"""Beside the columns of a table: which fact a row is a state of, from which day (blank: always) and until which.

A table whose rows are no facts with a history (``tables.toml``) has the second one alone, or none when it has no date.
"""


SPEAKS_OF_THE_PAST = dt.timedelta(days=45)
"""A delivery of the first half of a quarter speaks of the quarter that has just ended: that is when classeurs come in."""


_DECIDED = ("accorde", "paye", "refuse", "abandonne")


def event_date(table: pd.DataFrame, name: str) -> pd.Series:
    """Return the day by which each row's event has surely happened: the last day of its date, blank when undated.

    « mars 2021 » is 31 March 2021: a report of the first quarter has it, one made on 15 March would not.
    """
    dates = [surely_by(table, column) for column in table_description(name).dates]
    return reduce(pd.Series.fillna, dates) if dates else pd.Series(pd.NaT, index=table.index, dtype="datetime64[s]")


def surely_by(table: pd.DataFrame, column: str) -> pd.Series:
    """Return the last day of each date of a column, blank when it is not known."""
    known, precisions = table[column].astype("datetime64[s]"), table[f"{column}_precision"]
    partial = (known.notna() & precisions.notna() & precisions.ne("jour")).to_numpy()
    if partial.any():
        known[partial] = [_last_day(*period) for period in zip(known[partial], precisions[partial], strict=True)]
    return known


@cache
def _last_day(first: pd.Timestamp, precision: str) -> pd.Timestamp:
    # the same few periods stand in all rows of a list
    return pd.Timestamp(last_day(first.date(), precision))


def seen_at(states: Mapping[str, pd.DataFrame], day: dt.date) -> dict[str, pd.DataFrame]:
    """Return the tables as they stood at the end of a day, consistent as a whole: a financing follows its project.

    Parameters
    ----------
    states : Mapping
        Of each table, its rows with `HISTORY_COLUMNS`; the states of a fact in their order.

    Returns
    -------
    dict
        The tables without `HISTORY_COLUMNS`, a row for each fact.
    """
    seen = _seen_at(states, day)
    return {
        name: rows.drop(columns=list(HISTORY_COLUMNS), errors="ignore").reset_index(drop=True)
        for name, rows in seen.items()
    }


def not_yet_at(states: Mapping[str, pd.DataFrame], day: dt.date) -> dict[str, pd.DataFrame]:
    """Return the rows of the facts that are told and do not stand yet at the end of a day, as they are told last.

    Takes what `seen_at` takes, and returns what is not in it: what is dated later, and what belongs to a project that is.
    """
    seen = _seen_at(states, day)
    later = {}
    for name, rows in states.items():
        if "fait" in rows:
            told = rows[~rows.duplicated(["code_departement", "fait"], keep="last")]
            there = pd.MultiIndex.from_frame(seen[name][["code_departement", "fait"]])
            is_later = ~pd.MultiIndex.from_frame(told[["code_departement", "fait"]]).isin(there) & told["fin"].isna()
            later[name] = told[is_later]
        elif "effet" in rows:
            later[name] = rows[rows["effet"] > pd.Timestamp(day)]
    return later


def _seen_at(states: Mapping[str, pd.DataFrame], day: dt.date) -> dict[str, pd.DataFrame]:
    seen = {name: _seen(rows, pd.Timestamp(day)) for name, rows in states.items()}
    aids, projects = seen["financements"], seen["projets"]
    seen["financements"] = aids[aids["id_projet"].isin(projects["id_projet"])]
    return seen


def _seen(rows: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    if "effet" in rows and (later := rows["effet"] > day).any():
        rows = rows[~later]
    if "fait" in rows:
        rows = rows[~(rows["fin"] <= day)]
        rows = rows[~rows.duplicated(["code_departement", "fait"], keep="last")]
    return rows


def dated_states(name: str, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the states that the rows of one delivery imply, those of a fact in their order, with `HISTORY_COLUMNS`."""
    table = table_description(name)
    states = rows.reset_index(drop=True)
    if table.fact or table.dates:
        states = states.assign(effet=event_date(states, name))
    if table.fact:
        never = pd.Series(pd.NaT, index=states.index, dtype="datetime64[s]")
        states = states.assign(fait=_facts(states, table), fin=never)
    earlier: list[pd.DataFrame] = []
    if len(states) and name in _COURSES:
        earlier, states = _COURSES[name](states)
    if earlier := [part for part in earlier if len(part)]:
        # stable: the earlier states of a row stand before it, and the rows in their order
        states = pd.concat([*earlier, states]).sort_index(kind="stable")
    if name == "totaux_annonces":
        # announced again, a total takes the place of the one before, wherever the two are written
        states = states.sort_values("effet", kind="stable", na_position="first")
    return states.reset_index(drop=True)


def _facts(rows: pd.DataFrame, table: TableDescription) -> pd.Series:
    """Return what each row is a fact of; rows that nothing tells apart are several facts, in their order."""
    known = [rows[column].astype("str").fillna("") for column in table.fact]
    facts = pd.Series(map("|".join, zip(*known, strict=True)), index=rows.index, dtype="str")
    if table.key:
        return facts
    again = facts.groupby([rows["code_departement"], facts]).cumcount()
    return facts.where(again.eq(0), facts + "|#" + (again + 1).astype("str")) if again.any() else facts


_States = tuple[list[pd.DataFrame], pd.DataFrame]


def _course_of_financings(states: pd.DataFrame) -> _States:
    """An aid that was announced, then decided, has been « annoncé » in between."""
    announced = surely_by(states, "date_annonce")
    before = states["statut"].isin(_DECIDED) & (announced < surely_by(states, "date_decision"))
    earlier = _undated(states[before], "date_decision").assign(statut="annonce", effet=announced[before])
    return [earlier], states


def _course_of_posts(states: pd.DataFrame) -> _States:
    """A post is under recruitment, then filled from its recruitment on, then vacant from its end on."""
    recruited = states["effet"]
    filled, vacant = states["etat_poste"].eq("recrute"), states["etat_poste"].eq("vacant")
    dated = (filled | vacant) & recruited.notna()
    sought = _undated(states[dated], "date_recrutement").assign(etat_poste="en_cours", effet=pd.NaT)
    then_filled = states[vacant & dated].assign(etat_poste="recrute")
    # nothing dates the vacancy of a post that was never filled: it has always been so
    ended = surely_by(states, "date_fin").fillna(_told_on(states).where(dated))
    effect = recruited.where(filled).fillna(ended.where(vacant))
    return [sought, then_filled], states.assign(effet=effect)


def _course_of_conventions(states: pd.DataFrame) -> _States:
    """A convention that is said signed and not when has been so since it was said."""
    undated = states["etat_convention"].eq("signee") & states["effet"].isna()
    return [], states.assign(effet=states["effet"].fillna(_told_on(states).where(undated)))


def _course_of_actions(states: pd.DataFrame) -> _States:
    """A session or a meeting that was held was planned before; one that is planned or given up is so at any date."""
    held = states["etat_action"].eq("realise")
    planned = states[held & states["effet"].notna()].assign(etat_action="programme", effet=pd.NaT)
    return [planned], states.assign(effet=states["effet"].where(held))


_COURSES: Mapping[str, Callable[[pd.DataFrame], _States]] = {
    "conventions": _course_of_conventions,
    "financements": _course_of_financings,
    "postes": _course_of_posts,
    "formations": _course_of_actions,
    "club": _course_of_actions,
}


def _undated(rows: pd.DataFrame, *columns: str) -> pd.DataFrame:
    blanks = {column: pd.Series(pd.NaT, index=rows.index, dtype="datetime64[s]") for column in columns}
    precisions = {f"{column}_precision": pd.Series(None, index=rows.index, dtype="str") for column in columns}
    return rows.assign(**blanks, **precisions)


def _told_on(rows: pd.DataFrame) -> pd.Series:
    """Return the day that the delivery of each row speaks of, from the name of its file, blank when it has none."""
    days = {file: speaks_of(file) for file in rows["fichier"].unique()}
    return rows["fichier"].map(days).astype("datetime64[s]")


@cache
def speaks_of(file: str) -> pd.Timestamp:
    """Return the day whose state a delivered file tells: its delivery, or the end of the quarter that has just ended."""
    delivered = delivered_on(file)
    if pd.isna(delivered):
        return delivered
    ended = pd.Timestamp(Trimestre.of(delivered.date()).previous.last_day)
    return ended if delivered - ended <= SPEAKS_OF_THE_PAST else delivered


@cache
def delivered_on(file: str) -> pd.Timestamp:
    """Return the day on which a file was delivered, that of its folder; blank for a file of no delivery."""
    try:
        return pd.Timestamp(dt.date.fromisoformat(file.split("/", 1)[0]))
    except ValueError:
        return pd.NaT

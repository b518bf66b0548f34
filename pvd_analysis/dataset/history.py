"""The history of the facts: what stood at each date, whatever a newer delivery says only of today.

A row says one state of a fact and its dates; the states that it had before follow from them (`pvd_analysis.dataset.states`), or stand in an older
delivery that a newer one replaced: nothing that was known of a date is unknown later.

Nothing is said of a time that nobody spoke of: a post, an action or an amount that an older classeur does not hold, and that
nothing dates, begins on the day that the first one which tells it speaks of.

A newer delivery that says otherwise of a state, with no later date, corrects it: the past is told as it is now known. One
that says another state, or a later date, continues it: the past keeps what it knew.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from pvd_analysis.dataset.states import HISTORY_COLUMNS, dated_states, delivered_on, speaks_of
from pvd_analysis.vocabulary import ORIGIN, TableDescription, table_description


@dataclass(slots=True)
class _State:
    """A state of a fact, as a place in the rows of all deliveries."""

    place: int
    said: tuple[Any, ...]
    alias: tuple[str, ...]
    state: str | None
    event: pd.Timestamp
    effect: pd.Timestamp
    file: str
    end: pd.Timestamp = field(default=pd.NaT)


def history(name: str, deliveries: Sequence[tuple[str, pd.DataFrame]]) -> pd.DataFrame:
    """Return the states of the facts that successive deliveries of one département tell.

    Parameters
    ----------
    name : str
        The table.
    deliveries : sequence
        Of each delivery, the oldest first, the name of its file and its rows.

    Returns
    -------
    pandas.DataFrame
        The rows with `HISTORY_COLUMNS`: the facts that are gone, then those of the newest delivery in its order.
    """
    told = [dated_states(name, rows) for _, rows in deliveries]
    if len(told) == 1:
        return told[0]
    table = table_description(name)
    rows = pd.concat(told, ignore_index=True)
    course: dict[str, list[_State]] = {}
    last: dict[str, list[_State]] = {}
    last_day, start = pd.NaT, 0
    for (file, _), states in zip(deliveries, told, strict=True):
        now = _by_fact(states, table, start)
        start += len(states)
        if file != deliveries[0][0] and (table.state or table.amount):
            _begin(now, course, speaks_of(file))
        _end(course, last, now, last_day, speaks_of(file))
        for fact, said in now.items():
            course[fact] = _continued(course.get(fact, []), said, speaks_of(file))
        last, last_day = now, delivered_on(file)
    ordered = [*(fact for fact in course if fact not in last), *last]
    kept = [state for fact in ordered for state in course[fact]]
    found = rows.iloc[[state.place for state in kept]].reset_index(drop=True)
    return found.assign(
        effet=pd.array([state.effect for state in kept], dtype="datetime64[s]"),
        fin=pd.array([state.end for state in kept], dtype="datetime64[s]"),
    )


def _by_fact(states: pd.DataFrame, table: TableDescription, start: int) -> dict[str, list[_State]]:
    unsaid = {*ORIGIN, *HISTORY_COLUMNS, "source_fait"}
    contents = states[[column for column in states.columns if column not in unsaid]].astype(object)
    aliases = states[list(table.alias)].astype("str").fillna("")
    aliases = aliases.apply(lambda each: each.str.casefold())
    found: dict[str, list[_State]] = {}
    for place, (said, alias, fact, state, effect, file) in enumerate(
        zip(
            contents.where(contents.notna(), None).itertuples(index=False, name=None),
            aliases.itertuples(index=False, name=None),
            states["fait"],
            states[table.state] if table.state else [None] * len(states),
            states["effet"],
            states["fichier"],
            strict=True,
        )
    ):
        found.setdefault(fact, []).append(_State(start + place, said, alias, state, effect, effect, file))
    return found


def _begin(now: dict[str, list[_State]], course: dict[str, list[_State]], told_on: pd.Timestamp) -> None:
    """Let what is first told of a fact begin now, where nothing dates it."""
    for fact in now.keys() - course.keys():
        for state in now[fact]:
            if pd.isna(state.effect):
                state.effect = told_on


def _end(
    course: dict[str, list[_State]],
    last: dict[str, list[_State]],
    now: dict[str, list[_State]],
    last_day: pd.Timestamp,
    told_on: pd.Timestamp,
) -> None:
    """End the facts that are not told any more: on the day that their successor begins, else on that of the delivery.

    One whose successor was there already on the day of its own delivery was only misnamed: it has never been.
    """
    successors = {states[-1].alias: states for fact, states in now.items() if fact not in last}
    for fact in last.keys() - now.keys():
        successor = successors.get(last[fact][-1].alias)
        begin = told_on if successor is None else _first_event(successor)
        if fact.partition("|#")[0] in now or not begin > last_day:
            misnamed = course.pop(fact)
            if successor is not None:
                successor[0].effect = misnamed[0].effect
        else:
            for state in course[fact]:
                state.end = begin if pd.isna(state.end) else state.end


def _first_event(states: Sequence[_State]) -> pd.Timestamp:
    return next((state.event for state in states if pd.notna(state.event)), pd.NaT)


def _continued(known: list[_State], states: list[_State], told_on: pd.Timestamp) -> list[_State]:
    """Return the states of a fact after one more delivery."""
    if not known:
        return states
    before, after = known[-1], states[-1]
    if pd.notna(before.end):
        return [*known, _from(after, told_on)]
    first_told = before.event if pd.notna(before.event) else delivered_on(before.file)
    if (
        before.said == after.said
        or _was_foreseen(before)
        or (before.state == after.state and not after.event > first_told)
    ):
        # the same again, or said otherwise: and with it what its delivery implied of the past
        kept = [state for state in known if state.file != before.file]
        if before.said == after.said or (pd.isna(after.event) and not _was_foreseen(before)):
            after.effect = before.effect
        course = [*kept, *(states[len(kept) - len(known) :] if kept else states)]
        if pd.isna(course[0].effect) and pd.notna(known[0].effect):
            course[0].effect = min(known[0].effect, told_on)
        return course
    since = [
        each
        for each in states[:-1]
        if each.effect > before.effect or (pd.isna(before.effect) and each.effect > first_told)
    ]
    if pd.isna(after.event) or after.event == before.event:
        after = _from(after, told_on)
    return [*known, *since, after]


def _from(state: _State, day: pd.Timestamp) -> _State:
    state.effect = state.event if state.event > day else day
    return state


def _was_foreseen(state: _State) -> bool:
    """Tell whether a state was dated after the delivery that told it: nothing had happened yet."""
    return bool(state.event > delivered_on(state.file))

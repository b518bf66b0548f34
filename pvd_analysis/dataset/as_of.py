"""The tables as they stood at the end of a day: what is dated later is left out, or not yet done."""

import datetime as dt
from functools import cache

import pandas as pd

from pvd_analysis.values import last_day
from pvd_analysis.vocabulary import TableDescription, table_description

__all__ = ["as_of", "event_date"]


def event_date(table: pd.DataFrame, name: str) -> pd.Series:
    """Return the day by which each row's event has surely happened: the last day of its date, blank when undated.

    « mars 2021 » is 31 March 2021: a report of the first quarter has it, one made on 15 March would not.
    """
    days = pd.Series(pd.NaT, index=table.index, dtype="datetime64[s]")
    if table.empty:
        return days
    for column in table_description(name).dates:
        known, precisions = table[column].astype("datetime64[s]"), table[f"{column}_precision"]
        partial = known.notna() & precisions.ne("jour")
        if partial.any():
            firsts = zip(known[partial].dt.date, precisions[partial], strict=True)
            known[partial] = pd.array([_last_day(*first) for first in firsts], dtype="datetime64[s]")
        days = days.fillna(known)
    return days


# the same few periods stand in all rows of a list
_last_day = cache(last_day)


def as_of(table: pd.DataFrame, name: str, day: dt.date, event_days: pd.Series | None = None) -> pd.DataFrame:
    """Return the table as it stood at the end of `day`; `event_days` may give what `event_date` says of it.

    An undated row is kept: the source states it, and nothing says that it came later. What becomes of a row dated
    later is said by ``futur`` in ``tables.toml``: left out, or put back in the state it had before (a post « en
    cours », a session « programmée »).
    """
    description = table_description(name)
    if table.empty or not description.dates or description.future is None:
        return table.reset_index(drop=True)
    later = (event_date(table, name) if event_days is None else event_days) > pd.Timestamp(day)
    if not later.any():
        return table.reset_index(drop=True)
    if description.future == "exclure":
        return table[~later].reset_index(drop=True)
    return _before_event(table, description, later).reset_index(drop=True)


def _before_event(table: pd.DataFrame, description: TableDescription, later: pd.Series) -> pd.DataFrame:
    states = dict(description.future) if not isinstance(description.future, str) and description.future else {}
    data = table.copy()
    for column, state in states.items():
        # A state that is not yet « done » (programmée, en préparation, annulée) is as true before its date as after.
        done = data[column].isin(["recrute", "realise"])
        data.loc[later & done, column] = state
        if "recrute" in set(table[column]):
            for date_column in description.dates:
                data.loc[later & done, [date_column, f"{date_column}_precision"]] = pd.NaT, None
    return data

"""The dates to come as a calendar that Outlook, Thunderbird and telephones open (iCalendar, RFC 5545)."""

import datetime as dt
import unicodedata
from typing import Any

import pandas as pd
from icalendar import Alarm, Calendar, Event, vText

from pvd_analysis.analysis import agenda, agenda_closed
from pvd_analysis.analysis.agenda import GIVEN_UP
from pvd_analysis.dataset import Dataset, known_before
from pvd_analysis.values import format_date, format_partial, last_day

AGENDA = "agenda.ics"
_OVERDUE = "dépassée"
_NOTICE = dt.timedelta(days=30)


def agenda_ics(d: Dataset) -> bytes:
    """Return the calendar of a département: one all-day event for each row of `pvd_analysis.analysis.agenda`.

    An event keeps its identifier from one quarter to the next, so that opening the calendar of the next quarter moves
    it rather than repeats it; one that stood in the last calendar and was signed, held or given up since is told as such,
    once. What is known by its month or season lasts that long, and says so. The same dataset gives the same bytes.

    Examples
    --------
    >>> from pvd_analysis.reports.agenda import agenda_ics
    >>> agenda_ics(d).count(b"BEGIN:VEVENT")
    13
    """
    calendar = Calendar()
    calendar.add("prodid", "-//pvd-analysis//agenda//FR")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", f"Petites villes de demain, {d.departement}")
    for row in agenda(d).itertuples():
        event = _event(d, row)
        event.add_component(_alarm(row))
        calendar.add_component(event)
    before = known_before(d)
    for row in () if before is None else agenda_closed(d, before).itertuples():
        event = _event(d, row)
        event["status"] = vText("CANCELLED" if row.suite == GIVEN_UP else "CONFIRMED")
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _event(d: Dataset, row: Any) -> Event:
    first = row.date_echeance.date()
    last = last_day(first, row.date_echeance_precision)
    made_on = dt.datetime.combine(d.arrete_le, dt.time(), tzinfo=dt.UTC)
    when = "" if first == last else f" ({format_partial(first, row.date_echeance_precision)}, jour à préciser)"
    state = f" ({row.situation})" if row.situation == _OVERDUE or "suite" in row._fields else ""
    said = [] if pd.isna(row.objet) else [row.objet]
    event = Event()
    event.add("uid", f"{_line(row.cle).replace(' ', '-')}@pvd-analysis")
    event.add("dtstamp", made_on)
    event.add("sequence", d.trimestre.annee * 4 + d.trimestre.numero)
    event.add("summary", _line(f"{row.echeance} – {row.concerne}{when}{state}"))
    event.add("description", "\n".join(map(_line, [*said, f"État au {format_date(d.arrete_le)} : {row.situation}."])))
    event.add("dtstart", first)
    # The end of an all-day event is the day after its last one.
    event.add("dtend", last + dt.timedelta(days=1))
    event.add("status", "CONFIRMED" if first == last else "TENTATIVE")
    event.add("transp", "TRANSPARENT")
    event.add("categories", ["Petites villes de demain"])
    return event


def _alarm(row: Any) -> Alarm:
    """Return the reminder of an event, a month before it."""
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", _line(f"{row.echeance} – {row.concerne}"))
    alarm.add("trigger", -_NOTICE)
    return alarm


def _line(text: str) -> str:
    """Return a text on one line: a line break or a control character of a cell would end the property."""
    return "".join(each for each in " ".join(text.split()) if unicodedata.category(each) != "Cc")

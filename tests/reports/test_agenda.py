"""The calendar, read back by the library that programs of calendars are written with."""

import datetime as dt

import icalendar
import openpyxl
import pytest

import pvd_analysis as pvd
from pvd_analysis.cli import main
from pvd_analysis.reports.agenda import agenda_ics

HOSTILE = "Réunion ; « clés », virgules, \\barre\r\nEND:VCALENDAR\r\nX-PRIS:1 " + "é" * 90


def events(content):
    return {str(event["uid"]): event for event in icalendar.Calendar.from_ical(content).walk("VEVENT")}


def test_each_deadline_is_an_all_day_event_with_its_town(landes_root):
    found = events(agenda_ics(pvd.load("2021-T3", "40", racine=landes_root)))
    aire = found["convention-cadre-40001@pvd-analysis"]
    assert aire.decoded("dtstart") == dt.date(2022, 11, 20)
    assert aire.decoded("dtend") == dt.date(2022, 11, 21)
    assert str(aire["summary"]) == "Convention-cadre valant ORT : échéance – Aire-sur-l'Adour"
    assert "convention-cadre-40134@pvd-analysis" not in found, "Labouheyre has not joined: nothing is due"
    assert len(found) == 13
    assert str(found["convention-cadre-40194@pvd-analysis"]["summary"]).endswith("Montfort-en-Chalosse et Mugron")
    (alarm,) = aire.walk("VALARM")
    assert alarm.decoded("trigger") == dt.timedelta(days=-30)


def test_what_is_known_by_its_season_lasts_the_season_and_says_so(landes_root):
    found = events(agenda_ics(pvd.load("2021-T3", "40", racine=landes_root)))
    (meeting,) = [event for uid, event in found.items() if uid.startswith("club-40-reunion-")]
    assert (meeting.decoded("dtstart"), meeting.decoded("dtend")) == (dt.date(2021, 9, 22), dt.date(2021, 12, 21))
    assert "(automne 2021, jour à préciser)" in str(meeting["summary"])


def test_the_same_event_keeps_its_identifier_and_a_later_quarter_replaces_it(landes_root):
    before, after = (
        events(agenda_ics(pvd.load(quarter, "40", racine=landes_root))) for quarter in ("2021-T3", "2023-T1")
    )
    uid = "convention-cadre-40224@pvd-analysis"
    assert after[uid]["sequence"] > before[uid]["sequence"]
    assert after[uid].decoded("dtstamp") == dt.datetime(2023, 3, 31, tzinfo=dt.UTC)
    assert str(after[uid]["summary"]).endswith("Peyrehorade (dépassée)")


def test_two_runs_write_the_same_bytes_with_the_line_ends_and_lengths_of_the_norm(project, capsys):
    path = project / "outputs" / "2021-T3" / "40" / "agenda.ics"
    written = []
    for _ in range(2):
        with pytest.raises(SystemExit) as stop:
            main(["agenda", "--trimestre", "2021-T3", "--departement", "40", "--racine", str(project)])
        assert stop.value.code == 0
        written.append(path.read_bytes())
    assert written[0] == written[1]
    assert "agenda.ics : 13\xa0dates." in capsys.readouterr().out
    lines = written[0].split(b"\r\n")
    assert not any(b"\n" in line or len(line) > 75 for line in lines)
    assert 'href="2021-T3/40/agenda.ics"' in (project / "outputs" / "index.html").read_text(encoding="utf-8")


def test_special_characters_of_a_cell_stay_text_and_the_end_of_a_post_is_a_date(project):
    path = project / "data/raw/2021-09-10/suivi_pvd_landes.xlsx"
    workbook = openpyxl.load_workbook(path)
    club, posts = workbook["Club PVD"], workbook["Postes"]
    header = next(row for row in club.iter_rows() if any(cell.value == "Objet" for cell in row))
    column = next(cell.column for cell in header if cell.value == "Objet")
    club.cell(club.max_row, column).value = HOSTILE
    head = next(row for row in posts.iter_rows() if any(cell.value == "Poste" for cell in row))
    end = len(head) + 1
    posts.cell(head[0].row, end).value = "Fin de contrat"
    for row in posts.iter_rows(min_row=head[0].row + 1):
        if row[0].value == "P1":
            posts.cell(row[0].row, end).value = "31/03/2024"
    workbook.save(path)
    calendar = agenda_ics(pvd.load("2021-T3", "40", racine=project))
    found = events(calendar)
    assert calendar.count(b"END:VCALENDAR\r\n") == 1
    assert not any(line.startswith(b"X-PRIS") for line in calendar.split(b"\r\n"))
    (meeting,) = [event for uid, event in found.items() if uid.startswith("club-40-reunion-")]
    said = str(meeting["description"])
    assert said.startswith("Réunion ; « clés », virgules, \\barre END:VCALENDAR X-PRIS:1 ééé")
    post = found["fin-poste-40-P1@pvd-analysis"]
    assert post.decoded("dtstart") == dt.date(2024, 3, 31)
    assert str(post["summary"]) == "Fin du poste de chef de projet 40-P1 – Saint-Sever"


def club_delivered(project, day, *meetings):
    """Deliver the classeur of the Landes again with other meetings: date, type, subject, state."""
    workbook = openpyxl.load_workbook(project / "data/raw/2021-09-10/suivi_pvd_landes.xlsx")
    club = workbook["Club PVD"]
    head = next(row for row in club.iter_rows() if any(cell.value == "Objet" for cell in row))
    column = {cell.value: cell.column for cell in head}
    club.delete_rows(head[0].row + 1, club.max_row)
    for number, said in enumerate(meetings, head[0].row + 1):
        for name, value in zip(("Date", "Type", "Objet", "État"), said, strict=True):
            club.cell(number, column[name]).value = value
    folder = project / "data" / "raw" / day
    folder.mkdir()
    workbook.save(folder / "suivi_pvd_landes.xlsx")


def test_a_meeting_told_late_moves_no_other_and_a_cancelled_one_is_told_as_such(project):
    """A11: meetings were known by their rank: a forgotten one turned the third from cancelled to held."""
    first, second, third, late = (
        (dt.date(2022, 3, 10), "réunion", "Tableau de bord", "programmée"),
        (dt.date(2022, 5, 12), "réunion", "Recrutement", "programmée"),
        (dt.date(2022, 6, 16), "réunion", "Cahiers des charges", "programmée"),
        (dt.date(2022, 2, 3), "réunion", "Réunion oubliée", "réalisée"),
    )
    club_delivered(project, "2022-01-10", first, second, third)
    held, cancelled = (*first[:3], "réalisée"), (*third[:3], "annulée")
    club_delivered(project, "2022-04-05", late, held, second, cancelled)
    before = events(agenda_ics(pvd.load("2021-T4", "40", "2022-01-10", racine=project)))
    after = events(agenda_ics(pvd.load("2022-T1", "40", racine=project)))
    clubs = [
        {uid: event for uid, event in found.items() if uid.startswith("club-") and "saison" not in uid}
        for found in (before, after)
    ]
    assert set(clubs[1]) == set(clubs[0])
    assert len(clubs[0]) == 3
    by_day = {event.decoded("dtstart"): event for event in clubs[1].values()}
    states = {day.isoformat(): str(event["status"]) for day, event in by_day.items()}
    assert states == {"2022-03-10": "CONFIRMED", "2022-05-12": "CONFIRMED", "2022-06-16": "CANCELLED"}
    assert str(by_day[dt.date(2022, 3, 10)]["summary"]).endswith("(réalisée)")
    assert str(by_day[dt.date(2022, 6, 16)]["summary"]).endswith("(annulée)")
    assert all(after[uid]["sequence"] > before[uid]["sequence"] for uid in clubs[0])
    d = pvd.load("2022-T1", "40", racine=project)
    found = pvd.analysis.changes(d, pvd.dataset.known_before(d)).query("nature_ecart == 'club'")
    told = found.set_index("libelle")[["avant", "apres"]].to_dict("index")
    assert told["Réunion, 10 mars 2022"] == {"avant": "programmée", "apres": "réalisée"}
    assert told["Réunion, 16 juin 2022"] == {"avant": "programmée", "apres": "annulée"}
    assert "Réunion, 12 mai 2022" not in told


def test_a_convention_that_is_signed_is_told_as_such(landes_root):
    calendar = agenda_ics(pvd.load("2022-T4", "40", racine=landes_root))
    signed = events(calendar)["convention-cadre-40197@pvd-analysis"]
    assert str(signed["summary"]).endswith("Morcenx-la-Nouvelle (signée)")
    assert str(signed["status"]) == "CONFIRMED"
    assert not signed.walk("VALARM")

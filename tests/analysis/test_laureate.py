"""One laureate by itself: its rows, nothing of the others, and what is open to all."""

import pytest

import pvd_analysis as pvd
from pvd_analysis.errors import InvalidParameter


@pytest.fixture(scope="module")
def d(landes_root):
    return pvd.load("2021-T3", "40", racine=landes_root)


def test_what_the_laureates_have_adds_up_to_what_the_departement_has(d):
    each = [pvd.analysis.of_laureate(d, code) for code in pvd.analysis.laureate_list(d)["code_laureat"]]
    assert len(each) == 12
    for name in ("laureats", "projets", "financements"):
        assert sum(len(one.tables[name]) for one in each) == len(d.tables[name])
    aids = sum(int(pvd.analysis.aids(one)["montant_cents"].sum()) for one in each)
    assert aids == int(pvd.analysis.aids(d)["montant_cents"].sum()) == 50_020_700


def test_a_shared_post_is_on_the_page_of_each_laureate_that_it_serves(d):
    for code in ("40002", "40194"):
        assert pvd.analysis.of_laureate(d, code).postes["communes"].to_list() == ["40002;40194;40201"]
    assert pvd.analysis.of_laureate(d, "40110").postes.empty


def test_a_session_of_another_town_is_left_out_and_one_without_a_town_is_everyones(d):
    aire, amou = (set(pvd.analysis.of_laureate(d, code).formations["session"]) for code in ("40001", "40002"))
    assert (aire, amou) == ({"1", "2", "3"}, {"2", "3"})
    assert pvd.analysis.of_laureate(d, "40001").formations["code_commune"].dropna().to_list() == ["40001"]


def test_a_town_that_is_no_laureate_is_refused_with_the_list_of_those_that_are(d):
    with pytest.raises(InvalidParameter, match=r"Lauréat « 40192 » inconnu.*40194 \(Montfort-en-Chalosse / Mugron\)"):
        pvd.analysis.of_laureate(d, "40192")


def test_an_overdue_convention_stays_in_the_agenda_until_it_is_signed(landes_root):
    late = pvd.analysis.agenda(pvd.load("2023-T1", "40", racine=landes_root))
    assert set(late.loc[late["situation"].eq("dépassée"), "concerne"]) >= {"Peyrehorade", "Hagetmau", "Geaune"}
    signed = pvd.analysis.agenda(pvd.load("2024-T1", "40", racine=landes_root))
    assert signed.empty


def test_a_meeting_planned_for_a_season_stays_until_its_last_day(landes_root):
    shown = {
        quarter: set(pvd.analysis.agenda(pvd.load(quarter, "40", racine=landes_root))["cle"])
        for quarter in ("2021-T3", "2021-T4")
    }
    assert "formation-40-2" in shown["2021-T3"]
    assert any(key.startswith("club-40-reunion-") for key in shown["2021-T3"])
    assert not any(key.startswith(("club", "formation")) for key in shown["2021-T4"])

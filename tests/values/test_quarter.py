import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pvd_analysis.values import Trimestre

INNER_QUARTERS = st.builds(Trimestre, st.integers(2001, 2099), st.integers(1, 4))


@pytest.mark.parametrize(
    "written", ["2021-T3", "2021T3", "T3 2021", "2021-t3", "t3 2021", " 2021 T3 ", "T3-2021", "2021–T3", "T3\u00a02021"]
)
def test_a_quarter_is_read_in_all_its_ways(written):
    assert Trimestre.parse(written) == Trimestre(2021, 3)


@pytest.mark.parametrize(
    "written", ["", "2021", "2021-T5", "2021-T0", "1999-T4", "2101-T1", "T3", "21-T3", "2021-S1", "٢٠٢١-T3", None, 2021]
)
def test_what_is_no_quarter_is_refused_in_french_with_an_example(written):
    with pytest.raises(ValueError, match=r"^Trimestre « .* » .*, par exemple « 2021-T3 »\.$") as refusal:
        Trimestre.parse(written)
    assert str(written) in str(refusal.value)


@pytest.mark.parametrize(
    ("annee", "numero"),
    [(2021, 0), (2021, 5), (1999, 1), (2101, 1), (2021.0, 3), (2021, True), ("2021", 3), (2021, None)],
)
def test_a_quarter_cannot_be_built_wrong(annee, numero):
    with pytest.raises(ValueError, match="un trimestre de 1 à 4"):
        Trimestre(annee, numero)


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("2021-T1", (1, 1), (3, 31)),
        ("2021-T2", (4, 1), (6, 30)),
        ("2021-T3", (7, 1), (9, 30)),
        ("2021-T4", (10, 1), (12, 31)),
    ],
)
def test_a_quarter_has_its_days(written, first, last):
    quarter = Trimestre.parse(written)
    assert (quarter.first_day, quarter.last_day) == (dt.date(2021, *first), dt.date(2021, *last))


def test_a_quarter_is_written_for_the_machine_and_for_the_reader():
    assert (str(Trimestre(2021, 3)), Trimestre(2021, 3).label) == ("2021-T3", "T3 2021")


@pytest.mark.parametrize(
    ("today", "ended"),
    [((2021, 9, 30), "2021-T2"), ((2021, 10, 1), "2021-T3"), ((2022, 1, 1), "2021-T4"), ((2021, 12, 31), "2021-T3")],
)
def test_a_quarter_has_ended_the_day_after_its_last(today, ended):
    assert str(Trimestre.last_ended(dt.date(*today))) == ended


@given(INNER_QUARTERS)
def test_previous_and_next_are_inverse_and_in_order(quarter):
    assert quarter.next.previous == quarter.previous.next == quarter
    assert quarter.previous < quarter < quarter.next
    assert quarter.next.first_day - quarter.last_day == dt.timedelta(days=1)


@given(INNER_QUARTERS)
def test_a_written_quarter_is_read_back(quarter):
    assert Trimestre.parse(str(quarter)) == Trimestre.parse(quarter.label) == quarter


@given(st.dates(dt.date(2000, 1, 1), dt.date(2100, 12, 31)))
def test_a_day_is_in_its_quarter(day):
    assert Trimestre.of(day).first_day <= day <= Trimestre.of(day).last_day


def test_there_is_nothing_before_the_first_quarter_nor_after_the_last():
    with pytest.raises(ValueError, match="1999-T4"):
        _ = Trimestre(2000, 1).previous
    with pytest.raises(ValueError, match="2101-T1"):
        _ = Trimestre(2100, 4).next

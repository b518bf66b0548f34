import datetime as dt
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pvd_analysis.values import PartialDate, Precision, format_date, format_partial, last_day, read_date
from tests.values.strategies import CELLS

STARTS = {
    Precision.JOUR: [(month, day) for month in range(1, 13) for day in range(1, 29)],
    Precision.MOIS: [(month, 1) for month in range(1, 13)],
    Precision.TRIMESTRE: [(1, 1), (4, 1), (7, 1), (10, 1)],
    Precision.SAISON: [(3, 20), (6, 21), (9, 22), (12, 21)],
    Precision.SEMESTRE: [(1, 1), (7, 1)],
    Precision.ANNEE: [(1, 1)],
}
PARTIAL_DATES = st.sampled_from(Precision).flatmap(
    lambda precision: st.builds(
        lambda year, start: PartialDate(dt.date(year, *start), precision),
        st.integers(1990, 2100),
        st.sampled_from(STARTS[precision]),
    )
)


@pytest.mark.parametrize(
    "cell",
    [dt.date(2021, 5, 20), dt.datetime(2021, 5, 20), dt.datetime(2021, 5, 20, 23, 59), pd.Timestamp("2021-05-20 10:00"),
     dt.datetime(2021, 5, 20, tzinfo=dt.UTC), np.datetime64("2021-05-20"), "20/05/2021", "20-05-2021", "20.05.2021",
     "20 / 05 / 2021", "20–05–2021", "20/05/2021 14:30", "2021-05-20", "2021-05-20T00:00:00", "2021-05-20 00:00:00",
     "2021-05-20T10:00:00.000Z", "2021-05-20T10:00+02:00", "2021/05/20", "20 mai 2021", "20\u00a0MAI\u202f2021",
     "20-mai-2021",
     "jeudi 20 mai 2021", "Jeudi, 20 mai 2021", "le 20 mai 2021", 44336, 44336.0, 44336.75, "44336", "44336.75",
     "44336,5",
     Decimal("44336.5"), np.int64(44336)],
)  # fmt: skip
def test_a_day_is_read_in_all_its_ways(cell):
    assert read_date(cell).value == PartialDate(dt.date(2021, 5, 20), Precision.JOUR)


@pytest.mark.parametrize(
    ("cell", "shown"),
    [("1er mars 2021", "1er mars 2021"), ("1ᵉʳ mars 2021", "1er mars 2021"), ("1 mars 2021", "1er mars 2021"),
     ("mars 2021", "mars 2021"), ("Mars  2021", "mars 2021"), ("03/2021", "mars 2021"), ("3/2021", "mars 2021"),
     ("2021-03", "mars 2021"), ("févr. 2021", "février 2021"), ("FEVRIER 2021", "février 2021"),
     ("juil. 2021", "juillet 2021"),
     ("août 2021", "août 2021"), ("aout 2021", "août 2021"), ("déc. 2021", "décembre 2021"),
     ("sept. 2021", "septembre 2021"),
     ("T3 2021", "T3 2021"), ("t3 2021", "T3 2021"), ("2021-T3", "T3 2021"), ("2021T3", "T3 2021"),
     ("T3-2021", "T3 2021"),
     ("3e trimestre 2021", "T3 2021"), ("3ème trimestre 2021", "T3 2021"), ("1er trimestre de 2021", "T1 2021"),
     ("troisième trimestre 2021", "T3 2021"), ("S2 2021", "S2 2021"), ("2021-S1", "S1 2021"),
     ("1er semestre 2021", "S1 2021"),
     ("1er sem. 2024", "S1 2024"), ("2nd semestre 2024", "S2 2024"), ("Premier semestre 2024", "S1 2024"),
     ("2e trimestre 2023", "T2 2023"), ("dernier trimestre 2023", "T4 2023"), ("4e trim. de 2023", "T4 2023"),
     ("fin 2023", "S2 2023"), ("Fin d'année 2023", "S2 2023"), ("début 2024", "S1 2024"), ("début de l’année 2024", "S1 2024"),
     ("courant 2022", "2022"), ("en 2022", "2022"), ("année 2022", "2022"), ("courant décembre 2022", "décembre 2022"),
     ("mi-mars 2023", "mars 2023"), ("fin du 1er trimestre 2023", "T1 2023"), ("fin d'été 2023", "été 2023"),
     ("printemps 2021", "printemps 2021"), ("été 2021", "été 2021"), ("ETE 2021", "été 2021"),
     ("Automne 2021", "automne 2021"),
     ("hiver 2020-2021", "hiver 2020-2021"), ("hiver 2020/2021", "hiver 2020-2021"), ("2021", "2021"), (2021, "2021"),
     (2021.0, "2021"), ("29/02/2020", "29 février 2020"), (32874, "1er janvier 1990"), (73050, "31 décembre 2099")],
)  # fmt: skip
def test_a_date_keeps_the_precision_of_what_was_written(cell, shown):
    reading = read_date(cell)
    assert reading.problem is None
    assert str(reading.value) == shown


@pytest.mark.parametrize(
    ("cell", "why", "proposal"),
    [
        ("20/05/21", "l'année n'a que deux chiffres", "20 mai 2021"),
        ("20/05/98", "l'année n'a que deux chiffres", "20 mai 1998"),
        ("20 mai 21", "l'année n'a que deux chiffres", "20 mai 2021"),
        ("mars-21", "l'année n'a que deux chiffres", "mars 2021"),
        ("automne 21", "l'année n'a que deux chiffres", "automne 2021"),
        ("05/20/2021", "le mois semble écrit avant le jour", "20 mai 2021"),
        ("2021-20-05", "le mois semble écrit avant le jour", "20 mai 2021"),
        ("lundi 20 mai 2021", "ce jour n'est pas un lundi", "20 mai 2021"),
        ("mi-2023", "le milieu de l'année est dans deux semestres", "2023"),
        ("mars 2021 ?", "la date est donnée avec un doute", "mars 2021"),
    ],
)
def test_a_doubtful_date_is_refused_with_a_proposal(cell, why, proposal):
    reading = read_date(cell)
    assert reading.is_refused
    assert reading.problem == f"« {cell} » : {why}"
    assert str(reading.proposal) == proposal
    assert reading.expected == "une date, par exemple « 20/05/2021 », « 20 mai 2021 » ou « mars 2021 »"


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("31/02/2021", "cette date n'existe pas"),
        ("02/31/2021", "cette date n'existe pas"),
        ("29 février 2021", "cette date n'existe pas"),
        ("00/05/2021", "cette date n'existe pas"),
        ("13/2021", "ce mois n'existe pas"),
        ("T5 2021", "ce trimestre n'existe pas"),
        ("2021-S3", "ce semestre n'existe pas"),
        ("hiver 2021", "est-ce l'hiver 2020-2021 ou l'hiver 2021-2022 ?"),
        ("20/05/1989", "l'année est hors de 1990–2100"),
        ("20/05/2101", "l'année est hors de 1990–2100"),
        ("mars 1989", "l'année est hors de 1990–2100"),
        ("T1 1989", "l'année est hors de 1990–2100"),
        ("automne 1989", "l'année est hors de 1990–2100"),
        ("1989", "l'année est hors de 1990–2100"),
        (1989, "l'année est hors de 1990–2100"),
        (25569, "l'année est hors de 1990–2100"),
        (dt.date(1989, 1, 1), "l'année est hors de 1990–2100"),
    ],
)
def test_an_impossible_date_is_refused_and_the_reason_said(cell, why):
    reading = read_date(cell)
    assert reading.is_refused
    assert reading.problem == f"« {cell} » : {why}"
    assert reading.proposal is None


@pytest.mark.parametrize(
    "cell",
    ["à venir", "en cours", "20/05-2021", "20 mai", "mai", "fin 20 mai 2021", "fin", "fin 21", "vers mars 2021", "hiver 2020-2022", "20 floréal 2021",
     "2021-2022", "20er mai 2021",
     "e trimestre 2021", "mars 2021 (prévisionnel)", True, 25568, 73051, 2021.5, 0, -1, dt.time(12),
     dt.timedelta(days=44336)],
)  # fmt: skip
def test_what_is_no_date_is_refused_without_a_guess(cell):
    reading = read_date(cell)
    assert reading.is_refused
    assert reading.problem.endswith("n'est pas une date")
    assert reading.proposal is None


@pytest.mark.parametrize(
    ("first", "precision", "last"),
    [
        ((2021, 5, 20), "jour", (2021, 5, 20)),
        ((2020, 2, 1), "mois", (2020, 2, 29)),
        ((2021, 10, 1), "trimestre", (2021, 12, 31)),
        ((2021, 3, 20), "saison", (2021, 6, 20)),
        ((2021, 9, 22), "saison", (2021, 12, 20)),
        ((2021, 12, 21), "saison", (2022, 3, 19)),
        ((2021, 7, 1), "semestre", (2021, 12, 31)),
        ((2021, 1, 1), "annee", (2021, 12, 31)),
    ],
)
def test_the_last_day_of_a_period(first, precision, last):
    assert last_day(dt.date(*first), precision) == dt.date(*last)
    assert PartialDate(dt.date(*first), Precision(precision)).last == dt.date(*last)


@pytest.mark.parametrize("precision", [Precision.TRIMESTRE, Precision.SAISON, Precision.SEMESTRE])
def test_periods_follow_each_other_without_a_gap(precision):
    starts = [dt.date(year, *start) for year in (2020, 2021) for start in STARTS[precision]]
    assert [last_day(first, precision) + dt.timedelta(days=1) for first in starts[:-1]] == starts[1:]


@pytest.mark.parametrize(
    ("first", "precision"),
    [(dt.date(2021, 3, 2), "mois"), (dt.date(2021, 2, 1), "trimestre"), (dt.date(2021, 3, 21), "saison"),
     (dt.date(2021, 4, 1), "semestre"),
     (dt.date(2021, 2, 1), "annee"), (dt.date(2021, 1, 1), "siècle"), (dt.datetime(2021, 1, 1), "jour"),
     ("2021-01-01", "jour")],
)  # fmt: skip
def test_a_partial_date_cannot_be_built_wrong(first, precision):
    with pytest.raises(ValueError, match=r"2021|siècle"):
        PartialDate(first, precision)


@given(PARTIAL_DATES)
def test_a_shown_date_is_read_back_with_its_precision(partial):
    assert read_date(str(partial)).value == partial
    assert read_date(format_partial(partial.first, partial.precision.value)).value == partial


@given(st.dates(dt.date(1990, 1, 1), dt.date(2100, 12, 31)))
def test_a_shown_day_is_read_back(day):
    written = [format_date(day), day.isoformat(), day.strftime("%d/%m/%Y"), day]
    assert {read_date(cell).value for cell in written} == {PartialDate(day, Precision.JOUR)}


@given(CELLS)
def test_a_proposed_or_read_date_is_readable_once_shown(cell):
    reading = read_date(cell)
    for date in (reading.value, reading.proposal):
        assert date is None or read_date(str(date)).value == date

import datetime as dt
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from pvd_analysis.values import (
    format_boolean,
    format_date,
    format_euros,
    format_number,
    format_partial,
    format_rate,
    sentence_list,
)


@pytest.mark.parametrize(
    ("cents", "decimals", "shown"),
    [
        (119377900, False, "1\u202f193\u202f779\u00a0€"),
        (45089875, False, "450\u202f898,75\u00a0€"),
        (36071900, False, "360\u202f719\u00a0€"),
        (36071900, True, "360\u202f719,00\u00a0€"),
        (-120000, False, "\u22121\u202f200\u00a0€"),
        (5, False, "0,05\u00a0€"),
        (0, False, "0\u00a0€"),
        (np.int64(100), False, "1\u00a0€"),
    ],
)
def test_euros_are_shown_in_french_typography(cents, decimals, shown):
    assert format_euros(cents, decimals) == shown


@pytest.mark.parametrize(
    ("rate", "digits", "shown"),
    [(0.14065, 1, "14,1"), (Decimal("0.8"), 1, "80"), ("0.1405", 1, "14,1"), (0.1405, 1, "14,1"),
     (0.14065, 2, "14,07"), (1.2, 1, "120"),
     (-0.05, 1, "\u22125"), (-0.0001, 1, "0"), (0.005, 0, "1"), (12, 0, "1\u202f200")],
)  # fmt: skip
def test_rates_are_rounded_half_up_and_lose_a_useless_zero(rate, digits, shown):
    assert format_rate(rate, digits) == f"{shown}\u00a0%"


@pytest.mark.parametrize(
    ("number", "digits", "shown"),
    [(1.25, 2, "1,25"), (8, 2, "8"), (100, 2, "100"), (100, 0, "100"), (1234567.5, 1, "1\u202f234\u202f567,5"),
     (0.125, 2, "0,13"),
     (-2.5, 0, "\u22123"), (10**40, 2, "10" + "\u202f000" * 13)],
)  # fmt: skip
def test_numbers_are_grouped_by_three_and_rounded_half_up(number, digits, shown):
    assert format_number(number, digits) == shown


@pytest.mark.parametrize(
    "missing", [None, float("nan"), np.float64("nan"), pd.NA, pd.NaT, Decimal("NaN"), float("inf")]
)
@pytest.mark.parametrize(
    "show", [format_euros, format_rate, format_number, format_boolean, format_date, lambda x: format_partial(x, "mois")]
)
def test_what_is_missing_is_shown_as_a_dash(show, missing):
    assert show(missing) == "—"


@pytest.mark.parametrize(
    ("day", "shown"),
    [
        (dt.date(2021, 5, 20), "20 mai 2021"),
        (dt.date(2021, 3, 1), "1er mars 2021"),
        (pd.Timestamp("2021-08-02"), "2 août 2021"),
    ],
)
def test_a_day_is_shown_in_words(day, shown):
    assert format_date(day) == shown


@pytest.mark.parametrize(
    ("day", "precision", "shown"),
    [(pd.Timestamp("2021-03-01"), "mois", "mars 2021"), (dt.date(2021, 9, 22), "saison", "automne 2021"),
     (dt.date(2021, 7, 1), "trimestre", "T3 2021"), (dt.date(2021, 1, 1), "annee", "2021"),
     (dt.date(2021, 1, 1), None, "1er janvier 2021"),
     (dt.date(2021, 1, 1), pd.NA, "1er janvier 2021"), (dt.date(2021, 1, 1), float("nan"), "1er janvier 2021")],
)  # fmt: skip
def test_a_partial_date_is_shown_as_finely_as_it_is_known(day, precision, shown):
    assert format_partial(day, precision) == shown


def test_an_answer_is_shown_as_oui_or_non():
    assert [format_boolean(value) for value in (True, False, np.bool_(True))] == ["oui", "non", "oui"]


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [([], ""), (["a"], "a"), (["a", "b"], "a et b"), (["a", "b", "c"], "a, b et c"), (("a", "b"), "a et b")],
)
def test_a_list_is_shown_as_in_a_sentence(parts, sentence):
    assert sentence_list(parts) == sentence

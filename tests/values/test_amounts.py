import datetime as dt
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pvd_analysis.values import format_euros, read_amount
from tests.values.strategies import CELLS, DASHES, SPACES

CENTS = st.integers(-(10**15), 10**15)


@pytest.mark.parametrize(
    ("cell", "cents"),
    [
        ("1 193 779 €", 119377900), ("1193779,00", 119377900), ("12 345,67 €", 1234567),
        ("1\u202f193\u202f779\u00a0€", 119377900),
        ("12\u2009345,67€", 1234567), ("12\u200b345", 1234500), ("43,5 k€", 4350000), ("43,5 K€", 4350000),
        ("43,5k€", 4350000),
        ("43,5 keuros", 4350000), ("43 milliers d'euros", 4300000), ("43 mille euros", 4300000), ("1,2 M€", 120000000),
        ("1,2 M", 120000000), ("1,2 millions d'euros", 120000000), ("1,2 million d’euros", 120000000),
        ("1,5 Md€", 150000000000), ("1,23456 k€", 123456),
        ("(1 200)", -120000), ("(1 200 €)", -120000), ("(1 200) €", -120000), ("-1 200", -120000),
        ("- 1 200 €", -120000),
        ("–1 200", -120000), ("−1 200", -120000), ("+5", 500), ("€ 43 457", 4345700), ("€43457", 4345700),
        ("EUR 43457", 4345700),
        ("43457 euros", 4345700), ("43457 EUR", 4345700), ("43 457 € HT", 4345700), ("43 457 € (HT)", 4345700),
        ("43 457 € H.T.", 4345700), ("43 457 € hors taxes", 4345700), ("98708.70", 9870870), ("98708.7", 9870870),
        ("98 708.7", 9870870), ("0", 0), ("-0", 0), (",5", 50), ("0,50", 50), (0, 0), (43457, 4345700), (-12, -1200),
        (43457.5, 4345750), (Decimal("12.34"), 1234), (np.int64(12), 1200), (np.float64(12.5), 1250),
        ("10 000 000 000 000", 10**15), ("1.193.779,50 €", 119377950), ("1.193.779", 119377900), ("-2.000.000,5", -200000050),
        ("1.193.779,00 €", 119377900),
    ],
)  # fmt: skip
def test_an_amount_is_read_to_the_cent(cell, cents):
    reading = read_amount(cell)
    assert (reading.value, reading.problem) == (cents, None)
    assert type(reading.value) is int


@pytest.mark.parametrize("cell", [98708.70000000001, "98708.70000000001", "98 708,69999999999"])
def test_the_noise_of_binary_numbers_goes_without_a_remark(cell):
    reading = read_amount(cell)
    assert (reading.value, reading.problem) == (9870870, None)


def test_the_noise_of_a_sum_of_floats_goes_without_a_remark():
    noisy = sum([0.1] * 1000)
    assert noisy != 100
    reading = read_amount(noisy)
    assert (reading.value, reading.problem) == (10000, None)


@pytest.mark.parametrize(
    ("cell", "cents"),
    [("99977.22933", 9997723), (99977.22933, 9997723), ("12345,678", 1234568), ("12 345,678", 1234568), ("0,005", 1),
     (0.005, 1), (-0.005, -1), ("(0,005)", -1), ("0,004", 0), ("0,123", 12), (Decimal("1.005"), 101),
     ("1,234567 k€", 123457)],
)  # fmt: skip
def test_true_decimals_beyond_the_cent_are_rounded_half_up_and_said(cell, cents):
    reading = read_amount(cell)
    assert reading.value == cents
    assert reading.problem == f"« {cell} » a plus de deux décimales, arrondi au centime"


@pytest.mark.parametrize(
    ("cell", "proposal"),
    [("12 34,5", 123450), ("12 34 €", 123400), ("1000 000", 100000000), ("1.234,56", 123456), ("1,234.56", 123456),
     ("1,193,779", 119377900), ("1.234", 123400), ("1,234", 123400), ("-1.234", -123400),
     ("(1,234)", -123400), ("1,234 M€", 123400000), ("5 m€", 500000000)],
)  # fmt: skip
def test_an_ambiguous_amount_is_refused_with_a_proposal(cell, proposal):
    reading = read_amount(cell)
    assert reading.is_refused
    assert reading.proposal == proposal
    assert f"« {cell} »" in reading.problem
    assert reading.expected == "un montant en euros hors taxes, par exemple « 12 345,67 € »"


@pytest.mark.parametrize("cell", ["43 457 € TTC", "43457 TTC", "43 457 € T.T.C.", "43 457 € toutes taxes comprises"])
def test_an_amount_with_tax_is_refused_since_costs_are_before_tax(cell):
    reading = read_amount(cell)
    assert reading.is_refused
    assert reading.problem == f"« {cell} » est un montant TTC"
    assert reading.proposal == 4345700


@pytest.mark.parametrize(
    "cell",
    [True, False, np.bool_(True), dt.date(2021, 5, 20), dt.datetime(2021, 5, 20), dt.time(1), dt.timedelta(1), b"12",
     float("inf"), "--5", "(-5)", "(5", "5)", "()", "€", "k€", "€ 5 €", "5 €€", "5 $", "5 %", "1e5", "1_000", "NaN",
     "inf",
     "1'200", "1 200-", "10 000 – 20 000", "06 12 34 56 78", "environ 1 200 €", "1 200 € + 300 €", "1.23.4", "1,2,3",
     "1.234.56", "٣", "²", "1 200 € par an"],
)  # fmt: skip
def test_what_is_no_amount_is_refused_without_a_guess(cell):
    reading = read_amount(cell)
    assert reading.is_refused
    assert reading.proposal is None


@pytest.mark.parametrize("cell", [10**13 + 1, "10 000 000 000 001", 1e300, "99 999 999 M€", Decimal("1E+50"), "9" * 39])
def test_an_implausible_amount_is_refused_so_that_64_bits_hold(cell):
    reading = read_amount(cell)
    assert reading.is_refused
    assert reading.problem.endswith(("est hors de toute vraisemblance", "a trop de chiffres"))


@given(cents=CENTS, space=st.sampled_from(SPACES), dash=st.sampled_from(DASHES), decimals=st.booleans())
def test_a_shown_amount_is_read_back_with_any_space_and_dash(cents, space, dash, decimals):
    shown = format_euros(cents, decimals)
    written = shown.replace("\u202f", space).replace("\u00a0", space).replace("\u2212", dash)
    assert read_amount(shown).value == read_amount(written).value == cents


@given(st.integers(-(10**12), 10**12))
def test_the_float_of_an_amount_is_that_amount(cents):
    reading = read_amount(cents / 100)
    assert (reading.value, reading.problem) == (cents, None)


@given(CELLS)
def test_a_proposed_or_read_amount_is_readable_once_shown(cell):
    reading = read_amount(cell)
    for cents in (reading.value, reading.proposal):
        assert cents is None or read_amount(format_euros(cents)).value == cents

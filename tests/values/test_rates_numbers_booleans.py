import datetime as dt
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pvd_analysis.values import format_rate, read_boolean, read_decimal, read_rate
from tests.values.strategies import CELLS


@pytest.mark.parametrize(
    ("cell", "rate"),
    [("80 %", "0.8"), ("80%", "0.8"), ("80\u202f%", "0.8"), ("80 pour cent", "0.8"), ("0,8", "0.8"), ("0.8", "0.8"),
     (0.8, "0.8"),
     (0.3999989631, "0.3999989631"), ("0,3999989631", "0.3999989631"), ("0,800", "0.8"), ("14,065 %", "0.14065"),
     ("120 %", "1.2"), ("1 200 %", "12"), ("2000 %", "20"), (0, "0"), (1, "1"), ("1", "1"), ("100 %", "1"),
     ("0,5 %", "0.005"),
     (Decimal("0.25"), "0.25"), (np.float64(0.1), "0.1"), ("-0", "0"),
     ("33,3333333333333333333333333333333333 %", "0.333333333333333333333333333333333333")],
)  # fmt: skip
def test_a_rate_is_the_exact_fraction_of_one(cell, rate):
    reading = read_rate(cell)
    assert (reading.value, reading.problem) == (Decimal(rate), None)


@pytest.mark.parametrize(
    ("cell", "proposal"), [("80", "0.80"), (75, "0.75"), ("12,345", "0.12345"), (1.5, "0.015"), (100, "1")]
)
def test_a_bare_number_over_one_is_refused_as_a_likely_percentage(cell, proposal):
    reading = read_rate(cell)
    assert reading.is_refused
    assert reading.problem == f"« {cell} » dépasse 1 : est-ce un pourcentage ?"
    assert reading.expected == "un taux, par exemple « 80 % » ou « 0,8 »"
    assert reading.proposal == Decimal(proposal)


@pytest.mark.parametrize(
    "cell",
    ["25 points", 101, "1234", "-5 %", "-0,5", -0.1, "(5 %)", "%", "80 % %", "80 % HT", "8O %", "12 34 %",
     True, dt.date(2021, 1, 1),
     "entre 20 % et 30 %"],
)  # fmt: skip
def test_what_is_no_rate_is_refused_without_a_guess(cell):
    reading = read_rate(cell)
    assert reading.is_refused
    assert reading.proposal is None


@given(st.integers(0, 10_000))
def test_a_shown_rate_is_read_back(tenths_of_a_percent):
    rate = Decimal(tenths_of_a_percent) / 1000
    assert read_rate(format_rate(rate)).value == rate


@given(CELLS)
def test_a_proposed_rate_is_readable_once_shown(cell):
    proposal = read_rate(cell).proposal
    assert proposal is None or read_rate(format_rate(proposal, 80)).value == proposal


@pytest.mark.parametrize(
    ("cell", "number"),
    [("1 234,5", "1234.5"), ("12345.678", "12345.678"), (0.1, "0.1"), (3, "3"), ("-2", "-2"), ("0,125", "0.125"),
     ("(2)", "-2"),
     (np.int64(7), "7"), ("1234567890123456789012345678901234,5", "1234567890123456789012345678901234.5"),
     ("-1234567890123456789012345678901234,5", "-1234567890123456789012345678901234.5")],
)  # fmt: skip
def test_a_decimal_is_read_exactly(cell, number):
    assert str(read_decimal(cell).value) == number


@pytest.mark.parametrize("cell", ["3 jours", "3 €", "80 %", "43 k", True, "un"])
def test_a_plain_number_has_no_unit(cell):
    assert read_decimal(cell).is_refused


@pytest.mark.parametrize(
    "cell",
    [
        "oui",
        "Oui",
        " OUI ",
        "o",
        "O",
        "x",
        "X",
        "✓",
        "✔",
        "✔\ufe0f",
        "vrai",
        "VRAI",
        "true",
        "1",
        True,
        1,
        1.0,
        np.bool_(True),
    ],
)
def test_yes_is_read_in_all_its_ways(cell):
    assert read_boolean(cell).value is True


@pytest.mark.parametrize(
    "cell", ["non", "Non", "n", "N", "faux", "FALSE", "0", False, 0, 0.0, Decimal(0), np.bool_(False)]
)
def test_no_is_read_in_all_its_ways(cell):
    assert read_boolean(cell).value is False


@pytest.mark.parametrize(
    "cell", ["oui ?", "-1", "peut-être", "✗", "oui non", 2, 0.5, -1, "ok", dt.date(2021, 1, 1), "xx"]
)
def test_what_is_neither_yes_nor_no_is_refused(cell):
    reading = read_boolean(cell)
    assert reading.is_refused
    assert reading.problem.endswith("n'est ni oui ni non")

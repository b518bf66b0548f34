"""What people and programs put in a cell, and the four outcomes of reading it."""

import datetime as dt
from decimal import Decimal

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from pvd_analysis.values import Reading

SPACES = " \u00a0\u202f\u2009\u2007\u3000"
DASHES = "-\u2010\u2011\u2013\u2014\u2212"

HOSTILE = [
    None, True, False, 10**5000, -(10**5000), float("nan"), float("inf"), float("-inf"), 5e-324, 1.7e308,
    Decimal("sNaN"), Decimal("-Infinity"), Decimal("1E+400000"), Decimal("1E-400000"), Decimal("1." + "1" * 5000),
    dt.date(1, 1, 1), dt.datetime(9999, 12, 31, 23, 59), dt.time(12), dt.timedelta(days=1), pd.NaT, pd.NA,
    pd.Timestamp("2021-05-20"), np.float64(0.1), np.int64(3), np.bool_(True), np.array([1, 2]), np.datetime64("NaT"),
    b"12", [], {}, object(), 1 + 2j, "\ud800", "\x00", "(", ")", "()", "-", "€", "%", "#", "²", "٣", "1" * 5000,
    "1 " * 5000,
    "(" * 5000, " " * 5000 + "€", "1," * 5000,
]  # fmt: skip

_LOOK_ALIKE = st.text("0123456789.,-()/%€kMx TtSs#'\u00a0\u202f–?:" + "emaiuro", max_size=20)
CELLS = st.one_of(
    st.text(),
    _LOOK_ALIKE,
    st.integers(),
    st.floats(),
    st.decimals(),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.timedeltas(),
    st.binary(),
    st.sampled_from(HOSTILE),
)


def is_one_of_the_four_cases(reading: Reading[object]) -> bool:
    """Whether a reading is a value, an absence, a refusal with an example, or a value with a remark."""
    if reading.is_refused:
        sentence = reading.problem or ""
        return "«" in sentence and not sentence.endswith(".") and "par exemple" in (reading.expected or "")
    return reading.is_absent or (reading.proposal is None and (reading.problem is None or "«" in reading.problem))

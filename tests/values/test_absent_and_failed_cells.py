import numpy as np
import pandas as pd
import pytest
from hypothesis import given

from pvd_analysis.values import read_amount, read_boolean, read_date, read_decimal, read_rate
from pvd_analysis.values.text import fold
from tests.values.strategies import CELLS, HOSTILE, is_one_of_the_four_cases

READERS = [read_amount, read_rate, read_date, read_boolean, read_decimal]
every_reader = pytest.mark.parametrize("read", READERS, ids=lambda read: read.__name__)


@every_reader
@pytest.mark.parametrize(
    "cell",
    [None, "", " ", "\u00a0", "\u202f \u2009", "\u200b", "-", "–", "—", " — ", "−", "NC", "n.c.", "N.C.", "NR", "n.r.",
     "non communiqué", "Non  communiquée", "NON RENSEIGNÉ", "inconnu", "s.o.", "sans objet", float("nan"),
     pd.NA, pd.NaT,
     np.float64("nan"), np.datetime64("NaT")],
)  # fmt: skip
def test_a_cell_that_says_nothing_is_absent_and_no_fault(read, cell):
    assert read(cell).is_absent


@every_reader
@pytest.mark.parametrize(
    "cell",
    ["#DIV/0 !", "#DIV/0!", "#DIV/0\u00a0!", "#N/A", "#REF!", "#VALEUR !", "#VALUE!", "#NOM ?", "#NAME?", "#NOMBRE !",
     "#NUL !", "##", "########", "Err:502"],
)  # fmt: skip
def test_an_error_of_the_spreadsheet_is_refused_as_such(read, cell):
    reading = read(cell)
    assert reading.is_refused
    assert reading.problem.endswith("est une erreur d'Excel, pas une valeur")
    assert reading.proposal is None


@every_reader
@pytest.mark.parametrize(
    "cell", ["à venir", "en cours", "néant", "à préciser", "?", "# 12", "oui ?", "=A1", [], object()]
)
def test_what_is_no_value_is_refused_and_never_taken_for_an_absence(read, cell):
    reading = read(cell)
    assert reading.is_refused
    assert reading.proposal is None


@every_reader
@given(cell=CELLS)
def test_any_object_is_read_in_one_of_the_four_cases(read, cell):
    assert is_one_of_the_four_cases(read(cell))


@every_reader
@pytest.mark.parametrize("index", range(len(HOSTILE)))
def test_no_hostile_object_raises(read, index):
    assert is_one_of_the_four_cases(read(HOSTILE[index]))


@every_reader
def test_a_long_text_is_quoted_short(read):
    assert len(read("a" * 100_000).problem) < 120


@every_reader
def test_a_line_break_does_not_break_the_sentence(read):
    assert "« deux lignes »" in read("deux\nlignes").problem


def test_fold_makes_written_labels_comparable():
    assert fold(" Coût\u00a0HT (en €) ") == fold("COUT HT EN") == "cout ht en"
    assert fold("Œuvre") == "oeuvre"

"""Whatever was done to the sheet that the committee fills in, each row is kept, set aside, or counted as unanswered."""

import datetime as dt

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pvd_analysis.communes import load_referentiel
from pvd_analysis.dataset.checks import checked_opinions
from pvd_analysis.dataset.schemas import schema, typed
from pvd_analysis.sources import avis
from pvd_analysis.sources.avis_summary import LABELS as SAID
from pvd_analysis.sources.avis_summary import read_summary
from pvd_analysis.sources.raw_file import RawFile, Sheet

LABELS = ("Identifiant", "Commune", "Coût HT", "État", "Avis du comité", "Montant proposé", "Observations", "Contrôle")
PROJECTS = typed(
    "projets",
    pd.DataFrame({"code_departement": ["40", "40", "33"], "id_projet": ["40-001", "40-P3", "33-A1"]}),
)
KNOWN = list(PROJECTS["id_projet"])
ANY = st.one_of(st.none(), st.text(max_size=12), st.floats(), st.integers(), st.booleans(), st.dates())
CELLS = {
    "Identifiant": st.one_of(st.sampled_from([*KNOWN, "40-999", "total", "Identifiant"]), ANY),
    "Avis du comité": st.one_of(st.sampled_from(["favorable", "Défavorable ", "ajourne", "peut-être", "", None]), ANY),
    "Montant proposé": st.one_of(st.integers(-5, 10**6), st.sampled_from(["1 200,50 €", "NC", "beaucoup", None]), ANY),
    "Observations": st.one_of(st.sampled_from(["=1+1", "a@exemple.fr", "-", None]), ANY),
}


@pytest.fixture(scope="module")
def referentiel(root):
    return load_referentiel(root / "data" / "raw" / "referentiel")


@st.composite
def returned_sheets(draw):
    """A sheet with its columns in any order, and rows of any kind."""
    labels = draw(st.permutations(LABELS))
    row = st.tuples(*(CELLS.get(label, st.sampled_from(["Amou", 12.5, None])) for label in labels)).map(list)
    rows = draw(st.lists(row, max_size=10))
    title = draw(st.sampled_from([[], [["Projets à examiner"], []]]))
    return Sheet("Projets à examiner", [*title, list(labels), *rows])


def workbook(sheet, code="R75", financeur="État", day=dt.date(2021, 10, 15)):
    said = {"code": code, "trimestre": "2021-T3", "financeur": financeur, "date_avis": day}
    summary = Sheet("Sommaire", [["Titre"], *([SAID[name], value] for name, value in said.items())])
    return RawFile("2021-10-15/avis.xlsx", "0", (sheet, summary))


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(sheet=returned_sheets(), code=st.sampled_from(["40", "R75"]), financeur=st.sampled_from(["État", None]))
def test_each_row_is_kept_or_set_aside_to_the_cent(referentiel, sheet, code, financeur):
    raw = workbook(sheet, code, financeur)
    read = avis.read(raw, referentiel)
    assert read is not None
    (table,) = read.tables
    assert table.rows_read == len(table.rows) + len(table.set_aside)
    kept = int(table.rows["montant_propose_cents"].sum())
    assert table.cents_read == kept + int(table.set_aside["montant_cents"].sum())
    assert len(table.set_aside) == 0 or read.findings or table.findings
    if financeur is None:
        assert table.rows.empty
        return
    opinions, aside, findings = checked_opinions(typed("avis", table.rows), PROJECTS)
    assert len(table.rows) == len(opinions) + sum(map(len, aside))
    assert sum(map(len, aside)) == len(findings)
    assert set(opinions["id_projet"]) <= set(PROJECTS["id_projet"])
    schema("avis").validate(opinions)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_the_order_of_rows_and_columns_says_nothing(referentiel, data):
    rows = [
        {"Identifiant": "40-001", "Avis du comité": "favorable", "Montant proposé": 10.5, "Observations": "=1+1"},
        {"Identifiant": "40-P3", "Avis du comité": "ajourné"},
        {"Identifiant": "33-A1", "Commune": "Bazas"},
        {},
    ]
    labels = data.draw(st.permutations(LABELS))
    shuffled = [[row.get(label) for label in labels] for row in data.draw(st.permutations(rows))]
    (table,) = avis.read(workbook(Sheet("Feuille 1", [labels, *shuffled])), referentiel).tables
    opinions, _, _ = checked_opinions(typed("avis", table.rows), PROJECTS)
    said = opinions[["id_projet", "avis", "montant_propose_cents"]].astype(object)
    assert sorted(said.where(said.notna(), None).itertuples(index=False, name=None)) == [
        ("40-001", "favorable", 1050),
        ("40-P3", "ajourne", None),
    ]
    assert table.rows_read == 2


@pytest.mark.parametrize(
    ("written", "is_own"),
    [("CD 40", True), ("Département", True), ("CD 32", False), ("Conseil départemental du Gers", False)],
)
def test_the_departement_of_another_gives_no_opinion_on_the_projects_of_this_one(referentiel, written, is_own):
    said = {"code": "40", "trimestre": "T3 2021", "financeur": written, "date_avis": "15/10/2021"}
    raw = RawFile("rendu.xlsx", "", (Sheet("Sommaire", [[SAID[name], value] for name, value in said.items()]),))
    summary, findings = read_summary(raw, referentiel)
    assert (summary is not None) is is_own
    assert [finding.regle for finding in findings] == ([] if is_own else ["sommaire_incomplet"])

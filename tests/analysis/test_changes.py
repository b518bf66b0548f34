"""Every difference between two quarters has one class, and the classes add up to the cent."""

import datetime as dt
from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pvd_analysis as pvd
from pvd_analysis.analysis.changes import CLASSES, changes, changes_reckoning, classified
from pvd_analysis.analysis.facts import FACT_COLUMNS, facts
from pvd_analysis.dataset import known_before
from pvd_analysis.dataset.schemas import typed

THEN = dt.date(2021, 9, 30)
DAYS = st.sampled_from([None, *pd.to_datetime(["2021-08-01", "2021-09-30", "2021-10-01", "2021-12-01", "2022-02-01"])])
FACT = st.tuples(
    st.integers(-(10**12), 10**12), st.sampled_from(["annoncé", "payé"]), DAYS, st.booleans(), st.booleans()
)


def fact_table(drawn):
    rows = [("aide", key, key, *fact, "2021-09-10/suivi.xlsx", "F", 5) for key, fact in drawn.items()]
    return pd.DataFrame(rows, columns=list(FACT_COLUMNS)).astype({"date_fait": "datetime64[s]"})


FACTS = st.dictionaries(st.sampled_from("abcde"), FACT, max_size=5).map(fact_table)


@given(before=FACTS, restated=FACTS, foreseen=FACTS, now=FACTS)
def test_classed_differences_add_up_and_leave_no_difference_out(before, restated, foreseen, now):
    found = classified(before, restated, foreseen, now, THEN)
    assert found["ecart_cents"].sum() == now["montant_cents"].sum() - before["montant_cents"].sum()
    assert set(found["classe"]) <= set(CLASSES)
    assert (found["ecart_cents"] == found["apres_cents"] - found["avant_cents"]).all()
    sides = [table.set_index("cle")[["montant_cents", "etat"]].T.to_dict("list") for table in (before, now)]
    differing = {key for key in {*sides[0], *sides[1]} if sides[0].get(key) != sides[1].get(key)}
    assert differing <= set(found["cle"])
    for _, steps in found.groupby("cle"):
        # the steps of a fact follow one another: nothing is counted twice, nothing is skipped
        assert list(steps["apres_cents"][:-1]) == list(steps["avant_cents"][1:])
        assert len(steps) <= 2


@pytest.fixture(scope="module")
def landes(landes_root):
    return pvd.load("2021-T4", "40", racine=landes_root)


LINE = st.tuples(
    st.sampled_from(["40-001", "40-002"]),
    st.sampled_from([("etat", "detr"), ("etat", "fonds_friches"), ("prive", "mecenat")]),
    st.integers(-(10**10), 10**10),
    st.sampled_from(["demande", "annonce", "accorde", "refuse"]),
    DAYS,
)
TOTAL = st.tuples(st.sampled_from(["detr", "dsil"]), st.integers(0, 10**12), DAYS)


def delivery(landes, lines, totals, day, trimestre):
    """Return the dataset as one delivery gives it, at the end of a quarter."""
    origin = {"code_departement": "40", "nature_fait": "constate", "fichier": f"{day}/suivi.xlsx", "feuille": "F"}
    financements = [
        {**origin, "id_projet": project, "financeur": who, "dispositif": what, "montant_cents": cents,
         "statut": status, "date_annonce": date, "date_annonce_precision": date and "jour", "ligne": row}
        for row, (project, (who, what), cents, status, date) in enumerate(lines, 5)
    ]  # fmt: skip
    announced = [
        {**origin, "dispositif": what, "montant_cents": cents, "date_annonce": date,
         "date_annonce_precision": date and "jour", "ligne": row}
        for row, (what, cents, date) in enumerate(totals, 5)
    ]  # fmt: skip
    made = replace(
        landes,
        financements=typed("financements", pd.DataFrame(financements)),
        totaux_annonces=typed("totaux_annonces", pd.DataFrame(announced)),
    )
    return made.at(trimestre)


@settings(max_examples=15, deadline=None)
@given(
    old=st.tuples(st.lists(LINE, max_size=4), st.lists(TOTAL, max_size=3)),
    new=st.tuples(st.lists(LINE, max_size=4), st.lists(TOTAL, max_size=3)),
)
def test_two_deliveries_make_classes_that_lead_from_one_total_to_the_other(landes, old, new):
    now, then = landes.trimestre, landes.trimestre.previous
    before, d = delivery(landes, *old, "2021-09-10", then), delivery(landes, *new, "2021-12-15", now)
    found = changes(d, before)
    reckoning = changes_reckoning(found, d, before).set_index("nature_ecart")
    parts = [f"{name}_cents" for name in CLASSES]
    assert (reckoning["avant_cents"] + reckoning[parts].sum(axis="columns") == reckoning["apres_cents"]).all()
    totals = {
        "aide": lambda data: int(pvd.analysis.aids(data)["montant_cents"].sum()),
        "total_annonce": pvd.analysis.announced_total_cents,
    }
    for nature, total in totals.items():
        of_nature = found[found["nature_ecart"].eq(nature)]
        assert of_nature["ecart_cents"].sum() == total(d) - total(before)


def line(cents, status, day):
    return ("40-001", ("etat", "detr"), cents, status, None if day is None else pd.Timestamp(day))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param([], [line(100, "accorde", "2021-10-05")], [("nouveau", 100)], id="dated within the quarter"),
        pytest.param([], [line(100, "accorde", None)], [("nouveau", 100)], id="without a date"),
        pytest.param([], [line(100, "accorde", "2021-08-05")], [("corrige", 100)], id="of the past and not known then"),
        pytest.param(
            [line(100, "annonce", "2021-08-05")],
            [line(130, "accorde", "2021-10-05")],
            [("modifie", 30)],
            id="another amount with a later date",
        ),
        pytest.param(
            [line(100, "annonce", "2021-08-05")],
            [line(130, "annonce", "2021-08-05")],
            [("corrige", 30)],
            id="another amount of the same day",
        ),
        pytest.param([line(100, "annonce", "2021-08-05")], [], [("retire", -100)], id="no longer delivered"),
        pytest.param(
            [line(100, "annonce", "2021-08-05")],
            [line(100, "refuse", "2021-11-05")],
            [("retire", -100)],
            id="refused",
        ),
        pytest.param(
            [line(100, "annonce", "2021-11-05")],
            [line(100, "annonce", "2021-11-05")],
            [("echu", 100)],
            id="announced ahead, and its day has come",
        ),
        pytest.param(
            [line(100, "annonce", "2021-08-05")],
            [line(100, "accorde", "2021-11-05")],
            [("modifie", 0)],
            id="another status, the same amount",
        ),
    ],
)
def test_a_difference_has_the_class_that_its_dates_and_deliveries_give_it(landes, old, new, expected):
    now, then = landes.trimestre, landes.trimestre.previous
    found = changes(delivery(landes, new, [], "2021-12-15", now), delivery(landes, old, [], "2021-09-10", then))
    found = found[found["nature_ecart"].eq("aide")]
    assert [(row.classe, row.ecart_cents) for row in found.itertuples()] == expected
    assert found["pourquoi"].str.endswith(".").all()


def test_nothing_is_compared_when_nothing_had_been_delivered(landes_root):
    d = pvd.load("2021-T3", "40", racine=landes_root)
    assert known_before(d) is None
    assert changes(d, None).empty


def test_labouheyre_joins_in_the_last_quarter_of_2021(landes):
    found = changes(landes, known_before(landes)).set_index("nature_ecart")
    assert list(found["libelle"]) == ["Labouheyre", "Labouheyre"]
    assert found.loc["adhesion", "apres"] == "signée le 18 octobre 2021"
    assert found["fichier"].str.startswith("2024-04-02/").all()


def test_deadlines_pass_by_themselves_and_a_signature_learned_late_is_a_correction(landes_root):
    d = pvd.load("2023-T1", "40", racine=landes_root)
    found = changes(d, known_before(d)).query("nature_ecart == 'echeance'")
    classes = found.groupby("classe")["libelle"].agg(set).to_dict()
    assert classes == {
        "echu": {"Amou", "Montfort-en-Chalosse", "Mugron"},
        "modifie": {"Gabarret", "Roquefort", "Villeneuve-de-Marsan", "Grenade-sur-l'Adour"},
        "corrige": {"Morcenx-la-Nouvelle", "Labouheyre"},
    }


def test_the_facts_of_the_real_data_have_one_key_each(landes):
    assert not facts(landes).duplicated(["nature_ecart", "cle"]).any()

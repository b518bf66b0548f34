"""Plans worked by hand: the limit, the margin and the rule that binds, to the cent. Each is made up.

Amounts are in euros as the analyst writes them; margins in cents.
"""

import datetime as dt

import pandas as pd
import pytest

import pvd_analysis as pvd
from tests.territories.classeurs import aide, deliver_classeur, laureats, new_project, projet

D = dt.date
BEFORE, THE_DAY, AFTER = D(2021, 10, 5), D(2021, 10, 6), D(2021, 11, 2)
LAW, GRANTS = "L. 1111-10 CGCT", "R. 2334-27 CGCT"
ARTICLES = {(LAW, D(2012, 1, 1)): "loi", (GRANTS, D(2011, 5, 13)): "avant", (GRANTS, D(2021, 10, 6)): "après"}


def detr(euros, statut="accordé", **more):
    return aide("1", "DETR", euros, statut, **{"date_decision": AFTER, **more})


def dsil(euros, **more):
    return aide("1", "DSIL", euros, "accordé", date_decision=AFTER, **more)


def of(financeur, dispositif, euros, statut="accordé", day=AFTER):
    return aide("1", dispositif, euros, statut, financeur=financeur, date_decision=day)


# what is tried, the cost and what else is said of the project, its financings, then of each version of a rule: its margin and situation,
# and the version that binds
PLANS = {
    "the DETR alone, its assiette is the cost":
        ({"cout_ht_cents": 100_000}, [detr(50_000, assiette_cents=100_000)],
         {"loi": (3_000_000, "sous la limite"), "après": (3_000_000, "sous la limite")}, "loi"),
    "private money lowers the limit of the law alone: 80 % of 90 000":
        ({"cout_ht_cents": 100_000}, [detr(50_000, assiette_cents=100_000), of("Fonds privés", "Mécénat", 10_000)],
         {"loi": (2_200_000, "sous la limite"), "après": (3_000_000, "sous la limite")}, "loi"),
    "an assiette smaller than the cost binds: 80 % of 60 000":
        ({"cout_ht_cents": 100_000}, [detr(40_000, assiette_cents=60_000)],
         {"loi": (4_000_000, "sous la limite"), "après": (800_000, "sous la limite")}, "après"),
    "two grants on one assiette are added; the EPCI, the BDT and the ANAH count for the law only":
        ({"cout_ht_cents": 200_000},
         [detr(60_000, assiette_cents=150_000), dsil(50_000, assiette_cents=150_000), of("EPCI", "EPCI", 10_000),
          of("BDT", "Étude Banque des territoires", 5_000), of("ANAH", "Étude ANAH", 5_000)],
         {"loi": (3_000_000, "sous la limite"), "après": (1_000_000, "sous la limite")}, "après"),
    "grants over 80 % of the assiette, under 80 % of the cost":
        ({"cout_ht_cents": 200_000}, [detr(60_000.01, assiette_cents=75_000)],
         {"loi": (9_999_999, "sous la limite"), "après": (-1, "au-dessus de la limite")}, "après"),
    "two assiettes: nothing is said of the two grants together":
        ({"cout_ht_cents": 200_000}, [detr(60_000, assiette_cents=100_000), dsil(50_000, assiette_cents=150_000)],
         {"loi": (5_000_000, "sous la limite"), "après": (None, "ne peut être dit")}, "loi"),
    "an assiette that is not known":
        ({"cout_ht_cents": 100_000}, [detr(80_000)],
         {"loi": (0, "à la limite"), "après": (None, "ne peut être dit")}, "loi"),
    "a cost that is not known":
        ({}, [detr(30_000, assiette_cents=50_000)],
         {"loi": (None, "ne peut être dit"), "après": (1_000_000, "sous la limite")}, "après"),
    "decided the day before the decree: all the aids of that day count, the Région of the next month does not":
        ({"cout_ht_cents": 200_000},
         [detr(50_000, assiette_cents=100_000, date_decision=BEFORE), of("Département", "Département", 30_000.01, day=BEFORE),
          of("Région", "Région", 20_000)],
         {"loi": (5_999_999, "sous la limite"), "avant": (-1, "au-dessus de la limite"), "après": (3_000_000, "sous la limite")}, "après"),
    "decided on the very day of the decree: the grants alone count":
        ({"cout_ht_cents": 200_000},
         [detr(50_000, assiette_cents=100_000, date_decision=THE_DAY), of("Département", "Département", 30_000.01, day=THE_DAY)],
         {"loi": (7_999_999, "sous la limite"), "après": (3_000_000, "sous la limite")}, "après"),
    "a grant of before is over the limit of today: no breach of today's version, and no room":
        ({"cout_ht_cents": 200_000}, [detr(90_000, assiette_cents=100_000, date_decision=BEFORE)],
         {"loi": (7_000_000, "sous la limite"), "avant": (-1_000_000, "au-dessus de la limite"), "après": (-1_000_000, "plus de marge")},
         "après"),
    "the limit is rounded down to the cent: 80 % of 100 000,01 is 80 000,008":
        ({"cout_ht_cents": 100_000.01}, [detr(80_000, assiette_cents=100_000.01)],
         {"loi": (0, "à la limite"), "après": (0, "à la limite")}, "loi"),
    "what is asked for, refused, withdrawn or lapsed is not counted":
        ({"cout_ht_cents": 100_000},
         [detr(20_000, assiette_cents=100_000), of("Région", "Région", 10_000, "demandé"), of("Département", "Département", 20_000, "refusé"),
          of("EPCI", "EPCI", 30_000, "retiré"), of("Europe", "FEDER", 40_000, "caduc"), of("Fonds privés", "Mécénat", 9_000, "refusé")],
         {"loi": (6_000_000, "sous la limite"), "après": (6_000_000, "sous la limite")}, "loi"),
    "a derogation is one of the minimal participation, and of nothing else":
        ({"cout_ht_cents": 100_000, "derogation": "oui", "motif_derogation": "patrimoine protégé"}, [detr(90_000, assiette_cents=100_000)],
         {"loi": (-1_000_000, "dérogation"), "après": (-1_000_000, "au-dessus de la limite")}, "loi"),
    "30 % where there is a chef de file and no convention":
        ({"cout_ht_cents": 100_000, "chef_de_file": "oui"}, [detr(70_000, assiette_cents=100_000)],
         {"loi": (0, "à la limite"), "après": (1_000_000, "sous la limite")}, "loi"),
    "an association is not held to the minimal participation":
        ({"cout_ht_cents": 100_000, "maitre_ouvrage": "Association des Exemples"}, [of("Région", "Région", 95_000)],
         {"loi": (None, "non soumis")}, None),
    "an aid without a date may have been decided after the grant: whether the version that is over was breached is not said":
        ({"cout_ht_cents": 200_000}, [detr(50_000, assiette_cents=100_000, date_decision=BEFORE), of("Région", "Région", 40_000, day=None)],
         {"loi": (7_000_000, "sous la limite"), "avant": (-1_000_000, "ne peut être dit"), "après": (3_000_000, "sous la limite")}, "après"),
    "an association whose cost is not known":
        ({"maitre_ouvrage": "Association des Exemples"}, [of("Région", "Région", 95_000)], {"loi": (None, "non soumis")}, None),
    "the minimal rate is rounded to the cent as the limit is: 20 % of 100 000,01 is 20 000":
        ({"cout_ht_cents": 200_000}, [detr(20_000, assiette_cents=100_000.01)],
         {"loi": (14_000_000, "sous la limite"), "après": (6_000_000, "sous la limite")}, "après"),
    "decided in October 2021: under which version is not said":
        ({"cout_ht_cents": 100_000}, [detr(40_000, assiette_cents=100_000, date_decision="octobre 2021")],
         {"loi": (4_000_000, "sous la limite"), "après": (4_000_000, "ne peut être dit")}, "loi"),
    "an assiette of zero is none: no limit of 0 € is passed":
        ({"cout_ht_cents": 100_000}, [detr(50_000, assiette_cents=0)],
         {"loi": (3_000_000, "sous la limite"), "après": (None, "ne peut être dit")}, "loi"),
    "aids over the cost do not hide the grant that is over its assiette":
        ({"cout_ht_cents": 50_000}, [detr(45_000, assiette_cents=50_000), of("Région", "Région", 10_000)],
         {"loi": (-1_500_000, "au-dessus de la limite"), "après": (-500_000, "au-dessus de la limite")}, "loi"),
}  # fmt: skip


@pytest.fixture(scope="module")
def judged(tmp_path_factory):
    """Every plan above, as a project of one classeur of the Gers, and two more of other territories."""
    root = new_project(tmp_path_factory.mktemp("regles"))
    projects, lines = [], []
    for number, (told, financings, _, _) in enumerate(PLANS.values(), 1):
        projects.append(projet(str(number), "Mirande", f"Halle {number}", **told))
        lines += [{**line, "id_projet": str(number)} for line in financings]
    deliver_classeur(
        root, "2022-01-05", "suivi.xlsx", "32", laureats=laureats("Mirande"), projets=projects, financements=lines
    )
    for departement, town in (("974", "Saint-Benoît"), ("2A", "Propriano")):
        deliver_classeur(
            root, "2022-01-05", f"suivi_{departement}.xlsx", departement, laureats=laureats(town),
            projets=[projet("1", town, "Halle", cout_ht_cents=100_000)], financements=[of("Région", "Région", 85_000)],
        )  # fmt: skip
    return root


@pytest.fixture(scope="module")
def gers(judged):
    return pvd.load("2021-T4", "32", racine=judged)


@pytest.mark.parametrize(("number", "plan"), list(enumerate(PLANS, 1)))
def test_a_plan_has_the_margins_and_the_binding_rule_that_were_worked_by_hand(gers, number, plan):
    _, _, expected, binding = PLANS[plan]
    rows = pvd.analysis.rule_margins(gers).query(f"id_projet == '32-{number}'")
    found = {
        ARTICLES[row.article, row.version_depuis.date()]: (None if pd.isna(row.marge_cents) else row.marge_cents, row.situation)
        for row in rows.itertuples()
    }  # fmt: skip
    assert found == expected
    binds = [ARTICLES[row.article, row.version_depuis.date()] for row in rows[rows["liante"]].itertuples()]
    assert binds == ([binding] if binding else [])
    # what stands in the reports is what the engine says
    (project,) = pvd.analysis.funding_plans(gers).query(f"id_projet == '32-{number}'").itertuples()
    margin = expected["loi"][0]
    assert pd.isna(project.marge_legale_cents) if margin is None else project.marge_legale_cents == margin


def test_the_trace_adds_up_to_each_margin_and_names_the_rows_of_its_amounts(gers):
    margins, trace = pvd.analysis.rule_margins(gers), pvd.analysis.rule_trace(gers)
    keys = ["id_projet", "article", "version_depuis"]
    for row in margins.dropna(subset="marge_cents").itertuples():
        lines = trace[(trace[keys] == [row.id_projet, row.article, row.version_depuis]).all(axis=1)]
        aids = lines[lines["etape"].str.startswith("Aide comptée")]
        (limit,) = lines.loc[lines["etape"].str.startswith("Limite"), "montant_cents"]
        assert (
            limit - aids["montant_cents"].sum()
            == row.marge_cents
            == lines.loc[lines["etape"].str.startswith("Marge"), "montant_cents"].item()
        )
        assert aids["ligne"].notna().all()
    unsaid = margins[margins["manque"].ne("")].set_index("id_projet")["manque"].to_dict()
    assert unsaid["32-7"] == "l'assiette de DETR"
    assert unsaid["32-8"] == "le coût HT du projet"
    assert unsaid["32-17"] == "la date de décision (Aide régionale)"
    assert unsaid["32-20"] == "la date de décision (DETR)"


def test_what_breaches_a_rule_is_an_alert_of_that_rule_and_version(gers):
    alerts = pvd.analysis.alerts(gers)
    over = alerts[alerts["regle"].isin(["regle_depassee", "dotations_depassees"])]
    assert [
        (row.regle, row.trouve.split(",")[0], row.attendu.split("version du ")[1]) for row in over.itertuples()
    ] == [
        ("dotations_depassees", "32-5", "6 octobre 2021)"),
        ("dotations_depassees", "32-9", "13 mai 2011)"),
        ("dotations_depassees", "32-11", "13 mai 2011)"),
        ("dotations_depassees", "32-14", "6 octobre 2021)"),
        ("dotations_depassees", "32-22", "6 octobre 2021)"),
    ]
    assert not alerts["regle"].eq("taux_minimal_non_atteint").any()  # exactly 20 % is enough
    assert not alerts["regle"].eq("non_cumul_a_verifier").any()


def test_a_detr_beside_a_sectoral_grant_of_the_state_is_a_point_to_check(landes_root):
    alerts = pvd.analysis.alerts(pvd.load("2021-T3", "40", racine=landes_root))
    (point,) = alerts[alerts["regle"].eq("non_cumul_a_verifier")].itertuples()
    assert (point.severite, point.trouve.split(",")[0]) == ("information", "40-001")


@pytest.mark.parametrize(
    ("departement", "situation", "manque", "controle"),
    [("974", "non soumis", "", "Dans la règle"), ("2A", "ne peut être dit", "la nature des travaux", "À préciser")],
)
def test_the_law_is_another_overseas_and_in_corsica(judged, departement, situation, manque, controle):
    d = pvd.load("2021-T4", departement, racine=judged)
    (row,) = pvd.analysis.rule_margins(d).itertuples()
    assert (row.situation, row.manque.startswith(manque)) == (situation, True)
    assert pvd.analysis.alerts(d).query("regle == 'regle_depassee'").empty
    assert pvd.tables.financial_summary(d) is not None
    assert pvd.figures.funding_plan_shares(d) is not None
    assert pvd.tables.projects_to_examine_table(d).data["controle"].to_list() == [controle]


def test_a_rate_under_the_minimum_is_said_and_one_at_it_is_not(judged, tmp_path):
    root = new_project(tmp_path)
    deliver_classeur(
        root, "2022-01-05", "suivi.xlsx", "32", laureats=laureats("Mirande"),
        projets=[projet("1", "Mirande", "Halle", cout_ht_cents=100_000)], financements=[detr(19_999.99, assiette_cents=100_000)],
    )  # fmt: skip
    alerts = pvd.analysis.alerts(pvd.load("2021-T4", "32", racine=root))
    assert alerts["regle"].to_list().count("taux_minimal_non_atteint") == 1
    assert not alerts["regle"].eq("assiette_superieure_au_cout").any()


def test_an_assiette_over_the_cost_of_its_project_is_said(tmp_path):
    root = new_project(tmp_path)
    deliver_classeur(
        root, "2022-01-05", "suivi.xlsx", "32", laureats=laureats("Mirande"),
        projets=[projet("1", "Mirande", "Halle", cout_ht_cents=100_000), projet("2", "Mirande", "École")],
        financements=[detr(30_000, assiette_cents=100_000.01), {**detr(30_000, assiette_cents=900_000), "id_projet": "2"}],
    )  # fmt: skip
    alerts = pvd.analysis.alerts(pvd.load("2021-T4", "32", racine=root))
    (over,) = alerts[alerts["regle"].eq("assiette_superieure_au_cout")].itertuples()
    assert over.trouve.startswith("32-1, Mirande : DETR, assiette de 100\u202f000,01\u00a0€")
    assert over.attendu == "au plus le coût HT, 100\u202f000\u00a0€"

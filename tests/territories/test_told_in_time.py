"""What later classeurs teach of the past: nothing is drawn back, nothing is lost, and each difference is told for what it is."""

import datetime as dt

import openpyxl
import pandas as pd
import pytest

import pvd_analysis as pvd
from pvd_analysis import analysis
from pvd_analysis.analysis.compliance import commune_alerts
from pvd_analysis.dataset import known_before
from tests.territories.classeurs import (
    aide,
    deliver_classeur,
    deliver_text,
    laureats,
    new_project,
    poste,
    projet,
    total,
)

D = dt.date
ORT = ["Région", "Département", "EPCI", "Code commune", "Commune", "Signée ?", "Si signée, date de signature"]
QUARTERS = ("2021-T2", "2021-T3", "2021-T4", "2022-T1")
DELIVERIES = ("2021-07-05", "2021-10-08", "2022-01-12", "2022-04-08")


@pytest.fixture
def gers(tmp_path):
    """Deliver, each quarter, a classeur of the Gers that holds the same laureates and what is given of each table."""
    project = new_project(tmp_path)

    def deliver(**tables):
        for rank, day in enumerate(DELIVERIES):
            told = {name: of_days[rank] for name, of_days in tables.items() if of_days[rank] is not None}
            if told or not tables:
                deliver_classeur(project, day, "suivi.xlsx", "32", laureats=laureats("Mirande", "Condom"), **told)
        return project

    return deliver


def at_each_quarter(project, seen):
    return [seen(pvd.load(quarter, "32", racine=project)) for quarter in QUARTERS]


def states_of_posts(d):
    return dict(zip(d.postes["id_poste"], d.postes["etat_poste"], strict=True))


def reasons(project, quarter, nature, known_on=None):
    d = pvd.load(quarter, "32", known_on, racine=project)
    found = analysis.changes(d, known_before(d))
    return found[found["nature_ecart"].eq(nature)]


def deliver_ort(project, day, signed_towns):
    """Deliver the follow-up of the ORT, in which some towns have signed on a day that it does not give."""
    workbook = openpyxl.Workbook()
    workbook.active.title = "Suivi conventions"
    workbook.active.append(ORT)
    for code, town in signed_towns.items():
        workbook.active.append(["Occitanie", "Gers", "CC", code, town, "Signée", None])
    folder = project / "data" / "raw" / day
    folder.mkdir(exist_ok=True)
    workbook.save(folder / "ort.xlsx")


P1 = poste("P1", "Mirande", "en cours")


@pytest.mark.parametrize("since", [D(2022, 3, 1), None])
def test_a_post_that_a_later_classeur_tells_first_is_not_in_the_quarters_before(gers, since):
    """It was told under recruitment since 2021, and « 1 de plus, appris depuis »."""
    project = gers(postes=[[P1], [P1], [P1], [P1, poste("P5", "Condom", "recruté", since)]])
    assert [len(posts) for posts in at_each_quarter(project, states_of_posts)] == [1, 1, 1, 2]
    d = pvd.load("2021-T4", "32", racine=project)
    said = {each.label: each.change for each in pvd.tables.engineering_key_figures(d, known_before(d)).figures}
    assert said["Postes de chef de projet"] == "inchangé"


def test_a_post_told_later_with_an_old_recruitment_is_there_since_that_day_and_not_before(gers):
    project = gers(postes=[[P1], [P1], [P1], [P1, poste("P5", "Condom", "recruté", D(2021, 8, 1))]])
    told = at_each_quarter(project, states_of_posts)
    assert [posts.get("32-P5") for posts in told] == [None, "recrute", "recrute", "recrute"]


def test_a_post_said_otherwise_without_a_date_keeps_the_quarters_in_which_it_was_told(gers):
    shared = poste("P1", "Mirande / Condom", "en cours")
    new = poste("P2", "Condom", "en cours")
    project = gers(postes=[[P1], [P1, new], [shared, {**new, "quotite": 0.5}], [shared, new]])
    assert at_each_quarter(project, lambda d: sorted(d.postes["id_poste"])) == [
        ["32-P1"], *[["32-P1", "32-P2"]] * 3
    ]  # fmt: skip


def test_a_post_that_another_takes_over_stays_in_the_past(gers):
    first, second = poste("P1", "Mirande", "recruté", D(2021, 3, 1)), poste("P2", "Mirande", "recruté", D(2021, 12, 1))
    project = gers(postes=[[first], [first], [second], [second]])
    assert at_each_quarter(project, lambda d: list(d.postes["id_poste"])) == [
        ["32-P1"], ["32-P1"], ["32-P2"], ["32-P2"]
    ]  # fmt: skip


def test_a_post_that_is_only_renamed_is_in_every_quarter_under_its_new_name(gers):
    renamed = poste("P-1", "Mirande", "en cours")
    project = gers(postes=[[P1], [P1], [renamed], [renamed]])
    assert at_each_quarter(project, lambda d: list(d.postes["id_poste"])) == [["32-P-1"]] * 4


@pytest.mark.parametrize(
    ("end", "day"), [(D(2021, 11, 30), pd.Timestamp(2021, 11, 30)), (None, pd.NaT)], ids=["dated", "undated"]
)
def test_a_vacancy_is_dated_by_the_end_of_the_post_or_by_nothing(gers, end, day):
    """It was dated by the recruitment."""
    filled, vacant = (poste("P1", "Mirande", state, D(2021, 6, 1)) for state in ("recruté", "vacant"))
    project = gers(postes=[[filled], [filled], [{**vacant, "date_fin": end}], [{**vacant, "date_fin": end}]])
    (change,) = reasons(project, "2021-T4", "poste").itertuples()
    assert (change.classe, change.avant, change.apres) == ("modifie", "recruté (Mirande)", "vacant (Mirande)")
    assert pd.isna(change.date_fait) if pd.isna(day) else change.date_fait == day


def test_a_vacant_post_is_an_alert_in_its_communes_and_serves_none(gers):
    vacant = poste("P1", "Mirande / Condom", "vacant", D(2021, 6, 1), date_fin=D(2021, 8, 31))
    project = gers(postes=[None, [vacant], None, None])
    d = pvd.load("2021-T3", "32", racine=project)
    told = commune_alerts(d).query("regle == 'poste_vacant'")
    assert sorted(d.commune_names(told["code_commune"])) == ["Condom", "Mirande"]
    (alert,) = analysis.alerts(d).query("regle == 'poste_vacant'").itertuples()
    assert alert.trouve == "32-P1, Mirande + Condom : vacant depuis le 31 août 2021"
    counts = dict(pvd.tables.post_counts_table(d).data.values)
    assert counts["Communes lauréates servies par un poste"] == 0
    assert counts["Communes lauréates dont le poste est vacant"] == 2
    indicators = analysis.computed_indicators(d).set_index("indicateur")["valeur"]
    assert indicators["Communes servies par un poste identifié"] == 0


def test_the_title_of_the_course_says_since_when_the_last_run_holds(gers):
    """« sans changement depuis T2 2021 » was the first quarter with the same count."""
    one, two = poste("P1", "Mirande", "recruté", D(2021, 5, 1)), poste("P2", "Condom", "recruté", D(2021, 8, 1))
    left = {**two, "etat_poste": "vacant", "date_fin": D(2021, 11, 30)}
    project = gers(postes=[[one], [one, two], [one, left], [one, left]])
    d = pvd.load("2022-T1", "32", racine=project)
    assert analysis.posts_over_time(d)["postes_recrutes"].to_list() == [1, 2, 1, 1]
    assert pvd.figures.posts_course(d).title.endswith("sans changement depuis le T4 2021")


def test_a_meeting_that_a_later_classeur_tells_first_is_new_once(gers):
    """It was new in three quarters running."""
    held = {"id_rencontre": "C1", "date_action": D(2021, 5, 10), "type_rencontre": "réunion", "etat_action": "réalisée"}
    ahead = {
        "id_rencontre": "C4",
        "date_action": D(2022, 6, 16),
        "type_rencontre": "réunion",
        "etat_action": "programmée",
    }
    project = gers(club=[[held], [held], [held], [held, ahead]])
    told = [list(reasons(project, quarter, "club")["classe"]) for quarter in QUARTERS[1:]]
    assert told == [[], [], ["nouveau"]]


def test_a_session_that_was_held_is_one_line_from_planned_to_held(gers):
    """It was « retiré » and « nouveau », for it has participants since."""
    ahead = {
        "session": "2021-2",
        "intitule": "Habitat",
        "type_formation": "module thématique",
        "etat_action": "programmée",
    }
    held = [
        {**ahead, "date_action": D(2021, 11, 18), "etat_action": "réalisée", "code_commune": town, "participant": "élu"}
        for town in ("Mirande", "Condom")
    ]
    project = gers(formations=[[ahead], [ahead], held, held])
    (change,) = reasons(project, "2021-T4", "formation").itertuples()
    assert (change.classe, change.avant, change.apres) == ("echu", "programmée", "réalisée, 2\xa0participants")
    assert reasons(project, "2022-T1", "formation").empty


def test_a_payment_is_told_by_its_states_and_not_by_the_day_of_the_decision(gers):
    """« modifié, 400 000 → 400 000 €, daté du 6 septembre 2021 »."""
    granted, paid = ([aide("1", "DETR", 400_000, state, date_decision=D(2021, 9, 6))] for state in ("accordé", "payé"))
    project = gers(
        projets=[[projet("1", "Mirande", "Halle", cout_ht_cents=900_000)]] * 4,
        financements=[granted, granted, paid, paid],
    )
    (change,) = reasons(project, "2021-T4", "aide", "2022-01-31").itertuples()
    assert (change.classe, change.pourquoi) == (
        "modifie", "De « accordé » à « payé » ; livraison du 12 janvier 2022."
    )  # fmt: skip


def signed(town, day):
    return {"code_commune": town, "type_convention": "convention d'adhésion", "date_signature": day}


def test_a_deadline_that_comes_close_is_not_one_that_has_passed(gers):
    """« Le temps a passé, sans signature » was said of deadlines not yet reached."""
    adhesions = [signed("Mirande", D(2020, 10, 15)), signed("Condom", D(2020, 5, 4))]
    project = gers(conventions=[adhesions] * 4)
    told = reasons(project, "2021-T4", "echeance").set_index("libelle")["pourquoi"]
    assert told.to_dict() == {
        "Mirande": "L'échéance devient proche.",
        "Condom": "Le temps a passé, sans signature.",
    }


def test_what_a_list_of_the_ort_teaches_is_learned_from_that_list(tmp_path):
    """It was « dit autrement par la livraison du 28 juin 2021 », that of the adhésion."""
    project = new_project(tmp_path)
    deliver_text(project, "2021-06-28", "liste_pvd.csv", "insee_com,lib_com,id_pvd,date_signature",
                 "32256,Mirande,pvd-32-1,2021-05-10", "32107,Condom,pvd-32-2,2021-05-31")  # fmt: skip
    deliver_ort(project, "2022-04-08", {"32107": "Condom"})
    d = pvd.load("2022-T1", "32", racine=project)
    found = analysis.changes(d, known_before(d)).query("nature_ecart == 'echeance'")
    assert set(found["pourquoi"]) <= {
        "Appris par la livraison du 8 avril 2022.", "Sans date ; livraison du 8 avril 2022."
    }  # fmt: skip
    assert set(found["libelle"]) == {"Mirande", "Condom"}


def test_a_signature_whose_date_is_not_known_shows_no_time_that_is_left(gers):
    project = gers(conventions=[None, [signed("Mirande", D(2021, 5, 4)), signed("Condom", D(2021, 5, 4))], None, None])
    deliver_ort(project, "2021-12-01", {"32256": "Mirande", "32107": "Condom"})
    d = pvd.load("2021-T4", "32", racine=project)
    figure = pvd.figures.convention_calendar(d)
    assert "délai qui reste" not in figure.svg()
    shown = {each.label: each for each in pvd.tables.engineering_key_figures(d, known_before(d)).figures}
    assert "2\xa0signées sans date" in shown["Conventions-cadre signées"].note
    assert set(analysis.alerts(d).query("regle == 'signature_sans_date'")["trouve"]) == {"Mirande", "Condom"}


def test_a_provision_that_nobody_announced_is_no_sum_and_one_withdrawn_is_told(gers):
    """« Ingénierie provisionnée 0 €, inchangé » where nothing had been announced."""
    provisioned = [total("Fonds de concours ingénierie", 75_000, D(2021, 6, 1))]
    other = [total("DETR", 100, D(2021, 6, 1))]
    project = gers(totaux_annonces=[other, provisioned, other, other])

    def shown(quarter):
        d = pvd.load(quarter, "32", racine=project)
        figures = pvd.tables.engineering_key_figures(d, known_before(d)).figures
        (figure,) = [each for each in figures if each.label == "Ingénierie provisionnée"]
        return figure.value_text.replace("\u202f", " ").replace("\xa0", " "), figure.change.replace(
            "\u202f", " "
        ).replace("\xa0", " ")

    assert shown("2021-T4") == ("—", "n'est plus annoncé ; 75 000 € auparavant")
    assert shown("2022-T1") == ("—", "")


@pytest.mark.parametrize(
    ("written", "state"),
    [
        ("signée", "signée"), ("Signée, date à confirmer", "signée"), ("oui", "signée"),
        ("signée en attente", "dans les délais"), ("à signer", "dans les délais"), (None, "dans les délais"),
    ],
)  # fmt: skip
def test_a_convention_that_the_classeur_says_signed_without_a_date_is_signed(gers, written, state):
    """« signée » in the cell of the date left the convention « dans les délais »."""
    cadre = {"code_commune": "Mirande", "type_convention": "convention-cadre", "date_signature": written}
    project = gers(conventions=[None, [signed("Mirande", D(2021, 5, 4)), cadre], None, None])
    d = pvd.load("2021-T3", "32", racine=project)
    found = analysis.convention_states(d).set_index("commune")
    assert found["etat_convention"]["Mirande"] == state
    assert pd.isna(found["date_cadre"]["Mirande"])
    assert ("signature_non_datee" in set(d.constats["regle"])) == (state == "signée")


def test_an_adhesion_signed_without_a_date_is_not_to_be_signed(gers):
    project = gers(conventions=[None, [signed("Mirande", "signée")], None, None])
    d = pvd.load("2021-T3", "32", racine=project)
    found = analysis.convention_states(d).set_index("commune")["etat_convention"]
    assert found.to_dict() == {"Mirande": "non connue", "Condom": "à signer"}
    assert "adhesion_a_signer" not in set(commune_alerts(d).query("code_commune == '32256'")["regle"])


def test_money_of_a_later_classeur_that_nothing_dates_is_new_once_and_in_no_earlier_quarter(gers):
    """It was in every quarter that was made again, and new in each of them."""
    halle = [projet("1", "Mirande", "Halle", cout_ht_cents=500_000)]
    aids, totals = [aide("1", "DETR", 60_000, "accordé")], [total("DETR", 90_000)]
    project = gers(
        projets=[halle] * 4,
        financements=[[], [], aids, aids],
        totaux_annonces=[[], [], totals, totals],
    )
    assert at_each_quarter(project, analysis.announced_total_cents) == [0, 0, 9_000_000, 9_000_000]
    assert at_each_quarter(project, analysis.known_aids_cents) == [0, 0, 9_000_000, 9_000_000]
    for nature, cents in (("aide", 6_000_000), ("total_annonce", 9_000_000)):
        found = {quarter: reasons(project, quarter, nature) for quarter in QUARTERS[1:]}
        told = {quarter: list(zip(rows["classe"], rows["ecart_cents"], strict=True)) for quarter, rows in found.items()}
        assert told == {"2021-T3": [], "2021-T4": [("nouveau", cents)], "2022-T1": []}

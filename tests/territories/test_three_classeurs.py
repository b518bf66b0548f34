"""A year of three départements: the Landes as they are shipped, the Gers and the Hautes-Pyrénées made up beside them.

They number alike, share an EPCI across a border, and deliver five times: what is theirs stays theirs, and what was known of
a quarter stays known.
"""

import datetime as dt
import itertools
import shutil

import openpyxl
import pandas as pd
import pytest

import pvd_analysis as pvd
from pvd_analysis import analysis
from pvd_analysis.cli import main
from pvd_analysis.dataset import known_before, load_country, load_region
from pvd_analysis.reports.quarterly import REPORTS
from tests.conftest import ROOT
from tests.territories.classeurs import (
    DGCL_HEADER,
    PVD_HEADER,
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
GERS = laureats("Mirande", "Nogaro / Barcelonne-du-Gers", "Fleurance")
ADHESIONS = [
    {"code_commune": town, "type_convention": "adhésion", "date_signature": D(2021, 5, 4)}
    for town in ("Mirande", "Nogaro")
]
PUBLISHED = {"2021-T3": "2021-10-05", "2021-T4": "2022-01-10", "2022-T1": "2022-04-05", "2022-T2": "2022-07-06"}
"""Of each quarter, the day on which its report was made: that of the last delivery that it knew."""


def gers(project, day, projets, financements, totaux, postes, **more):
    deliver_classeur(
        project, day, "suivi_gers.xlsx", "Gers (32)", laureats=GERS, conventions=ADHESIONS, projets=projets,
        financements=financements, totaux_annonces=totaux, postes=postes, **more,
    )  # fmt: skip


def deliver_the_gers(project):
    halle = projet("1", "Mirande", "Halle", cout_ht_cents=1_000_000, date_annonce=D(2021, 9, 1))
    piscine = projet("40-001", "Nogaro", "Piscine", cout_ht_cents=500_000, date_annonce=D(2021, 9, 1))
    ecole = projet("P1", "Fleurance", "École", cout_ht_cents=200_000, date_annonce=D(2021, 11, 2))
    announced = aide("1", "DETR", 120_000, "annoncé", date_annonce=D(2021, 9, 10))
    granted = aide("1", "DETR", 100_000, "accordée", date_annonce=D(2021, 9, 10), date_decision=D(2021, 12, 10))
    asked = aide("40-001", "DSIL", 80_000, "annoncé", date_annonce=D(2021, 9, 12))
    first = total("DETR", 300_000, D(2021, 9, 10))
    again = total("DETR", 350_000, D(2022, 2, 1))
    mirande = poste("P1", "Mirande", "recrutée", D(2021, 3, 1))
    shared = poste("P2", "Nogaro / Barcelonne-du-Gers", "en cours")
    meeting = {
        "date_action": D(2022, 3, 10),
        "type_rencontre": "réunion",
        "objet": "Tableau de bord",
        "etat_action": "programmée",
    }
    gers(project, "2021-10-05", [halle, piscine], [announced, asked], [first], [mirande, shared])
    gers(
        project,
        "2022-01-10",
        [halle, piscine, ecole],
        [granted, {**asked, "statut": "refusée"}],
        [first],
        [mirande, shared],
        club=[meeting],
    )
    left = poste("P1", "Mirande", "vacant", D(2021, 3, 1), date_fin=D(2022, 2, 28))
    filled = poste("P2", "Nogaro / Barcelonne-du-Gers", "recruté", D(2022, 1, 17))
    gers(
        project,
        "2022-04-05",
        [halle, ecole],
        [granted],
        [again],
        [left, filled],
        club=[{**meeting, "etat_action": "réalisée"}],
    )
    paid = {**granted, "statut": "payée"}
    gers(
        project,
        "2022-07-06",
        [halle, ecole],
        [paid],
        [again],
        [left, filled],
        club=[{**meeting, "etat_action": "réalisée"}],
    )


def deliver_the_hautes_pyrenees(project):
    for day, state in (("2021-10-05", "en cours"), ("2022-04-05", "recruté")):
        deliver_classeur(
            project, day, "suivi_65.xlsx", "65", laureats=laureats("Lannemezan"),
            projets=[projet("1", "Lannemezan", "Gare", cout_ht_cents=300_000, date_annonce=D(2021, 8, 1))],
            financements=[aide("1", "DETR", 60_000, "accordé", date_decision=D(2021, 9, 20))],
            totaux_annonces=[], postes=[poste("P1", "Lannemezan", state, D(2022, 2, 1) if state == "recruté" else None)],
        )  # fmt: skip


def deliver_the_lists(project):
    towns = {
        "Mirande": "32256",
        "Nogaro": "32296",
        "Barcelonne-du-Gers": "32027",
        "Fleurance": "32132",
        "Vic-Fezensac": "32462",
        "Lannemezan": "65258",
    }
    lines = [f"{insee},{name},pvd-{insee},2021-05-04" for name, insee in towns.items()]
    deliver_text(project, "2021-09-10", "liste_pvd_occitanie.csv", PVD_HEADER, *lines)
    deliver_text(
        project, "2021-09-10", "dgcl_2020.csv", DGCL_HEADER,
        "2020;DETR;119;commune;;032;MIRANDE;32256;Halle;1000,00;300,00;",
        "2020;DETR;119;commune;;033;NOGARO;32296;Halle;1000,00;500,00;",
        "2020;DSIL;119;EPCI;200030435;032;CC AIRE;;Voirie;1000,00;700,00;",
        "2020;DETR;119;commune;;040;MUGRON;40201;Halle;1000,00;200,00;",
        "2020;DETR;119;commune;;065;LANNEMEZAN;65258;Gare;1000,00;400,00;",
    )  # fmt: skip


@pytest.fixture(scope="module")
def together(tmp_path_factory):
    project = new_project(tmp_path_factory.mktemp("ensemble"), notebooks=True)
    shutil.copytree(ROOT / "data" / "raw" / "2021-09-10", project / "data" / "raw" / "2021-09-10")
    deliver_the_gers(project)
    deliver_the_hautes_pyrenees(project)
    deliver_the_lists(project)
    return project


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """The same, one département a project; the lists are everyone's."""
    projects = {}
    for code in ("40", "32", "65"):
        project = projects[code] = new_project(tmp_path_factory.mktemp(f"seul-{code}"), notebooks=True)
        if code == "40":
            shutil.copytree(ROOT / "data" / "raw" / "2021-09-10", project / "data" / "raw" / "2021-09-10")
        if code == "32":
            deliver_the_gers(project)
        if code == "65":
            deliver_the_hautes_pyrenees(project)
        deliver_the_lists(project)
    return projects


TABLES = [name for name in pvd.tables.__all__ if name.endswith("_table") and name not in ("any_table",)]
ANALYSES = [
    "agenda", "aids", "alerts", "announced_totals", "coverage", "convention_states", "dashboard", "funding_plans",
    "indicator_course", "computed_indicators", "listed_aids", "listed_epci_aids", "envelope_shares", "plan_lines", "posts",
    "posts_over_time", "projects_to_examine", "served_communes", "source_ages", "state_counts", "territory",
]  # fmt: skip


@pytest.mark.parametrize("code", ["40", "32", "65"])
def test_a_departement_says_the_same_alone_and_beside_others(together, alone, code):
    """A1, A2, A6: with two classeurs that both use « 1 » and « P1 », posts and projects vanished."""
    one, other = (pvd.load("2022-T2", code, racine=project) for project in (alone[code], together))
    for name, table in one.tables.items():
        pd.testing.assert_frame_equal(table, other.tables[name], obj=name)
    for name in ("fichiers", "bilan", "constats", "ecartees"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name), obj=name)
    for name in ANALYSES:
        pd.testing.assert_frame_equal(getattr(analysis, name)(one), getattr(analysis, name)(other), obj=name)
    before = [known_before(d) for d in (one, other)]
    for key_figures in (pvd.tables.financial_key_figures, pvd.tables.engineering_key_figures):
        assert key_figures(one, before[0]) == key_figures(other, before[1])
    for laureate in analysis.laureate_list(one)["code_laureat"]:
        pair = [analysis.of_laureate(d, laureate) for d in (one, other)]
        pd.testing.assert_frame_equal(*(analysis.dashboard(d) for d in pair))


def test_the_reports_of_a_departement_are_the_same_bytes_alone_and_beside_others(together, alone):
    made = []
    for project in (alone["32"], together):
        for command in (["rapports"], ["agenda"], ["fiches"]):
            with pytest.raises(SystemExit) as stop:
                main([*command, "--trimestre", "2022-T1", "--departement", "32", "--racine", str(project)])
            assert stop.value.code in (0, 1)
        folder = project / "outputs" / "2022-T1" / "32"
        pages_of = [f"{name}.html" for name in REPORTS]
        names = [*pages_of, "comite_financeurs.xlsx", "agenda.ics"]
        pages = sorted(path.relative_to(folder).as_posix() for path in (folder / "fiches").glob("*.html"))
        assert len(pages) >= 4
        made.append({name: (folder / name).read_bytes() for name in [*names, *pages]})
    assert made[0] == made[1]


def test_what_is_compared_says_the_lists_and_the_years_that_it_rests_on(together):
    """B6: « 2018 à 2023 » where three lists of six had been delivered."""
    country = load_country("2022-T2", racine=together)
    figures = {figure.label: figure.note for figure in pvd.tables.national_key_figures(country).figures}
    assert "Listes livrées : DGCL 2020." in pvd.tables.compared_aids_table(country).notes
    assert figures["Aides des listes nationales"] == "aux communes du programme, DGCL 2020"
    assert "nationales livrées (DGCL 2020)" in str(pvd.tables.national_summary(country))


def test_a_region_and_the_country_are_the_sum_of_their_departements(together):
    """A4: a region's known aids and coverage were taken over the whole region."""
    parts = {code: pvd.load("2022-T2", code, racine=together) for code in ("40", "32", "65")}
    region = load_region("2022-T2", "76", racine=together)
    country = load_country("2022-T2", racine=together)
    for whole, codes in ((region, ("32", "65")), (country, ("40", "32", "65"))):
        own = [parts[code] for code in codes]
        assert analysis.known_aids_cents(whole) == sum(map(analysis.known_aids_cents, own))
        for column in ("annonce_cents", "detail_cents"):
            assert analysis.coverage(whole)[column].sum() == sum(analysis.coverage(d)[column].sum() for d in own)
    # of 60 000 € of DETR in the Hautes-Pyrénées, none is inside the total that the Gers announced
    assert analysis.coverage(region)["detail_cents"].sum() == 10_000_000
    assert analysis.known_aids_cents(region) == 35_000_000 + 6_000_000


def test_an_epci_across_a_border_and_lines_filed_elsewhere_belong_to_one_departement(together):
    gers_, landes = (pvd.load("2022-T2", code, racine=together) for code in ("32", "40"))
    assert gers_.aides_nationales.set_index("beneficiaire")["montant_cents"].to_dict() == {
        "MIRANDE": 30_000,
        "NOGARO": 50_000,
    }
    assert set(landes.aides_nationales["beneficiaire"]) == {"CC AIRE", "MUGRON"}


def test_towns_of_the_national_list_that_no_classeur_follows_are_laureates_not_known(together):
    """A6: a partial classeur replaced the national list."""
    d = pvd.load("2022-T2", "32", racine=together)
    assert set(d.commune_names(d.laureats["code_commune"])) == {
        "Mirande",
        "Nogaro",
        "Barcelonne-du-Gers",
        "Fleurance",
        "Vic-Fezensac",
    }
    assert analysis.communes_without_post(d) == ["Fleurance"]
    assert analysis.dashboard(d).set_index("laureat")["poste"]["Vic-Fezensac"] == "non connu"


HISTORY = {
    "2021-T3": {"aids": [("32-1", 12_000_000, "annonce"), ("32-40-001", 8_000_000, "annonce")], "total": 30_000_000, "posts": ["recrute", "en_cours"]},
    "2021-T4": {"aids": [("32-1", 10_000_000, "accorde"), ("32-40-001", 8_000_000, "refuse")], "total": 30_000_000, "posts": ["recrute", "en_cours"]},
    "2022-T1": {"aids": [("32-1", 10_000_000, "accorde")], "total": 35_000_000, "posts": ["vacant", "recrute"]},
    "2022-T2": {"aids": [("32-1", 10_000_000, "paye")], "total": 35_000_000, "posts": ["vacant", "recrute"]},
}  # fmt: skip


@pytest.mark.parametrize("quarter", list(HISTORY))
@pytest.mark.parametrize("is_then", [True, False])
def test_a_quarter_says_what_it_said_whatever_was_delivered_since(together, quarter, is_then):
    """B2, B8: a newer classeur erased an announcement, a total, a post that had been filled."""
    d = pvd.load(quarter, "32", PUBLISHED[quarter] if is_then else None, racine=together)
    aids = sorted(d.financements[["id_projet", "montant_cents", "statut"]].itertuples(index=False, name=None))
    assert aids == HISTORY[quarter]["aids"]
    assert analysis.announced_total_cents(d) == HISTORY[quarter]["total"]
    assert d.postes["etat_poste"].to_list() == HISTORY[quarter]["posts"]
    assert d.postes["id_poste"].to_list() == ["32-P1", "32-P2"]


def test_a_report_remade_as_known_then_is_the_same_bytes_but_for_the_line_that_says_so(together, tmp_path):
    made = []
    for name, known_on in (("publié", None), ("refait", "2022-01-10")):
        project = tmp_path / name
        shutil.copytree(together, project, ignore=shutil.ignore_patterns("processed", "outputs"))
        if known_on is None:
            for day in ("2022-04-05", "2022-07-06"):
                shutil.rmtree(project / "data" / "raw" / day)
        asked = ["--connu-au", known_on] if known_on else []
        with pytest.raises(SystemExit) as stop:
            main(["rapports", "--trimestre", "2021-T4", "--departement", "32", *asked, "--racine", str(project)])
        assert stop.value.code in (0, 1)
        folder = project / "outputs" / "2021-T4" / "32"
        pages = [
            (folder / f"rapport_{which}.html").read_text(encoding="utf-8").splitlines()
            for which in ("financier", "ingenierie")
        ]
        made.append(pages)
    for published, remade in zip(*made, strict=True):
        differing = [line for line in set(published) ^ set(remade) if line.strip()]
        assert all("onnées connues au" in line or "10 janvier 2022" in line for line in differing), differing


def test_what_moved_in_a_quarter_is_told_as_a_movement_and_never_as_a_correction(together):
    """B4, B9: « accordé → payé » and a post that is vacant were « corrigé »."""
    expected = {
        "2021-T4": [("aide", "modifie", -2_000_000), ("aide", "retire", -8_000_000), ("cout", "nouveau", 20_000_000), ("club", "nouveau", 0)],
        "2022-T1": [
            ("total_annonce", "modifie", 5_000_000), ("aide", "retire", 0), ("cout", "retire", -50_000_000),
            ("poste", "modifie", 0), ("poste", "modifie", 0), ("club", "echu", 0),
        ],
        "2022-T2": [("aide", "modifie", 0)],
    }  # fmt: skip
    for quarter, said in expected.items():
        d = pvd.load(quarter, "32", racine=together)
        found = analysis.changes(d, known_before(d)).query("nature_ecart not in ['echeance', 'adhesion']")
        assert sorted(found[["nature_ecart", "classe", "ecart_cents"]].itertuples(index=False, name=None)) == sorted(
            said
        )
    paid = found.iloc[0]
    assert (paid["avant"], paid["apres"]) == ("accordé", "payé")


def test_two_states_of_one_territory_compare_a_year_apart_and_no_others(together):
    """B10: another order or another département was accepted and gave nonsense."""
    now, then = (pvd.load(quarter, "32", racine=together) for quarter in ("2022-T2", "2021-T2"))
    reckoning = analysis.changes_reckoning(analysis.changes(now, then), now, then).set_index("nature_ecart")
    assert reckoning.loc["total_annonce", ["avant_cents", "apres_cents"]].to_list() == [0, 35_000_000]
    for other in (pvd.load("2022-T2", "65", racine=together), now):
        with pytest.raises(pvd.errors.InvalidParameter):
            analysis.changes(then, other)


def test_an_opinion_on_a_project_withdrawn_since_stays_in_the_journal(together, tmp_path):
    """B9: it was taken out of the journal, and blocked every later quarter."""
    project = tmp_path / "projet"
    shutil.copytree(together, project, ignore=shutil.ignore_patterns("processed", "outputs"))
    with pytest.raises(SystemExit):
        main(
            [
                "comite",
                "--departement",
                "32",
                "--trimestre",
                "2021-T4",
                "--connu-au",
                "2022-01-10",
                "--racine",
                str(project),
            ]
        )
    workbook = openpyxl.load_workbook(project / "outputs" / "2021-T4" / "32" / "comite_financeurs.xlsx")
    summary, sheet = workbook["Sommaire"], workbook["Projets à examiner"]
    for row in summary.iter_rows():
        for label, cell in itertools.pairwise(row):
            if label.value == "Financeur qui rend l'avis":
                cell.value = "Région"
            if label.value == "Date de l'avis":
                cell.value = dt.datetime(2022, 1, 20)
    head = next(row for row in sheet.iter_rows() if row[0].value == "Identifiant")
    column = {cell.value: cell.column for cell in head}
    number = next(cell.row for cell in sheet["A"] if cell.value == "32-40-001")
    sheet.cell(number, column["Avis du comité"]).value = "favorable"
    sheet.cell(number, column["Montant proposé"]).value = 1000
    folder = project / "data" / "raw" / "2022-01-20"
    folder.mkdir()
    workbook.save(folder / "avis_32.xlsx")
    d = pvd.load("2022-T1", "32", racine=project)
    assert "32-40-001" not in set(d.projets["id_projet"])
    journal = analysis.opinion_journal(d)
    assert journal[["id_projet", "commune", "intitule", "est_retire"]].values.tolist() == [
        ["32-40-001", "Nogaro", "Piscine", True]
    ]
    assert "avis_projet_inconnu" not in set(d.constats["regle"])

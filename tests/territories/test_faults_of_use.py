"""Faults that a year of use found, each with the right value; the number is that of the list of faults. All data is made up."""

import datetime as dt

import openpyxl
import pandas as pd
import pytest

import pvd_analysis as pvd
from pvd_analysis import analysis
from pvd_analysis.cli import main
from pvd_analysis.dataset import known_before, load_country, load_region, prepared
from pvd_analysis.workbooks.committee import write_committee_workbook
from tests.territories.classeurs import (
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
MIRANDE = laureats("Mirande")


@pytest.fixture
def gers(tmp_path):
    """A project, and how to deliver a classeur of the Gers with one laureate."""
    project = new_project(tmp_path)

    def deliver(day="2021-10-05", departement="32", **tables):
        deliver_classeur(project, day, "suivi.xlsx", departement, **{"laureats": MIRANDE, **tables})
        return project

    return deliver


def plain(text):
    return text.replace("\u202f", " ").replace("\xa0", " ")


def findings(project, rule):
    found = prepared(project).constats
    return found[found["regle"].eq(rule)]


def test_a_classeur_whose_departement_is_not_found_gives_no_row_to_anyone(gers):
    """A2: its 9 000 000 € went to every département."""
    project = gers(projets=[projet("1", "Mirande", "Halle")], financements=[aide("1", "DETR", 100, "accordé")])
    deliver_classeur(
        project, "2021-10-05", "ailleurs.xlsx", "Atlantide", laureats=laureats("Trifouilly"),
        totaux_annonces=[total("DETR", 9_000_000, D(2021, 9, 1))],
    )  # fmt: skip
    assert analysis.announced_total_cents(pvd.load("2021-T3", "32", racine=project)) == 0
    assert analysis.announced_total_cents(load_country("2021-T3", racine=project)) == 0
    with pytest.raises(pvd.errors.NoData):
        pvd.load("2021-T3", "33", racine=project)
    aside = prepared(project).ecartees.query("motif == 'departement_introuvable'")
    assert aside["montant_cents"].sum() == 900_000_000
    assert {"avertissement"} == set(findings(project, "departement_non_compris")["severite"])
    (lost,) = findings(project, "departement_introuvable").itertuples()
    assert (lost.severite, plain(lost.constat)) == (
        "bloquant", "Le département du classeur est introuvable ; la ligne est écartée (9 000 000 €)"
    )  # fmt: skip


@pytest.mark.parametrize("written", ["32\N{NON-BREAKING HYPHEN}1", "32-1", "1", "32 – 1", "32_1"])
def test_an_identifier_is_one_however_it_is_written(gers, written):
    """A12: a no-break hyphen made another project of it."""
    project = gers(projets=[projet("1", "Mirande", "Halle")], financements=[aide(written, "DETR", 100, "accordé")])
    assert pvd.load("2021-T3", "32", racine=project).financements["id_projet"].to_list() == ["32-1"]


def test_a_near_identifier_is_proposed_and_its_row_set_aside_with_its_euros(gers):
    """A12: « 001 » and « 1 »."""
    project = gers(projets=[projet("001", "Mirande", "Halle")], financements=[aide("1", "DETR", 100, "accordé")])
    (row,) = findings(project, "projet_inconnu").itertuples()
    assert (row.severite, row.proposition) == ("bloquant", "32-001")
    assert prepared(project).ecartees["montant_cents"].sum() == 10_000


def test_an_aid_decided_before_its_project_was_announced_follows_it(gers):
    """B1: at T3 the project was out and the aid in, and no report could be made."""
    project = gers(
        projets=[projet("1", "Mirande", "Halle", date_annonce=D(2021, 10, 1))],
        financements=[aide("1", "DETR", 100, "accordé", date_decision=D(2021, 9, 30))],
    )
    before, after = (pvd.load(quarter, "32", racine=project) for quarter in ("2021-T3", "2021-T4"))
    assert [len(d.financements) for d in (before, after)] == [0, 1]
    assert analysis.alerts(before) is not None
    assert analysis.dated_after(before).set_index("table")["montant_cents"]["financements"] == 10_000


def test_a_decision_dated_after_its_delivery_is_a_finding_and_listed_with_its_euros(gers):
    """B3: 400 000 € were in no total, no finding, no list."""
    project = gers(
        projets=[projet("1", "Mirande", "Halle")],
        financements=[aide("1", "DETR", 400_000, "accordé", date_decision=D(2022, 11, 15))],
    )
    (row,) = findings(project, "date_apres_livraison").itertuples()
    assert "15 novembre 2022" in row.trouve
    d = pvd.load("2021-T4", "32", racine=project)
    assert analysis.dated_after(d).values.tolist() == [["financements", 1, 40_000_000]]
    table = pvd.tables.dated_after_table(d)
    assert "400" in str(table)
    assert "31 décembre 2021" in table.title
    assert pvd.tables.dated_after_table(pvd.load("2022-T4", "32", racine=project)) is None


def test_nothing_is_drawn_nor_said_unchanged_after_the_last_classeur(gers):
    """B5: thirteen identical columns, « inchangé » when nothing had been received."""
    project = gers(projets=[projet("1", "Mirande", "Halle")], totaux_annonces=[total("DETR", 300, D(2021, 9, 1))],
                   postes=[poste("P1", "Mirande", "recruté", D(2021, 3, 1))])  # fmt: skip
    d = pvd.load("2024-T3", "32", racine=project)
    assert analysis.posts_over_time(d)["trimestre"].to_list() == ["2021-T1", "2021-T2", "2021-T3"]
    assert analysis.indicator_course(d)["trimestre"].max() == "2021-T3"
    figures = pvd.tables.financial_key_figures(d, known_before(d))
    said = {figure.label: figure.change for figure in figures.figures}
    assert said["Total annoncé"] == "rien n'a été reçu depuis le 5 octobre 2021"
    assert "classeur de suivi reçu le 5 octobre 2021, il y a 2 ans" in pvd.tables.financial_summary(d).texts[0]


def test_what_no_classeur_told_yet_is_not_known_and_not_zero(gers):
    """B7: « aides connues 0 € » at T2 2021, 13 communes served at T4 2020."""
    project = gers(totaux_annonces=[total("DETR", 300, D(2021, 9, 10))], postes=[poste("P1", "Mirande", "en cours")])
    d = pvd.load("2021-T2", "32", racine=project)
    told = analysis.computed_indicators(d).set_index("indicateur")["valeur_texte"]
    assert told["Aides connues"] == told["Communes servies par un poste identifié"] == "—"
    shown = {figure.label: figure.value_text for figure in pvd.tables.financial_key_figures(d).figures}
    assert shown["Total annoncé"] == "non connu"
    course = analysis.indicator_course(pvd.load("2021-T4", "32", racine=project)).query("indicateur == 'Aides connues'")
    assert course["valeur_texte"].str.replace("\xa0", " ").to_list() == ["—", "—", "—", "300 €"]


def test_a_convention_signed_on_a_day_that_is_not_known_is_signed(gers):
    """B7: it was told « dépassée », with « −732 jours » beside « non connue »."""
    project = gers(
        conventions=[{"code_commune": "Mirande", "type_convention": "adhésion", "date_signature": D(2021, 5, 4)}]
    )
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.title = "Suivi conventions"
    sheet.append(
        ["Région", "Département", "EPCI", "Code commune", "Commune", "Signée ?", "Si signée, date de signature"]
    )
    sheet.append(["Occitanie", "Gers", "CC", "32256", "Mirande", "Signée", None])
    (project / "data" / "raw" / "2023-01-05").mkdir()
    workbook.save(project / "data" / "raw" / "2023-01-05" / "ort.xlsx")
    d = pvd.load("2023-T1", "32", racine=project)
    (state,) = analysis.convention_states(d).itertuples()
    assert (state.etat_convention, pd.isna(state.date_cadre), pd.isna(state.jours_restants)) == ("signée", True, True)
    assert analysis.convention_states(pvd.load("2022-T3", "32", racine=project))["etat_convention"].to_list() == [
        "échéance proche"
    ]


@pytest.mark.parametrize(
    ("since", "end", "rules"),
    [
        (D(2021, 3, 1), D(2022, 3, 31), {"poste_fin_proche"}),
        (D(2021, 3, 1), D(2022, 4, 1), set()),
        (D(2021, 3, 1), D(2021, 10, 1), {"poste_fin_proche"}),
        (D(2021, 3, 1), D(2021, 9, 30), {"poste_fin_proche"}),
        (D(2021, 3, 1), D(2021, 9, 29), {"poste_fini"}),
        (D(2021, 3, 1), D(2021, 3, 1), {"poste_fini"}),
        (D(2021, 3, 1), D(2021, 2, 28), {"poste_fin_avant_debut"}),
    ],
)
def test_a_post_that_ends_soon_has_ended_or_ends_before_it_begins_is_an_alert(gers, since, end, rules):
    """B8: none of the three was."""
    project = gers(postes=[poste("P1", "Mirande", "recruté", since, date_fin=end)])
    found = analysis.alerts(pvd.load("2021-T3", "32", racine=project))
    assert {rule for rule in found["regle"] if rule.startswith("poste_")} == rules


def test_the_alert_of_a_shared_post_reaches_all_its_communes_and_is_one(gers):
    """E2: it reached the first one alone."""
    project = gers(
        laureats=laureats("Mirande", "Nogaro"),
        postes=[poste("P1", "Mirande / Nogaro", "recruté", taux_cofinancement=0.8)],
    )
    d = pvd.load("2021-T3", "32", racine=project)
    assert analysis.alerts(d)["regle"].to_list().count("cofinancement_depasse") == 1
    dashboard = analysis.dashboard(d).set_index("laureat")["alertes"]
    assert all("cofinancement" in dashboard[town] for town in ("Mirande", "Nogaro"))


@pytest.mark.parametrize(("rate", "bdt", "rules"), [
    (0.75, 0.25, set()), (0.7501, 0.25, {"cofinancement_depasse"}), (0.75, 0.2501, {"part_bdt_depassee"}),
])  # fmt: skip
def test_a_post_at_exactly_its_limits_is_no_alert(gers, rate, bdt, rules):
    """G: 16 false alerts at exactly 75 % and 25 % would have passed the suite."""
    project = gers(postes=[poste("P1", "Mirande", "en cours", taux_cofinancement=rate, taux_bdt=bdt)])
    found = set(analysis.alerts(pvd.load("2021-T3", "32", racine=project))["regle"])
    assert found & {"cofinancement_depasse", "part_bdt_depassee"} == rules


def test_aids_are_inside_a_total_that_their_departement_announced_alone(gers):
    """D13: 60 000 € were said inside a total that does not exist, and were in no key figure."""
    project = gers(
        projets=[projet("1", "Mirande", "Halle", cout_ht_cents=500_000)],
        financements=[aide("1", "DETR", 60_000, "accordé"), aide("1", "DSIL", 10_000, "accordé")],
        totaux_annonces=[total("DSIL", 40_000, D(2021, 9, 1))],
    )
    d = pvd.load("2021-T3", "32", racine=project)
    assert analysis.aids(d).set_index("dispositif")["dans_total"].to_dict() == {"detr": False, "dsil": True}
    assert analysis.known_aids_cents(d) == 10_000_000
    figures = {figure.label: figure.value_text for figure in pvd.tables.financial_key_figures(d).figures}
    assert plain(figures["Hors total annoncé"]) == "60 000 €"


@pytest.mark.parametrize(
    ("brought", "rule"), [(324_000, None), (162_000, "plan_incomplet"), (400_000, "plan_superieur_au_cout")]
)
def test_a_plan_that_does_not_make_the_cost_is_an_alert(gers, brought, rule):
    """E2: own money of 162 000 € where 324 000 are needed, and lines of 106 %, went unremarked."""
    own = {"id_projet": "1", "financeur": "Maître d'ouvrage", "dispositif": "Autofinancement", "montant_cents": brought}
    project = gers(
        projets=[projet("1", "Mirande", "Halle", cout_ht_cents=648_000)],
        financements=[aide("1", "DETR", 324_000, "accordé"), own],
    )
    found = set(analysis.alerts(pvd.load("2021-T3", "32", racine=project))["regle"])
    assert {name for name in found if name.startswith("plan_")} == ({rule} if rule else set())


def test_an_adhesion_before_the_programme_is_an_alert(gers):
    """E5: 15 January 2020 went unremarked; the programme began on 1 October 2020."""
    dates = {"Mirande": D(2020, 9, 30), "Nogaro": D(2020, 10, 1)}
    project = gers(
        laureats=laureats(*dates),
        conventions=[
            {"code_commune": town, "type_convention": "adhésion", "date_signature": day} for town, day in dates.items()
        ],
    )
    found = analysis.alerts(pvd.load("2021-T3", "32", racine=project)).query("regle == 'adhesion_avant_programme'")
    assert found["trouve"].to_list() == ["Mirande, 30 septembre 2020"]


def test_amounts_asked_for_are_shown_to_the_committee_and_counted_in_no_total(gers):
    """E2: they were invisible to it."""
    project = gers(
        projets=[projet("1", "Mirande", "Halle", cout_ht_cents=500_000)],
        financements=[aide("1", "DETR", 60_000, "demandé"), aide("1", "DSIL", 10_000, "accordé")],
    )
    (row,) = analysis.projects_to_examine(pvd.load("2021-T3", "32", racine=project)).itertuples()
    assert (row.demande_cents, row.financements_cents) == (6_000_000, 1_000_000)


def test_an_aid_that_a_new_total_holds_is_told_as_such_and_not_as_a_fall(gers):
    """« Hors total annoncé : en baisse de 60 000 € », where nobody had lost a euro."""
    tables = {
        "projets": [projet("1", "Mirande", "Halle", cout_ht_cents=500_000, date_annonce=D(2021, 9, 1))],
        "financements": [aide("1", "DETR", 60_000, "accordé", date_decision=D(2021, 9, 2))],
    }
    gers(**tables)
    gers("2022-01-10", totaux_annonces=[total("DETR", 90_000, D(2021, 11, 2))], **tables)
    project = gers("2022-04-08", totaux_annonces=[], **tables)
    said = {}
    for quarter in ("2021-T4", "2022-T1"):
        d = pvd.load(quarter, "32", racine=project)
        figures = pvd.tables.financial_key_figures(d, known_before(d)).figures
        said[quarter] = {figure.label: plain(figure.change) for figure in figures}["Hors total annoncé"]
    assert said == {
        "2021-T4": "en baisse de 60 000 € ; 60 000 € désormais compris dans un total annoncé",
        "2022-T1": "en hausse de 60 000 € ; 60 000 € dont le total n'est plus annoncé",
    }


def test_a_departement_that_no_classeur_follows_has_unknown_projects_in_the_workbook_of_its_region(gers):
    """Its row said 0 project, 0 €; and the costs stood beside financings of projects without a cost."""
    project = gers(
        projets=[projet("1", "Mirande", "Halle", cout_ht_cents=500_000), projet("2", "Mirande", "Gare")],
        financements=[aide("2", "DETR", 60_000, "accordé")],
    )
    deliver_text(project, "2021-09-10", "liste_pvd.csv", PVD_HEADER, "65258,Lannemezan,pvd-65,2021-05-04")
    d = load_region("2021-T3", "76", racine=project)
    table = pvd.tables.projects_by_departement_table(d)
    assert [[plain(cell.text) for cell in row.cells] for row in table.rows()] == [
        ["Gers", "2", "500 000 €", "60 000 €"],
        ["Total", "2", "500 000 €", "60 000 €"],
    ]
    assert any("coût de 1 projet n'est pas connu" in plain(note) for note in table.notes)
    (unknown,) = [
        note for note in map(plain, table.notes) if "Hautes-Pyrénées : leurs projets ne sont pas connus" in note
    ]
    path = project / "comite.xlsx"
    write_committee_workbook(d, path)
    cells = openpyxl.load_workbook(path)["Synthèse"].iter_rows(max_col=1, values_only=True)
    assert unknown in {plain(text or "") for (text,) in cells}
    facts = dict(openpyxl.load_workbook(path)["Sommaire"].iter_rows(max_col=2, values_only=True))
    assert facts["Trimestre"] == "T3 2021"
    assert "État connu au" not in facts


def test_the_workbook_of_a_region_comes_back_without_a_false_warning(gers):
    """A5: « Département » was both a place and a funder, and every row « cellule protégée modifiée »."""
    by_departement = {**aide("1", "CD32", 62_000, "accordé"), "financeur": "Département"}
    project = gers(projets=[projet("1", "Mirande", "Halle", cout_ht_cents=500_000)], financements=[by_departement])
    deliver_classeur(
        project,
        "2021-10-05",
        "suivi_65.xlsx",
        "65",
        laureats=laureats("Lannemezan"),
        projets=[projet("1", "Lannemezan", "Gare")],
    )
    with pytest.raises(SystemExit):
        main(["comite", "--region", "76", "--trimestre", "2021-T3", "--racine", str(project)])
    made = project / "outputs" / "2021-T3" / "R76" / "comite_financeurs.xlsx"
    assert "2021-T3/R76/comite_financeurs.xlsx" in (project / "outputs" / "index.html").read_text(encoding="utf-8")
    workbook = openpyxl.load_workbook(made)
    for row in workbook["Sommaire"].iter_rows():
        labels = {cell.value: cell for cell in row}
        if "Financeur qui rend l'avis" in labels:
            row[labels["Financeur qui rend l'avis"].column].value = "Région"
        if "Date de l'avis" in labels:
            row[labels["Date de l'avis"].column].value = dt.datetime(2021, 10, 15)
    sheet = workbook["Projets à examiner"]
    head = next(row for row in sheet.iter_rows() if row[0].value == "Identifiant")
    column = {cell.value: cell.column for cell in head}
    number = next(cell.row for cell in sheet["A"] if cell.value == "32-1")
    sheet.cell(number, column["Avis du comité"]).value = "défavorable"
    workbook.save(project / "rendu.xlsx")
    with pytest.raises(SystemExit) as stop:
        main(["avis", str(project / "rendu.xlsx"), "--racine", str(project)])
    assert stop.value.code == 0
    d = pvd.load("2021-T4", "32", racine=project)
    assert analysis.current_opinions(d)[["id_projet", "avis"]].values.tolist() == [["32-1", "defavorable"]]
    assert findings(project, "cellule_protegee_modifiee").empty


def test_an_opinion_is_held_to_the_margin_that_its_workbook_showed(gers):
    """B9: a margin « du T4 2021 » in an opinion was that of today."""
    told = {"projets": [projet("1", "Mirande", "Halle", cout_ht_cents=100_000, date_annonce=D(2021, 9, 1))]}
    project = gers(**told, financements=[aide("1", "DETR", 60_000, "annoncé", date_annonce=D(2021, 9, 2))])
    with pytest.raises(SystemExit):
        main(["comite", "--departement", "32", "--trimestre", "2021-T3", "--racine", str(project)])
    workbook = openpyxl.load_workbook(project / "outputs" / "2021-T3" / "32" / "comite_financeurs.xlsx", data_only=True)
    sheet = workbook["Projets à examiner"]
    head = next(row for row in sheet.iter_rows() if row[0].value == "Identifiant")
    column = {cell.value: cell.column for cell in head}
    number = next(cell.row for cell in sheet["A"] if cell.value == "32-1")
    assert sheet.cell(number, column["Marge sous la règle"]).value == 20_000
    sheet.cell(number, column["Avis du comité"]).value = "favorable"
    sheet.cell(number, column["Montant proposé"]).value = 30_000
    for row in workbook["Sommaire"].iter_rows():
        labels = {cell.value: cell for cell in row}
        if "Financeur qui rend l'avis" in labels:
            row[labels["Financeur qui rend l'avis"].column].value = "Région"
        if "Date de l'avis" in labels:
            row[labels["Date de l'avis"].column].value = dt.datetime(2021, 10, 15)
    (project / "data" / "raw" / "2021-10-15").mkdir()
    workbook.save(project / "data" / "raw" / "2021-10-15" / "avis.xlsx")
    # the aid of the plan is corrected since: the margin of today is another
    gers("2022-01-10", **told, financements=[aide("1", "DETR", 10_000, "annoncé", date_annonce=D(2021, 9, 2))])
    (alert,) = (
        analysis.alerts(pvd.load("2021-T4", "32", racine=project))
        .query("regle == 'avis_au_dela_de_la_marge'")
        .itertuples()
    )
    assert "20 000 €" in alert.attendu.replace("\u202f", " ").replace("\xa0", " ")


def test_a_contradictory_opinion_is_settled_by_a_later_one(gers):
    """B9: it could only be settled by deleting a raw file."""
    from pvd_analysis.dataset.checks import checked_opinions
    from pvd_analysis.dataset.schemas import typed

    project = gers(projets=[projet("1", "Mirande", "Halle")])
    said = [("favorable", "2021-10-15"), ("defavorable", "2021-10-15"), ("favorable", "2021-11-02")]
    rows = [
        {"code_departement": "32", "id_projet": "32-1", "financeur_avis": "region", "avis": opinion, "trimestre": "2021-T3",
         "date_avis": pd.Timestamp(day), "date_avis_precision": "jour", "fichier": f"{day}/avis.xlsx", "feuille": "F", "ligne": number}
        for number, (opinion, day) in enumerate(said, 2)
    ]  # fmt: skip
    projects = pvd.load("2021-T3", "32", racine=project).projets
    for count, rule in ((2, "avis_contredit"), (3, "avis_tranche")):
        kept, aside, found = checked_opinions(typed("avis", pd.DataFrame(rows[:count])), projects)
        assert [finding.regle for finding in found] == [rule]
        assert len(kept) + sum(map(len, aside)) == count


def test_no_is_no_in_any_table_of_the_analyst():
    """E2: `any_table` showed « oui » for « non »."""
    table = pvd.tables.any_table(
        pd.DataFrame({"commune": ["Mirande", "Nogaro"], "derogation": ["non", "oui"]}), "Dérogations"
    )
    assert [row.cells[1].text for row in table.rows()] == ["non", "oui"]


def test_a_fact_that_is_a_reading_of_its_source_is_said_wherever_it_is_shown(landes_root):
    """E3: 167 904 €, 10,3 % and the cost of the workbook stood without the word."""
    d = pvd.load("2021-T3", "40", racine=landes_root)
    figures = {figure.label: figure for figure in pvd.tables.financial_key_figures(d).figures}
    assert figures["Couverture du total"].note.endswith("connus par projet, en partie déduits")
    assert figures["Total annoncé"].note == "pour les petites villes du département"
    morcenx = next(said for said in pvd.tables.financial_summary(d).texts if said.startswith("Morcenx"))
    assert "DETR, montant déduit" in morcenx
    assert "d'après ce coût déduit" in morcenx
    assert "déduite" in " ".join(pvd.tables.coverage_table(d).notes)
    form = pvd.tables.committee.projects_to_examine_table(d)
    assert next(row.cells for row in form.rows() if row.cells[0].text == "40-001")[4].text == "déduit"


def test_a_report_that_replaces_one_made_from_older_deliveries_says_so(project):
    """E7: a remade quarter overwrote the published one without a word."""
    pages = []
    for _ in range(3):
        with pytest.raises(SystemExit):
            main(["rapports", "--trimestre", "2021-T3", "--departement", "40", "--racine", str(project)])
        pages.append((project / "outputs" / "2021-T3" / "40" / "rapport_financier.html").read_text(encoding="utf-8"))
        if len(pages) == 1:
            folder = project / "data" / "raw" / "2024-06-03"
            folder.mkdir()
            (project / "data" / "raw" / "2024-04-02" / "liste_acv_landes.csv").rename(folder / "liste_acv_landes.csv")
    said = "Refaite avec la livraison du 3 juin 2024"
    assert [said in page for page in pages] == [False, True, True]
    assert pages[1] == pages[2]


def test_a_financing_pasted_twice_is_said_and_two_of_two_dates_are_not(gers):
    """D11: it counted twice without a word."""
    one, other = (aide("1", "DETR", 100, "accordé", date_decision=D(2021, 9, day)) for day in (1, 2))
    project = gers(projets=[projet("1", "Mirande", "Halle")], financements=[one, other, one])
    (row,) = findings(project, "financement_repete").itertuples()
    assert (row.feuille, row.ligne) == ("Financements", 4)
    assert pvd.load("2021-T3", "32", racine=project).financements["montant_cents"].sum() == 30_000


@pytest.mark.parametrize("is_followed_later", [False, True])
def test_a_committee_without_a_classeur_is_told_what_is_not_known_and_never_0(tmp_path, is_followed_later):
    """What no classeur follows: « 0 € de coût, 0 projet à examiner » would be read as a fact."""
    project = new_project(tmp_path / "projet")
    if is_followed_later:
        deliver_classeur(project, "2023-10-05", "suivi.xlsx", "32", laureats=MIRANDE)
    else:
        deliver_text(project, "2021-10-05", "pvd.csv", PVD_HEADER, "32256,Mirande,pvd-32-1,2021-03-09")
    d = pvd.load("2021-T4", "32", racine=project)
    for table in (pvd.tables.committee_figures_table(d), pvd.tables.plans_by_financeur_table(d)):
        assert len(table) == 0
        assert "ne sont pas connus" in table.empty
    write_committee_workbook(d, tmp_path / "comite.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "comite.xlsx")["Synthèse"]
    said = [cell.value for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert sum("les projets à examiner ne sont pas connus" in str(value) for value in said) == 2
    assert 0 not in said
    assert not [value for value in said if str(value).startswith("=")]


def test_what_the_first_classeur_does_not_date_is_not_known_before_it(tmp_path):
    """A classeur of 2023 without a post says nothing of 2021: no « aucun poste ne sert Mirande », no 0."""
    project = new_project(tmp_path / "projet")
    deliver_classeur(project, "2023-10-05", "suivi.xlsx", "32", laureats=laureats("Mirande", "Mauvezin"),
                     postes=[poste("1", "Mauvezin", "recruté", D(2021, 3, 1))])  # fmt: skip
    d = pvd.load("2021-T4", "32", racine=project)
    assert analysis.communes_without_post(d) == []
    assert "commune_sans_poste" not in set(analysis.alerts(d)["regle"])
    assert analysis.served_communes(d)["commune"].to_list() == ["Mauvezin"]
    board = analysis.dashboard(d).set_index("laureat")
    assert board["poste"].map(lambda said: said.partition(",")[0]).to_dict() == {
        "Mirande": "non connu",
        "Mauvezin": "32-1",
    }
    assert board["nombre_projets"].isna().all()
    assert not [
        text for text in pvd.tables.engineering_summary(d).texts if "aucun poste" in text or "Chaque commune" in text
    ]
    page = analysis.of_laureate(d, "32256")
    assert [figure.value_text for figure in pvd.tables.laureate_key_figures(page).figures[1:]] == [
        "non connu",
        "non connu",
    ]
    assert (
        "Aucun projet n'est connu : aucun classeur ne parle de ce trimestre." in pvd.tables.laureate_summary(page).texts
    )
    now = pvd.load("2023-T3", "32", racine=project)
    assert (
        "Aucun poste de chef de projet ne sert Mirande."
        in pvd.tables.laureate_summary(analysis.of_laureate(now, "32256")).texts
    )
    assert analysis.communes_without_post(now) == ["Mirande"]
    assert board.loc["Mirande", "poste"] != analysis.dashboard(now).set_index("laureat").loc["Mirande", "poste"]


def test_a_departement_of_a_region_that_is_told_later_is_not_known_beside_one_that_is_told(tmp_path):
    project = new_project(tmp_path / "projet")
    deliver_classeur(project, "2021-07-05", "a.xlsx", "32", laureats=MIRANDE)
    deliver_classeur(project, "2023-10-05", "b.xlsx", "31", laureats=laureats("Cazères"))
    region = load_region("2021-T4", "76", racine=project)
    assert analysis.communes_without_post(region) == ["Mirande"]
    table = pvd.tables.projects_by_departement_table(region)
    assert [cell.text for cell in next(table.rows()).cells] == ["Gers", "0", "0\xa0€", "0\xa0€"]
    assert any("de Haute-Garonne : leurs projets" in plain(note) for note in table.notes)
    assert any(
        "De 1 commune lauréate, aucun classeur ne parle" in plain(text)
        for text in pvd.tables.engineering_summary(region).texts
    )


def test_no_convention_cadre_is_counted_as_not_signed_where_nobody_follows_those_that_may_be(tmp_path):
    """A list alone, where one commune has not signed its adhésion: « 0 signée, 0 dépassée » was said of the fifteen others."""
    project = new_project(tmp_path / "projet")
    towns = ["32256,Mirande,pvd-32-1,2021-03-09", "32013,Auch,pvd-32-2,"]
    deliver_text(project, "2021-10-05", "pvd.csv", PVD_HEADER, *towns)
    d = pvd.load("2024-T3", "32", racine=project)
    assert set(analysis.convention_states(d)["etat_convention"]) == {"à signer", "non connue"}
    shown = analysis.computed_indicators(d).set_index("indicateur")["valeur_texte"]
    assert shown["Conventions-cadre valant ORT signées"] == "—"
    assert shown["Échéances de convention-cadre dépassées"] == "—"

"""Every rule of `findings.csv` is raised by what someone writes: what is written, where, and what is said of it. All is made up."""

import datetime as dt
import os
import re
from dataclasses import replace
from types import SimpleNamespace

import pytest
import xlsxwriter

import pvd_analysis as pvd
from pvd_analysis import analysis, sources
from pvd_analysis.communes import load_referentiel
from pvd_analysis.constats import findings_table
from pvd_analysis.dataset import prepared
from pvd_analysis.sources import ort, read_file
from pvd_analysis.sources.avis_summary import LABELS
from pvd_analysis.vocabulary import vocabulary_table
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

DAY = "2021-10-05"
D = dt.date
ORT = "Code commune;Signée ?;Si signée, date de signature"
SCDL = "Nom attribuant;ID ATTRIBUANT;Date convention;Nom bénéficiaire;Id bénéficiaire;Objet;Montant"
MIRANDE = laureats("Mirande")
HALLE = projet("1", "Mirande", "Halle", cout_ht_cents=1000)


def dgcl(
    title="Halle",
    *,
    siren="213202567",
    town="MIRANDE",
    code="32256",
    kind="commune",
    cost="1000",
    aid="300",
    rate="0,3",
):
    return f"2021;DETR;119;{kind};{siren};032;{town};{code};{title};{cost};{aid};{rate}"


# rule, header, lines, severity, place, what is found, what the sentence says more
LISTS = [
    ("colonne_en_double", DGCL_HEADER + ";Montant de la subvention", [dgcl() + ";300"], "avertissement", "cellule M1", "Montant", ""),
    ("taux_illisible", DGCL_HEADER, [dgcl(rate="tiers")], "avertissement", "cellule L2", "« tiers » n'est pas un taux", ""),
    ("siren_illisible", DGCL_HEADER, [dgcl(siren="MIRANDE")], "avertissement", "cellule E2", "n'est pas un SIREN", ""),
    ("taux_contredit", DGCL_HEADER, [dgcl(rate="0,5")], "avertissement", "ligne 2", "50 %", ""),
    ("montant_negatif", DGCL_HEADER, [dgcl(aid="-300")], "avertissement", "cellule K2", "−300 €", ""),
    ("entete_repetee", DGCL_HEADER, [dgcl(), DGCL_HEADER, dgcl("École")], "information", "ligne 3", "exercice", ""),
    ("annee_illisible", DGCL_HEADER, ["an 21" + dgcl()[4:], dgcl()], "bloquant", "cellule A2", "« an 21 » n'est pas une année",
     "la ligne est écartée (300 €)"),
    ("epci_introuvable", DGCL_HEADER, [dgcl(siren="200000000", town="CC DES EXEMPLES", kind="epci", code="")], "information", "ligne 2",
     "CC DES EXEMPLES (SIREN 200000000)", ""),
    ("code_commune_inconnu", ORT, ["99999;Oui;2021-03-02", "32256;Oui;2021-03-02"], "bloquant", "cellule A2",
     "« 99999 » n'est le code d'aucune commune", "la ligne est écartée"),
    ("date_sans_signature", ORT, ["32256;Non signée;2021-03-02"], "avertissement", "ligne 2", "Mirande, 2 mars 2021", ""),
    ("donnee_personnelle", DGCL_HEADER, [dgcl("voir a.b@exemple.fr")], "avertissement", "cellule I2", "une adresse électronique", ""),
    ("taux_eleve", DGCL_HEADER, [dgcl(aid="900", rate="0,9")], "avertissement", "ligne 2", "100,00 € de trop", ""),
]  # fmt: skip

# rule, tables of a classeur of the Gers, severity, place, what is found, what the sentence says more
CLASSEURS = [
    ("dispositif_a_venir", {"projets": [HALLE], "financements": [aide("1", "Fonds vert", 100, "accordé", date_decision=D(2021, 6, 1))]},
     "avertissement", "feuille « Financements », ligne 2", "Fonds vert, 1er juin 2021", "n'existait pas encore"),
    ("identifiant_refuse", {"postes": [poste("Mme Zoé Quermonne", "Mirande", "recruté")]}, "bloquant", "feuille « Postes », cellule A2",
     "« Mme Zoé Quermonne » n'est pas un numéro", "la ligne est écartée"),
    ("booleen_illisible", {"projets": [{**HALLE, "derogation": "peut-être"}]}, "avertissement", "feuille « Projets », cellule E2",
     "n'est ni oui ni non", ""),
    ("nombre_illisible", {"formations": [{"session": "1", "intitule": "Base", "type_formation": "module de base",
     "etat_action": "tenue", "duree_jours": "deux jours"}]}, "avertissement", "feuille « Formations », cellule D2", "« deux jours »", ""),
    ("doublon_de_cle", {"projets": [HALLE, HALLE]}, "bloquant", "feuille « Projets », ligne 3", "Halle",
     "Cet identifiant est déjà pris ; la ligne est écartée (1 000 €)"),
    ("projet_inconnu", {"projets": [HALLE], "financements": [aide("7", "DETR", 250, "accordé")]}, "bloquant",
     "feuille « Financements », ligne 2", "250 €", "la ligne est écartée (250 €)"),
    ("laureat_inconnu", {"projets": [projet("1", "Condom", "Halle")]}, "avertissement", "feuille « Projets », ligne 2", "Condom (32107)", ""),
    ("famille_contredite", {"totaux_annonces": [total("DETR", 300, D(2021, 9, 1), famille="Ingénierie")]}, "avertissement",
     "feuille « Totaux annoncés », ligne 2", "DETR dans « Ingénierie »", ""),
    ("commune_inconnue", {"formations": [{"session": "1", "intitule": "Base", "type_formation": "module de base",
     "etat_action": "tenue", "code_commune": "Trifouilly"}]}, "avertissement", "feuille « Formations », cellule E2", "Trifouilly", ""),
    ("montant_illisible", {"projets": [{**HALLE, "cout_ht_cents": "beaucoup"}]}, "avertissement", "feuille « Projets », cellule D2",
     "« beaucoup »", ""),
]  # fmt: skip

# rule, tables of a classeur of the Gers, severity, what is found
ALERTS = [
    ("regle_depassee", {"projets": [HALLE], "financements": [aide("1", "DETR", 850, "accordé")]}, "avertissement", "850 € d'aides"),
    ("cout_inconnu", {"projets": [projet("1", "Mirande", "Halle")]}, "information", "32-1, Mirande"),
    ("aides_superieures_au_cout", {"projets": [HALLE], "financements": [aide("1", "DETR", 1100, "accordé")]}, "avertissement",
     "1 100 €"),
    ("detail_superieur_au_total", {"projets": [HALLE], "financements": [aide("1", "DETR", 400, "accordé")],
     "totaux_annonces": [total("DETR", 300, D(2021, 9, 1))]}, "avertissement", "DETR : 400 €"),
    ("cofinancement_depasse", {"postes": [poste("P1", "Mirande", "recruté", taux_cofinancement=0.8)]}, "avertissement", "80 %"),
    ("part_bdt_depassee", {"postes": [poste("P1", "Mirande", "recruté", taux_bdt=0.3)]}, "avertissement", "30 %"),
    ("commune_sans_poste", {"laureats": laureats("Mirande", "Condom"), "postes": [poste("P1", "Mirande", "recruté")]}, "avertissement",
     "Condom"),
    ("aide_avant_convention", {"projets": [HALLE], "financements": [
        aide("1", "Étude ANAH", 100, "accordé", financeur="ANAH", date_decision=D(2021, 6, 1))]}, "avertissement", "1er juin 2021"),
    ("echeance_depassee", {"conventions": [{"code_commune": "Mirande", "type_convention": "adhésion",
     "date_signature": D(2020, 1, 1)}]}, "avertissement", "Mirande : échéance"),
    ("echeance_proche", {"conventions": [{"code_commune": "Mirande", "type_convention": "adhésion",
     "date_signature": D(2020, 6, 1)}]}, "information", "Mirande : échéance"),
]  # fmt: skip

# rule, summary, rows of a returned workbook, severity, place, what is found
OPINIONS = [
    ("avis_vide", {}, [("32-1", "", "NC", "")], "information", "ligne 2", "32-1"),
    ("avis_date_douteuse", {"date_avis": "15/08/2021"}, [("32-1", "favorable", 100, "")], "avertissement", "Sommaire", "15 août 2021"),
    ("montant_sans_avis", {}, [("32-1", "", 100, "")], "avertissement", "cellule B2", "32-1"),
    ("avis_sans_montant", {}, [("32-1", "favorable", "", "")], "avertissement", "cellule C2", "32-1 : favorable"),
    ("avis_repete", {}, [("32-1", "favorable", 100, ""), ("32-1", "favorable", 100, "")], "information", "ligne 3", "favorable, 100 €"),
    ("avis_contredit", {}, [("32-1", "favorable", 100, ""), ("32-1", "ajourné", 120, "")], "bloquant", "ligne 3", "ajourné, 120 €"),
    ("avis_projet_inconnu", {}, [("32-9", "favorable", 100, "")], "bloquant", "ligne 2", "32-9 : favorable, 100 €"),
    ("sommaire_incomplet", {"financeur": "CdC"}, [("32-1", "favorable", 100, "")], "bloquant", "Sommaire", "« CdC »"),
    ("terme_inconnu", {}, [("32-1", "plutôt", "", "")], "bloquant", "cellule B2", "« plutôt »"),
]  # fmt: skip
LOST = {"avis_contredit": 120, "avis_projet_inconnu": 100, "sommaire_incomplet": 100}

# raised by the tests below, one each
ALONE = ("fichier_en_double", "dossier_illisible", "entete_absente", "date_contredite", "schema", "bilan_faux", "fichier_concurrent",
         "exercice_introuvable", "feuille_facultative_absente", "feuille_absente")  # fmt: skip


def plain(text):
    return text.replace("\u202f", " ").replace("\xa0", " ")


@pytest.fixture(scope="module")
def referentiel():
    return load_referentiel(ROOT / "data" / "raw" / "referentiel")


def raised(findings, rule, severity, place, found, says=""):
    """Hold the only finding of a rule to what it must say, and whether it blocks to what it sets aside."""
    ours = findings[findings["regle"].eq(rule)]
    (finding,) = [row for row in ours.itertuples() if row.lieu.endswith(place) or place in f"{row.lieu},"][:1]
    assert finding.severite == severity
    assert found in plain(finding.trouve)
    assert says in plain(finding.constat)
    return finding


@pytest.mark.parametrize(
    ("rule", "header", "lines", "severity", "place", "found", "says"),
    LISTS,
    ids=[case[0] for case in LISTS],
)
def test_what_a_list_says_raises_its_rule(tmp_path, referentiel, rule, header, lines, severity, place, found, says):
    path = tmp_path / "dgcl_2021.csv"
    path.write_text("\n".join([header, *lines, ""]), encoding="utf-8")
    raised(findings_table(read_file(path, path.name, referentiel).findings), rule, severity, place, found, says)


@pytest.fixture
def gers(tmp_path):
    return new_project(tmp_path)


@pytest.mark.parametrize(
    ("rule", "tables", "severity", "place", "found", "says"), CLASSEURS, ids=[case[0] for case in CLASSEURS]
)
def test_what_a_classeur_says_raises_its_rule(gers, rule, tables, severity, place, found, says):
    deliver_classeur(gers, DAY, "suivi.xlsx", "32", **{"laureats": MIRANDE, **tables})
    raised(prepared(gers).constats, rule, severity, place, found, says)


@pytest.mark.parametrize(("rule", "tables", "severity", "found"), ALERTS, ids=[case[0] for case in ALERTS])
def test_what_the_facts_say_raises_its_alert(gers, rule, tables, severity, found):
    deliver_classeur(gers, DAY, "suivi.xlsx", "32", **{"laureats": MIRANDE, **tables})
    found_here = analysis.alerts(pvd.load("2021-T3", "32", racine=gers))
    raised(found_here, rule, severity, "suivi.xlsx", found)
    assert "bloquant" not in set(found_here["severite"])


def deliver_opinions(project, summary, rows, name="avis_32.xlsx"):
    said = {"code": "32", "trimestre": "2021-T3", "financeur": "État", "date_avis": "15/10/2021", **summary}
    (project / "data" / "raw" / "2021-10-20").mkdir(exist_ok=True)
    workbook = xlsxwriter.Workbook(project / "data" / "raw" / "2021-10-20" / name)
    first = workbook.add_worksheet("Sommaire")
    for number, (key, value) in enumerate(said.items()):
        first.write_row(number, 0, [LABELS[key], value])
    sheet = workbook.add_worksheet("Projets à examiner")
    sheet.write_row(0, 0, ["Identifiant", "Avis du comité", "Montant proposé", "Observations"])
    for number, row in enumerate(rows, 1):
        sheet.write_row(number, 0, row)
    workbook.close()


@pytest.mark.parametrize(
    ("rule", "summary", "rows", "severity", "place", "found"), OPINIONS, ids=[case[0] for case in OPINIONS]
)
def test_what_a_returned_workbook_says_raises_its_rule(gers, rule, summary, rows, severity, place, found):
    deliver_classeur(gers, DAY, "suivi.xlsx", "32", laureats=MIRANDE, projets=[HALLE])
    deliver_opinions(gers, summary, rows)
    says = f"la ligne est écartée ({LOST[rule]} €)" if rule in LOST else ""
    raised(prepared(gers).constats, rule, severity, place, found, says)


def test_the_same_file_delivered_twice_is_said_and_counted_once(gers):
    for name in ("dgcl.csv", "dgcl_copie.csv"):
        deliver_text(gers, DAY, name, DGCL_HEADER, dgcl())
    raised(prepared(gers).constats, "fichier_en_double", "avertissement", "dgcl_copie.csv", "copie de")
    assert len(prepared(gers).tables["aides_nationales"]) == 1


def test_two_classeurs_of_one_delivery_are_said_with_the_euros_of_the_second(gers):
    for name, euros in (("a.xlsx", 100), ("b.xlsx", 250)):
        aids = [aide("1", "DETR", euros, "accordé")]
        deliver_classeur(gers, DAY, name, "32", laureats=MIRANDE, projets=[HALLE], financements=aids)
    says = "3 lignes sont écartées (250 €)"
    raised(prepared(gers).constats, "fichier_concurrent", "bloquant", "b.xlsx", "classeur de suivi", says)


def test_a_list_without_a_year_is_set_aside_with_its_euros(tmp_path, referentiel):
    path = tmp_path / "fonds_vert.csv"
    header = "code_departement;code_commune;nom_commune;demarche;numero_dossier_ds;nom_du_projet;raison_sociale_beneficiaire;siret_beneficiaire;montant_engage"
    row = "32;32256;Mirande;Friches;{};Halle;COMMUNE DE MIRANDE;21320256700011;300"
    path.write_text("\n".join([header, row.format(1), row.format(2), ""]), encoding="utf-8")
    found = findings_table(read_file(path, path.name, referentiel).findings)
    raised(
        found, "exercice_introuvable", "bloquant", "fonds_vert.csv", "fonds_vert.csv", "2 lignes sont écartées (600 €)"
    )


def test_a_folder_that_may_not_be_read_is_said(gers, monkeypatch):
    """Who runs the tests as an administrator may read everything."""
    deliver_text(gers, DAY, "prive/dgcl.csv", DGCL_HEADER, dgcl())
    read = os.scandir

    def scandir(path="."):
        if str(path).endswith("prive"):
            raise PermissionError(13, "refusé", str(path))
        return read(path)

    monkeypatch.setattr(os, "scandir", scandir)
    raised(prepared(gers).constats, "dossier_illisible", "bloquant", "prive", "accès refusé")


def test_a_sheet_of_a_classeur_without_its_header_is_said_with_its_rows(tmp_path, referentiel):
    path = deliver_classeur(tmp_path, DAY, "suivi.xlsx", "32", laureats=MIRANDE, projets=[HALLE])
    workbook = xlsxwriter.Workbook(tmp_path / "sans.xlsx")
    for name, rows in (
        ("Lauréats", [["Lauréat", "Commune"], ["Mirande", "Mirande"]]),
        ("Projets", [["Identifiant", "Commune", "Intitulé du projet"], ["1", "Mirande", "Halle"]]),
        ("Financements", [["1", "État", "DETR", 300], ["1", "État", "DSIL", 200]]),
    ):
        sheet = workbook.add_worksheet(name)
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    workbook.close()
    assert "entete_absente" not in {finding.regle for finding in read_file(path, "suivi.xlsx", referentiel).findings}
    found = findings_table(read_file(tmp_path / "sans.xlsx", "sans.xlsx", referentiel).findings)
    raised(found, "entete_absente", "bloquant", "feuille « Financements »", "2 lignes")
    assert {"feuille_absente": "bloquant", "feuille_facultative_absente": "avertissement"}.items() <= dict(
        zip(found["regle"], found["severite"], strict=True)
    ).items()


def test_two_dates_of_one_signature_are_said(gers):
    adhesion = {"code_commune": "Mirande", "type_convention": "adhésion", "date_signature": D(2021, 3, 2)}
    deliver_classeur(gers, DAY, "suivi.xlsx", "32", laureats=MIRANDE, conventions=[adhesion])
    deliver_text(gers, "2021-10-06", "pvd.csv", PVD_HEADER, "32256,Mirande,pvd-32-1,2021-03-09")
    raised(prepared(gers).constats, "date_contredite", "avertissement", "ligne 2", "Mirande : 2 mars 2021")


def a_source(change):
    """Return the source of the ORT lists with a slip: what it gives is changed."""

    def read(raw, referentiel):
        found = ort.read(raw, referentiel)
        return found and replace(found, tables=tuple(map(change, found.tables)))

    return SimpleNamespace(NAME=ort.NAME, read=read)


@pytest.mark.parametrize(
    ("rule", "change", "place", "found"),
    [
        ("schema", lambda table: replace(table, rows=table.rows.assign(type_convention="bail")), "ligne 2", "bail"),
        ("bilan_faux", lambda table: replace(table, rows=table.rows.iloc[1:]), "ort.csv", "1 + 0 lignes"),
    ],
)
def test_a_source_that_loses_or_spoils_a_row_is_caught(gers, monkeypatch, rule, change, place, found):
    monkeypatch.setattr(sources, "SOURCES", (a_source(change),))
    deliver_text(gers, DAY, "ort.csv", ORT, "32256;Oui;2021-03-02", "32107;Oui;2021-03-02")
    raised(prepared(gers).constats, rule, "bloquant", place, found)


def test_each_rule_is_raised_by_a_test_and_says_what_becomes_of_a_row():
    """The rules that no case above raises are named, or their sentence is, in a test of their own module."""
    here = {case[0] for case in (*LISTS, *CLASSEURS, *ALERTS, *OPINIONS)} | set(ALONE)
    texts = [
        path.read_text(encoding="utf-8")
        for path in ROOT.joinpath("tests").rglob("test_*.py")
        if path.name != "test_every_rule.py"
    ]
    rules = vocabulary_table("findings").set_index("regle")["constat"]
    named = {
        rule
        for rule, sentence in rules.items()
        if any(re.search(rf"\b{rule}\b", text) or sentence in text for text in texts)
    }
    assert set(rules.index) - here - named == set()
    assert here <= set(rules.index)

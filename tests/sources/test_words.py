"""The words of a classeur: genders and usual abbreviations are read, what means two things is refused, nothing is guessed."""

import pytest

from pvd_analysis.communes import load_referentiel
from pvd_analysis.sources import read_file
from pvd_analysis.sources.cells import Place, cell_reader
from pvd_analysis.vocabulary import match_term, misspelt_term


@pytest.fixture(scope="module")
def referentiel(root):
    return load_referentiel(root / "data" / "raw" / "referentiel")


@pytest.mark.parametrize(
    ("name", "written", "code"),
    [
        ("statut_financement", "refusée", "refuse"), ("statut_financement", "Refusées", "refuse"),
        ("statut_financement", "refus", "refuse"), ("statut_financement", "accordée", "accorde"),
        ("statut_financement", "annulée", "abandonne"), ("statut_financement", "caduc", "abandonne"),
        ("statut_financement", "caduque", "abandonne"), ("statut_financement", "demandées", "demande"),
        ("statut_financement", "en attente", "demande"), ("statut_financement", "non attribué", "refuse"),
        ("statut_financement", "payées", "paye"), ("etat_poste", "non pourvu", "vacant"),
        ("etat_poste", "recrutées", "recrute"), ("etat_action", "annulées", "annule"),
        ("financeur", "CD40", "departement"), ("financeur", "CD 32", "departement"),
        ("financeur", "Conseil départemental des Landes", "departement"), ("financeur", "CC Chalosse Tursan", "epci"),
        ("financeur", "Région Occitanie", "region"), ("financeur", "CdC", None), ("financeur", "C.D.C.", None),
        ("dispositif", "DETR 2021", "detr"), ("dispositif", "Fonds Friche 2021", "fonds_friches"),
        ("dispositif", "D.E.T.R.", "detr"), ("dispositif", "D E T R 2022", "detr"), ("financeur", "C.D. 40", "departement"),
        ("dispositif", "Dotation Equipement Territoires Ruraux", "detr"), ("dispositif", "La DETR", "detr"),
        ("dispositif", "DSIL (programmation 2021)", "dsil"), ("dispositif", "DSIL Part exceptionnelle", "dsil_exceptionnelle"),
        ("dispositif", "D.S.I.L. 2021-2022", "dsil"), ("dispositif", "Dotation de soutien investissement local", "dsil"),
        ("dispositif", "FSIL", "dsil"), ("dispositif", "Aide du département", "departement"),
        ("dispositif", "DSIL-RRE", None), ("dispositif", "FIT", None), ("dispositif", "DETR DSIL", None),
        ("dispositif", "Plan de relance", None), ("dispositif", "Fonds de concours", None),
        ("financeur", "l'État", "etat"), ("financeur", "DRAC Nouvelle-Aquitaine", "etat"), ("financeur", "U.E.", "europe"),
        ("financeur", "Département 40", "departement"), ("financeur", "Dépt des Landes", "departement"),
        ("financeur", "Caisse des dépôts et consignations", "bdt"), ("financeur", "SDE 40", "syndicat_energie"),
        ("dispositif", "Fonds friches", "fonds_friches"), ("dispositif", "Prêt BDT", None), ("dispositif", "2021", None),
    ],
)  # fmt: skip
def test_a_term_is_read_in_any_gender_number_and_year_or_not_at_all(name, written, code):
    assert match_term(name, written) == code


@pytest.mark.parametrize(
    ("name", "written", "proposal"),
    [
        ("statut_financement", "acordé", "accordé"), ("statut_financement", "annoncee", "annoncé"),
        ("statut_financement", "refussé", "refusé"), ("etat_poste", "recrutté", "recruté"),
        ("dispositif", "DSIL renovation energetiqe", None), ("financeur", "Regoin", "Région"),
        ("statut_financement", "pas accordé", None), ("statut_financement", "peut-être", None),
        ("etat_poste", "pas recruté", None), ("etat_poste", "sans chef de projet", None),
        ("financeur", "Madame la maire", None), ("dispositif", "Prêt BDT", None), ("dispositif", "Prêt étude", None),
        ("dispositif", "DSID 2", None), ("financeur", "CDC 40", None), ("statut_financement", "1 200 €", None),
    ],
)  # fmt: skip
def test_a_proposal_is_made_for_a_misspelling_alone(name, written, proposal):
    """D4: « en attente » was proposed as « accordé », « CD 32 » as « Banque des territoires »."""
    assert misspelt_term(name, written) == proposal


def plain(text):
    return text.replace("\u202f", " ").replace("\xa0", " ")


def test_an_abbreviation_that_means_two_things_is_refused_with_both_in_an_opinion_too(shared_data, referentiel):
    """A10: « CdC » is the Caisse des dépôts, or a communauté de communes."""
    read = read_file(shared_data / "cases" / "v3_avis_cdc.xlsx", "v3.xlsx", referentiel)
    (finding,) = [finding for finding in read.findings if finding.regle == "sommaire_incomplet"]
    assert finding.severite.value == "bloquant"
    assert finding.proposition == "« Banque des territoires ou EPCI »"
    (table,) = read.content.tables
    assert table.rows.empty
    assert table.set_aside["montant_cents"].to_list() == [1_000_000]


@pytest.mark.parametrize(
    ("written", "proposal"),
    [
        ("40250", "Saint-Avit (code INSEE 40250) ou Mugron, Souprosse, Saint-Aubin, … (code postal 40250)"),
        (40100.0, "Le Frêche (code INSEE 40100) ou Dax (code postal 40100)"),
        (1189, "Injoux-Génissiat (code INSEE 01189)"), ("Amou / 40201", "Mugron (code INSEE 40201)"), ("99999", None),
    ],
)  # fmt: skip
def test_a_bare_number_in_a_column_of_names_is_a_proposal(referentiel, written, proposal):
    """D12: 40250 was Saint-Avit."""
    reading = cell_reader("communes", Place(referentiel, "40"))(written)
    assert (reading.value, reading.proposal) == (None, proposal)
    assert "code INSEE ou code postal ?" in reading.problem


@pytest.mark.parametrize(
    ("written", "departement", "is_read"),
    [
        ("CD40", "40", True), ("CD 40", "40", True), ("Département 40", "40", True), ("CD des Landes", "40", True),
        ("Conseil départemental du Gers", "32", True), ("Région Nouvelle-Aquitaine", "40", True), ("Région NA", "40", True),
        ("Région Occitanie", "32", True), ("CD 2A", "2A", True), ("CD 64", None, True),
        ("CD 32", "40", False), ("Département du Gers", "40", False), ("CD40", "32", False), ("CG 64", "40", False),
        ("Région Occitanie", "40", False), ("Conseil départemental de l'Adour", "40", False),
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["financeur", "dispositif"])
def test_the_departement_and_the_region_of_a_row_are_its_own(referentiel, name, written, departement, is_read):
    reading = cell_reader(f"terme:{name}", Place(referentiel, departement))(written)
    if is_read:
        assert reading.value in {"departement", "region"}
    else:
        assert (reading.value, reading.proposal) == (None, None)
        assert "n'est pas celui du territoire du classeur" in reading.problem


def test_the_words_of_a_national_list_are_read_and_the_others_set_aside_with_their_euros(shared_data, referentiel):
    """c31: five rows of six were dropped."""
    read = read_file(shared_data / "cases" / "c31_dispositif_inconnu_dgcl_2022.csv", "c31_dgcl_2022.csv", referentiel)
    (table,) = read.content.tables
    assert table.rows["dispositif"].to_list() == ["detr", "detr", "detr", "dsil_exceptionnelle"]
    assert [
        (finding.severite.value, finding.origine.cellule, plain(finding.constat)) for finding in read.findings
    ] == [
        ("bloquant", cell, "Ce terme n'est pas dans la liste ; la ligne est écartée (30 000 €)") for cell in ("B2", "B6")
    ]  # fmt: skip


def test_a_status_in_the_feminine_is_read_and_one_that_is_not_understood_is_counted_nowhere(shared_data, referentiel):
    """D2: 250 000 € refused were counted as announced."""
    read = read_file(shared_data / "cases" / "x36_statut_refusee.xlsx", "x36.xlsx", referentiel)
    financings = next(table for table in read.content.tables if table.table == "financements")
    counted = financings.rows[financings.rows["statut"].isin(["annonce", "accorde", "paye"])]
    assert int(financings.cents_read) == int(financings.rows["montant_cents"].sum()) + int(
        financings.set_aside["montant_cents"].sum()
    )
    blocking = [finding for finding in read.findings if finding.severite.value == "bloquant"]
    assert len(financings.set_aside) == len({finding.origine.ligne for finding in blocking})
    assert all("la ligne est écartée (" in plain(finding.constat) for finding in blocking)
    assert "annonce" not in set(counted["statut"])


@pytest.mark.parametrize(
    "written", ["Mugron\nHagetmau", "Mugron - Hagetmau", "Mugron – Hagetmau", "Mugron\r\nHagetmau", "MUGRON - Hagetmau"]
)
def test_towns_on_two_lines_or_on_both_sides_of_a_dash_are_two(referentiel, written):
    """D10: Alt+Enter between two towns was refused."""
    assert cell_reader("communes", Place(referentiel, "40"))(written).value == "40201;40119"


@pytest.mark.parametrize("written", ["Mugron - centre", "Mugron - 14380", "Mugron\n- Hagetmo"])
def test_what_stands_beside_a_town_and_is_none_is_refused(referentiel, written):
    assert cell_reader("communes", Place(referentiel, "40"))(written).value is None


def test_a_town_written_over_two_lines_is_one(referentiel):
    assert cell_reader("commune", Place(referentiel, "40"))("Saint-Vincent-\nde-Tyrosse").value == "40284"


@pytest.mark.parametrize(
    ("written", "is_read"),
    [
        ("001", True), ("P1", True), ("40-001", True), ("A", True), ("2021-1", True), (12.0, True), ("Lot 2 (halle)", True),
        ("Mme Zoé Quermonne", False), ("Zoé QUERMONNE", False), ("M. Quermonne 2", False), ("Mlle Z. 1", False), ("Halle", False),
    ],
)  # fmt: skip
def test_a_number_of_ours_is_a_number_and_never_the_name_of_a_person(referentiel, written, is_read):
    read = cell_reader("identifiant", Place(referentiel))(written)
    assert (read.value is not None) is is_read
    assert read.is_refused is not is_read

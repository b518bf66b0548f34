"""What the figures of the Landes say, in their titles and text alternatives."""

import math
import re

import pvd_analysis as pvd
from pvd_analysis import figures
from pvd_analysis.analysis import posts_over_time
from pvd_analysis.dataset import known_before
from tests.analysis.test_changes import delivery, line


def plain(text):
    return re.sub(r"\s+", " ", text)


def test_announced_totals_say_the_total_and_its_first_family(landes):
    shown = figures.announced_totals(landes)
    assert plain(shown.title) == "L'État annonce 1 629 048 €, dont 90,6 % de droit commun"
    for said in (
        "Plan de relance 153 871 €",
        "Droit commun 1 475 177 €",
        "DETR 1 193 779 €",
        "167 904 € sur 1 629 048 €",
    ):
        assert said in plain(shown.alt)


def test_aids_by_family_hold_only_what_is_known_in_detail(landes):
    shown = figures.aids_by_family(landes)
    assert plain(shown.title) == "500 207 € d'aides connues en détail, dont 66,4 % d'appels à projets sectoriels"
    for said in ("Fonds friches 192 815 €", "Monuments historiques 139 488 €", "DETR 167 904 €"):
        assert said in plain(shown.alt)


def test_aids_by_commune_say_who_receives_most(landes):
    shown = figures.aids_by_commune(landes)
    assert plain(shown.title) == "Morcenx-la-Nouvelle reçoit 72,1 % des 500 207 € d'aides connues en détail"
    assert "Peyrehorade 139 488 €, dont 0 € compris dans le total annoncé" in plain(shown.alt)
    assert shown.note == "12 des 14 communes lauréates n'ont pas d'aide connue en détail."


def test_the_plan_of_morcenx_is_at_the_limit_in_words(landes):
    shown = figures.funding_plan_shares(landes)
    assert plain(shown.title) == "Morcenx-la-Nouvelle : 80 % d'aides publiques, à la limite (marge de 0 €)"
    for said in (
        "450 898,75 € HT (déduit)",
        "État, Fonds friches 42,8 %",
        "État, DETR 37,2 %",
        "Maître d'ouvrage 20 %",
    ):
        assert said in plain(shown.alt)
    assert "CGCT, art. L. 1111-10, III" in shown.note
    assert "1 projet sans coût connu" in plain(shown.note)


def test_the_calendar_says_who_signed_and_what_is_due(landes, landes_2023):
    shown = figures.convention_calendar(landes)
    assert plain(shown.title) == "13 adhésions signées sur 14 ; prochaine échéance le 20 novembre 2022"
    assert "Labouheyre : adhésion à signer" in shown.alt
    assert "Geaune : adhésion 20 mai 2021, échéance 20 novembre 2022, dans les délais" in shown.alt
    assert plain(shown.alt).endswith("et 10 de plus, dans le tableau.")
    later = figures.convention_calendar(landes_2023)
    assert plain(later.title).startswith("5 conventions-cadre signées sur 14 ; 8 échéances dépassées")
    assert "dépassée de 131 jours" in plain(later.alt)


def test_posts_say_their_states_and_who_has_none(landes):
    shown = figures.posts_by_state(landes)
    assert plain(shown.title) == "8 postes de chef de projet : 2 pourvus, 6 en cours de recrutement"
    assert shown.note == "Geaune n’est servie par aucun poste."


def test_posts_over_time_say_nothing_of_what_was_not_known(landes, landes_2023):
    course = posts_over_time(landes)
    assert course["trimestre"].to_list() == ["2021-T1", "2021-T2", "2021-T3"]
    assert course["postes_recrutes"].to_list() == [1, 1, 2]
    assert course["postes_en_cours"].isna().to_list() == [True, True, False]
    assert (
        plain(figures.posts_course(landes).title)
        == "8 postes, 2 pourvus au T3 2021, 1 de plus qu'un trimestre plus tôt"
    )
    later = figures.posts_course(landes_2023)
    assert plain(later.title) == "8 postes, 2 pourvus au T3 2021, 1 de plus qu'un trimestre plus tôt"
    assert "État des postes livré le 10 septembre 2021." in later.note


def test_the_map_says_epci_partnerships_and_acv_towns(landes_with_boundaries):
    shown = figures.department_map(landes_with_boundaries)
    assert plain(shown.title) == "14 communes lauréates dans 10 intercommunalités : 12 lauréats, dont 2 partenariats"
    assert (
        "au 30 septembre 2021 : adhésion à signer (Labouheyre) ; dans les délais (13 communes). Le tableau nomme"
        in plain(shown.alt)
    )
    assert shown.note == "Contours des communes : communes-40-landes.geojson."
    assert len(shown.svg()) < 150_000
    assert shown._repr_html_() == figures.department_map(landes_with_boundaries)._repr_html_()


def test_the_scale_of_the_map_is_that_of_the_distances_on_it(landes_with_boundaries):
    """Labouheyre (44.213° N, 0.920° W) and Gabarret (43.987° N, 0.008° E) are 78 km apart."""
    axes = figures.department_map(landes_with_boundaries).axes[0]
    places = {text.get_text(): text.get_position() for text in axes.texts}
    (said,) = [text for text in places if text.endswith("km")]
    lines = [line.get_xydata() for line in axes.lines if len(line.get_xydata()) == 2]
    bar = min((line for line in lines if line[0][1] == line[1][1]), key=lambda line: abs(line - places[said]).sum())
    kilometre = (bar[1][0] - bar[0][0]) / int(said.split()[0])
    # names stand beside their points
    apart = math.dist(places["Labouheyre"], places["Gabarret"]) / kilometre
    assert 73 < apart < 83


def test_without_boundaries_nor_coordinates_there_is_no_map(landes):
    assert "Pas de carte" in figures.department_map(landes).sentence


def test_the_states_that_changed_are_counted_by_class(landes_2023, landes):
    shown = figures.state_changes(landes_2023, known_before(landes_2023))
    assert (
        plain(shown.title)
        == "Depuis le T4 2022, 10 états ont changé : convention-cadre (9) et convention d'adhésion (1)"
    )
    assert "Convention-cadre 9 (4 modifié, 2 corrigé et 3 échu)" in shown.alt
    assert figures.amount_changes(landes_2023, known_before(landes_2023)) is None
    assert figures.state_changes(landes, known_before(landes)) is None


def test_the_amounts_that_changed_lead_from_one_total_to_the_other(landes_root):
    d = pvd.load("2021-T4", "40", racine=landes_root)
    then, now = (line(cents, "accorde", day) for cents, day in ((100_00, "2021-08-05"), (1_334_56, "2021-10-05")))
    before = delivery(d, [then], [], "2021-09-10", d.trimestre.previous)
    after = delivery(d, [now], [], "2021-12-15", d.trimestre)
    shown = figures.amount_changes(after, before)
    words = [plain(text.get_text()) for axes in shown.axes for text in axes.texts]
    assert words[-6:] == ["T3 2021", "100 €", "Modifié", "+1 234,56 €", "T4 2021", "1 334,56 €"]
    assert plain(shown.alt).endswith("Aide de 100 € à 1 334,56 € (modifié +1 234,56 €).")

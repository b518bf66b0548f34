"""A written town name leads to its code inside its département, or to proposals."""

import random
import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pvd_analysis.communes import Referentiel, match_commune, match_communes

# The names of a département are indexed at the first look-up, which takes longer than the others.
at_leisure = settings(deadline=None)


@pytest.mark.parametrize(
    ("written", "departement", "code"),
    [
        ("St Sever", "40", "40282"),
        ("SAINT-SEVER", "040", "40282"),
        ("Aire sur l’Adour", "40", "40001"),
        ("Aire s/ l'Adour", "40", "40001"),
        ("Aire s/Adour", "40", "40001"),
        ("Aire sur Adour", "40", "40001"),
        ("Montfort-en Chalosse", "40", "40194"),
        ("Grenade\u00a0sur  l'Adour", "40", "40117"),
        ("Morcenx", "40", "40197"),
        ("Arjuzanx", "40", "40197"),
        ("Commune de Mugron", "40", "40201"),
        ("BAS SEGALA (le)", "12", "12021"),
        ("FARLEDE (La)", "83", "83054"),
        ("ARBOYS EN BUGEY  (commune nouvelle)\n", "01", "01015"),
        ("ARBOYS EN BUGEY", "1", "01015"),
        ("VALMY\n(dérogation accordée)", "51", "51588"),
        ("Château Chinon (Ville)", "58", "58062"),
        ("CHATEAU-CHINON CAMPAGNE", "58", "58063"),
        ("BEAUSSAIS/MER", "22", "22209"),
        ("Briis /s Forges", "91", "91111"),
        ("VAL-FOUZON COMMUNE NOUVELLE", "36", "36229"),
        ("Ajaccio", "2A", "2A004"),
        ("Ajaccio", "20A", "2A004"),
        ("Bastia", "20", "2B033"),
        ("MARIPASOULA", "973", "97353"),
        ("Mugron", None, "40201"),
        ("Mugron (40201)", "40", "40201"),
        ("Arjuzanx (40009)", "40", "40197"),
        ("40201 - Mugron", "40", "40201"),
        ("40201", "40", "40201"),
        ("40201", None, "40201"),
        ("Peyrehorrade (40224)", "40", "40224"),
    ],
)
def test_a_name_as_people_write_it_is_accepted(
    referentiel: Referentiel, written: str, departement: str | None, code: str
):
    match = match_commune(written, departement, referentiel)
    assert match.code == code
    assert match.proposals == ()


def test_a_name_that_only_looks_like_another_is_proposed(referentiel: Referentiel):
    match = match_commune("Peyrehorrade", "40", referentiel)
    assert (match.code, match.how) == (None, "introuvable")
    assert match.proposals[0] == ("40224", "Peyrehorade")


def test_a_shortened_name_is_proposed(referentiel: Referentiel):
    match = match_commune("Vieux-Boucau", "40", referentiel)
    assert match.code is None
    assert match.proposals[0] == ("40328", "Vieux-Boucau-les-Bains")


def test_a_name_that_two_communes_share_is_never_accepted(referentiel: Referentiel):
    match = match_commune("Saint-Aubin", None, referentiel)
    assert (match.code, match.how) == (None, "ambigu")
    assert len(match.proposals) == 3


def test_a_former_name_is_not_accepted_when_another_commune_has_it_with_its_article(referentiel: Referentiel):
    match = match_commune("CHAUME", "21", referentiel)
    assert match.code is None
    assert match.proposals == (("21158", "Chaume-et-Courchamp"), ("21159", "La Chaume"))


def test_a_town_of_another_departement_is_not_accepted(referentiel: Referentiel):
    assert match_commune("Mugron", "33", referentiel).code is None


@pytest.mark.parametrize(
    ("written", "proposals"),
    [
        ("IZENAVE (01189)", (("01189", "Injoux-Génissiat"), ("01191", "Izenave"))),
        ("BERRWILLER (68006)", (("68006", "Bernwiller"), ("68032", "Berrwiller"))),
    ],
)
def test_a_code_that_its_name_contradicts_is_not_accepted(
    referentiel: Referentiel, written: str, proposals: tuple[tuple[str, str], ...]
):
    """Both are in DGCL 2018; the second pair differs by one letter."""
    match = match_commune(written, None, referentiel)
    assert (match.code, match.how) == (None, "contradiction")
    assert match.proposals == proposals


def test_a_postcode_taken_for_a_code_is_not_accepted(referentiel: Referentiel):
    """40110 is the postcode of Morcenx, and the INSEE code of Geaune."""
    match = match_commune("Morcenx-la-Nouvelle (40110)", "40", referentiel)
    assert match.code is None
    assert {code for code, _ in match.proposals} == {"40110", "40197"}


def test_a_code_of_another_departement_is_proposed(referentiel: Referentiel):
    match = match_commune("33063", "40", referentiel)
    assert (match.code, match.how) == (None, "hors département")
    assert match.proposals == (("33063", "Bordeaux"),)


def test_brackets_that_name_another_commune_are_not_dropped(referentiel: Referentiel):
    match = match_commune("Saint-Sever (Mugron)", "40", referentiel)
    assert match.code is None
    assert {code for code, _ in match.proposals} == {"40282", "40201"}


@pytest.mark.parametrize("departement", ["99", "Lande", "", "5455"])
def test_an_unknown_departement_finds_nothing(referentiel: Referentiel, departement: str):
    assert match_commune("Mugron", departement, referentiel).how == "département inconnu"


@st.composite
def written_names(draw: st.DrawFn, name: str) -> str:
    """Return a true name as people write it: case, accents, hyphens, apostrophes, spaces, abbreviations."""
    changes = [
        lambda text: "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c)),
        lambda text: text.replace("œ", "oe").replace("Œ", "OE"),
        lambda text: text.replace("-", " "),
        lambda text: text.replace("-", "\u2010"),
        lambda text: text.replace("'", "’"),
        lambda text: text.replace(" ", "\u00a0"),
        lambda text: text.replace(" ", "  "),
        lambda text: re.sub(r"\b(S)aint(e?s?)\b", r"\1t\2", text),
        lambda text: re.sub(r"[- ]sur[- ]", " s/ ", text),
        lambda text: re.sub(r"[- ]sous[- ]", " /s ", text),
        lambda text: f" {text}\n",
        str.upper,
        str.lower,
    ]
    for change in draw(st.lists(st.sampled_from(changes), max_size=5)):
        name = change(name)
    return name


@given(data=st.data(), place=st.integers(min_value=0))
@at_leisure
def test_a_true_name_matches_however_it_is_written(referentiel: Referentiel, data: st.DataObject, place: int):
    communes = referentiel.communes
    row = communes.iloc[random.Random(place).randrange(len(communes))]
    written = data.draw(written_names(row["nom"]))
    assert match_commune(written, row["code_departement"], referentiel).code == row.name
    assert [match.code for _, match in match_communes(written, row["code_departement"], referentiel)] == [row.name]


@given(written=st.text() | st.text("/+;,&()\n [ets0123456789AB", max_size=20), departement=st.none() | st.text())
@at_leisure
def test_no_text_is_beyond_the_matching(referentiel: Referentiel, written: str, departement: str | None):
    match = match_commune(written, departement, referentiel)
    assert match.code is None or match.code in referentiel.communes.index
    assert not (match.code and match.proposals)


@given(written=st.text() | st.text("/+;,&()\n [ets0123456789AB", max_size=20))
@at_leisure
def test_no_text_is_beyond_the_splitting(referentiel: Referentiel, written: str):
    for part, match in match_communes(written, "40", referentiel):
        assert part.strip() == part != ""
        assert len(match.proposals) <= 3

"""The reference list, and the codes that lead to a commune of today."""

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pvd_analysis.communes import Referentiel, load_referentiel
from pvd_analysis.errors import InvalidParameter

REFERENTIEL = Path(__file__).parents[2] / "data" / "raw" / "referentiel"


def test_the_list_holds_the_whole_country_of_2021(referentiel: Referentiel):
    assert len(referentiel.communes) == 35_059 + len(referentiel.restored)
    assert len(referentiel.epci) == 1_254
    assert len(referentiel.regions) == 18
    assert {"40", "2A", "2B", "971", "975", "988"} <= set(referentiel.departements.index)


def test_every_key_of_the_list_is_one_of_its_rows(referentiel: Referentiel):
    communes = referentiel.communes
    assert communes.index.is_unique
    assert set(communes["code_departement"]) <= set(referentiel.departements.index)
    assert set(communes["code_epci"].dropna()) <= set(referentiel.epci.index)
    assert set(communes["code_region"].dropna()) <= set(referentiel.regions.index)
    former = referentiel.former
    assert set(former["code_commune"]) <= set(communes.index)
    assert not former.duplicated(["code_ancien", "nom_ancien"]).any()
    assert former.groupby("code_ancien")["code_commune"].nunique().eq(1).all()
    elsewhere = former[former["code_ancien"] != former["code_commune"]]
    assert not elsewhere["code_ancien"].isin(communes.index).any()


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("40197", "40197"),
        ("1189", "01189"),
        ("40197.0", "40197"),
        (" 40 197 ", "40197"),
        ("2a004", "2A004"),
        ("40009", "40197"),
        ("75101", "75056"),
        ("97501", "97501"),
    ],
)
def test_a_code_is_understood_as_spreadsheets_spoil_it(referentiel: Referentiel, written: str, code: str):
    assert referentiel.resolve_code(written) == code


@pytest.mark.parametrize("written", ["", "0", "ZZZZZ", "512330", "99999", "040", "40197.5"])
def test_a_code_of_no_commune_leads_nowhere(referentiel: Referentiel, written: str):
    assert referentiel.resolve_code(written) is None


@given(written=st.text(max_size=12))
def test_any_text_gives_a_code_of_the_list_or_none(referentiel: Referentiel, written: str):
    code = referentiel.resolve_code(written)
    assert code is None or code in referentiel.communes.index


def test_a_commune_tells_its_name_places_and_inhabitants(referentiel: Referentiel):
    assert referentiel.commune_name("40197") == "Morcenx-la-Nouvelle"
    assert referentiel.departement_of("40197") == "40"
    assert referentiel.departement_name("40") == "Landes"
    assert referentiel.region_name(referentiel.region_of("40197") or "") == "Nouvelle-Aquitaine"
    assert referentiel.epci_of("40197") == "244000691"
    assert referentiel.epci_name("244000691") == "CC du Pays Morcenais"
    assert referentiel.population("40197") == 4_987


def test_what_the_list_does_not_say_is_none(referentiel: Referentiel):
    assert referentiel.region_of("98818") is None
    assert referentiel.epci_of("98818") is None
    without = referentiel.communes.index[referentiel.communes["population"].isna()]
    assert referentiel.population(str(without[0])) is None


def test_an_unknown_code_has_no_name(referentiel: Referentiel):
    with pytest.raises(KeyError):
        referentiel.commune_name("40009")


def test_columns_are_text_except_the_inhabitants(referentiel: Referentiel):
    for table in (referentiel.communes, referentiel.epci):
        assert table["population"].dtype == "Int64"
        assert all(isinstance(dtype, pd.StringDtype) for dtype in table.drop(columns="population").dtypes)


def test_a_file_without_a_column_is_refused_by_name(tmp_path: Path):
    for file in REFERENTIEL.glob("*.csv"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "regions.csv").write_text("code_region\n75\n", encoding="utf-8")
    with pytest.raises(InvalidParameter, match=r"regions\.csv : colonne absente : nom"):
        load_referentiel(tmp_path)


def test_a_former_code_that_leads_out_of_the_list_is_refused(tmp_path: Path):
    for file in REFERENTIEL.glob("*.csv"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "communes_anciennes.csv").write_text(
        "code_ancien,nom_ancien,code_commune,nature\n40009,Arjuzanx,99999,deleguee\n", encoding="utf-8"
    )
    with pytest.raises(InvalidParameter, match="99999"):
        load_referentiel(tmp_path)

import json
import shutil

import pandas as pd
import pytest
import shapely
from shapely.geometry import box, mapping

from pvd_analysis.communes import commune_boundaries, load_referentiel
from pvd_analysis.errors import InvalidParameter
from tests.conftest import ROOT


@pytest.fixture
def folder(tmp_path):
    for path in (ROOT / "data" / "raw" / "referentiel").glob("*.csv"):
        shutil.copy(path, tmp_path)
    return tmp_path


def write(folder, name, *features):
    document = {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "properties": {"code": code, "nom": "?"}, "geometry": mapping(geometry)}
            for code, geometry in features
        ],
    }
    (folder / name).write_text(json.dumps(document), encoding="utf-8")


def test_the_former_parts_of_a_commune_become_one(folder):
    write(folder, "a.geojson", ("40009", box(0, 0, 1, 1)), ("40107", box(1, 0, 2, 1)), ("40302", box(2, 0, 3, 1)))
    found = commune_boundaries(load_referentiel(folder), "40")
    assert list(found.communes) == ["40197"]
    assert found.communes["40197"].equals(box(0, 0, 3, 1))
    assert found.sources == ("a.geojson",)


def test_other_departements_and_other_features_are_left_aside(folder):
    write(folder, "a.geojson", ("40002", box(0, 0, 1, 1)), ("64102", box(1, 0, 2, 1)), ("40", box(0, 0, 9, 9)))
    outline = {"type": "Feature", "properties": {"code": "40", "nom": "Landes"}, "geometry": mapping(box(0, 0, 9, 9))}
    (folder / "departement.geojson").write_text(json.dumps(outline), encoding="utf-8")
    found = commune_boundaries(load_referentiel(folder), "40")
    assert list(found.communes) == ["40002"]
    assert found.sources == ("a.geojson",)


def test_a_commune_in_two_files_is_taken_from_the_first(folder):
    write(folder, "a.geojson", ("40002", box(0, 0, 1, 1)))
    write(folder, "b.geojson", ("40002", box(5, 5, 9, 9)), ("40001", box(1, 1, 2, 2)))
    found = commune_boundaries(load_referentiel(folder), "40")
    assert found.communes["40002"].equals(box(0, 0, 1, 1))
    assert found.sources == ("a.geojson", "b.geojson")


def test_a_crossed_outline_is_mended(folder):
    write(folder, "a.geojson", ("40002", shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])))
    assert commune_boundaries(load_referentiel(folder), "40").communes["40002"].is_valid


@pytest.mark.parametrize("text", ["", "{", "[]", '{"type": "Topology"}', '{"type":"FeatureCollection","features":[1]}'])
def test_a_file_that_is_no_geojson_is_said_in_a_sentence(folder, text):
    (folder / "contours.geojson").write_text(text, encoding="utf-8")
    with pytest.raises(InvalidParameter, match=r"Contours illisibles : data/raw/referentiel/contours\.geojson"):
        commune_boundaries(load_referentiel(folder), "40")


def write_parquet(folder, name, *communes):
    table = pd.DataFrame(
        {"code_commune": [code for code, _ in communes], "contour_wkb": [shape.wkb for _, shape in communes]}
    )
    table.to_parquet(folder / name)


def test_a_parquet_of_communes_comes_after_what_a_person_laid_beside_it(folder):
    write_parquet(
        folder, "a.parquet", ("40002", box(0, 0, 1, 1)), ("40009", box(1, 0, 2, 1)), ("64102", box(7, 7, 8, 8))
    )
    write(folder, "z.geojson", ("40002", box(5, 5, 9, 9)))
    found = commune_boundaries(load_referentiel(folder), "40")
    assert found.communes == {"40002": box(5, 5, 9, 9), "40197": box(1, 0, 2, 1)}
    assert found.sources == ("z.geojson", "a.parquet")


def test_a_commune_without_an_outline_in_a_file_is_taken_from_the_next(folder):
    pd.DataFrame({"code_commune": ["40002", "40001"], "contour_wkb": [None, box(1, 1, 2, 2).wkb]}).to_parquet(
        folder / "a.parquet"
    )
    write_parquet(folder, "b.parquet", ("40002", box(0, 0, 1, 1)), ("40001", shapely.Point()))
    assert commune_boundaries(load_referentiel(folder), "40").communes == {
        "40001": box(1, 1, 2, 2),
        "40002": box(0, 0, 1, 1),
    }


def test_former_parts_add_nothing_to_a_commune_that_an_earlier_file_draws_whole(folder):
    write(folder, "a.geojson", ("40197", box(0, 0, 1, 1)))
    write_parquet(folder, "b.parquet", ("40009", box(5, 5, 6, 6)))
    found = commune_boundaries(load_referentiel(folder), "40")
    assert found.communes == {"40197": box(0, 0, 1, 1)}
    assert found.sources == ("a.geojson",)


def test_a_file_whose_maker_is_told_is_called_by_it(folder):
    write_parquet(folder, "a.parquet", ("40002", box(0, 0, 1, 1)))
    (folder / "contours.csv").write_text("fichier,source\na.parquet,IGN\n", encoding="utf-8")
    assert commune_boundaries(load_referentiel(folder), "40").sources == ("IGN",)


@pytest.mark.parametrize("spoil", [lambda p: p.write_bytes(b"PAR1"), lambda p: pd.DataFrame({"x": [1]}).to_parquet(p),
                                   lambda p: pd.DataFrame({"code_commune": ["40002"], "contour_wkb": [b"?"]}).to_parquet(p)])  # fmt: skip
def test_a_file_that_is_no_parquet_of_communes_is_said_in_a_sentence(folder, spoil):
    spoil(folder / "contours.parquet")
    with pytest.raises(InvalidParameter, match=r"Contours illisibles : data/raw/referentiel/contours\.parquet"):
        commune_boundaries(load_referentiel(folder), "40")


def test_the_boundaries_of_the_landes_from_elsewhere_hold_every_commune(folder, shared_data):
    shutil.copy(shared_data / "contours" / "communes-40-landes.geojson", folder)
    referentiel = load_referentiel(folder)
    found = commune_boundaries(referentiel, "40")
    assert set(found.communes) == set(referentiel.communes.query("code_departement == '40'").index)
    assert found.communes["40197"].geom_type == "Polygon"


@pytest.mark.parametrize("departement", ["40", "2A", "44", "49", "75", "974", "976"])
def test_the_boundaries_that_are_shipped_hold_every_commune(departement):
    referentiel = load_referentiel(ROOT / "data" / "raw" / "referentiel")
    found = commune_boundaries(referentiel, departement)
    assert set(found.communes) == set(referentiel.communes.query("code_departement == @departement").index)
    assert found.sources == ("IGN, Admin Express 2018",)


def test_only_communes_that_exist_again_have_no_boundaries_of_their_own():
    referentiel = load_referentiel(ROOT / "data" / "raw" / "referentiel")
    (path,) = referentiel.contour_files
    drawn = {referentiel.resolve_code(code) for code in pd.read_parquet(path, columns=["code_commune"])["code_commune"]}
    lost = referentiel.communes.index[referentiel.communes["code_region"].notna()].difference(drawn)
    # Sannerville was a part of Saline when the boundaries were drawn, and exists again in the list of 2021
    assert set(lost) <= {*referentiel.restored.index, "14666"}

"""Whatever the reading of one file raises is a finding in that file, and the others are read."""

import json
import os
import sys
import zipfile

import pytest

from pvd_analysis.cli import main
from pvd_analysis.communes import load_referentiel
from pvd_analysis.dataset import prepared
from pvd_analysis.project import referentiel_folder
from pvd_analysis.sources import SOURCES, file_name, read_file

DELIVERY = "data/raw/2024-06-01"
CLASSEUR = "data/raw/2021-09-10/suivi_pvd_landes.xlsx"


def geojson(features, **said):
    return json.dumps({"type": "FeatureCollection", **said, "features": features}).encode()


def town(coordinates=(-0.5, 43.7), **said):
    usual = {
        "id_territoire": "pvd-75-40-1",
        "lib_territoire": "Amou",
        "liste_geo": "Amou (40002)",
        "date_signature": "2021-05-20",
    }
    properties = {name: value for name, value in {**usual, **said}.items() if value is not ...}
    return {"type": "Feature", "properties": properties, "geometry": {"type": "Point", "coordinates": coordinates}}


def digits(number):
    return geojson([town(lib_territoire="@")]).replace(b'"@"', b"9" * number)


def encoded_as(content, encoding):
    """Return a workbook whose parts say that they are written in an encoding."""
    changed = content.parent / f"{encoding}.xlsx"
    with zipfile.ZipFile(content) as old, zipfile.ZipFile(changed, "w") as new:
        for part in old.infolist():
            told = old.read(part)
            if part.filename.endswith(".xml") and told.startswith(b"<?xml"):
                told = f'<?xml version="1.0" encoding="{encoding}"?>'.encode() + told.partition(b"?>")[2]
            elif part.filename.endswith(".xml"):
                told = f'<?xml version="1.0" encoding="{encoding}"?>'.encode() + told
            new.writestr(part, told)
    return changed


HEADER = "insee_com,lib_com,id_pvd,date_signature\n"
FILES = {
    "nom_vide.csv": (
        f"{HEADER}40001,Aire-sur-l'Adour,pvd-1,2021-05-20\n40002,,pvd-2,2021-07-23\n".encode(),
        "nom_absent",
    ),
    "noms_vides.csv": (f"{HEADER}40001,,pvd-1,\n40002,,pvd-2,\n".encode(), "nom_absent"),
    "sans_nom.geojson": (geojson([town(lib_territoire=None)]), "nom_absent"),
    "sans_propriete.geojson": (geojson([town(lib_territoire=...)]), "nom_absent"),
    "demi_lettre.geojson": (geojson([town(lib_territoire="Amou \ud800")]), "fichier_illisible"),
    "autre_demi_lettre.geojson": (geojson([town(autre="\udfff")]), "fichier_illisible"),
    "cle.geojson": (geojson([town(**{"\udc00": 1})]), "fichier_illisible"),
    "4301.geojson": (digits(4301), "fichier_illisible"),
    "20000.geojson": (digits(20_000), "fichier_illisible"),
    "profond.geojson": (b'{"a":' + b"[" * 200_000, "fichier_illisible"),
}


@pytest.fixture
def delivery(project):
    folder = project / DELIVERY
    folder.mkdir()
    return folder


def rules(preparation, name):
    findings = preparation.constats
    return set(findings.loc[findings["fichier"].eq(f"2024-06-01/{name}"), "regle"])


def assert_the_others_are_read(preparation):
    assert len(preparation.tables["laureats"]) == 14
    assert len(preparation.tables["financements"]) == 3


@pytest.mark.parametrize("name", FILES)
def test_a_list_that_its_reader_did_not_expect_is_a_finding_in_it(project, delivery, name):
    content, rule = FILES[name]
    (delivery / name).write_bytes(content)
    preparation = prepared(project)
    assert rule in rules(preparation, name)
    assert_the_others_are_read(preparation)


@pytest.mark.parametrize("name", ["4300.geojson", "4000.geojson"])
def test_the_longest_numbers_that_are_read_stop_nothing(project, delivery, name):
    (delivery / name).write_bytes(digits(int(name[:4])))
    assert_the_others_are_read(prepared(project))


@pytest.mark.parametrize("encoding", ["klingon", "x-user-defined", "utf-99"])
def test_a_part_in_an_unknown_encoding_is_a_finding(project, delivery, encoding):
    encoded_as((project / CLASSEUR), encoding).rename(delivery / "suivi.xlsx")
    preparation = prepared(project)
    assert rules(preparation, "suivi.xlsx") == {"fichier_illisible"}
    assert_the_others_are_read(preparation)


class Panic(BaseException):
    """As a library of another language raises it: no `Exception`."""


@pytest.mark.parametrize("error", [TypeError, LookupError, OverflowError, MemoryError, RecursionError, Panic])
def test_whatever_a_source_raises_is_a_finding_in_the_file(project, monkeypatch, error):
    source = next(source for source in SOURCES if source.NAME == "suivi ORT")

    def fail(*_):
        raise error("Peyrehorade")

    monkeypatch.setattr(source, "read", fail)
    preparation = prepared(project)
    findings = preparation.constats.query("regle == 'fichier_illisible'")
    assert "2024-04-02/suivi_ort_landes.xlsx" in set(findings["fichier"])
    assert findings["trouve"].str.contains(error.__name__).all()
    assert not findings["trouve"].str.contains("Peyrehorade").any()
    assert len(preparation.tables["laureats"]) == 14


def test_an_interruption_is_no_finding(project, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(SOURCES[1], "read", interrupted)
    with pytest.raises(KeyboardInterrupt):
        prepared(project)


@pytest.mark.skipif(sys.platform == "win32", reason="names are bytes, and links free, on POSIX systems")
def test_a_name_in_another_encoding_is_said_and_its_file_read(project, delivery):
    row = f"{HEADER}40001,Aire-sur-l'Adour,pvd-1,2021-05-20\n"
    (delivery / os.fsdecode(b"liste_\xe9t\xe9.csv")).write_text(row, encoding="utf-8")
    (delivery / os.fsdecode(b"re\xe7u")).mkdir()
    (delivery / os.fsdecode(b"re\xe7u/x.csv")).write_text("a;b\n1;2\n", encoding="utf-8")
    for _ in range(2):  # made, then read again
        preparation = prepared(project)
        assert "nom_de_fichier" in rules(preparation, r"liste_\xe9t\xe9.csv")
        assert "fichier_inconnu" in rules(preparation, r"re\xe7u/x.csv")
        assert preparation.tables["territoires"]["fichier"].eq(r"2024-06-01/liste_\xe9t\xe9.csv").any()
        assert_the_others_are_read(preparation)


@pytest.mark.skipif(sys.platform == "win32", reason="a link needs a right on Windows")
@pytest.mark.parametrize("leads_to", ["nulle-part.csv", "lien.csv"])
def test_a_file_that_cannot_be_opened_is_a_finding_in_french(project, delivery, leads_to):
    (delivery / "lien.csv").symlink_to(leads_to)
    preparation = prepared(project)
    assert rules(preparation, "lien.csv") == {"fichier_illisible"}
    assert not preparation.constats["trouve"].str.contains("symbolic|No such|Errno").any()
    assert_the_others_are_read(preparation)


@pytest.mark.parametrize(
    "name", ["bigint.geojson", "liste_pvd_blank_name.csv", "dgcl-2021_two_quotes.csv", "deux_feuilles-2021.xlsx"]
)
def test_the_files_of_the_attack_end_in_sentences(shared_data, root, name):
    path = shared_data / "attack" / name
    read = read_file(path, file_name(path.relative_to(path.parent)), load_referentiel(referentiel_folder(root)))
    assert read.findings or read.content


@pytest.mark.parametrize("name", ["4301.geojson", "nom_vide.csv", "demi_lettre.geojson"])
def test_a_returned_workbook_that_is_none_is_refused_in_a_sentence(project, tmp_path, capsys, name):
    path = tmp_path / name
    path.write_bytes(FILES[name][0])
    with pytest.raises(SystemExit) as stop:
        main(["avis", str(path), "--racine", str(project)])
    assert stop.value.code == 2
    assert capsys.readouterr().err.startswith("Erreur : ")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with a name")
def test_a_pipe_among_the_received_files_is_said_and_nobody_waits_for_it(project):
    pipe = project / "data" / "raw" / "2021-09-10" / "suivi.xlsx"
    os.mkfifo(pipe)
    (said,) = [row for row in prepared(project).constats.itertuples() if row.fichier == "2021-09-10/suivi.xlsx"]
    assert (said.regle, said.severite) == ("fichier_illisible", "bloquant")
    assert "tube" in said.trouve
    assert not prepared(project).tables["projets"].empty

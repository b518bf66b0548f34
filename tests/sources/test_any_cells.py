"""Whatever cells are given, the shared reader returns a table and findings, and its reckoning holds."""

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pvd_analysis.communes import load_referentiel
from pvd_analysis.dataset.schemas import schema, typed
from pvd_analysis.sources import classeur, national, read_file
from pvd_analysis.sources.cells import Place
from pvd_analysis.sources.form import load_forms
from pvd_analysis.sources.header import find_header
from pvd_analysis.sources.raw_file import RawFile, Sheet
from pvd_analysis.sources.table_reader import read_table

CELLS = st.one_of(
    st.none(),
    st.text(max_size=30),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.timedeltas(),
    st.sampled_from(
        ["40-001", "Mugron", "État", "DETR", "1 200 €", "Total", "Sous-total", "annoncé", "x", "20/05/2021"]
    ),
)
FORMS = {form.name: form for form in load_forms("classeur")}
LISTS = {form.name: form for form in load_forms("nationales")}


@pytest.fixture(scope="module")
def referentiel(root):
    return load_referentiel(root / "data" / "raw" / "referentiel")


@pytest.mark.parametrize("name", LISTS)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(data=st.data())
def test_any_lines_of_a_national_list_are_kept_or_set_aside_to_the_cent(referentiel, name, data):
    form = LISTS[name]
    headers = [field.label for field in form.fields]
    cells = st.one_of(CELLS, st.sampled_from(["040", "40282", "MUGRON", "commune", "syndicat", "0,8", "NULL", "2019"]))
    rows = data.draw(st.lists(st.lists(cells, max_size=len(headers) + 1), max_size=12))
    raw = RawFile("listes_2024.csv", "0", (Sheet("", [headers, *rows]),))
    read = national.read(raw, referentiel)
    assert read is not None
    (table,) = read.tables
    assert table.rows_read == len(table.rows) + len(table.set_aside)
    assert table.cents_read == int(table.rows["montant_cents"].sum()) + int(table.set_aside["montant_cents"].sum())
    schema("aides_nationales").validate(typed("aides_nationales", table.rows))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=st.one_of(
        st.binary(max_size=400),
        st.text(max_size=400).map(lambda text: text.encode("utf-8", "replace")),
        st.binary(max_size=200).map(lambda end: b"PK\x03\x04" + end),
        st.binary(max_size=200).map(lambda end: bytes.fromhex("d0cf11e0a1b11ae1") + end),
        st.text(alphabet='0123456789;,\n"ée\u00a0', max_size=300).map(
            lambda rows: f"exercice;dispositif;beneficiaire_dep;subvention;intitule;cout_ht\n{rows}".encode(
                "cp1252", "replace"
            )
        ),
    ),
    name=st.sampled_from(["a.csv", "b.xlsx", "c.ods", "d.xls", "e.geojson", "f.bin"]),
)
def test_whatever_bytes_are_given_a_file_is_read_or_refused_with_a_finding(
    referentiel, tmp_path_factory, content, name
):
    path = tmp_path_factory.mktemp("octets") / name
    path.write_bytes(content)
    read = read_file(path, name, referentiel)
    assert read.findings or read.content is not None


@pytest.mark.parametrize("name", FORMS)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(data=st.data())
def test_any_rows_are_kept_or_set_aside_to_the_cent(referentiel, name, data):
    form = FORMS[name]
    headers = [field.label for field in form.fields]
    rows = data.draw(st.lists(st.lists(CELLS, max_size=len(headers) + 2), max_size=12))
    sheet = Sheet(form.sheet_names[0], [["Titre"], headers, *rows])
    header = find_header(sheet, form)
    assert header is not None
    read = read_table(sheet, header, "fichier.xlsx", Place(referentiel, "40"))
    assert read.rows_read == len(read.rows) + len(read.set_aside)
    kept = read.rows[form.table.amount].sum() if form.table.amount else 0
    assert read.cents_read == kept + int(read.set_aside["montant_cents"].sum())
    assert len(read.set_aside) == 0 or read.findings
    table = typed(
        form.table.name, read.rows.assign(code_departement="40").drop_duplicates(list(form.table.key) or None)
    )
    schema(form.table.name).validate(table)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(rows=st.lists(st.lists(CELLS, max_size=8), max_size=10))
def test_every_row_of_any_classeur_is_kept_or_set_aside(referentiel, rows):
    sheets = tuple(
        Sheet(form.sheet_names[0], [[field.label for field in form.fields], *rows]) for form in FORMS.values()
    )
    read = classeur.read(RawFile("fichier.xlsx", "0", sheets), referentiel)
    assert read is not None
    assert len(read.tables) == len(FORMS)
    for table in read.tables:
        assert table.rows_read == len(table.rows) + len(table.set_aside)


def test_a_wrong_total_is_found(referentiel):
    form = FORMS["totaux_annonces"]
    rows = [
        ["Famille", "Dispositif", "Montant", "Annoncé le"],
        ["Plan de relance", "DSIL exc", 100, dt.date(2021, 9, 10)],
        ["Droit commun", "DETR", "200 €", dt.date(2021, 9, 10)],
        ["Total", None, 299, None],
    ]
    sheet = Sheet("Totaux annoncés", rows)
    header = find_header(sheet, form)
    read = read_table(sheet, header, "fichier.xlsx", Place(referentiel, "40"))
    assert "total_faux" in {finding.regle for finding in read.findings}
    assert len(read.rows) == 2


def test_a_nature_that_is_not_understood_is_a_finding_and_the_row_is_kept(referentiel):
    form = FORMS["laureats"]
    headers = [field.label for field in form.fields]
    nature = next(index for index, field in enumerate(form.fields) if field.column == "nature_fait")
    row = [{"laureat": "Mugron", "code_commune": "Mugron"}.get(field.column) for field in form.fields]
    row[nature] = "peut-être"
    sheet = Sheet("Lauréats", [headers, row])
    read = read_table(sheet, find_header(sheet, form), "fichier.xlsx", Place(referentiel, "40"))
    assert read.rows["nature_fait"].tolist() == ["constate"]
    assert [(finding.regle, finding.origine.colonne) for finding in read.findings] == [("terme_inconnu", nature + 1)]


def test_a_cell_of_separators_alone_names_no_commune_and_is_said(referentiel):
    form = FORMS["laureats"]
    sheet = Sheet(form.sheet_names[0], [[field.label for field in form.fields], ["Mugron", " ; "]])
    read = read_table(sheet, find_header(sheet, form), "fichier.xlsx", Place(referentiel, "40"))
    assert (len(read.rows), len(read.set_aside)) == (0, 1)
    assert [(finding.regle, finding.trouve) for finding in read.findings] == [
        ("commune_inconnue", "« ; » : commune introuvable")
    ]

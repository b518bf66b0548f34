"""The path of ``docs/premier_rapport.md``, walked: the first report of the Gers. The project and its aid are made up."""

import datetime as dt
import shutil

import openpyxl
import pytest

from pvd_analysis.cli import main
from pvd_analysis.sources.form import load_forms

FIRST_FREE_ROW = 6
PROJECT = {
    "id_projet": "32-001", "code_commune": "Cologne", "intitule": "Projet inventé pour le test",
    "maitre_ouvrage": "Commune de Cologne", "cout_ht_cents": 98765.43, "date_annonce": dt.date(2021, 6, 1),
}  # fmt: skip
AID = {
    "id_projet": "32-001", "financeur": "État", "dispositif": "DETR", "montant_cents": 41000.5,
    "statut": "accordé", "date_decision": dt.date(2021, 7, 1),
}  # fmt: skip


def run(*arguments):
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    return stopped.value.code


def fill_in(book, form_name, said):
    """Type a row under the headers that the form writes."""
    form = next(form for form in load_forms("classeur") if form.name == form_name)
    columns = [field.column for field in form.fields]
    for column, value in said.items():
        book[form.sheet_names[0]].cell(FIRST_FREE_ROW, columns.index(column) + 1, value)


def test_the_first_report_of_the_gers_follows_the_page_of_the_guide(tmp_path, monkeypatch, capsys, root):
    guide = root.joinpath("docs/premier_rapport.md").read_text(encoding="utf-8")
    steps = [line.removeprefix("pvd ") for line in guide.splitlines() if line.startswith("pvd ")]
    create, check, report = (step.split() for step in steps)
    monkeypatch.chdir(tmp_path)
    assert run(*create) == 0
    monkeypatch.chdir(create[1])
    for slow in ("2020-02-12", "2020-08-13"):  # national lists that the path does not need
        shutil.rmtree(f"data/raw/{slow}")
    classeur = check[1]
    book = openpyxl.load_workbook(classeur)
    fill_in(book, "projets", PROJECT)
    fill_in(book, "financements", AID)
    book.save(classeur)
    capsys.readouterr()
    assert run(*check) == 0
    assert "0\xa0bloquant, 0\xa0avertissement" in capsys.readouterr().out
    delivery = tmp_path / create[1] / "data/raw" / dt.date.today().isoformat()
    delivery.mkdir()
    shutil.copy(classeur, delivery)
    assert run(*report) == 0
    (page,) = tmp_path.glob(f"{create[1]}/outputs/*/32/rapport_financier.html")
    said = page.read_text(encoding="utf-8")
    assert "Projet inventé pour le test" in said
    assert "41\u202f000" in said

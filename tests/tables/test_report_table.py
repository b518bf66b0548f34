import datetime as dt

import pandas as pd
import pytest

from pvd_analysis.tables.cards import Alert, Alerts, KeyFigure, KeyFigures, Paragraphs
from pvd_analysis.tables.cells import Column
from pvd_analysis.tables.report_table import ReportTable
from tests.reports.made_up import aids_table, bars, dates_table, empty_table, injection_table


def texts(table: ReportTable) -> list[list[str]]:
    def plain(text: str) -> str:
        return text.replace("\N{NARROW NO-BREAK SPACE}", " ").replace("\N{NO-BREAK SPACE}", " ")

    return [[plain(cell.text) for cell in row.cells] for row in table.rows()]


def test_values_are_written_in_french():
    assert texts(aids_table())[0] == ["DETR (inventé)", "1 234,56 €", "14,1 %"]
    assert texts(dates_table())[0] == ["Exemple-le-Neuf", "20 mai 2021", "25 points", "oui", "1 234"]


def test_a_date_is_shown_with_the_precision_of_its_source():
    cell = next(row.cells[1] for row in dates_table().rows() if row.cells[0].text == "Exemple-le-Vieux")
    assert cell.text == "mars 2021"
    assert cell.is_partial


def test_a_whole_date_keeps_its_value():
    cell = next(dates_table().rows()).cells[1]
    assert cell.value == dt.date(2021, 5, 20)
    assert not cell.is_partial


def test_a_missing_value_is_a_dash():
    assert texts(dates_table())[2][1:] == ["—"] * 4


def test_a_total_says_so_in_its_stub():
    assert [row[0] for row in texts(aids_table())][2:] == ["Total : Droit commun", "Total"]


def test_a_stub_that_says_total_is_left_alone():
    data = pd.DataFrame({"a": ["Sous-total plan de relance"]})
    table = ReportTable("t", "T", data, (Column("a", "A"),), total_rows=(0,))
    assert texts(table) == [["Sous-total plan de relance"]]


def test_a_sum_of_cents_stays_exact():
    cells = [row.cells[1].value for row in aids_table().rows()]
    assert all(isinstance(value, int) for value in cells)


@pytest.mark.parametrize("key", ["", "Majuscule", "é", "a b", "1a", 'a"b'])
def test_a_key_that_could_not_be_an_identifier_is_refused(key):
    with pytest.raises(ValueError, match="key"):
        ReportTable(key, "T", pd.DataFrame({"a": [1]}), (Column("a", "A"),))


def test_a_column_that_the_data_lacks_is_refused():
    with pytest.raises(KeyError, match="no column b"):
        ReportTable("t", "T", pd.DataFrame({"a": [1]}), (Column("b", "B"),))


def test_a_total_that_the_data_lacks_is_refused():
    with pytest.raises(KeyError, match="no row"):
        ReportTable("t", "T", pd.DataFrame({"a": [1]}), (Column("a", "A"),), total_rows=(5,))


def test_an_unknown_kind_is_refused():
    with pytest.raises(ValueError, match="no kind 'montant'"):
        Column("a", "A", "montant")


def test_labels_and_kinds_come_from_the_data_dictionary():
    data = pd.DataFrame({"commune": ["Exemple"], "montant_cents": [100], "date_signature": [dt.date(2021, 3, 1)],
                         "date_signature_precision": ["mois"]})  # fmt: skip
    table = ReportTable.build("t", "T", data, labels={"montant_cents": "Aide"})
    assert [(column.name, column.label, column.kind) for column in table.columns] == [
        ("commune", "Commune", "texte"),
        ("montant_cents", "Aide", "euros"),
        ("date_signature", "Date de signature", "date"),
    ]


def test_a_column_unknown_to_the_data_dictionary_is_named():
    with pytest.raises(KeyError, match=r"'inconnue' is not in the data dictionary.*columns\.csv"):
        ReportTable.build("t", "T", pd.DataFrame({"inconnue": [1]}))


def test_codes_of_a_vocabulary_are_shown_with_their_labels():
    table = ReportTable.build("t", "T", pd.DataFrame({"dispositif": ["dsil_exceptionnelle", "code inconnu"]}))
    assert texts(table) == [["DSIL exceptionnelle"], ["code inconnu"]]


def test_a_table_has_a_caption_and_headers_with_their_scope():
    html = aids_table()._repr_html_()
    assert '<caption id="tableau-aides-titre"><h3>Aides (chiffres inventés)</h3></caption>' in html
    assert html.count('scope="col"') == 3
    assert html.count('scope="row"') == 4
    assert 'role="region" tabindex="0" aria-label="Tableau : Aides (chiffres inventés)"' in html
    assert html.count('class="pvd-total"') == 2


def test_a_table_without_a_row_says_so():
    html = empty_table()._repr_html_()
    assert "Aucune ligne à cette date." in html
    assert "<table" not in html


def test_what_comes_from_the_data_is_escaped():
    html = injection_table()._repr_html_()
    assert "<script" not in html
    assert "<b>" not in html
    assert "<i>" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html


def test_key_figures_are_a_list_of_terms_and_values():
    html = KeyFigures((KeyFigure("<Postes>", "8", "dont 4", key="postes"),))._repr_html_()
    assert '<div class="pvd-carte" id="chiffre-postes"><dt>&lt;Postes&gt;</dt><dd class="pvd-valeur">8</dd>' in html


def test_alerts_say_their_severity_the_gravest_first():
    alerts = Alerts((Alert("information", "c"), Alert("bloquant", "<a>"), Alert("avertissement", "b")))
    html = alerts._repr_html_()
    assert html.index("Bloquant") < html.index("Avertissement") < html.index("Information")
    assert "&lt;a&gt;" in html


def test_no_alert_is_said_too():
    assert "Aucun point" in Alerts(())._repr_html_()


def test_sentences_are_paragraphs():
    assert Paragraphs(("a < b", "c"))._repr_html_() == '<div class="pvd-texte"><p>a &lt; b</p><p>c</p></div>'


def test_the_same_table_and_figure_give_the_same_bytes():
    assert aids_table()._repr_html_() == aids_table()._repr_html_()
    assert bars()._repr_html_() == bars()._repr_html_()


def test_a_table_is_adjusted_in_place_and_says_which_columns_it_has():
    table = aids_table()
    first, *others = [column.name for column in table.columns]
    assert [column.name for column in table.only(others[-1], first).columns] == [others[-1], first]
    assert [column.name for column in table.without(first).columns] == others
    assert table.relabelled(**{first: "Autre nom"}).columns[0].label == "Autre nom"
    with pytest.raises(KeyError, match="shows no inconnue; it shows"):
        table.only("inconnue")

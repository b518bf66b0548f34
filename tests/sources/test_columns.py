"""What a column decides: of a value that reads two ways alone, the others of its column tell which, or a finding says both."""

import datetime as dt

import pytest

from pvd_analysis.communes import load_referentiel
from pvd_analysis.sources import read_file
from pvd_analysis.sources.columns import decided_by_column
from tests.sources.test_delimited import HEADER
from tests.territories.classeurs import deliver_classeur


@pytest.fixture(scope="module")
def referentiel(root):
    return load_referentiel(root / "data" / "raw" / "referentiel")


@pytest.fixture
def signatures(tmp_path, referentiel):
    def read(dates):
        towns = ("Saint-Sever", "Hagetmau", "Mugron", "Peyrehorade", "Amou")
        rows = [
            {"code_commune": town, "type_convention": "adhésion", "date_signature": date}
            for town, date in zip(towns, dates, strict=False)
        ]
        path = deliver_classeur(tmp_path, "2023-10-05", "suivi.xlsx", "40", conventions=rows)
        found = read_file(path, "2023-10-05/suivi.xlsx", referentiel)
        table = next(table for table in found.content.tables if table.table == "conventions")
        said = {finding.origine.cellule: finding for finding in found.findings if finding.regle == "date_illisible"}
        return [
            f"{day:%Y-%m-%d}" if day is not None and day == day else None for day in table.rows["date_signature"]
        ], said

    return read


def test_in_a_column_with_the_month_first_what_may_be_two_days_is_said_and_not_read(shared_data, referentiel):
    """D9: 03/04/2021 was the 3rd of April beside 05/20/2021."""
    found = read_file(shared_data / "cases" / "x38_dates_americaines.xlsx", "x38.xlsx", referentiel)
    rows = next(table for table in found.content.tables if table.table == "conventions").rows
    assert [None if day is None or day != day else f"{day:%d/%m/%Y}" for day in rows["date_signature"]] == [
        "20/05/2021", None, None, "23/07/2021", None
    ]  # fmt: skip
    said = {finding.origine.cellule: finding.trouve for finding in found.findings if finding.regle == "date_illisible"}
    assert said == {
        "C3": "« 03/04/2021 » se lit de deux façons : 3 avril 2021 ou 4 mars 2021",
        "C4": "« 12/01/2021 » se lit de deux façons : 12 janvier 2021 ou 1er décembre 2021",
        "C6": "« 06/05/2021 » se lit de deux façons : 6 mai 2021 ou 5 juin 2021",
    }
    assert {finding.severite.value for finding in found.findings if finding.regle == "date_illisible"} == {
        "avertissement"
    }


@pytest.mark.parametrize(
    ("dates", "read"),
    [
        (["20/05/2021", "03/04/2021"], ["2021-05-20", "2021-04-03"]),
        (["03/04/2021", "12/01/2021"], ["2021-04-03", "2021-01-12"]),
        (["12-31-2022", "06-06-2022", "01-02-2022"], ["2022-12-31", "2022-06-06", None]),
        (["05/20/21", "03/04/2021"], [None, None]),
        (["05/20/2021", "mars 2021", "2021-04-03"], ["2021-05-20", "2021-03-01", "2021-04-03"]),
        # the French spreadsheet has turned the dates that it could into dates
        (["05/20/2021", dt.date(2021, 4, 3)], ["2021-05-20", None]),
        (["05/20/2021", dt.date(2021, 4, 3), dt.date(2021, 4, 30)], ["2021-05-20", "2021-04-03", "2021-04-30"]),
    ],
)
def test_the_column_decides_what_its_dates_say(signatures, dates, read):
    found, said = signatures(dates)
    assert found == read
    assert len(said) == read.count(None)


@pytest.fixture
def rates(tmp_path, referentiel):
    def read(rates):
        rows = [
            f"2022;DETR;119;commune;;040;SAINT-SEVER;40282;{number};100000;30000;{rate}"
            for number, rate in enumerate(rates)
        ]
        path = tmp_path / "dgcl_2022.csv"
        path.write_text("\n".join([HEADER, *rows, ""]), encoding="utf-8")
        found = read_file(path, "2023-01-05/dgcl_2022.csv", referentiel)
        (table,) = found.content.tables
        said = [finding.origine.ligne for finding in found.findings if finding.regle == "taux_illisible"]
        return [None if rate is None or rate != rate else str(rate) for rate in table.rows["taux_liste"]], said

    return read


@pytest.mark.parametrize(
    ("written", "read", "said"),
    [
        (["30,00", "0,3", "30 %"], ["0.3", None, "0.3"], [3]),
        (["30", "45,5", "80"], ["0.3", "0.455", "0.8"], []),
        (["0,3", "0,455", "1"], ["0.3", "0.455", "1"], []),
        (["30", "1", "0"], ["0.3", None, "0"], [3]),
        (["0,3", "0,4", "0,5", "30"], ["0.3", "0.4", "0.5", None], [5]),
        (["30 %", "0,3"], ["0.3", "0.3"], []),
        (["101", "0,3"], [None, "0.3"], [2]),
    ],
)
def test_the_column_decides_what_its_rates_say(rates, written, read, said):
    assert rates(written) == (read, said)


@pytest.mark.parametrize(
    ("written", "doubtful"),
    [
        (["104.000", "98708.7"], set()), (["104.000", "12"], {"104.000"}), (["104.000", "1.234.567"], {"104.000"}),
        (["104.000", "98708.7", "1.234.567"], {"104.000"}), (["1.500", "1.234,50"], {"1.500"}),
    ],
)  # fmt: skip
def test_a_point_is_of_decimals_only_where_others_tell_so(written, doubtful):
    """« 1.234.567 » beside it made 104 € of « 104.000 »."""
    assert set(decided_by_column("euros_point", written)) == doubtful

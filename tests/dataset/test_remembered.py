"""What is computed once for a dataset cannot be spoilt by those who ask for it."""

import pvd_analysis as pvd
from pvd_analysis.analysis import aids, convention_states
from pvd_analysis.values import Trimestre


def test_a_caller_changes_a_table_of_its_own(landes_root):
    d = pvd.load("2021-T3", "40", racine=landes_root)
    for analysis in (aids, convention_states):
        before, table = analysis(d).copy(), analysis(d)
        table.loc[:, "commune"] = "changée"
        table["commune"] = "changée"
        del table["commune"]
        assert analysis(d).equals(before)
    before, days = d.event_days("conventions").copy(), d.event_days("conventions")
    days.iloc[:] = days.max()
    assert d.event_days("conventions").equals(before)


def test_an_earlier_quarter_leaves_out_what_happened_since_and_puts_back_what_had_not(landes_root):
    d = pvd.load("2021-T3", "40", racine=landes_root)
    then = d.at(Trimestre.parse("2021-T2"))
    assert [convention_states(at)["date_adhesion"].notna().sum() for at in (then, d)] == [9, 13]
    assert then.postes["etat_poste"].eq("recrute").sum() == 1
    assert d.postes["etat_poste"].eq("recrute").sum() == 2

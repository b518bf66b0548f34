"""Where little or nothing is known, each table, sentence and figure says so: none fails, none says 0 of what nobody told. All data is made up."""

import inspect

import pytest

import pvd_analysis as pvd
from pvd_analysis.dataset import known_before, load_country
from tests.territories.classeurs import PVD_HEADER, deliver_classeur, deliver_text, laureats, new_project, projet

ONE = {"laureats": [*laureats("Mirande")]}
SHOWN = sorted(name for name in pvd.tables.__all__ if name.endswith(("_table", "_summary", "_points", "_figures")))
DRAWN = sorted(name for name in pvd.figures.__all__ if name[0].islower())


@pytest.fixture(scope="module", params=["liste", "classeur", "projet", "plus tard"])
def datasets(request, tmp_path_factory):
    """The département and the country, of a project that says almost nothing."""
    project = new_project(tmp_path_factory.mktemp("presque-rien"))
    match request.param:
        case "liste":
            deliver_text(project, "2021-10-05", "pvd.csv", PVD_HEADER, "32256,Mirande,pvd-32-1,2021-03-09")
        case "projet":
            deliver_classeur(
                project, "2021-10-05", "suivi.xlsx", "32", **ONE, projets=[projet("1", "Mirande", "Halle")]
            )
        case "classeur":
            deliver_classeur(project, "2021-10-05", "suivi.xlsx", "32", **ONE)
        case _:
            deliver_classeur(project, "2023-10-05", "suivi.xlsx", "32", **ONE)
    at = "2021-T4"
    return pvd.load(at, "32", racine=project), load_country(at, racine=project)


def called(function, d):
    """Call what takes a dataset, and the one before or the axis of a table where it asks for them."""
    given = {"before": known_before(d), "by": "commune", "data": d.laureats, "title": "Titre", "id_projet": ""}
    names = list(inspect.signature(function).parameters)
    return function(*[d if name in {"d", "country"} else given[name] for name in names])


@pytest.mark.parametrize("name", SHOWN)
def test_a_table_or_a_sentence_is_shown_where_little_is_known(datasets, name):
    for d in datasets:
        shown = called(getattr(pvd.tables, name), d)
        assert shown is None or "nan" not in str(shown._repr_html_()).casefold().split()


@pytest.mark.parametrize("name", DRAWN)
def test_a_figure_is_drawn_or_says_why_it_is_not_where_little_is_known(datasets, name):
    for d in datasets:
        shown = called(getattr(pvd.figures, name), d)
        # what changed has a sentence of its own where there is nothing to compare with
        assert (shown is None and name.endswith("_changes")) or shown._repr_html_()

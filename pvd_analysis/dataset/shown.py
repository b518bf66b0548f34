"""How a dataset shows itself: in a notebook as HTML, in a terminal as text, both in French and both saying the same."""

from __future__ import annotations

import importlib.metadata
from functools import cache
from typing import TYPE_CHECKING, Final

from pvd_analysis.constats import Severite
from pvd_analysis.notebook import template
from pvd_analysis.values import format_date, format_number
from pvd_analysis.vocabulary import table_descriptions

if TYPE_CHECKING:
    from pvd_analysis.dataset import Dataset

_TEMPLATE: Final = template("dataset.html.j2")
_BESIDE: Final = {
    "constats": "Ce que la lecture des fichiers a trouvé, avec son lieu et ce qui est attendu.",
    "ecartees": "Les lignes lues qui ne sont dans aucune table, avec leur motif.",
    "bilan": "Le bilan des lignes et des centimes : lus = gardés + écartés.",
    "fichiers": "Les fichiers lus, leur livraison, leur usage et leur empreinte.",
}


def as_text(d: Dataset) -> str:
    """Return the dataset as lines of text.

    >>> print(as_text(d).splitlines()[0])
    Landes (40), T3 2021, arrêté au 30 septembre 2021
    """
    rows = _tables(d)
    width = max(len(name) for name, *_ in rows)
    lines = [f"  {name:<{width}}  {format_number(count):>6}  {meaning}" for name, count, meaning in rows]
    return "\n".join([_title(d), _known(d), f"Constats : {_findings(d)}", "", *lines])


def as_html(d: Dataset) -> str:
    """Return the dataset as a heading, two sentences and a table with its caption and header cells.

    >>> as_html(d).count('<th scope="row"') == len(d.tables) + 4
    True
    """
    return _TEMPLATE.render(
        title=_title(d), known=_known(d), findings=_findings(d), tables=_tables(d), number=format_number
    )


def made_with(d: Dataset) -> str:
    """Return the version of the package and that of the data, as pages and workbooks name them."""
    return f"pvd-analysis {package_version()}, données reçues jusqu'au {format_date(d.fichiers['livraison'].max())}"


@cache
def package_version() -> str:
    """Return the version of the package that is installed."""
    return importlib.metadata.version("pvd-analysis")


def _title(d: Dataset) -> str:
    return f"{d.territoire}, {d.trimestre.label}, arrêté au {format_date(d.arrete_le)}"


def _known(d: Dataset) -> str:
    known = f"connues au {format_date(d.connu_au)}" if d.connu_au else "de la dernière livraison de chaque source"
    last = d.fichiers["livraison"].max()
    return f"Données {known} ; livraison la plus récente : {format_date(last)}."


def _findings(d: Dataset) -> str:
    counts = d.constats["severite"].value_counts()
    numbers = {severity.value: int(counts.get(severity.value, 0)) for severity in Severite}
    said = [f"{format_number(number)} {name}{'s' if number > 1 else ''}" for name, number in numbers.items()]
    return ", ".join(said) + "."


def _tables(d: Dataset) -> list[tuple[str, int, str]]:
    described = table_descriptions()
    main = [(name, len(table), described[name].description) for name, table in d.tables.items()]
    return main + [(name, len(getattr(d, name)), meaning) for name, meaning in _BESIDE.items()]

"""Analysis and reporting for the programme « Petites villes de demain » (PVD).

>>> import pvd_analysis as pvd
>>> d = pvd.load("2021-T3", "40")
>>> pvd.analysis.aids_by(d, "commune")["commune"].to_list()
['Morcenx-la-Nouvelle', 'Peyrehorade']

The examples of the other docstrings use this ``pvd`` and this ``d``.
"""

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pvd_analysis import analysis, errors, figures, tables
    from pvd_analysis.dataset import Dataset, Trimestre, data_dictionary, known_before, load, load_country, load_region
    from pvd_analysis.jupyter import explorer, parametres
    from pvd_analysis.slides.deck import presentation
    from pvd_analysis.workbooks.workbook import export

__all__ = [
    "Dataset", "Trimestre", "analysis", "data_dictionary", "errors", "explorer", "export", "figures", "known_before",
    "load", "load_country", "load_region", "parametres", "presentation", "tables",
]  # fmt: skip

_MODULES = ("analysis", "errors", "figures", "tables")
_PLACES = {
    "export": "pvd_analysis.workbooks.workbook",
    "presentation": "pvd_analysis.slides.deck",
    **dict.fromkeys(("explorer", "parametres"), "pvd_analysis.jupyter"),
}


def __getattr__(name: str) -> Any:
    """Import a name when it is first asked for: a command that draws nothing does not wait for matplotlib."""
    if name in _MODULES:
        return import_module(f"{__name__}.{name}")
    if name in __all__:
        return getattr(import_module(_PLACES.get(name, "pvd_analysis.dataset")), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__


def _show_in_notebooks() -> None:
    """Have a notebook show the tables in euros, with « non connu »; a table of other columns as pandas shows it."""
    shell = import_module("IPython").get_ipython() if "IPython" in sys.modules else None
    if shell is not None:
        formatter = shell.display_formatter.formatters["text/html"]
        formatter.for_type_by_name(
            "pandas", "DataFrame", lambda data: import_module(f"{__name__}.jupyter").as_html(data)
        )


_show_in_notebooks()

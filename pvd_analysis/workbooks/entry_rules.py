"""What a cell of an empty classeur lets in: drop-down lists from the vocabulary, dates, amounts, with French refusals."""

from collections.abc import Iterable
from typing import Any, Final

from pvd_analysis.communes import Referentiel, match_commune
from pvd_analysis.sources.form import Field, Form
from pvd_analysis.values.dates import MONTHS
from pvd_analysis.values.text import fold
from pvd_analysis.vocabulary import indicators, term_labels
from pvd_analysis.workbooks.french_workbook import FRENCH

_PERIODS: Final = (*MONTHS, "printemps", "été", "automne", "T1", "T2", "T3", "T4", "S1", "S2")
_LARGEST: Final = 10_000_000_000
_NUMBER_FORMATS: Final = {
    "euros": f'{FRENCH}#,##0.00\\ "€"',
    "taux": f"{FRENCH}0.##\\ %",
    "points": f"{FRENCH}0.##\\ %",
    "date": f"{FRENCH}dd/mm/yyyy;@",
    "code": "@",
    "identifiant": "@",
    "texte": "@",
}
# A day, or a period of the list followed by its year: both are dates that the reader knows.
_IS_DATE: Final = (
    "=IF(ISNUMBER({cell}),AND({cell}>=DATE(1990,1,1),{cell}<=DATE(2100,12,31)),"
    "AND(ISNUMBER(MATCH(LEFT({cell},LEN({cell})-5),Liste_periodes,0)),"
    "VALUE(RIGHT({cell},4))>=1990,VALUE(RIGHT({cell},4))<=2100))"
)


def commune_choices(departement: str, laureates: Iterable[str], referentiel: Referentiel) -> list[str]:
    """Return the communes of a département as the reader understands them: the laureates first, each part in the order of names.

    Parameters
    ----------
    departement : str
        INSEE code.
    laureates : iterable of str
        INSEE codes of the laureates that are known, none perhaps.

    A name that two communes of the département share is followed by its code.
    """
    own = referentiel.communes.loc[referentiel.communes["code_departement"].eq(departement), "nom"]
    first = set(laureates)
    codes = sorted(own.index, key=lambda code: (code not in first, fold(own[code]), code))
    return [written_commune(str(code), str(own[code]), departement, referentiel) for code in codes]


def entry_lists(forms: Iterable[Form], communes: list[str]) -> dict[str, tuple[str, list[str]]]:
    """Return the lists that the fields of some forms choose from, by name: the heading of each, and its choices."""
    lists: dict[str, tuple[str, list[str]]] = {"communes": ("Communes", communes)}
    for sheet, field in ((form.sheet_names[0], field) for form in forms for field in form.fields):
        name = list_of(field)
        if name == "indicateurs":
            lists[name] = ("Indicateurs", [body.nom for body in indicators().values()])
        elif name == "oui_non":
            lists[name] = ("Oui ou non", ["oui", "non"])
        elif name and name not in lists:
            lists[name] = (f"{field.label} ({sheet})", list(term_labels(name).values()))
    return lists | {"periodes": ("Périodes", list(_PERIODS))}


def list_of(field: Field) -> str | None:
    """Return the name of the list that a field chooses from, None when it has none."""
    if field.kind.startswith("terme:"):
        return field.kind.removeprefix("terme:")
    if field.column == "indicateur":
        return "indicateurs"
    return {"commune": "communes", "communes": "communes", "booleen": "oui_non"}.get(field.kind)


def range_name(list_name: str) -> str:
    """Return the defined name of a list."""
    return f"Liste_{list_name}"


def entry_format(field: Field) -> str:
    """Return the number format of the cells of a field: a code stays a text, with its zeros."""
    return "@" if list_of(field) else _NUMBER_FORMATS.get(field.kind, "General")


def entry_rule(field: Field, cell: str) -> dict[str, Any] | None:
    """Return the validation of a field's cells, as XlsxWriter takes it; `cell` is the first of them (``C6``).

    A list refuses what is not in it, except where the reader takes more than one choice of it (several communes, an
    indicator of one's own): there it only proposes.
    """
    name = list_of(field)
    if name:
        is_open = field.kind in {"communes", "texte"}
        rule = {"validate": "list", "source": f"={range_name(name)}", "show_error": not is_open}
        if is_open:
            return rule
        return rule | _refusal("Choix hors de la liste", "Choisissez une valeur de la liste (flèche à droite).")
    match field.kind:
        case "date":
            said = "Écrivez une date : 20/05/2021. Si le jour n'est pas connu : mars 2021 (précédé d'une apostrophe), T3 2021, automne 2021."
            return {"validate": "custom", "value": _IS_DATE.format(cell=cell)} | _refusal("Date non comprise", said)
        case "euros":
            said = (
                "Écrivez un montant HT en euros, sans texte : 12345,67. Laissez la cellule vide s'il n'est pas connu."
            )
            return _between(0, _LARGEST) | _refusal("Montant non compris", said)
        case "taux" | "points":
            return _between(0, 1) | _refusal("Taux non compris", "Écrivez un taux de 0 % à 100 % : 75 %.")
        case "nombre":
            return _between(-_LARGEST, _LARGEST) | _refusal("Nombre non compris", "Écrivez un nombre : 12 ou 12,5.")
        case _:
            return None


def _between(least: int, most: int) -> dict[str, Any]:
    return {"validate": "decimal", "criteria": "between", "minimum": least, "maximum": most}


def _refusal(title: str, message: str) -> dict[str, Any]:
    return {"error_type": "stop", "error_title": title, "error_message": message}


def written_commune(code: str, name: str, departement: str, referentiel: Referentiel) -> str:
    """Return the name of a commune as the reader understands it: followed by its code where two communes share it."""
    return name if match_commune(name, departement, referentiel).code == code else f"{name} ({code})"

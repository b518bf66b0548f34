"""The key figures at the head of each report: value, how it has changed, and the rows it is made of."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, Literal

from pydantic import ConfigDict
from pydantic.dataclasses import dataclass as declaration

from pvd_analysis.analysis import conventions, engineering, funding, indicators, national_aids
from pvd_analysis.analysis.sources import newest_of, received_since
from pvd_analysis.dataset import Dataset
from pvd_analysis.declarations import declared, known
from pvd_analysis.sources import classeur
from pvd_analysis.tables.cards import KeyFigure, KeyFigures, of_amount
from pvd_analysis.tables.national_aids import lists_said
from pvd_analysis.tables.shown import said_tables
from pvd_analysis.values import counted, format_date, format_euros, format_number, format_rate, sentence_list
from pvd_analysis.vocabulary import term_label

__all__ = ["engineering_key_figures", "financial_key_figures", "key_figures"]

_FILE = "chiffres.toml"
# A card has room for a few names.
_MOST_NAMED = 4


@declaration(frozen=True, config=ConfigDict(extra="forbid"))
class Said:
    """What ``chiffres.toml`` says of one key figure, in its own words."""

    genre: Literal["euros", "nombre", "taux", "sur"]
    tableau: str
    libelle: str = ""
    note: str = ""
    lignes: tuple[str, str] = ("la ligne", "lignes")
    sources: tuple[str, ...] = (classeur.NAME,)


@cache
def said_figures() -> Mapping[str, Said]:
    """Return what ``chiffres.toml`` says of each key figure, by name; a table that there is not is a `DeclarationError`."""
    figures = declared(__package__, _FILE, Said)
    for name, said in figures.items():
        known(said.tableau, said_tables(), __package__, _FILE, name, "tableau")
    return figures


@dataclass(frozen=True, slots=True)
class _Measure:
    """One key figure of ``chiffres.toml`` as a number that two quarters can be compared by; None where nothing tells it.

    ``rows`` is how many rows it is made of, ``why`` says in words what moved it since an earlier dataset and is neither
    new nor gone; ``family`` is that of an announced total.
    """

    name: str
    value: Callable[[Dataset], float | None]
    rows: int
    note: Callable[[Dataset], str] | None = None
    why: Callable[[Dataset, Dataset], list[str]] = lambda *_: []
    family: str = ""

    @property
    def said(self) -> Said:
        """What is said of it."""
        return said_figures()[self.name]

    def shown(self, d: Dataset, value: float) -> str:
        """Return a value in words."""
        match self.said.genre:
            case "euros":
                return format_euros(int(value))
            case "taux":
                return format_rate(value)
            case "nombre":
                return format_number(value)
            case _:
                return f"{format_number(value)} sur {len(d.laureats)}"

    def size(self, value: float) -> str:
        """Return how much it has changed, in words."""
        if self.said.genre == "taux":
            return f"{format_number(value * 100, 1)}\N{NO-BREAK SPACE}points"
        return format_euros(int(value)) if self.said.genre == "euros" else format_number(value)


def key_figures(d: Dataset, before: Dataset | None = None) -> KeyFigures:
    """Those of both reports; takes what `financial_key_figures` takes."""
    money, posts = financial_key_figures(d, before), engineering_key_figures(d, before)
    return KeyFigures((*money.figures, *posts.figures), money.title)


def financial_key_figures(d: Dataset, before: Dataset | None = None) -> KeyFigures:
    """The announced total and its families, the aids outside it, and how much of it is known in detail.

    Parameters
    ----------
    d : Dataset
    before : Dataset or None
        What was known before (`pvd_analysis.dataset.known_before`); without it no change is said.
    """
    totals = funding.announced_totals(d).query("dans_total")
    if not d.is_followed:
        return _key_figures(d, before, _listed_measures(d))
    measures = [_Measure("total", _told(funding.announced_total_cents), len(totals))]
    for family, lines in totals.groupby("famille", sort=False):
        cents = partial(_family_cents, family=str(family))
        measures.append(_Measure("famille", _told(cents), len(lines), family=str(family)))
    outside = len(funding.sectoral_aids(d))
    measures.append(_Measure("hors-total", _told(_outside_cents), outside, why=_moved_between_totals))
    if len(totals):
        measures.append(_Measure("couverture", indicators.total_coverage, 1, _known_detail))
    return _key_figures(d, before, [*measures, *_listed_measures(d)])


def _listed_measures(d: Dataset) -> list[_Measure]:
    """Return what the national lists give to the communes of the programme; nothing without a list."""
    if d.aides_nationales.empty:
        return []
    lines = len(national_aids.listed_aids(d))
    return [_Measure("listes", national_aids.listed_cents, lines, _of_lists)]


def engineering_key_figures(d: Dataset, before: Dataset | None = None) -> KeyFigures:
    """Posts, towns served, conventions signed and overdue; takes what `financial_key_figures` takes."""
    towns, posts = len(d.laureats), len(d.postes)
    measures = [_Measure("adhesions", indicators.signed_adhesions, towns)]
    if conventions.in_state(d, "signée") is not None:
        measures.append(_Measure("cadres", indicators.signed_ort, towns, _other_conventions))
    if d.is_followed:
        measures = [
            _Measure("postes", _told(_identified), posts, _shared_posts),
            _Measure("pourvus", indicators.filled_posts, posts, _other_posts),
            _Measure("sans-poste", _towns_unserved, towns, _towns_without_post),
            *measures,
            _Measure("provision", _provision, len(engineering.provision(d)), _provisioned),
        ]
    return _key_figures(d, before, measures)


def _key_figures(d: Dataset, before: Dataset | None, measures: list[_Measure]) -> KeyFigures:
    figures = []
    for each in measures:
        value, said = each.value(d), each.said
        label = term_label("famille", each.family) if each.family else said.libelle
        note = each.note(d) if each.note else said.note
        told: dict[str, Any] = {
            "note": note if value is not None or d.is_observed else "",
            "key": each.family or each.name,
            "change": _change(each, d, before) if before is not None else "",
            "rows": _rows(said, each.rows),
        }
        if value is not None and said.genre == "euros":
            figures.append(of_amount(label, int(value), **told))
        else:
            # what a classeur that speaks of the quarter does not announce is neither known nor 0 €
            unknown = "—" if d.is_observed else "non connu"
            text = unknown if value is None else each.shown(d, value)
            figures.append(KeyFigure(label, text, **told))
    since = f" ; évolution depuis le {before.trimestre.label}" if before is not None else ""
    return KeyFigures(tuple(figures), f"Situation au {format_date(d.arrete_le)}{since}")


def _change(measure: _Measure, d: Dataset, before: Dataset) -> str:
    """Return the change in words: what moved since, and apart what is older and was only learned since."""
    now, then, told_then = (measure.value(data) for data in (d, d.at(before.trimestre), before))
    if now is None and told_then and d.is_observed:
        return f"n'est plus annoncé ; {measure.size(told_then)} auparavant"
    if now is None or then is None:
        return ""
    moved = now - then
    learned = None if told_then is None else then - told_then
    if not moved and not learned and not received_since(d, before, *measure.said.sources):
        newest = newest_of(d, *measure.said.sources)
        return f"rien n'a été reçu depuis le {format_date(newest)}" if newest else ""
    said = []
    if moved:
        said.append(f"en {'hausse' if moved > 0 else 'baisse'} de {measure.size(abs(moved))}")
    if learned:
        more = "de plus pour le passé, appris depuis" if learned > 0 else "de moins pour le passé, corrigé depuis"
        said.append(f"{measure.size(abs(learned))} {more}")
    elif learned is None:
        said.append("non connu auparavant")
    return " ; ".join([*said, *measure.why(d, before)]) or "inchangé"


def _moved_between_totals(d: Dataset, before: Dataset) -> list[str]:
    entered, left = funding.moved_between_totals(d, before)
    return [
        *([f"{format_euros(entered)} désormais compris dans un total annoncé"] if entered else []),
        *([f"{format_euros(left)} dont le total n'est plus annoncé"] if left else []),
    ]


def _told(value: Callable[[Dataset], float]) -> Callable[[Dataset], float | None]:
    """Return a figure of the classeur, None where it is 0 because no classeur speaks of the quarter or of an earlier one."""
    return lambda d: value(d) or (0 if d.is_observed else None)


def _identified(d: Dataset) -> int:
    return engineering.post_counts(d).identified


def _outside_cents(d: Dataset) -> int:
    return int(funding.sectoral_aids(d)["montant_cents"].sum())


def _of_lists(d: Dataset) -> str:
    return f"communes du programme, {lists_said(d)}" if len(d.aides_nationales) else "aucune liste"


def _towns_unserved(d: Dataset) -> int | None:
    return len(engineering.communes_without_post(d)) if d.is_observed else None


def _provisioned(d: Dataset) -> str:
    codes = engineering.provision(d)["dispositif"].unique()
    labels = [term_label("dispositif", code).lower() for code in codes]
    return sentence_list(labels) or "aucun crédit annoncé"


def _provision(d: Dataset) -> float | None:
    sums = engineering.provision(d)["montant_cents"]
    return int(sums.sum()) if len(sums) else None


def _other_posts(d: Dataset) -> str:
    counts = engineering.post_counts(d)
    vacant = f", {counted(counts.vacant, 'vacant')}" if counts.vacant else ""
    return counted(counts.under_way, "recrutement en cours", "recrutements en cours") + vacant


def _other_conventions(d: Dataset) -> str:
    states = conventions.convention_states(d)
    said = [counted(int(states["etat_convention"].eq("dépassée").sum()), "échéance dépassée")]
    if unknown := int(states["etat_convention"].eq("non connue").sum()):
        said.append(counted(unknown, "non connue", "non connues"))
    signed = states[states["etat_convention"].eq("signée")]
    if undated := int(signed["date_cadre"].isna().sum()):
        said.append(f"{counted(undated, 'signée', 'signées')} sans date")
    return ", ".join(said)


def _shared_posts(d: Dataset) -> str:
    shared = engineering.post_counts(d).shared
    return f"dont {counted(shared, 'partagé')}" if shared else "aucun n'est partagé"


def _towns_without_post(d: Dataset) -> str:
    towns = engineering.communes_without_post(d)
    unknown = len(d.laureats) - engineering.served_communes(d)["code_commune"].nunique()
    vacant = len(engineering.communes_with_vacant_post(d))
    beside = f" ; {counted(vacant, 'autre')} dont le poste est vacant" if vacant else ""
    beside += f" ; {counted(unknown, 'commune')} sans suivi connu" if unknown else ""
    if len(towns) > _MOST_NAMED:
        towns = [*towns[: _MOST_NAMED - 1], f"{len(towns) - _MOST_NAMED + 1} autres"]
    return (sentence_list(towns) or "toutes sont servies") + beside


def _rows(said: Said, number: int) -> tuple[str, str] | None:
    """Return a table and what is to be seen there, « les 4 lignes »; None when there is nothing."""
    if not number:
        return None
    one, several = said.lignes
    return said.tableau, one if number == 1 else f"les {number}\N{NO-BREAK SPACE}{several}"


def _family_cents(d: Dataset, family: str) -> int:
    totals = funding.announced_totals(d).query("dans_total")
    return int(totals.loc[totals["famille"].eq(family), "montant_cents"].sum())


def _known_detail(d: Dataset) -> str:
    deduced = ", en partie déduits" if funding.rests_on_deduced(d) else ""
    known = int(funding.coverage(d)["detail_cents"].sum())
    return f"{format_euros(known)} connus par projet{deduced}"

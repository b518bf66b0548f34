"""The key figures at the head of each report: value, how it has changed, and the rows it is made of."""

from collections.abc import Callable
from dataclasses import dataclass

from pvd_analysis.analysis import conventions, engineering, funding, national_aids
from pvd_analysis.analysis.sources import newest_of, received_since
from pvd_analysis.dataset import Dataset
from pvd_analysis.sources import anct, classeur, ort
from pvd_analysis.tables.cards import KeyFigure, KeyFigures, of_amount
from pvd_analysis.tables.national_aids import lists_said
from pvd_analysis.values import counted, format_date, format_euros, format_number, format_rate, sentence_list
from pvd_analysis.vocabulary import term_label

__all__ = ["engineering_key_figures", "financial_key_figures", "key_figures"]

_OF_CONVENTIONS = (classeur.NAME, anct.NAME, ort.NAME)
# A card has room for a few names.
_MOST_NAMED = 4


@dataclass(frozen=True, slots=True)
class _Measure:
    """One key figure as a number that two quarters can be compared by; None where nothing tells it.

    ``sources`` are the beginnings of the names of those that tell it; ``why`` says in words what moved it since an
    earlier dataset and is neither new nor gone.
    """

    key: str
    label: str
    value: Callable[[Dataset], float | None]
    shown: Callable[[float], str]
    note: Callable[[Dataset], str]
    rows: tuple[str, str] | None
    sources: tuple[str, ...] = (classeur.NAME,)
    why: Callable[[Dataset, Dataset], list[str]] = lambda *_: []


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
    measures = [
        _Measure(
            "total",
            "Total annoncé",
            lambda data: _told(data, funding.announced_total_cents(data)),
            _euros,
            lambda _: "pour les petites villes du département",
            _rows("totaux_annonces", len(totals)),
        )
    ]
    for family, lines in totals.groupby("famille", sort=False):
        measures.append(
            _Measure(
                str(family),
                term_label("famille", str(family)),
                lambda data, family=str(family): _told(data, _family_cents(data, family)),  # type: ignore[misc]
                _euros,
                lambda _: "compris dans le total",
                _rows("totaux_annonces", len(lines)),
            )
        )
    outside = funding.sectoral_aids(d)
    measures.append(
        _Measure(
            "hors-total",
            "Hors total annoncé",
            lambda data: _told(data, int(funding.sectoral_aids(data)["montant_cents"].sum())),
            _euros,
            lambda _: "appels à projets sectoriels et autres",
            _rows("aides_detail", len(outside)),
            why=_moved_between_totals,
        )
    )
    if len(totals):
        measures.append(
            _Measure(
                "couverture", "Couverture du total", _covered, format_rate, _known_detail, ("couverture", "le calcul")
            )
        )
    return _key_figures(d, before, [*measures, *_listed_measures(d)])


def _listed_measures(d: Dataset) -> list[_Measure]:
    """Return what the national lists give to the communes of the programme; nothing without a list."""
    if d.aides_nationales.empty:
        return []
    lines = len(national_aids.listed_aids(d))
    return [
        _Measure(
            "listes",
            "Listes nationales",
            lambda data: int(national_aids.listed_aids(data)["montant_cents"].sum()),
            _euros,
            lambda data: f"communes du programme, {lists_said(data)}" if len(data.aides_nationales) else "aucune liste",
            _rows("listes_detail", lines),
            ("DGCL", "Fonds vert"),
        )
    ]


def engineering_key_figures(d: Dataset, before: Dataset | None = None) -> KeyFigures:
    """Posts, towns served, conventions signed and overdue; takes what `financial_key_figures` takes."""
    towns = len(d.laureats)
    posts = _rows("postes", len(d.postes), "le poste", "postes")
    of_towns = f"{{}} sur {towns}"
    measures = [
        _Measure(
            "postes",
            "Postes de chef de projet",
            lambda data: _told(data, engineering.post_counts(data).identified),
            format_number,
            _shared_posts,
            posts,
        ),
        _Measure(
            "pourvus",
            "Postes pourvus",
            lambda data: _told(data, engineering.post_counts(data).recruited),
            format_number,
            _other_posts,
            posts,
        ),
        _Measure(
            "sans-poste",
            "Communes sans poste",
            lambda data: len(engineering.communes_without_post(data)) if data.is_observed else None,
            format_number,
            _towns_without_post,
            _rows("communes_servies", towns, "la commune", "communes"),
        ),
        _Measure(
            "adhesions",
            "Adhésions signées",
            lambda data: int(conventions.convention_states(data)["date_adhesion"].notna().sum()),
            lambda value: of_towns.format(format_number(value)),
            lambda _: "communes lauréates",
            _rows("conventions", towns, "la commune", "communes"),
            _OF_CONVENTIONS,
        ),
        _Measure(
            "cadres",
            "Conventions-cadre signées",
            lambda data: conventions.in_state(data, "signée"),
            lambda value: of_towns.format(format_number(value)),
            _other_conventions,
            _rows("conventions", towns, "la commune", "communes"),
            _OF_CONVENTIONS,
        ),
        _Measure(
            "provision",
            "Ingénierie provisionnée",
            _provision,
            _euros,
            lambda data: (
                sentence_list(
                    [
                        term_label("dispositif", code).lower()
                        for code in dict.fromkeys(engineering.provision(data)["dispositif"])
                    ]
                )
                or "aucun crédit annoncé"
            ),
            _rows("provision", len(engineering.provision(d))),
        ),
    ]
    unknown = set() if d.is_followed else {"postes", "pourvus", "sans-poste", "provision"}
    if conventions.in_state(d, "signée") is None:
        unknown.add("cadres")
    return _key_figures(d, before, [measure for measure in measures if measure.key not in unknown])


def _key_figures(d: Dataset, before: Dataset | None, measures: list[_Measure]) -> KeyFigures:
    figures = []
    for each in measures:
        value = each.value(d)
        # what a classeur that speaks of the quarter does not announce is neither known nor 0 €
        shown = each.shown(value) if value is not None else "—" if d.is_observed else "non connu"
        change = _change(each, d, before) if before is not None else ""
        note = each.note(d) if value is not None or d.is_observed else ""
        if value is not None and each.shown is _euros:
            figures.append(of_amount(each.label, int(value), note, each.key, change=change, rows=each.rows))
        else:
            figures.append(KeyFigure(each.label, shown, note, each.key, change, each.rows))
    since = f" ; évolution depuis le {before.trimestre.label}" if before is not None else ""
    return KeyFigures(tuple(figures), f"Situation au {format_date(d.arrete_le)}{since}")


def _change(measure: _Measure, d: Dataset, before: Dataset) -> str:
    """Return the change in words: what moved since, and apart what is older and was only learned since."""
    now, then, told_then = (measure.value(data) for data in (d, d.at(before.trimestre), before))
    if now is None and told_then and d.is_observed:
        return f"n'est plus annoncé ; {_amount(measure, told_then)} auparavant"
    if now is None or then is None:
        return ""
    moved = now - then
    learned = None if told_then is None else then - told_then
    if not moved and not learned and not received_since(d, before, *measure.sources):
        newest = newest_of(d, *measure.sources)
        return f"rien n'a été reçu depuis le {format_date(newest)}" if newest else ""
    said = []
    if moved:
        said.append(f"en {'hausse' if moved > 0 else 'baisse'} de {_amount(measure, abs(moved))}")
    if learned:
        more = "de plus pour le passé, appris depuis" if learned > 0 else "de moins pour le passé, corrigé depuis"
        said.append(f"{_amount(measure, abs(learned))} {more}")
    elif learned is None:
        said.append("non connu auparavant")
    return " ; ".join([*said, *measure.why(d, before)]) or "inchangé"


def _moved_between_totals(d: Dataset, before: Dataset) -> list[str]:
    entered, left = funding.moved_between_totals(d, before)
    return [
        *([f"{format_euros(entered)} désormais compris dans un total annoncé"] if entered else []),
        *([f"{format_euros(left)} dont le total n'est plus annoncé"] if left else []),
    ]


def _amount(measure: _Measure, size: float) -> str:
    if measure.shown is format_rate:
        return f"{format_number(size * 100, 1)}\N{NO-BREAK SPACE}points"
    return format_euros(int(size)) if measure.shown is _euros else format_number(size)


def _told(d: Dataset, value: float) -> float | None:
    """Return a figure of the classeur, None where it is 0 because no classeur speaks of the quarter or of an earlier one."""
    return value if value or d.is_observed else None


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
    if undated := int((states["etat_convention"].eq("signée") & states["date_cadre"].isna()).sum()):
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


def _rows(key: str, number: int, one: str = "la ligne", several: str = "lignes") -> tuple[str, str] | None:
    """Return a table and what is to be seen there, « les 4 lignes »; None when there is nothing."""
    if not number:
        return None
    return key, one if number == 1 else f"les {number}\N{NO-BREAK SPACE}{several}"


def _euros(cents: float) -> str:
    return format_euros(int(cents))


def _family_cents(d: Dataset, family: str) -> int:
    totals = funding.announced_totals(d)
    return int(totals.loc[totals["dans_total"] & totals["famille"].eq(family), "montant_cents"].sum())


def _covered(d: Dataset) -> float | None:
    table = funding.coverage(d)
    announced = int(table["annonce_cents"].sum())
    return int(table["detail_cents"].sum()) / announced if announced else None


def _known_detail(d: Dataset) -> str:
    deduced = ", en partie déduits" if funding.rests_on_deduced(d) else ""
    return f"{format_euros(int(funding.coverage(d)['detail_cents'].sum()))} connus par projet{deduced}"

"""The key figures at the head of each report: value, how it has changed, and the rows it is made of."""

from collections.abc import Callable
from dataclasses import dataclass

from pvd_analysis.analysis import conventions, engineering, funding, national_aids
from pvd_analysis.dataset import Dataset
from pvd_analysis.tables.national import lists_said
from pvd_analysis.tables.report_table import KeyFigure, KeyFigures
from pvd_analysis.values import counted, format_date, format_euros, format_number, format_rate, sentence_list
from pvd_analysis.vocabulary import term_label

__all__ = ["engineering_key_figures", "financial_key_figures"]

# A card has room for a few names.
_MOST_NAMED = 4


@dataclass(frozen=True, slots=True)
class _Measure:
    """One key figure as a number that two quarters can be compared by."""

    key: str
    label: str
    value: Callable[[Dataset], float]
    shown: Callable[[float], str]
    note: Callable[[Dataset], str]
    rows: tuple[str, str] | None


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
            funding.announced_total_cents,
            _euros,
            lambda _: "pour tout le département",
            _rows("totaux_annonces", len(totals)),
        )
    ]
    for family, lines in totals.groupby("famille", sort=False):
        measures.append(
            _Measure(
                str(family),
                term_label("famille", str(family)),
                lambda data, family=str(family): _family_cents(data, family),  # type: ignore[misc]
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
            lambda data: int(funding.sectoral_aids(data)["montant_cents"].sum()),
            _euros,
            lambda _: "appels à projets sectoriels et autres",
            _rows("aides_detail", len(outside)),
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
            lambda data: engineering.post_counts(data).identified,
            format_number,
            _shared_posts,
            posts,
        ),
        _Measure(
            "pourvus",
            "Postes pourvus",
            lambda data: engineering.post_counts(data).recruited,
            format_number,
            lambda data: counted(
                engineering.post_counts(data).under_way, "recrutement en cours", "recrutements en cours"
            ),
            posts,
        ),
        _Measure(
            "sans-poste",
            "Communes sans poste",
            lambda data: len(engineering.communes_without_post(data)),
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
        ),
        _Measure(
            "cadres",
            "Conventions-cadre signées",
            lambda data: int(conventions.convention_states(data)["date_cadre"].notna().sum()),
            lambda value: of_towns.format(format_number(value)),
            lambda data: counted(
                int(conventions.convention_states(data)["etat_convention"].eq("dépassée").sum()), "échéance dépassée"
            ),
            _rows("conventions", towns, "la commune", "communes"),
        ),
        _Measure(
            "provision",
            "Ingénierie provisionnée",
            lambda data: int(engineering.provision(data)["montant_cents"].sum()),
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
    if conventions.convention_states(d)["etat_convention"].eq("non connue").any():
        unknown.add("cadres")
    return _key_figures(d, before, [measure for measure in measures if measure.key not in unknown])


def _key_figures(d: Dataset, before: Dataset | None, measures: list[_Measure]) -> KeyFigures:
    past = before.at(d.trimestre.previous) if before is not None else None
    figures = tuple(
        KeyFigure(
            each.label,
            each.shown(each.value(d)),
            each.note(d),
            each.key,
            _change(each, d, past) if past is not None else "",
            each.rows,
        )
        for each in measures
    )
    since = f" ; évolution depuis le {d.trimestre.previous.label}" if past is not None else ""
    return KeyFigures(figures, f"Situation au {format_date(d.arrete_le)}{since}")


def _change(measure: _Measure, d: Dataset, past: Dataset) -> str:
    """Return the change in words: « en hausse de 12 000 € »."""
    now, then = measure.value(d), measure.value(past)
    if now == then:
        return "inchangé"
    if measure.shown is format_rate:
        moved = f"{format_number(abs(now - then) * 100, 1)}\N{NO-BREAK SPACE}points"
    elif measure.shown is _euros:
        moved = format_euros(abs(int(now - then)))
    else:
        moved = format_number(abs(now - then))
    return f"en {'hausse' if now > then else 'baisse'} de {moved}"


def _shared_posts(d: Dataset) -> str:
    shared = engineering.post_counts(d).shared
    return f"dont {counted(shared, 'partagé')}" if shared else "aucun n'est partagé"


def _towns_without_post(d: Dataset) -> str:
    towns = engineering.communes_without_post(d)
    if len(towns) > _MOST_NAMED:
        towns = [*towns[: _MOST_NAMED - 1], f"{len(towns) - _MOST_NAMED + 1} autres"]
    return sentence_list(towns) or "toutes sont servies"


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


def _covered(d: Dataset) -> float:
    table = funding.coverage(d)
    announced = int(table["annonce_cents"].sum())
    return int(table["detail_cents"].sum()) / announced if announced else 0.0


def _known_detail(d: Dataset) -> str:
    return f"{format_euros(int(funding.coverage(d)['detail_cents'].sum()))} connus par projet"

"""The figure of the plans de financement: each project to 100 % of its cost, held against the legal limit of aids."""

from collections import Counter
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Final

import pandas as pd
from matplotlib.figure import Figure

from pvd_analysis.analysis.funding import aids
from pvd_analysis.analysis.plans import funding_plans, plan_lines
from pvd_analysis.dataset import Dataset
from pvd_analysis.figures.canvas import SMALL, Fill, Sheet, text_width, wrap
from pvd_analysis.figures.illustration import Illustration, NoFigure, listed
from pvd_analysis.figures.style import GREY, INK, INSIDE, LIMIT, OUTSIDE, PALETTE, report_style
from pvd_analysis.values import counted, format_date, format_euros, format_number, format_rate
from pvd_analysis.vocabulary import rule, term_label, terms

# The projects with the smallest margins are those that a committee decides on; the table has them all.
_SHOWN_AT_MOST: Final = 15
_THICK: Final = 30.0
_GAP: Final = 20.0
# Hatches tell two neighbours apart where colours alone would not.
_HATCHES: Final = ("", "////", "\\\\", "----", "xxxx", "||||")
_OWN: Final = Fill("Maître d'ouvrage", "white", "", GREY)


@dataclass(frozen=True, slots=True)
class _Plan:
    """One project as it is drawn: shares are fractions of the cost HT."""

    title: str
    cost: str
    parts: tuple[tuple[Fill, float], ...]
    limit: float
    verdict: str
    is_above: bool


@report_style()
def funding_plan_shares(d: Dataset) -> Illustration | NoFigure:
    """The plans de financement to 100 % of the cost HT by financeur, with the legal limit and the margin in words."""
    key = "plans-de-financement"
    plans = funding_plans(d)
    has_limit = plans["cout_ht_cents"].gt(0).fillna(False) & plans["limite_legale_cents"].notna()
    known = plans[has_limit].sort_values("marge_legale_cents", kind="stable")
    if known.empty:
        why = "Aucun projet n'était connu" if plans.empty else "La limite d'aucun projet n'était connue"
        return NoFigure(key, f"{why} au {format_date(d.arrete_le)} : pas de plan de financement à montrer.")
    shown = known.head(_SHOWN_AT_MOST)
    lines = _counted_lines(d).query("id_projet in @shown.id_projet")
    detail = aids(d)
    inside = set(detail.loc[detail["dans_total"], "dispositif"])
    fills = _fills(lines, inside)
    drawn = [_plan(row, lines[lines["id_projet"].eq(row.id_projet)], fills) for row in shown.itertuples()]
    return Illustration.at_both_widths(
        lambda width, _: _draw(drawn, [*fills.values()], width),
        title=_title(known),
        alt="Barres à 100 % du coût HT. "
        + listed(
            [
                f"{plan.title}, {plan.cost} : "
                + ", ".join(f"{fill.label} {format_rate(share)}" for fill, share in plan.parts)
                + f" ; {plan.verdict}"
                for plan in drawn
            ]
        )
        + ".",
        key=key,
        note=_note(plans, known),
    )


def _counted_lines(d: Dataset) -> pd.DataFrame:
    """Return the lines that make the plans: an aid asked for, refused or given up pays nothing."""
    lines = plan_lines(d)
    return lines[~lines["statut"].isin(["demande", "refuse", "abandonne"])]


def _fills(lines: pd.DataFrame, inside: set[str]) -> dict[str, Fill]:
    """Return a fill for each dispositif, the largest first, and white for what the maître d'ouvrage brings.

    The colour says whether an announced total holds the aid (`inside`), as in the other charts; hatches tell neighbours apart.
    """
    nature = lines["financeur"].map(terms("financeur")["nature"])
    brought = lines[nature.ne("maitre_ouvrage")]
    private = set(lines.loc[nature.eq("prive"), "dispositif"])
    order = brought.groupby("dispositif")["montant_cents"].sum().sort_values(ascending=False, kind="stable").index
    fills: dict[str, Fill] = {}
    used: Counter[str] = Counter()
    for dispositif in map(str, order):
        colour = INSIDE if dispositif in inside else PALETTE["mauve"] if dispositif in private else OUTSIDE
        hatch = _HATCHES[used[colour] % len(_HATCHES)]
        fills[dispositif] = Fill(_financeur_and_dispositif(brought, dispositif), colour, hatch)
        used[colour] += 1
    return {**fills, "autofinancement": _OWN}


def _financeur_and_dispositif(aids: pd.DataFrame, dispositif: str) -> str:
    financeurs = aids.loc[aids["dispositif"].eq(dispositif), "financeur"].unique()
    label = term_label("dispositif", dispositif)
    return f"{term_label('financeur', financeurs[0])}, {label}" if len(financeurs) == 1 else label


def _plan(row: Any, lines: pd.DataFrame, fills: dict[str, Fill]) -> _Plan:
    cost = int(row.cout_ht_cents)
    parts = [
        (fills.get(line.dispositif, _OWN), float(line.montant_cents) / cost)
        for line in lines.itertuples()
        if line.montant_cents > 0
    ]
    margin = int(row.marge_legale_cents)
    aids = f"Aides publiques : {format_rate(row.taux_aides)} du coût"
    room = f"marge de {format_euros(margin)}" if margin >= 0 else f"{format_euros(-margin)} au-dessus de la limite"
    situation = str(row.situation)
    said = f"{situation}, {room}" if margin >= 0 or situation == "dérogation" else room
    return _Plan(
        title=f"{row.commune} · {row.intitule}",
        cost=f"{format_euros(cost)} HT" + (" (déduit)" if row.cout_deduit == "deduit" else ""),
        parts=tuple(parts),
        limit=int(row.limite_legale_cents) / cost,
        verdict=f"{aids} ; {said}",
        is_above=margin < 0,
    )


def _title(plans: pd.DataFrame) -> str:
    if len(plans) == 1:
        plan = plans.iloc[0]
        margin = format_euros(abs(int(plan["marge_legale_cents"])))
        left = f"marge de {margin}" if plan["marge_legale_cents"] >= 0 else f"{margin} au-dessus"
        return f"{plan['commune']} : {format_rate(plan['taux_aides'])} d'aides publiques, {plan['situation']} ({left})"
    above = int(plans["marge_legale_cents"].lt(0).sum())
    at_limit = int(plans["situation"].eq("à la limite").sum())
    below = len(plans) - above - at_limit
    said = [
        f"{format_number(number)} {where}"
        for number, where in (
            (above, "au-dessus de la limite légale"),
            (at_limit, "à la limite"),
            (below, "en dessous"),
        )
        if number
    ]
    return f"{counted(len(plans), 'plan')} de financement : {', '.join(said)}"


def _note(plans: pd.DataFrame, known: pd.DataFrame) -> str:
    minimal = rule("participation_minimale")
    texts = [
        "En part du coût HT. Bleu : compris dans le total annoncé ; turquoise : hors du total."
        f" Trait vertical : limite légale des aides publiques ({minimal.source})."
    ]
    if known["limite_legale_cents"].lt(known["limite_usuelle_cents"]).any():
        texts.append("Les fonds privés l'abaissent.")
    left = len(known) - _SHOWN_AT_MOST
    if left > 0:
        texts.append(
            f"Les {format_number(_SHOWN_AT_MOST)} plans dont la marge est la plus faible ; "
            f"les {format_number(left)} autres sont dans le tableau."
        )
    unknown = int((~plans["cout_ht_cents"].gt(0).fillna(False)).sum())
    if unknown:
        texts.append(f"{counted(unknown, 'projet')} sans coût connu : aucune marge calculée.")
    return " ".join(texts)


def _draw(plans: list[_Plan], fills: list[Fill], width: float) -> Figure:
    largest = max(1.0, *(sum(share for _, share in plan.parts) for plan in plans))
    scale = (width - 2) / largest
    unnamed = {fill for plan in plans for fill, start, end in _spans(plan, scale) if fill.label not in _words(
        fill, (end - start) / scale, _room(start, end, plan.limit * scale))}  # fmt: skip
    legend = [fill for fill in fills if fill in unnamed]
    sheet = Sheet(width)
    y = sheet.legend(0, legend) + 8 if legend else 0.0
    for plan in plans:
        y = _draw_plan(sheet, y, plan, scale) + _GAP
    return sheet.cut_at(y - _GAP + 4)


def _spans(plan: _Plan, scale: float) -> list[tuple[Fill, float, float]]:
    """Return each part with its start and end, in points."""
    ends = [end * scale for end in accumulate(share for _, share in plan.parts)]
    return [(fill, start, end) for (fill, _), start, end in zip(plan.parts, [0.0, *ends], ends, strict=False)]


def _room(start: float, end: float, limit: float) -> tuple[float, float]:
    """Return where words may stand in a part: all of it, or its longer side when the limit parts it."""
    if not start < limit < end:
        return start, end
    return (start, limit - 2) if limit - start > end - limit else (limit + 2, end)


def _words(fill: Fill, share: float, room: tuple[float, float]) -> list[str]:
    """Return what fits in a part: its name and its share; the legend names what is not named here."""
    length = room[1] - room[0] - 8
    rate = format_rate(share, 0 if length < 52 else 1)
    return [text for text in (fill.label, rate) if text_width(text, SMALL) <= length]


def _draw_plan(sheet: Sheet, y: float, plan: _Plan, scale: float) -> float:
    y = sheet.write(0, y, wrap(plan.title, sheet.width, bold=True), bold=True)
    y = sheet.write(0, y, plan.cost, size=SMALL, colour=GREY)
    limit = plan.limit * scale
    label = f"limite {format_rate(plan.limit)}"
    half = text_width(label, SMALL) / 2
    sheet.write(min(max(limit, half), sheet.width - half), y + 2, label, size=SMALL, colour=LIMIT, ha="center")
    y += 20
    for fill, start, end in _spans(plan, scale):
        sheet.box(start, y, end - start, _THICK, fill)
        room = _room(start, end, limit)
        sheet.write_on(fill, sum(room) / 2, y + _THICK / 2, _words(fill, (end - start) / scale, room))
    sheet.rule(limit, y - 4, limit, y + _THICK + 3, color=LIMIT, linewidth=2.4, zorder=4)
    verdict, colour = wrap(plan.verdict, sheet.width, SMALL), LIMIT if plan.is_above else INK
    return sheet.write(0, y + _THICK + 6, verdict, size=SMALL, colour=colour, bold=plan.is_above)

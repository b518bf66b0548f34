"""The figures of what changed since the previous quarter: the way from one total to the other, the states by class."""

from typing import Any, Final

from pvd_analysis.analysis.changes import CLASSES, change_counts, changes, changes_reckoning
from pvd_analysis.analysis.facts import STATES_ONLY
from pvd_analysis.dataset import Dataset
from pvd_analysis.figures.bars import Bar, BarGroup, draw_bars
from pvd_analysis.figures.canvas import Fill
from pvd_analysis.figures.illustration import Illustration, listed
from pvd_analysis.figures.style import PALETTE, report_style
from pvd_analysis.values import counted, format_euros, format_number, sentence_list
from pvd_analysis.vocabulary import term_label

_TOTAL: Final = Fill("total", PALETTE["bleu"])
_MORE: Final = Fill("en plus", PALETTE["mauve"], "////")
_LESS: Final = Fill("en moins", "white", "\\\\\\\\", PALETTE["anthracite"])
# Carries a step of the way to where the one before it ended.
_UNSEEN: Final = Fill("", "white")
_OF_CLASS: Final = {
    name: Fill(term_label("classe_ecart", name), *look)
    for name, look in zip(
        CLASSES,
        (
            (PALETTE["bleu"],),
            (PALETTE["turquoise"], "////"),
            (PALETTE["orange"], "\\\\"),
            ("white", "xxxx", PALETTE["prune"]),
            (PALETTE["mauve"], "||"),
        ),
        strict=True,
    )
}


@report_style()
def amount_changes(d: Dataset, before: Dataset | None) -> Illustration | None:
    """The way from each total of the previous quarter to that of this one, a bar for each class of differences.

    Returns
    -------
    Illustration or None
        None where nothing was delivered before, or no amount moved: a sentence of the report says so.
    """
    if before is None:
        return None
    table = changes_reckoning(changes(d, before), d, before)
    moved = table[table[[f"{name}_cents" for name in CLASSES]].ne(0).any(axis="columns")]
    if moved.empty:
        return None
    rows = list(moved.itertuples())
    groups = [
        BarGroup(_way(row, before.trimestre.label, d.trimestre.label), term_label("nature_ecart", row.nature_ecart))
        for row in rows
    ]
    ways = [_way_said(row) for row in rows]
    return Illustration.at_both_widths(
        lambda width, _: draw_bars(groups, (_TOTAL, _MORE, _LESS), width),
        title=f"Depuis le {before.trimestre.label}, {counted(len(rows), 'total a', 'totaux ont')} changé : "
        + sentence_list([f"{name} {_signed(int(row.apres_cents - row.avant_cents))}" for name, row in _named(rows)]),
        alt=f"D'un total à l'autre, par classe d'écarts. {listed(ways)}.",
        key="ecarts-montants",
        note=f"{before.trimestre.label} + les écarts = {d.trimestre.label}, au centime.",
    )


def _named(rows: list[Any]) -> list[tuple[str, Any]]:
    names = [term_label("nature_ecart", row.nature_ecart) for row in rows]
    return [(name[0].lower() + name[1:], row) for name, row in zip(names, rows, strict=True)]


def _way(row: Any, then: str, now: str) -> tuple[Bar, ...]:
    bars = [Bar(then, ((_TOTAL, int(row.avant_cents)),), format_euros(int(row.avant_cents)))]
    reached = int(row.avant_cents)
    for name in CLASSES:
        step = int(getattr(row, f"{name}_cents"))
        if step:
            start = min(reached, reached + step)
            bars.append(
                Bar(
                    _OF_CLASS[name].label.capitalize(),
                    ((_UNSEEN, max(start, 0)), (_MORE if step > 0 else _LESS, abs(step))),
                    _signed(step),
                )
            )
            reached += step
    bars.append(Bar(now, ((_TOTAL, int(row.apres_cents)),), format_euros(int(row.apres_cents))))
    return tuple(bars)


def _way_said(row: Any) -> str:
    steps = [
        f"{_OF_CLASS[name].label} {_signed(int(step))}" for name in CLASSES if (step := getattr(row, f"{name}_cents"))
    ]
    nature = term_label("nature_ecart", row.nature_ecart)
    start, end = format_euros(int(row.avant_cents)), format_euros(int(row.apres_cents))
    return f"{nature} de {start} à {end} ({sentence_list(steps)})"


def _signed(cents: int) -> str:
    return ("+" if cents > 0 else "") + format_euros(cents)


@report_style()
def state_changes(d: Dataset, before: Dataset | None) -> Illustration | None:
    """How many states (conventions, posts, training, club) changed since the previous quarter: bars by class.

    Returns
    -------
    Illustration or None
        None where nothing was delivered before, or no state changed: a sentence of the report says so.
    """
    if before is None:
        return None
    found = changes(d, before)
    counts = change_counts(found[found["nature_ecart"].isin(STATES_ONLY)])
    if counts.empty:
        return None
    rows = list(counts.sort_values("nombre", ascending=False, kind="stable").itertuples())
    total = int(counts["nombre"].sum())
    return Illustration.at_both_widths(
        lambda width, _: draw_bars(
            [BarGroup(tuple(_states_bar(row) for row in rows))], tuple(_OF_CLASS.values()), width
        ),
        title=f"Depuis le {before.trimestre.label}, {counted(total, 'état a changé', 'états ont changé')} : "
        + sentence_list([f"{name} ({format_number(row.nombre)})" for name, row in _named(rows)]),
        alt=f"Nombre d'états qui ont changé, par classe. {listed([_states_said(row) for row in rows])}.",
        key="ecarts-etats",
    )


def _states_bar(row: Any) -> Bar:
    parts = tuple((fill, int(getattr(row, name))) for name, fill in _OF_CLASS.items())
    said = sentence_list([f"{format_number(count)} {fill.label}" for fill, count in parts if count])
    return Bar(term_label("nature_ecart", row.nature_ecart), parts, format_number(row.nombre), said)


def _states_said(row: Any) -> str:
    bar = _states_bar(row)
    return f"{bar.name} {bar.amount} ({bar.said})"

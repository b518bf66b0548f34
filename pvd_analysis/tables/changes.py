"""What changed since the previous quarter: sentences, the way from one total to the other, and each difference."""

from collections.abc import Collection
from typing import Any

import pandas as pd

from pvd_analysis.analysis.changes import CLASSES, change_counts, changes, changes_reckoning
from pvd_analysis.analysis.conventions import NOT_KNOWN
from pvd_analysis.analysis.facts import AMOUNTS, STATES_ONLY
from pvd_analysis.analysis.sources import newest_of, received_since
from pvd_analysis.dataset import Dataset
from pvd_analysis.tables.cards import Paragraphs
from pvd_analysis.tables.report_table import ReportTable
from pvd_analysis.tables.shown import shown
from pvd_analysis.values import Trimestre, counted, format_date, format_euros, sentence_list
from pvd_analysis.vocabulary import phrase, term_label

__all__ = [
    "amount_changes_summary",
    "amount_changes_table",
    "changes_reckoning_table",
    "changes_summary",
    "state_change_counts_table",
    "state_changes_summary",
    "state_changes_table",
]

# Beyond these many a list is no sentence any more: the table has them all.
_MOST_NAMED = 10
_NOUNS = {
    "nouveau": ("nouvelle", "nouvelles"),
    "modifie": ("modifiée", "modifiées"),
    "corrige": ("corrigée", "corrigées"),
    "retire": ("retirée", "retirées"),
    "echu": ("échue", "échues"),
}


def amount_changes_summary(d: Dataset, before: Dataset | None) -> Paragraphs:
    """Which amounts moved since the previous quarter, and from what total to what total, in sentences."""
    if before is None:
        return _nothing_before(d)
    found = changes(d, before)
    rows = found[found["nature_ecart"].isin(AMOUNTS)]
    return Paragraphs((_differences(d, before, rows, "Aucun montant n'a changé"), *_moved_totals(found, d, before)))


def state_changes_summary(d: Dataset, before: Dataset | None) -> Paragraphs:
    """Which states (conventions, posts, training, club) changed since the previous quarter, in sentences."""
    if before is None:
        return _nothing_before(d)
    found = changes(d, before)
    rows = found[found["nature_ecart"].isin(STATES_ONLY)]
    return Paragraphs((_differences(d, before, rows, "Aucun état n'a changé"), *_named_sentences(rows)))


def changes_summary(d: Dataset, before: Dataset | None) -> Paragraphs:
    """Which amounts and states changed since the previous quarter, in fewer sentences than the reports have for each."""
    if before is None:
        return _nothing_before(d)
    found = changes(d, before)
    all_of_them = _differences(d, before, found, "Rien n'a changé", is_dated=False)
    if found.empty:
        return Paragraphs((all_of_them,))
    moved = ["Aucun montant n'a changé."]
    if found["nature_ecart"].isin(AMOUNTS).any():
        moved = _moved_totals(found, d, before)
    states = found[found["nature_ecart"].isin(STATES_ONLY)]
    return Paragraphs((all_of_them, *moved, *_named_sentences(states)))


def _moved_totals(found: pd.DataFrame, d: Dataset, before: Dataset) -> list[str]:
    reckoning = changes_reckoning(found, d, before)
    return [_total_sentence(row) for row in reckoning.itertuples() if _moved(row)]


def _named_sentences(rows: pd.DataFrame) -> list[str]:
    return [_named_sentence(str(nature), of) for nature, of in rows.groupby("nature_ecart", sort=False)]


def _named_sentence(nature: str, rows: pd.DataFrame) -> str:
    """Say what changed of one nature, class by class: « Convention-cadre : 2 échues (Amou et Mugron). »."""
    parts = []
    for name in CLASSES:
        labels = list(dict.fromkeys(rows.loc[rows["classe"].eq(name), "libelle"]))
        if labels:
            named = f" ({sentence_list(labels)})" if len(labels) <= _MOST_NAMED else ""
            parts.append(counted(int(rows["classe"].eq(name).sum()), *_NOUNS[name]) + named)
    return f"{term_label('nature_ecart', nature)} : {' ; '.join(parts)}."


def _nothing_before(d: Dataset) -> Paragraphs:
    then = d.trimestre.previous
    own = d.fichiers["fichier"].isin(d.laureats["fichier"])
    first = d.fichiers.loc[own, "livraison"].min()
    days = {"jour": format_date(then.last_day), "premiere": format_date(first)}
    return Paragraphs((phrase("non_connu", "avant", trimestre=then.label, **days),))


def _differences(d: Dataset, before: Dataset, found: pd.DataFrame, none: str, is_dated: bool = True) -> str:
    then = before.trimestre
    if found.empty and not received_since(d, before, ""):
        return phrase("non_connu", "depuis", jour=format_date(newest_of(d, "")))
    since = f"depuis le {then.label}"
    if is_dated:
        since += f", arrêté au {format_date(then.last_day)}"
    if found.empty:
        return f"{none} {since}."
    counted_all = f"{counted(len(found), 'différence')}, dont " if found["classe"].nunique() > 1 else ""
    return f"D{since[1:]} : {counted_all}{_by_class(found)}.{_learned_since(found, then)}"


def _learned_since(found: pd.DataFrame, then: Trimestre) -> str:
    """Say how many of the corrections are facts of the past that were only learned since: no movement of the quarter."""
    learned = (
        found["classe"].eq("corrige")
        & (found["avant"].isna() | found["avant"].str.startswith(NOT_KNOWN).fillna(False))
        & (found["date_fait"] <= pd.Timestamp(then.last_day))
    )
    count = int(learned.sum())
    if not count:
        return ""
    facts = counted(count, "fait est plus ancien", "faits sont plus anciens")
    return " " + phrase("synthese", "apprises", faits=facts, trimestre=then.label)


def _by_class(found: pd.DataFrame) -> str:
    counts = found["classe"].value_counts()
    present = [(int(counts[name]), *_NOUNS[name]) for name in CLASSES if name in counts]
    if len(present) == 1:
        number, singular, plural = present[0]
        return counted(number, f"différence {singular}", f"différences {plural}")
    return sentence_list([counted(*each) for each in present])


def _moved(row: Any) -> bool:
    return any(getattr(row, f"{name}_cents") for name in CLASSES)


def _total_sentence(row: Any) -> str:
    nature = term_label("nature_ecart", row.nature_ecart)
    moves = {name: getattr(row, f"{name}_cents") for name in CLASSES}
    parts = [f"{_signed(cents)} {term_label('classe_ecart', name)}" for name, cents in moves.items() if cents]
    start, end = format_euros(row.avant_cents), format_euros(row.apres_cents)
    return f"{nature} : de {start} à {end}, soit {sentence_list(parts)}."


def _signed(cents: int) -> str:
    return ("+" if cents > 0 else "") + format_euros(cents)


def changes_reckoning_table(d: Dataset, before: Dataset | None) -> ReportTable | None:
    """The way from each total of the previous quarter to that of this one, class by class."""
    if before is None:
        return None
    then, now = before.trimestre.label, d.trimestre.label
    rows = changes_reckoning(changes(d, before), d, before)
    table = shown(d, "ecarts_bilan", rows, avant=then, trimestre=now)
    return table.relabelled(avant_cents=then, apres_cents=now, nature_ecart="Total")


def amount_changes_table(d: Dataset, before: Dataset | None) -> ReportTable | None:
    """Each amount that changed, with its class, its reason and its origin."""
    return None if before is None else _changes_table(d, before, "ecarts_montants", AMOUNTS)


def state_change_counts_table(d: Dataset, before: Dataset | None) -> ReportTable | None:
    """How many states changed, by nature and class."""
    if before is None:
        return None
    found = changes(d, before)
    counts = change_counts(found[found["nature_ecart"].isin(STATES_ONLY)])
    return shown(d, "ecarts_nombre", counts, avant=before.trimestre.label)


def state_changes_table(d: Dataset, before: Dataset | None) -> ReportTable | None:
    """Each state that changed, with its class, its reason and its origin."""
    return None if before is None else _changes_table(d, before, "ecarts_etats", STATES_ONLY)


def _changes_table(d: Dataset, before: Dataset, name: str, natures: Collection[str]) -> ReportTable:
    found = changes(d, before)
    rows = found[found["nature_ecart"].isin(natures)]
    labels = [term_label("nature_ecart", nature) for nature in rows["nature_ecart"]]
    grouped = rows.assign(groupe=labels)
    return shown(d, name, grouped, avant=before.trimestre.label)

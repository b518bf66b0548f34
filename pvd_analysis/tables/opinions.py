"""The opinions of the committee, as a report shows them."""

import pandas as pd

from pvd_analysis.analysis.opinions import current_opinions, favourable, opinion_journal
from pvd_analysis.dataset import Dataset
from pvd_analysis.tables.cards import Paragraphs
from pvd_analysis.tables.report_table import ReportTable
from pvd_analysis.tables.shown import shown
from pvd_analysis.values import Trimestre, counted, format_date, format_euros, sentence_list
from pvd_analysis.vocabulary import terms

__all__ = ["opinion_journal_table", "opinions_summary", "opinions_table"]

_NOTE = (
    "Un montant proposé n'est pas une aide décidée : il n'est compté dans aucun total ni dans aucune marge du rapport."
)

_WHO = {"public": "proposés par les financeurs", "comite": "proposés par le comité régional, qui les réunit"}


def opinions_summary(d: Dataset) -> Paragraphs | None:
    """How many opinions the financeurs have given, and what they propose, in sentences; None without any."""
    opinions = current_opinions(d)
    if opinions.empty:
        return None
    kinds = terms("avis")
    counts = opinions["avis"].value_counts()
    by_kind = [f"{counts[code]} « {kinds['libelle'][code]} »" for code in kinds.index if code in counts]
    without = int(opinions["avis"].isna().sum())
    by_kind += [f"{without} sans avis"] if without else []
    given = counted(len(opinions), "avis est connu", "avis sont connus")
    projects = counted(opinions["id_projet"].nunique(), "projet")
    said = f"Au {format_date(d.arrete_le)}, {given} sur {projects} : {sentence_list(by_kind)}."
    natures = favourable(opinions)["financeur_avis"].map(terms("financeur_avis")["nature"])
    proposed = favourable(opinions)["montant_propose_cents"].groupby(natures).sum()
    amounts = [f"{format_euros(int(proposed[nature]))} {who}" for nature, who in _WHO.items() if nature in proposed]
    return Paragraphs(
        (said, *([f"Montants des avis favorables : {sentence_list(amounts)}. {_NOTE}"] if amounts else []))
    )


def opinions_table(d: Dataset) -> ReportTable | None:
    """The current opinion of each financeur on each project; None without any."""
    opinions = current_opinions(d)
    if opinions.empty:
        return None
    titles = [
        f"{_project(row)} – {row.intitule}" if pd.notna(row.intitule) else _project(row)
        for row in opinions.itertuples()
    ]
    return shown(d, "avis_en_cours", opinions.assign(groupe=pd.Series(titles, index=opinions.index, dtype="str")))


def opinion_journal_table(d: Dataset) -> ReportTable | None:
    """Every opinion, the last one first, with what the same financeur had said before; None without any."""
    journal = opinion_journal(d).sort_values("date_avis", ascending=False, kind="stable", ignore_index=True)
    if journal.empty:
        return None
    labels = [Trimestre.parse(written).label for written in journal["trimestre"]]
    projects = [_project(row) for row in journal.itertuples()]
    return shown(d, "avis_journal", journal.assign(trimestre=labels, id_projet=projects))


def _project(row: object) -> str:
    identifier, commune = row.id_projet, row.commune  # type: ignore[attr-defined]
    said = f"{identifier}, {commune}" if pd.notna(commune) else str(identifier)
    return f"{said} (projet retiré)" if row.est_retire else said  # type: ignore[attr-defined]

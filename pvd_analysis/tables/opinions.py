"""The opinions of the committee, as a report shows them."""

import pandas as pd

from pvd_analysis.analysis.opinions import current_opinions, opinion_journal
from pvd_analysis.dataset import Dataset
from pvd_analysis.tables.origin import with_origin
from pvd_analysis.tables.report_table import Paragraphs, ReportTable
from pvd_analysis.values import counted, format_date, format_euros, sentence_list
from pvd_analysis.vocabulary import terms

__all__ = ["opinion_journal_table", "opinions_summary", "opinions_table"]

_NOTE = (
    "Un montant proposé n'est pas une aide décidée : il n'est compté dans aucun total ni dans aucune marge du rapport."
)


def opinions_summary(d: Dataset) -> Paragraphs:
    """How many opinions the financeurs have given, and what they propose, in sentences."""
    opinions = current_opinions(d)
    if opinions.empty:
        return Paragraphs((f"Aucun avis du comité des financeurs n'était rendu au {format_date(d.arrete_le)}.",))
    kinds = terms("avis")
    counts = opinions["avis"].value_counts()
    by_kind = [f"{counts[code]} {kinds['libelle'][code]}" for code in kinds.index if code in counts]
    without = int(opinions["avis"].isna().sum())
    by_kind += [f"{without} sans avis"] if without else []
    given = counted(len(opinions), "avis est connu", "avis sont connus")
    projects = counted(opinions["id_projet"].nunique(), "projet")
    said = f"Au {format_date(d.arrete_le)}, {given} sur {projects} : {sentence_list(by_kind)}."
    counting = opinions["avis"].isin(kinds.index[kinds["compte"].eq("oui")])
    proposed = int(opinions.loc[counting, "montant_propose_cents"].sum())
    return Paragraphs((said, f"Les avis favorables proposent {format_euros(proposed)}. {_NOTE}"))


def opinions_table(d: Dataset) -> ReportTable | None:
    """The current opinion of each financeur on each project; None without any."""
    opinions = current_opinions(d)
    if opinions.empty:
        return None
    return _built(
        d,
        opinions,
        "avis_en_cours",
        "Avis en cours, par projet et financeur",
        ["id_projet", "commune", "intitule", "financeur_avis", "avis", "montant_propose_cents", "date_avis", "observations"],
        {},
    )  # fmt: skip


def opinion_journal_table(d: Dataset) -> ReportTable | None:
    """Every opinion, the last one first, with what the same financeur had said before; None without any."""
    journal = opinion_journal(d)
    if journal.empty:
        return None
    return _built(
        d,
        journal.sort_values("date_avis", ascending=False, kind="stable", ignore_index=True),
        "avis_journal",
        "Journal des avis",
        ["date_avis", "financeur_avis", "id_projet", "commune", "avant", "apres", "observations", "trimestre"],
        {"avant": "Avant", "apres": "Après", "trimestre": "Classeur du"},
    )


def _built(
    d: Dataset, rows: pd.DataFrame, key: str, title: str, columns: list[str], labels: dict[str, str]
) -> ReportTable:
    return ReportTable.build(key, title, with_origin(d, rows), [*columns, "origine"], labels=labels)

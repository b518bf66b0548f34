"""The tables of the national lists in the financial report."""

import pandas as pd

from pvd_analysis.analysis import national_aids
from pvd_analysis.dataset import Dataset
from pvd_analysis.tables.origin import delivered_in, with_origin
from pvd_analysis.tables.report_table import ReportTable
from pvd_analysis.values import format_date, sentence_list
from pvd_analysis.vocabulary import term_label

__all__ = [
    "doubtful_places_table",
    "envelope_shares_table",
    "listed_aids_by_year_table",
    "listed_aids_per_inhabitant_table",
    "listed_aids_table",
    "listed_epci_aids_table",
    "repeated_projects_table",
]

_APART = "Ces aides sont celles des listes nationales ; elles ne s'ajoutent pas au détail du classeur de suivi."


def lists_said(d: Dataset) -> str:
    """Return the lists that were delivered, by year: « DGCL 2018 et 2019, Fonds vert 2023 »."""
    return ", ".join(_by_list(national_aids.lists_delivered(d).query("livree")))


def lists_missing(d: Dataset) -> str:
    """Return, in a sentence, the lists of the years between that were not delivered; nothing when none is missing."""
    missing = _by_list(national_aids.lists_delivered(d).query("not livree"))
    return f"Listes non livrées : {', '.join(missing)} ; leurs aides ne sont pas comptées." if missing else ""


def _by_list(lists: pd.DataFrame) -> list[str]:
    return [f"{name} {sentence_list(list(years))}" for name, years in lists.groupby("liste")["exercice"]]


def _notes(d: Dataset, *said: str) -> tuple[str, ...]:
    return tuple(note for note in (*said, lists_missing(d)) if note)


def _source(d: Dataset) -> str:
    return delivered_in(d, d.aides_nationales)


def _empty(d: Dataset) -> str:
    if d.aides_nationales.empty:
        return f"Aucune liste nationale d'un exercice clos au {format_date(d.arrete_le)} n'a été livrée."
    return "Aucune ligne des listes nationales n'y répond."


def listed_aids_by_year_table(d: Dataset) -> ReportTable:
    """The listed aids of each commune, one column a year, and their total."""
    lines = national_aids.listed_aids_by_year(d)
    return ReportTable.build(
        "listes_par_annee",
        "Aides des listes nationales aux communes du programme, par année et dispositif",
        lines[["commune", "exercice", "dispositif", "nombre_lignes", "montant_cents"]],
        notes=_notes(d, _APART),
        source=_source(d),
        summed=("nombre_lignes", "montant_cents"),
        total={"commune": "Total"},
        empty=_empty(d),
    )


def listed_aids_per_inhabitant_table(d: Dataset) -> ReportTable | None:
    """What each commune got per inhabitant, beside communes of similar size; None without a list."""
    if d.aides_nationales.empty:
        return None
    return ReportTable.build(
        "listes_par_habitant",
        f"Aides des listes nationales par habitant ({lists_said(d)}), comparées aux communes de taille semblable",
        national_aids.listed_aids_per_inhabitant(d),
        notes=_notes(
            d,
            "Communes comparées : celles du département, hors programme, qui ont de la moitié au double de ses "
            "habitants ; celles qui n'ont rien reçu comptent pour zéro. Population municipale de la liste de référence.",
        ),
        source=_source(d),
        empty=_empty(d),
    )


def envelope_shares_table(d: Dataset) -> ReportTable | None:
    """The part of the communes of the programme in the département's envelope; None without a list."""
    if d.aides_nationales.empty:
        return None
    rows = national_aids.envelope_shares(d)
    envelope = rows["departement_cents"].sum()
    return ReportTable.build(
        "part_enveloppe",
        "Part des communes du programme dans les aides du département",
        rows,
        notes=_notes(d, "Aides à toutes les collectivités du département, intercommunalités et syndicats compris."),
        source=_source(d),
        summed=("lignes_departement", "departement_cents", "lignes_pvd", "pvd_cents"),
        total={"exercice": "Total", "part": rows["pvd_cents"].sum() / envelope if envelope else pd.NA},
        empty=_empty(d),
    )


def listed_epci_aids_table(d: Dataset) -> ReportTable | None:
    """The listed aids of the intercommunalités that have a commune of the programme; None without a list."""
    if d.aides_nationales.empty:
        return None
    return ReportTable.build(
        "listes_epci",
        "Aides des listes nationales aux intercommunalités des communes du programme",
        national_aids.listed_epci_aids(d).drop(columns="code_epci"),
        notes=_notes(d, "Aides à l'intercommunalité : la part qui revient à la commune du programme n'est pas connue."),
        source=_source(d),
        summed=("nombre_lignes", "montant_cents"),
        total={"epci": "Total"},
        empty=_empty(d),
    )


def listed_aids_table(d: Dataset) -> ReportTable | None:
    """Every line of the lists whose project is in a commune of the programme, with its origin; None without a list."""
    if d.aides_nationales.empty:
        return None
    columns = [
        "commune", "exercice", "dispositif", "intitule", "cout_ht_cents", "montant_cents", "rattachement", "origine",
    ]  # fmt: skip
    return ReportTable.build(
        "listes_detail",
        "Lignes des listes nationales dans les communes du programme",
        with_origin(d, national_aids.listed_aids(d))[columns],
        notes=("Un même projet peut y figurer plusieurs fois : les coûts ne s'additionnent pas.",),
        empty=_empty(d),
    )


def repeated_projects_table(d: Dataset) -> ReportTable | None:
    """The projects that seem to come under several dispositifs or years: a proposal; None without a list."""
    if d.aides_nationales.empty:
        return None
    rows = national_aids.repeated_projects(d)
    labels = [", ".join(term_label("dispositif", code) for code in codes.split(", ")) for codes in rows["dispositifs"]]
    return ReportTable.build(
        "projets_rapproches",
        "Projets qui semblent aidés par plusieurs dispositifs ou années (proposition)",
        rows.assign(dispositifs=pd.Series(labels, index=rows.index, dtype="str")).drop(columns="lignes"),
        notes=("À confirmer par l'analyste. Le coût n'est compté qu'une fois.",),
        empty="Aucun rapprochement proposé.",
    )


def doubtful_places_table(d: Dataset) -> ReportTable | None:
    """The lines filed under a commune of the programme, whose project may be elsewhere; None without a list."""
    if d.aides_nationales.empty:
        return None
    columns = ["commune", "exercice", "dispositif", "type_beneficiaire", "intitule", "montant_cents", "origine"]
    return ReportTable.build(
        "lieux_douteux",
        "Lignes classées dans une commune du programme, et dont le projet est peut-être ailleurs",
        with_origin(d, national_aids.doubtful_places(d))[columns].reset_index(drop=True),
        notes=(
            "Ces lignes portent le code de la commune ; leur bénéficiaire est un autre organisme : syndicat, département, "
            "établissement… Elles ne sont dans aucun total ci-dessus.",
        ),
        empty="Aucune ligne de cette sorte.",
    )

"""What the page of one laureate says: takes the dataset of `pvd_analysis.analysis.of_laureate`."""

import pandas as pd

from pvd_analysis.analysis import (
    agenda,
    convention_states,
    funding,
    laureate_communes,
    national_aids,
    posts,
    projects_to_examine,
    training,
)
from pvd_analysis.dataset import Dataset
from pvd_analysis.tables.cards import KeyFigure, KeyFigures, Paragraphs
from pvd_analysis.tables.engineering import conventions_table
from pvd_analysis.tables.financial import plan_lines_table
from pvd_analysis.tables.national_aids import lists_missing, lists_said
from pvd_analysis.tables.origin import with_origin
from pvd_analysis.tables.quality import files_table
from pvd_analysis.tables.report_table import ReportTable
from pvd_analysis.tables.shown import shown
from pvd_analysis.tables.summary import convention_sentences, coverage_sentences, project_sentences
from pvd_analysis.values import (
    counted,
    format_date,
    format_euros,
    format_number,
    format_since,
    format_when,
    sentence_list,
)
from pvd_analysis.vocabulary import phrase, rule, term_label

__all__ = [
    "agenda_table",
    "laureate_conventions_table",
    "laureate_files_table",
    "laureate_key_figures",
    "laureate_listed_aids_table",
    "laureate_plan_lines_table",
    "laureate_projects_table",
    "laureate_summary",
    "laureate_training_table",
]

# What leaves a page of two sheets; the financial report has them all.
_MOST_LISTED = 6
_UNTOLD = "aucun classeur ne parle de ce trimestre"


def laureate_key_figures(d: Dataset) -> KeyFigures:
    """The next convention, the chef de projet, the projects, their aids and the margin that is left.

    Where no classeur follows the laureate, what it alone would say is left out.
    """
    figures = [_convention_figure(d)]
    if d.is_followed:
        figures += [_post_figure(d), *_money_figures(d)]
    if len(d.aides_nationales):
        lines = national_aids.listed_aids(d)
        said = format_euros(national_aids.listed_cents(d))
        note = "ne s'ajoutent pas aux aides connues"
        rows = ("listes_detail", "les lignes") if len(lines) else None
        figures.append(KeyFigure("Listes nationales", said, note, "listes", rows=rows))
    return KeyFigures(tuple(figures), f"Situation au {format_date(d.arrete_le)}")


def _convention_figure(d: Dataset) -> KeyFigure:
    """Return the first thing to sign: the adhésion, else the convention-cadre whose deadline is the soonest."""
    states = convention_states(d)
    rows = ("conventions", "les dates")
    unsigned = states[states["etat_convention"].eq("à signer")]
    if len(unsigned):
        towns = sentence_list(list(unsigned["commune"]))
        return KeyFigure("Convention d'adhésion", "à signer", towns, "conventions", rows=rows)
    waiting = states[states["etat_convention"].ne("signée")]
    if waiting.empty:
        last = states["date_cadre"].max()
        when = "date non connue" if pd.isna(last) else f"le {format_date(last)}"
        return KeyFigure("Convention-cadre valant ORT", "signée", when, "conventions", rows=rows)
    first = waiting.sort_values("echeance_cadre", kind="stable").iloc[0]
    due = format_date(first["echeance_cadre"])
    if first["etat_convention"] == "non connue":
        said = f"échéance : {due}" if pd.notna(first["echeance_cadre"]) else "adhésion signée, date non connue"
        return KeyFigure("Convention-cadre valant ORT", "non connue", said, "conventions", rows=rows)
    days = int(first["jours_restants"])
    left = f"dépassée depuis {counted(-days, 'jour')}" if days < 0 else f"dans {counted(days, 'jour')}"
    where = "" if len(states) == 1 else f", {first['commune']}"
    return KeyFigure("Échéance de la convention-cadre", due, f"{left}{where}", "conventions", rows=rows)


def _post_figure(d: Dataset) -> KeyFigure:
    table = posts(d)
    if table.empty and not d.told_communes:
        return KeyFigure("Chef de projet", "non connu", _UNTOLD, "poste")
    if table.empty:
        return KeyFigure("Chef de projet", "aucun poste", "aucune commune n'est servie", "poste")
    filled = table[table["etat_poste"].eq("recrute")]
    post = (filled if len(filled) else table).iloc[0]
    recruited = post["date_recrutement"]
    said = [format_when(recruited, post["date_recrutement_precision"])] if pd.notna(recruited) else []
    if post["partage"]:
        said.append("poste partagé")
    label = f"poste {term_label('etat_poste', post['etat_poste'])}"
    value = {"recrute": "recruté", "en_cours": "recrutement en cours"}.get(post["etat_poste"], label)
    if post["etat_poste"] == "vacant":
        end = post["date_fin"]
        said[:1] = [] if pd.isna(end) else [format_since(end, post["date_fin_precision"])]
    return KeyFigure("Chef de projet", value, ", ".join(said), "poste", rows=("postes", "le poste"))


def _money_figures(d: Dataset) -> list[KeyFigure]:
    table = projects_to_examine(d)
    aids = funding.aids(d)
    costs, margins = table["cout_ht_cents"].dropna(), table["marge_legale_cents"].dropna()
    unknown = len(table) - len(costs)
    not_known = f"{counted(unknown, 'coût inconnu', 'coûts inconnus')}" if unknown else ""
    rows = ("marges", "les projets") if len(table) else None
    cost = f"coût HT : {format_euros(int(costs.sum()))}" if len(costs) else not_known
    lines = ("plan_lignes", "le détail") if len(aids) else None
    inside = int(aids.loc[aids["dans_total"], "montant_cents"].sum())
    share = f"dont {format_euros(inside)} dans le total annoncé" if inside else "hors du total annoncé"
    if aids.empty:
        share = "aucune n'est connue par projet"
    if table.empty and not d.told_communes:
        return [KeyFigure("Projets présentés", "non connu", _UNTOLD, "projets")]
    known = format_euros(int(aids["montant_cents"].sum())) if len(aids) else "—"
    margin = format_euros(int(margins.clip(lower=0).sum())) if len(margins) else "—"
    costs_known = "aucun projet" if table.empty else "tous les coûts sont connus"
    return [
        KeyFigure("Projets présentés", format_number(len(table)), cost, "projets", rows=rows),
        KeyFigure("Aides connues", known, share, "aides", rows=lines),
        KeyFigure("Marge avant la limite des aides", margin, not_known or costs_known, "marge", rows=rows),
    ]


def laureate_summary(d: Dataset) -> Paragraphs:
    """What the laureate is, who serves it, what it has signed and what its projects get, in sentences."""
    conventions, lists = convention_sentences(d), _listed_sentence(d)
    if not d.is_followed:
        return Paragraphs((_identity_sentence(d), *coverage_sentences(), *conventions, *lists))
    projects = project_sentences(d)
    if d.projets.empty and d.told_communes:
        projects = ["Aucun projet n'a été présenté aux financeurs."]
    elif d.projets.empty:
        projects = [phrase("non_connu", "projet")]
    own = [_identity_sentence(d), " ".join(conventions), _posts_sentence(d)]
    return Paragraphs((*own, *projects, *lists))


def _identity_sentence(d: Dataset) -> str:
    towns = laureate_communes(d)
    groups = list(dict.fromkeys(towns["epci"].dropna()))
    where = f", {sentence_list(groups)}" if groups else ""
    people = towns["population"].dropna()
    inhabitants = f" : {format_number(int(people.sum()))} habitants" if len(people) else ""
    names = sentence_list(list(towns["commune"]))
    together = "" if len(towns) == 1 else ", lauréates en partenariat"
    return f"{names}{together}{inhabitants}{where}."


def _posts_sentence(d: Dataset) -> str:
    table = posts(d)
    towns = sentence_list(list(laureate_communes(d)["commune"]))
    if table.empty:
        served = f"Aucun poste de chef de projet ne sert {towns}."
        return served if d.told_communes else phrase("non_connu", "poste")
    said = []
    for post in table.itertuples():
        recruited = post.date_recrutement
        since = f" {format_when(recruited, post.date_recrutement_precision)}" if pd.notna(recruited) else ""
        state = {
            "recrute": f"Le chef de projet est recruté{since}",
            "en_cours": "Le recrutement du chef de projet est en cours",
        }.get(post.etat_poste, f"Le poste de chef de projet est {term_label('etat_poste', post.etat_poste)}")
        own = set(d.laureats["code_commune"])
        others = d.commune_names(code for code in post.communes.split(";") if code not in own)
        shared = f" ; le poste est partagé avec {sentence_list(others)}" if others else ""
        said.append(f"{state} (poste {post.id_poste}){shared}.")
    return " ".join(said)


def _listed_sentence(d: Dataset) -> list[str]:
    if d.aides_nationales.empty:
        return []
    amount = format_euros(national_aids.listed_cents(d))
    lines = counted(len(national_aids.listed_aids(d)), "ligne")
    said = phrase("synthese", "listes_du_laureat", listes=lists_said(d), montant=amount, lignes=lines)
    return [f"{said} {lists_missing(d)}".strip()]


def laureate_conventions_table(d: Dataset) -> ReportTable:
    """The communes of the laureate, with their inhabitants, what they have signed and the deadline."""
    towns = laureate_communes(d).set_index("code_commune")
    states = conventions_table(d).data
    states = states.assign(population=list(towns["population"]), code_commune=list(towns.index))
    return shown(d, "fiche_conventions", states, regle=rule("convention_cadre").texte)


def laureate_training_table(d: Dataset) -> ReportTable:
    """The training sessions of the laureate, and those that are open to all."""
    sessions = training(d)
    who = [
        "tous les lauréats"
        if pd.isna(row.commune)
        else row.commune + ("" if pd.isna(row.participant) else f" ({term_label('participant', row.participant)})")
        for row in sessions.itertuples()
    ]
    return shown(d, "fiche_formations", sessions.assign(qui=who))


def laureate_projects_table(d: Dataset) -> ReportTable:
    """What each project costs, gets, asks for (when one does), and may still get."""
    minimal = rule("participation_minimale")
    projects = projects_to_examine(d)
    asked = projects["demande_cents"].replace(0, pd.NA)
    table = shown(d, "fiche_marges", projects.assign(demande_cents=asked), source=minimal.source, regle=minimal.texte)
    return table if asked.notna().any() else table.without("demande_cents")


def laureate_plan_lines_table(d: Dataset) -> ReportTable | None:
    """Every line of every plan de financement of the laureate; None without a project."""
    if d.projets.empty:
        return None
    # With one commune, its name on every line says nothing.
    return plan_lines_table(d).without(*(["commune"] if len(d.laureats) == 1 else []))


def laureate_listed_aids_table(d: Dataset) -> ReportTable | None:
    """The largest aids of the national lists, and the total of them all; None where they name no aid."""
    lines = national_aids.listed_aids(d)
    if lines.empty:
        return None
    by_size = lines.sort_values(["montant_cents", "ligne"], ascending=[False, True], kind="stable")
    largest = with_origin(d, by_size.head(_MOST_LISTED))
    others = [f"Les {len(largest)} plus grandes ; l'annexe du rapport les montre toutes."]
    number = counted(len(lines), "ligne")
    return shown(
        d,
        "fiche_listes",
        largest.assign(origine=largest["origine"].map(_without_sheet)),
        notes=others if len(lines) > len(largest) else (),
        total={"intitule": f"Total de {number}", "montant_cents": national_aids.listed_cents(d)},
        listes=lists_said(d),
    )


def _without_sheet(origin: str) -> str:
    """Return an origin without the sheet: a national list has one, with a long name."""
    first, *rest = origin.split(", ")
    return ",\N{NO-BREAK SPACE}".join([first, *rest[-1:]])


def laureate_files_table(d: Dataset) -> ReportTable:
    """The files that the page cites; their fingerprints stand in the manifest."""
    cited = {file for table in d.tables.values() for file in table["fichier"].dropna()}
    return shown(d, "fiche_fichiers", files_table(d).data[list(d.fichiers["fichier"].isin(cited))])


def agenda_table(d: Dataset) -> ReportTable:
    """What has a date and is still to be done, the soonest first."""
    return shown(d, "agenda", agenda(d))

"""What each report says, in sentences made from the data, and its points of attention."""

from typing import Any

import pandas as pd

from pvd_analysis.analysis import compliance, conventions, engineering, funding, plans
from pvd_analysis.analysis.national_aids import listed_aids, listed_cents
from pvd_analysis.analysis.sources import age_in_words, newest_of
from pvd_analysis.dataset import Dataset
from pvd_analysis.dataset.states import event_date
from pvd_analysis.sources import classeur
from pvd_analysis.tables.cards import Alert, Alerts, Paragraphs
from pvd_analysis.tables.national_aids import lists_missing, lists_said
from pvd_analysis.values import counted, format_date, format_euros, format_partial, of_name, sentence_list
from pvd_analysis.vocabulary import phrase, term_label

__all__ = [
    "attention_sentences",
    "convention_sentences",
    "engineering_points",
    "engineering_summary",
    "financial_points",
    "financial_summary",
    "listed_sentences",
    "points_of_attention",
    "posts_sentences",
]

# Beyond these many towns or projects a list is no sentence any more: the tables have them all.
_MOST_NAMED = 10
_MOST_PROJECTS = 6


def financial_summary(d: Dataset) -> Paragraphs:
    """What the financial report says, in sentences."""
    if not d.is_followed:
        return Paragraphs((*coverage_sentences(), *listed_sentences(d)))
    return Paragraphs((_announced_sentence(d), *project_sentences(d), *listed_sentences(d)))


def project_sentences(d: Dataset) -> list[str]:
    """Return what each project gets and may still get, the largest first."""
    texts = []
    money = funding.aids_by(d, ["id_projet", "commune"])
    situations = plans.funding_plans(d).set_index("id_projet")
    for row in money.head(_MOST_PROJECTS).itertuples():
        lines = funding.aids(d).query("id_projet == @row.id_projet")
        margin = _margin_sentence(situations.loc[row.id_projet])
        texts.append(f"{_aid_sentence(row, lines)} {margin}")
    if len(money) > _MOST_PROJECTS:
        rest = money.iloc[_MOST_PROJECTS:]
        others = counted(len(rest), "autre projet reçoit", "autres projets reçoivent")
        texts.append(f"{others} {format_euros(int(rest['aides_cents'].sum()))} d'aides.")
    if money.empty:
        texts.append("Aucune aide n'est connue en détail.")
    if unaided := len(situations.index.difference(money["id_projet"])):
        presented = counted(unaided, "projet est présenté", "projets sont présentés")
        texts.append(f"{presented} sans aide connue.")
    return texts


def coverage_sentences() -> list[str]:
    """Return what no delivery says: without a classeur de suivi, zero means « not known »."""
    return [phrase("non_connu", "sans_classeur")]


def listed_sentences(d: Dataset) -> list[str]:
    """Return what the national lists say of the communes of the programme."""
    if d.aides_nationales.empty:
        return []
    received = counted(listed_aids(d)["code_commune"].nunique(), "commune")
    amount, towns = format_euros(listed_cents(d)), f"{received} sur {len(d.laureats)}"
    said = phrase("synthese", "listes", listes=lists_said(d), montant=amount, communes=towns)
    return [f"{said} {lists_missing(d)}".strip()]


def _announced_sentence(d: Dataset) -> str:
    total = funding.announced_total_cents(d)
    today = format_date(d.arrete_le)
    if not total and not d.is_observed:
        return phrase("non_connu", "totaux", jour=today)
    if not total:
        return phrase("synthese", "sans_total", jour=today)
    parts = [
        f"{format_euros(row.sous_total_cents)} de {term_label('famille', row.famille).lower()}"
        for row in funding.announced_families(d).query("dans_total").itertuples()
    ]
    said = phrase("synthese", "totaux", total=format_euros(total), familles=sentence_list(parts))
    return f"{_as_of_classeur(d) or f'Au {today}'}, {said}"


def _as_of_classeur(d: Dataset) -> str:
    """Return the classeur that the sentences rest on when it is older than the quarter, nothing when it speaks of it."""
    newest = newest_of(d, classeur.NAME)
    if newest is None or d.last_observed is None or d.last_observed >= d.trimestre:
        return ""
    return f"D'après le {age_in_words(classeur.NAME, newest, d.arrete_le)}"


def _aid_sentence(row: Any, lines: pd.DataFrame) -> str:
    amount = format_euros(row.aides_cents)
    parts = [f"{format_euros(line.montant_cents)} ({_dispositif(line)})" for line in lines.itertuples()]
    alone = _dispositif(next(lines.itertuples()))
    made = f" ({alone})" if len(parts) == 1 else f", soit {sentence_list(parts)}"
    inside, outside = row.aides_dans_total_cents, row.aides_hors_total_cents
    where = "hors du total annoncé" if not inside else "en partie dans le total annoncé"
    where = "dans le total annoncé" if not outside else where
    return f"{row.commune} : {amount} d'aides connues{made}, {where}."


def _dispositif(line: Any) -> str:
    label = term_label("dispositif", line.dispositif)
    return f"{label}, montant déduit" if line.nature_fait == "deduit" else label


def _margin_sentence(project: pd.Series) -> str:
    is_deduced, margin = project["cout_deduit"] == "deduit", project["marge_legale_cents"]
    return phrase(
        "marge",
        project["situation"],
        cout=format_euros(project["cout_ht_cents"]),
        deduit=", déduit de la source" if is_deduced else "",
        selon=", d'après ce coût déduit" if is_deduced else "",
        marge="" if pd.isna(margin) else format_euros(abs(int(margin))),
    )


def engineering_summary(d: Dataset) -> Paragraphs:
    """What the ingénierie report says, in sentences."""
    if not d.is_followed:
        return Paragraphs((*coverage_sentences(), *convention_sentences(d)))
    return Paragraphs((*posts_sentences(d), *convention_sentences(d), *meeting_sentences(d)))


def posts_sentences(d: Dataset) -> list[str]:
    """Return how many posts there are, and which communes none serves."""
    texts = [_posts_sentence(d)]
    if without := engineering.communes_without_post(d):
        verb = "n'est servie" if len(without) == 1 else "ne sont servies"
        texts.append(f"{_named(without)} {verb} par aucun poste.")
    elif d.told_communes:
        texts.append("Chaque commune lauréate suivie est servie par un poste.")
    unknown = len(d.laureats) - engineering.served_communes(d)["code_commune"].nunique()
    if unknown:
        texts.append(phrase("non_connu", "communes", communes=counted(unknown, "commune lauréate")))
    return texts


def _posts_sentence(d: Dataset) -> str:
    counts = engineering.post_counts(d)
    if not counts.identified:
        none = "Aucun poste de chef de projet n'est identifié."
        return none if d.is_observed else phrase("non_connu", "poste")
    named = ("poste de chef de projet est identifié", "postes de chef de projet sont identifiés")
    said = counted(counts.identified, *named)
    if counts.shared:
        said += f", dont {counted(counts.shared, 'partagé')} entre plusieurs communes"
    recruited = counted(counts.recruited, "recruté") if counts.recruited else "aucun recruté"
    vacant = f", {counted(counts.vacant, 'vacant')}" if counts.vacant else ""
    since = _as_of_classeur(d)
    said = f"{since}, {said}" if since else said
    return f"{said} ; {recruited}, {counts.under_way} en cours de recrutement{vacant}."


def convention_sentences(d: Dataset) -> list[str]:
    """Return which conventions are signed, overdue and due next."""
    states = conventions.convention_states(d)
    if states.empty:
        return []
    unsigned = list(states.loc[states["date_adhesion"].isna(), "commune"])
    texts = [_signed_sentence(len(states), unsigned)]
    joined = states[states["date_adhesion"].notna()]
    cadres = int(states["etat_convention"].eq("signée").sum())
    if cadres == len(states):
        signed = "Elle a signé sa" if cadres == 1 else "Toutes ont signé leur"
        texts.append(f"{signed} convention-cadre valant ORT.")
    elif cadres:
        signed = counted(cadres, "commune a signé sa", "communes ont signé leur")
        texts.append(f"{signed} convention-cadre valant ORT.")
    elif len(joined) and not states["etat_convention"].eq("non connue").any():
        texts.append("Aucune convention-cadre valant ORT n'est encore signée.")
    overdue = states[states["etat_convention"].eq("dépassée")]
    overdue = overdue.sort_values("echeance_cadre", kind="stable")
    if len(overdue):
        since = format_date(overdue["echeance_cadre"].iloc[0])
        towns = sentence_list([of_name(town) for town in overdue["commune"]])
        if len(overdue) == 1:
            texts.append(f"L'échéance {towns} est dépassée depuis le {since}.")
        else:
            many = len(overdue) > _MOST_NAMED
            subject = f"{len(overdue)} échéances de convention-cadre" if many else f"Les échéances {towns}"
            texts.append(f"{subject} sont dépassées, la plus ancienne depuis le {since}.")
    coming = states[states["etat_convention"].isin(["dans les délais", "échéance proche"])]
    if len(coming):
        day = coming["echeance_cadre"].min()
        towns = _named(list(coming.loc[coming["echeance_cadre"].eq(day), "commune"]))
        texts.append(f"Prochaine échéance de convention-cadre : {format_date(day)} ({towns}).")
    return texts


def _signed_sentence(towns: int, unsigned: list[str]) -> str:
    theirs, its = "leur convention d'adhésion", "sa convention d'adhésion"
    signed = towns - len(unsigned)
    if not unsigned:
        return f"Les {towns} communes ont signé {theirs}." if towns > 1 else f"La commune a signé {its}."
    if not signed:
        return f"Aucune des {towns} communes n'a signé {its}." if towns > 1 else f"{unsigned[0]} n'a pas signé {its}."
    verb = f"a signé {its}" if signed == 1 else f"ont signé {theirs}"
    said = f"{signed} des {towns} communes {verb}"
    return f"{said} ; {_named(unsigned)} {'reste' if len(unsigned) == 1 else 'restent'} à signer."


def meeting_sentences(d: Dataset) -> list[str]:
    """Return what is planned next: training and the club."""
    texts = []
    sessions = engineering.training(d).drop_duplicates("session")
    for table, name, singular, plural in (
        (sessions, "formations", "séance de formation", "séances de formation"),
        (engineering.club(d), "club", "rencontre du club PVD", "rencontres du club PVD"),
    ):
        held = int(table["etat_action"].eq("realise").sum())
        planned = table[table["etat_action"].eq("programme") & table["date_action"].notna()]
        said = counted(held, f"{singular} tenue", f"{plural} tenues") if held else f"Aucune {singular} tenue"
        ahead = event_date(planned, name) > pd.Timestamp(d.arrete_le)
        if ahead.any():
            said += f" ; prochaine prévue : {_when(planned[ahead].iloc[0])}"
        elif len(planned):
            said += f" ; celle qui était prévue ({_when(planned.iloc[-1])}) n'est pas dite tenue"
        if held or len(planned):
            texts.append(f"{said}.")
    return texts


def _when(row: pd.Series) -> str:
    return format_partial(row["date_action"], row["date_action_precision"])


def _named(towns: list[str]) -> str:
    """Return the towns by name, or how many they are when they are many."""
    if len(towns) <= _MOST_NAMED:
        return sentence_list(towns)
    return f"{len(towns)} communes"


def financial_points(d: Dataset) -> Alerts:
    """What the rules of money say of the data: limits, costs, announced totals; the gravest first."""
    return _points(d, "argent")


def engineering_points(d: Dataset) -> Alerts:
    """What the other rules say of the data: conventions, deadlines, posts; the gravest first."""
    return _points(d, "accompagnement")


def points_of_attention(d: Dataset) -> Alerts:
    """What the rules of the programme say of the data, the gravest first."""
    return _points(d, "")


def attention_sentences(d: Dataset) -> list[str]:
    """Return the points of attention in a sentence each, the gravest first: what was found or, of several cases, how many."""
    points = _points(d, "", in_short=True).ordered()
    return [point.text.removesuffix(" :") + ("." if point.cases else "") for point in points]


def _points(d: Dataset, domain: str, in_short: bool = False) -> Alerts:
    """Return one point for each rule of a domain of ``findings.csv`` (of all: blank), with all the cases that it found.

    In short, they do not say what is expected.
    """
    found = compliance.alerts(d)
    if in_short:
        found = found.assign(attendu="")
    if domain:
        found = found[found["regle"].map(compliance.finding_rules()["domaine"]).eq(domain)]
    if found.empty and not d.is_followed:
        return Alerts((Alert("information", phrase("non_connu", "regles")),))
    return Alerts(tuple(_point(cases) for _, cases in found.groupby("regle", sort=False)))


def _point(cases: pd.DataFrame) -> Alert:
    expected = [f" (attendu : {said})" if said else "" for said in cases["attendu"]]
    said = tuple(found + more for found, more in zip(cases["trouve"], expected, strict=True))
    severity, sentence = cases["severite"].iloc[0], cases["constat"].iloc[0]
    if len(said) == 1:
        return Alert(severity, f"{sentence} : {said[0]}.")
    return Alert(severity, f"{sentence} ({len(said)}) :", said)

"""The head of each report: key figures, and sentences made from the data."""

from pvd_analysis.analysis import compliance, conventions, engineering, funding, plans
from pvd_analysis.dataset import Dataset
from pvd_analysis.tables.report_table import Alert, Alerts, KeyFigure, KeyFigures, Paragraphs
from pvd_analysis.values import format_date, format_euros, format_number, format_rate, sentence_list
from pvd_analysis.vocabulary import term_label

__all__ = [
    "engineering_key_figures",
    "engineering_summary",
    "financial_key_figures",
    "financial_summary",
    "points_of_attention",
]


def financial_key_figures(d: Dataset) -> KeyFigures:
    """The announced total and its families, the aids outside it, and how much of it is known in detail."""
    families = funding.announced_families(d).query("dans_total")
    figures = [
        KeyFigure(
            "Total annoncé", format_euros(funding.announced_total_cents(d)), "plan de relance et droit commun", "total"
        )
    ]
    figures += [
        KeyFigure(
            term_label("famille", row.famille), format_euros(row.sous_total_cents), "compris dans le total", row.famille
        )
        for row in families.itertuples()
    ]
    outside = int(funding.sectoral_aids(d)["montant_cents"].sum())
    figures.append(
        KeyFigure("Hors total annoncé", format_euros(outside), "appels à projets sectoriels et autres", "hors-total")
    )
    table = funding.coverage(d)
    announced, detail = int(table["annonce_cents"].sum()), int(table["detail_cents"].sum())
    if announced:
        figures.append(
            KeyFigure(
                "Couverture du total",
                format_rate(detail / announced),
                f"{format_euros(detail)} connus par projet",
                "couverture",
            )
        )
    return KeyFigures(tuple(figures))


def financial_summary(d: Dataset) -> Paragraphs:
    """What the financial report says, in sentences."""
    texts = []
    total = funding.announced_total_cents(d)
    families = funding.announced_families(d).query("dans_total")
    if total:
        parts = sentence_list(
            [
                f"{format_euros(row.sous_total_cents)} de {term_label('famille', row.famille).lower()}"
                for row in families.itertuples()
            ]
        )
        texts.append(
            f"Au {format_date(d.arrete_le)}, {format_euros(total)} sont annoncés pour le département : {parts}."
        )
    else:
        texts.append(f"Au {format_date(d.arrete_le)}, aucun total n'est annoncé pour le département.")
    outside = funding.sectoral_aids(d)
    for row in funding.aids_by(d, ["id_projet", "commune"]).itertuples():
        lines = funding.aids(d).query("id_projet == @row.id_projet")
        parts = sentence_list(
            [
                f"{format_euros(line.montant_cents)} de {term_label('dispositif', line.dispositif)}"
                for line in lines.itertuples()
            ]
        )
        where = "hors du total annoncé" if row.aides_dans_total_cents == 0 else "en partie dans le total annoncé"
        where = "dans le total annoncé" if row.aides_hors_total_cents == 0 else where
        texts.append(f"{row.commune} : {format_euros(row.aides_cents)} d'aides connues, soit {parts}, {where}.")
    for row in plans.funding_plans(d).itertuples():
        if row.situation == "coût inconnu":
            texts.append(f"Le coût du projet de {row.commune} n'est pas connu : sa marge ne peut pas être calculée.")
        else:
            deduced = " (coût déduit de la source)" if row.cout_deduit == "deduit" else ""
            texts.append(
                f"Le projet de {row.commune}, {format_euros(row.cout_ht_cents)} HT{deduced}, est {row.situation} : "
                f"marge de {format_euros(row.marge_cents)}."
            )
    if not len(outside) and not total:
        texts.append("Aucune aide n'est connue en détail.")
    return Paragraphs(tuple(texts))


def engineering_key_figures(d: Dataset) -> KeyFigures:
    """Posts, towns served, conventions signed and overdue."""
    counts = engineering.post_counts(d)
    states = conventions.convention_states(d)
    without = engineering.communes_without_post(d)
    overdue = int(states["etat_convention"].eq("dépassée").sum())
    towns = len(states)
    provisioned = int(engineering.provision(d)["montant_cents"].sum())
    return KeyFigures(
        (
            KeyFigure(
                "Postes de chef de projet", format_number(counts.identified), f"dont {counts.shared} partagés", "postes"
            ),
            KeyFigure(
                "Postes pourvus",
                format_number(counts.recruited),
                f"{counts.under_way} recrutements en cours",
                "pourvus",
            ),
            KeyFigure(
                "Communes sans poste",
                format_number(len(without)),
                sentence_list(without) or "toutes sont servies",
                "sans-poste",
            ),
            KeyFigure(
                "Adhésions signées",
                f"{int(states['date_adhesion'].notna().sum())} sur {towns}",
                "communes lauréates",
                "adhesions",
            ),
            KeyFigure(
                "Conventions-cadre signées",
                f"{int(states['date_cadre'].notna().sum())} sur {towns}",
                f"{overdue} échéances dépassées" if overdue != 1 else "1 échéance dépassée",
                "cadres",
            ),
            KeyFigure("Ingénierie provisionnée", format_euros(provisioned), "fonds de concours", "provision"),
        )
    )


def engineering_summary(d: Dataset) -> Paragraphs:
    """What the ingénierie report says, in sentences."""
    counts = engineering.post_counts(d)
    texts = []
    if counts.identified:
        texts.append(
            f"{counts.identified} postes de chef de projet sont identifiés, dont {counts.shared} partagés entre plusieurs communes ; "
            f"{counts.recruited} recrutés, {counts.under_way} en cours de recrutement."
        )
    without = engineering.communes_without_post(d)
    if without:
        verb = "n'est servie" if len(without) == 1 else "ne sont servies"
        texts.append(f"{sentence_list(without)} {verb} par aucun poste.")
    texts += _convention_sentences(d)
    return Paragraphs(tuple(texts))


def _convention_sentences(d: Dataset) -> list[str]:
    states = conventions.convention_states(d)
    unsigned = list(states.loc[states["date_adhesion"].isna(), "commune"])
    signed = len(states) - len(unsigned)
    sentence = f"{signed} des {len(states)} communes ont signé leur convention d'adhésion"
    if unsigned:
        sentence += f" ; {sentence_list(unsigned)} {'reste' if len(unsigned) == 1 else 'restent'} à signer"
    texts = [sentence + "."]
    overdue = states[states["etat_convention"].eq("dépassée")]
    if len(overdue):
        texts.append(f"L'échéance de la convention-cadre est dépassée pour {sentence_list(list(overdue['commune']))}.")
    coming = states[states["etat_convention"].isin(["dans les délais", "échéance proche"])]
    if len(coming):
        first = coming.sort_values("echeance_cadre", kind="stable")
        soonest = first[first["echeance_cadre"].eq(first["echeance_cadre"].iloc[0])]
        texts.append(
            f"Prochaine échéance de convention-cadre : {format_date(soonest['echeance_cadre'].iloc[0])} "
            f"({sentence_list(list(soonest['commune']))})."
        )
    return texts


def points_of_attention(d: Dataset) -> Alerts:
    """What the rules of the programme say of the data, the gravest first."""
    found = compliance.alerts(d)
    return Alerts(tuple(Alert(row.severite, _sentence(row)) for row in found.itertuples()))


def _sentence(row: object) -> str:
    text = f"{row.constat} : {row.trouve}"  # type: ignore[attr-defined]
    return f"{text} (attendu : {row.attendu})." if row.attendu else f"{text}."  # type: ignore[attr-defined]

"""What the rules of the programme say of the data: limits passed, deadlines missed, towns without support."""

from collections.abc import Callable
from typing import Final

import pandas as pd

from pvd_analysis.analysis.conventions import convention_states, signatures
from pvd_analysis.analysis.engineering import posts, served_communes
from pvd_analysis.analysis.funding import COUNTED_STATUSES, aids, coverage
from pvd_analysis.analysis.opinions import current_opinions, proposals_over_margin
from pvd_analysis.analysis.plans import LIMIT_TOLERANCE_CENTS, funding_plans
from pvd_analysis.constats import Constat, Origine, findings_table
from pvd_analysis.dataset import Dataset
from pvd_analysis.dataset.remembered import remembered
from pvd_analysis.values import (
    Trimestre,
    format_date,
    format_euros,
    format_number,
    format_partial,
    format_rate,
    format_since,
    last_day,
)
from pvd_analysis.vocabulary import rule, term_label, terms, vocabulary_table

__all__ = ["alerts"]


def alerts(d: Dataset) -> pd.DataFrame:
    """Return the alerts of every rule, in the shape of findings (`pvd_analysis.constats.FINDING_COLUMNS`).

    Examples
    --------
    >>> pvd.analysis.alerts(d)[["severite", "constat"]].iloc[-1].to_list()
    ['information', "Le coût du projet n'est pas connu ; la marge ne peut pas être calculée"]
    """
    found = [constat for _, constat in _all(d)]
    return findings_table(found)


def commune_alerts(d: Dataset) -> pd.DataFrame:
    """Return the alerts that concern one commune: ``code_commune``, ``regle``, ``constat``."""
    rows = [(code, constat.regle, constat.constat) for codes, constat in _all(d) for code in codes]
    return pd.DataFrame(rows, columns=["code_commune", "regle", "constat"], dtype="str")


def rule_sentences() -> dict[str, str]:
    """Return the sentence of each finding rule."""
    table = vocabulary_table("findings")
    return dict(zip(table["regle"], table["constat"], strict=True))


# The communes that an alert concerns, none when it is about the whole département.
_Alert = tuple[tuple[str, ...], Constat]


@remembered
def _all(d: Dataset) -> list[_Alert]:
    return [alert for name, alerts_of in _ALERTS if len(d.tables[name]) for alert in alerts_of(d)]


def _place(row: object) -> Origine:
    return Origine(row.fichier, row.feuille or None, int(row.ligne))  # type: ignore[attr-defined]


def _project_alerts(d: Dataset) -> list[_Alert]:
    found: list[_Alert] = []
    for row in funding_plans(d).itertuples():
        name = f"{row.id_projet}, {row.commune}"
        if row.situation == "coût inconnu":
            found.append(((row.code_commune,), Constat("cout_inconnu", _place(row), trouve=name)))
        elif row.aides_cents + row.prives_cents > row.cout_ht_cents:
            found.append(
                (
                    (row.code_commune,),
                    Constat(
                        "aides_superieures_au_cout",
                        _place(row),
                        trouve=f"{name} : {format_euros(row.aides_cents + row.prives_cents)}",
                        attendu=f"au plus le coût HT, {format_euros(row.cout_ht_cents)}",
                    ),
                )
            )
        elif row.situation == "au-dessus de la limite":
            found.append(
                (
                    (row.code_commune,),
                    Constat(
                        "regle_depassee",
                        _place(row),
                        trouve=f"{name} : {format_euros(row.aides_cents)} d'aides",
                        attendu=f"au plus {format_euros(row.limite_legale_cents)} "
                        f"({rule('participation_minimale').source}), ou une dérogation motivée",
                    ),
                )
            )
    return found


def _coverage_alerts(d: Dataset) -> list[_Alert]:
    over = coverage(d).query("detail_cents > annonce_cents")
    return [
        (
            (),
            Constat(
                "detail_superieur_au_total",
                Origine(d.totaux_annonces["fichier"].iloc[-1], d.totaux_annonces["feuille"].iloc[-1] or None),
                trouve=f"{term_label('dispositif', row.dispositif)} : {format_euros(row.detail_cents)}",
                attendu=f"au plus {format_euros(row.annonce_cents)}",
            ),
        )
        for row in over.itertuples()
    ]


def _convention_alerts(d: Dataset) -> list[_Alert]:
    rules = {
        "à signer": "adhesion_a_signer",
        "échéance proche": "echeance_proche",
        "dépassée": "echeance_depassee",
    }
    found: list[_Alert] = []
    for row in convention_states(d).itertuples():
        if row.etat_convention == "signée" and pd.isna(row.date_cadre):
            found.append(((row.code_commune,), Constat("signature_sans_date", _place(row), trouve=row.commune)))
        if row.etat_convention not in rules:
            continue
        said = row.commune
        if row.etat_convention != "à signer":
            days = abs(int(row.jours_restants))
            since = "depuis" if row.etat_convention == "dépassée" else "dans"
            said += f" : échéance le {format_date(row.echeance_cadre)}, {since} {format_number(days)} jours"
        found.append(((row.code_commune,), Constat(rules[row.etat_convention], _place(row), trouve=said)))
    return found


def _unserved_commune_alerts(d: Dataset) -> list[_Alert]:
    served = served_communes(d)
    return [
        ((row.code_commune,), Constat("commune_sans_poste", _place(row), trouve=row.commune))
        for row in served[served["id_poste"].isna()].itertuples()
    ]


def _post_alerts(d: Dataset) -> list[_Alert]:
    found: list[_Alert] = []
    limits = rule("cofinancement_poste").figures
    for column, key, name in (
        ("taux_cofinancement", "taux_maximal", "cofinancement_depasse"),
        ("taux_bdt", "taux_bdt_maximal", "part_bdt_depassee"),
    ):
        limit = float(limits[key])
        table = posts(d)
        for row in table[table[column].gt(limit).fillna(False)].itertuples():
            constat = Constat(
                name,
                _place(row),
                trouve=f"{row.id_poste}, {row.communes_libelle} : {format_rate(getattr(row, column))}",
                attendu=f"au plus {format_rate(limit)}",
            )
            found.append((tuple(row.communes.split(";")), constat))
    return found


def _post_end_alerts(d: Dataset) -> list[_Alert]:
    """Return the posts that end soon, that have ended and are still told filled, or that end before they begin."""
    found: list[_Alert] = []
    today, notice = pd.Timestamp(d.arrete_le), pd.DateOffset(months=int(rule("fin_de_poste").figures["alerte_mois"]))
    for row in posts(d).dropna(subset="date_fin").itertuples():
        end = pd.Timestamp(last_day(row.date_fin.date(), row.date_fin_precision))
        if pd.notna(row.date_recrutement) and end < row.date_recrutement:
            name = "poste_fin_avant_debut"
        elif end < today and row.etat_poste == "recrute":
            name = "poste_fini"
        elif end - notice <= today and row.etat_poste == "recrute":
            name = "poste_fin_proche"
        else:
            continue
        said = f"{row.id_poste}, {row.communes_libelle} : fin {format_partial(row.date_fin, row.date_fin_precision)}"
        found.append((tuple(row.communes.split(";")), Constat(name, _place(row), trouve=said)))
    return found


def _vacant_post_alerts(d: Dataset) -> list[_Alert]:
    vacant = posts(d).query("etat_poste == 'vacant'")
    return [
        (
            tuple(row.communes.split(";")),
            Constat(
                "poste_vacant",
                _place(row),
                trouve=f"{row.id_poste}, {row.communes_libelle} : vacant"
                + (
                    ", sans date" if pd.isna(row.date_fin) else f" {format_since(row.date_fin, row.date_fin_precision)}"
                ),
            ),
        )
        for row in vacant.itertuples()
    ]


def _plan_alerts(d: Dataset) -> list[_Alert]:
    """Return the plans whose own money is written, and that do not make the cost of the project."""
    own = terms("financeur")["nature"].eq("maitre_ouvrage")
    lines = d.financements[
        d.financements["financeur"].isin(own.index[own]) & d.financements["statut"].isin(COUNTED_STATUSES)
    ]
    written = lines.groupby("id_projet")["montant_cents"].sum()
    plans = funding_plans(d).dropna(subset="cout_ht_cents")
    found: list[_Alert] = []
    for row in plans[plans["id_projet"].isin(written.index)].itertuples():
        brought = int(written[row.id_projet])
        gap = int(row.apport_cents) - brought
        if abs(gap) < LIMIT_TOLERANCE_CENTS:
            continue
        constat = Constat(
            "plan_incomplet" if gap > 0 else "plan_superieur_au_cout",
            _place(row),
            trouve=f"{row.id_projet}, {row.commune} : apport du maître d'ouvrage de {format_euros(brought)}",
            attendu=f"{format_euros(max(int(row.apport_cents), 0))} pour un coût de {format_euros(row.cout_ht_cents)} HT",
        )
        found.append(((row.code_commune,), constat))
    return found


def _early_adhesion_alerts(d: Dataset) -> list[_Alert]:
    begun = pd.Timestamp(rule("convention_cadre").figures["en_vigueur_depuis"])
    states = convention_states(d)
    return [
        (
            (row.code_commune,),
            Constat(
                "adhesion_avant_programme",
                _place(row),
                trouve=f"{row.commune}, {format_date(row.date_adhesion)}",
                attendu=f"une date à partir du {format_date(begun)}",
            ),
        )
        for row in states[states["date_adhesion"] < begun].itertuples()
    ]


def _early_aid_alerts(d: Dataset) -> list[_Alert]:
    signed = signatures(d, "adhesion")
    detail = aids(d)
    decided = detail[detail["famille"].eq("ingenierie") & detail["date_decision"].notna()]
    found: list[_Alert] = []
    for row in decided.itertuples():
        adhesion = signed.get(row.code_commune)
        if adhesion is None or row.date_decision < adhesion:
            expected = f"après l'adhésion, {format_date(adhesion)}" if adhesion else "après l'adhésion, non signée"
            found.append(
                (
                    (row.code_commune,),
                    Constat(
                        "aide_avant_convention",
                        _place(row),
                        trouve=f"{row.commune}, {format_euros(row.montant_cents)}, {format_date(row.date_decision)}",
                        attendu=expected,
                    ),
                )
            )
    return found


def _opinion_alerts(d: Dataset) -> list[_Alert]:
    found: list[_Alert] = [
        (
            (row.code_commune,),
            Constat(
                "avis_au_dela_de_la_marge",
                _place(row),
                trouve=f"{row.id_projet}, {row.commune} : {format_euros(row.propose_cents)}",
                attendu=f"au plus la marge du {Trimestre.parse(row.trimestre).label}, "
                f"{format_euros(max(row.marge_cents, 0))}, ou une dérogation motivée",
            ),
        )
        for row in proposals_over_margin(d).itertuples()
    ]
    projects = d.projets[["id_projet", "code_commune", "cout_ht_cents"]]
    both = current_opinions(d).merge(projects, on="id_projet", suffixes=("", "_projet"), validate="many_to_one")
    differs = (both["cout_ht_cents"] != both["cout_ht_cents_projet"]).fillna(False)
    return found + [
        (
            (row.code_commune,),
            Constat(
                "avis_sur_autre_cout",
                _place(row),
                trouve=f"{row.id_projet}, {row.commune}, {term_label('financeur_avis', row.financeur_avis)} : "
                f"{format_euros(row.cout_ht_cents)}",
                attendu=f"le coût du projet, {format_euros(row.cout_ht_cents_projet)}",
            ),
        )
        for row in both[differs].itertuples()
    ]


# What gives alerts, and the table without which it gives none.
_ALERTS: Final[tuple[tuple[str, Callable[[Dataset], list[_Alert]]], ...]] = (
    ("projets", _project_alerts),
    ("totaux_annonces", _coverage_alerts),
    ("laureats", _convention_alerts),
    ("laureats", _early_adhesion_alerts),
    ("laureats", _unserved_commune_alerts),
    ("postes", _post_alerts),
    ("postes", _post_end_alerts),
    ("postes", _vacant_post_alerts),
    ("financements", _plan_alerts),
    ("financements", _early_aid_alerts),
    ("avis", _opinion_alerts),
)

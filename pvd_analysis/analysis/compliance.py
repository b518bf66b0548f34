"""What the rules of the programme say of the data: limits passed, deadlines missed, towns without support."""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, Final

import pandas as pd

from pvd_analysis.analysis.committee import current_opinions, proposals_over_margin
from pvd_analysis.analysis.conventions import convention_states, signatures
from pvd_analysis.analysis.engineering import posts, served_communes
from pvd_analysis.analysis.funding import aids, counted_money, coverage
from pvd_analysis.analysis.plans import funding_plans
from pvd_analysis.analysis.rules import ABOVE, LIMIT_TOLERANCE_CENTS, judgments
from pvd_analysis.constats import Constat, Origine, findings_table
from pvd_analysis.dataset import Dataset
from pvd_analysis.dataset.remembered import remembered
from pvd_analysis.declarations import known
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
from pvd_analysis.vocabulary import rule, term_label, vocabulary_table

__all__ = ["alerts"]


def alerts(d: Dataset) -> pd.DataFrame:
    """Return the alerts of every rule, in the shape of findings (`pvd_analysis.constats.FINDING_COLUMNS`).

    Examples
    --------
    >>> pvd.analysis.alerts(d)[["severite", "constat"]].iloc[-1].to_list()
    ['information', "Le coût du projet n'est pas connu ; la marge ne peut pas être calculée"]
    """
    return findings_table([constat for _, constat in _all(d)])


def commune_alerts(d: Dataset) -> pd.DataFrame:
    """Return the alerts that concern one commune: ``code_commune``, ``regle``, ``constat``."""
    rows = [(code, constat.regle, constat.constat) for codes, constat in _all(d) for code in codes]
    return pd.DataFrame(rows, columns=["code_commune", "regle", "constat"], dtype="str")


@cache
def finding_rules() -> pd.DataFrame:
    """Return ``findings.csv`` by rule: ``constat`` is its sentence, ``domaine`` the report that speaks of it (« argent » or « accompagnement »)."""
    return vocabulary_table("findings").set_index("regle")


# The communes that an alert concerns, none when it is about the whole département.
_Alert = tuple[tuple[str, ...], Constat]


@remembered
def _all(d: Dataset) -> list[_Alert]:
    return [alert for name, alerts_of in _ALERTS if len(d.tables[name]) for alert in alerts_of(d)]


def _alert(regle: str, row: Any, trouve: str, attendu: str = "") -> _Alert:
    """Return the alert that a row of a table gives, for its commune or for those of its post."""
    codes = tuple(row.communes.split(";")) if hasattr(row, "communes") else (row.code_commune,)
    domain = finding_rules().at[regle, "domaine"]
    known(domain, {"argent", "accompagnement"}, "pvd_analysis.vocabulary", "findings.csv", key=regle)
    return codes, Constat(regle, Origine.of(row), trouve=trouve, attendu=attendu)


def _project(row: Any) -> str:
    return f"{row.id_projet}, {row.commune}"


def _project_alerts(d: Dataset) -> Iterator[_Alert]:
    for row in funding_plans(d).itertuples():
        name = _project(row)
        if pd.isna(row.cout_ht_cents):
            yield _alert("cout_inconnu", row, name)
        elif row.aides_cents + row.prives_cents > row.cout_ht_cents:
            given = format_euros(row.aides_cents + row.prives_cents)
            cost = format_euros(row.cout_ht_cents)
            yield _alert("aides_superieures_au_cout", row, f"{name} : {given}", f"au plus le coût HT, {cost}")


def _rule_alerts(d: Dataset) -> Iterator[_Alert]:
    """Give what is over the limit of a rule on the day of a decision; aids over the cost are said as such."""
    plans = funding_plans(d)
    is_over = plans["aides_cents"] + plans["prives_cents"] > plans["cout_ht_cents"]
    over_cost = set(plans.loc[is_over, "id_projet"])
    for judged in judgments(d):
        town = d.referentiel.commune_name(judged.project.code_commune)
        name = f"{judged.project.id_projet}, {town}"
        source, since = judged.rule.source, format_date(judged.version.depuis)
        is_said = judged.version.base == "financement_public" and judged.project.id_projet in over_cost
        if judged.situation == ABOVE and judged.limit is not None and not is_said:
            most = format_euros(judged.limit)
            expected = f"au plus {most} ({source}, version du {since})"
            if judged.rule.derogations:
                expected += ", ou une dérogation motivée"
            given = format_euros(judged.counted)
            yield _alert(judged.rule.alerte, judged.project, f"{name} : {given} d'aides", expected)
        for line in judged.below_minimum:
            given, base = format_euros(line.montant_cents), format_euros(line.assiette_cents)
            said = f"{name} : {term_label('dispositif', line.dispositif)}, {given} pour une assiette de {base}"
            least = format_rate(judged.version.taux_minimal or 0)
            yield _alert(
                "taux_minimal_non_atteint", line, said, f"au moins {least} de l'assiette ({source}, version du {since})"
            )


def _cumulation_alerts(d: Dataset) -> Iterator[_Alert]:
    """Give the DETR that stands beside a sectoral grant of the State: a point to check, never a breach."""
    checked = rule("non_cumul_detr")
    lines = aids(d)
    grants = lines[lines["dispositif"].isin(checked.dispositifs)]
    beside = lines[lines["famille"].eq(checked.famille_a_verifier) & lines["financeur"].eq("etat")]
    others = beside.groupby("id_projet")["dispositif"].unique()
    cumulated = grants[grants["id_projet"].isin(others.index)].sort_values("id_projet", kind="stable")
    for row in cumulated.drop_duplicates("id_projet").itertuples():
        named = ", ".join(term_label("dispositif", code) for code in others[row.id_projet])
        said = f"{_project(row)} : {term_label('dispositif', row.dispositif)} et {named}"
        yield _alert("non_cumul_a_verifier", row, said, f"{checked.source}, ou la dérogation du préfet")


def _base_alerts(d: Dataset) -> Iterator[_Alert]:
    """Give the aids whose assiette is more than the cost of the project: an arrêté subsidises no more than is spent."""
    lines = aids(d)
    costs = lines["id_projet"].map(d.projets.set_index("id_projet")["cout_ht_cents"])
    for row in lines[(lines["assiette_cents"] > costs).fillna(False)].itertuples():
        said = f"{_project(row)} : {term_label('dispositif', row.dispositif)}, assiette de {format_euros(row.assiette_cents)}"
        yield _alert("assiette_superieure_au_cout", row, said, f"au plus le coût HT, {format_euros(costs[row.Index])}")


def _coverage_alerts(d: Dataset) -> Iterator[_Alert]:
    last = d.totaux_annonces.iloc[-1]
    place = Origine(last["fichier"], last["feuille"] or None)
    for row in coverage(d).query("detail_cents > annonce_cents").itertuples():
        said = f"{term_label('dispositif', row.dispositif)} : {format_euros(row.detail_cents)}"
        expected = f"au plus {format_euros(row.annonce_cents)}"
        yield (), Constat("detail_superieur_au_total", place, trouve=said, attendu=expected)


def _convention_alerts(d: Dataset) -> Iterator[_Alert]:
    rules = {"échéance proche": ("echeance_proche", "dans"), "dépassée": ("echeance_depassee", "depuis")}
    for row in convention_states(d).itertuples():
        if row.etat_convention == "signée" and pd.isna(row.date_cadre):
            yield _alert("signature_sans_date", row, row.commune)
        elif row.etat_convention == "à signer":
            yield _alert("adhesion_a_signer", row, row.commune)
        elif row.etat_convention in rules:
            regle, when = rules[row.etat_convention]
            days = f"{when} {format_number(abs(int(row.jours_restants)))} jours"
            yield _alert(regle, row, f"{row.commune} : échéance le {format_date(row.echeance_cadre)}, {days}")


def _unserved_commune_alerts(d: Dataset) -> Iterator[_Alert]:
    served = served_communes(d)
    for row in served[served["id_poste"].isna()].itertuples():
        yield _alert("commune_sans_poste", row, row.commune)


def _post_alerts(d: Dataset) -> Iterator[_Alert]:
    limits, table = rule("cofinancement_poste"), posts(d)
    for column, key, regle in (
        ("taux_cofinancement", "taux_maximal", "cofinancement_depasse"),
        ("taux_bdt", "taux_bdt_maximal", "part_bdt_depassee"),
    ):
        limit = float(getattr(limits, key))
        for row in table[table[column].gt(limit).fillna(False)].itertuples():
            said = f"{_post(row)} : {format_rate(getattr(row, column))}"
            yield _alert(regle, row, said, f"au plus {format_rate(limit)}")


def _post(row: Any) -> str:
    return f"{row.id_poste}, {row.communes_libelle}"


def _post_end_alerts(d: Dataset) -> Iterator[_Alert]:
    """Give the posts that end soon, that have ended and are still told filled, or that end before they begin."""
    today = pd.Timestamp(d.arrete_le)
    notice = pd.DateOffset(months=int(rule("fin_de_poste").alerte_mois))
    for row in posts(d).dropna(subset="date_fin").itertuples():
        end = pd.Timestamp(last_day(row.date_fin.date(), row.date_fin_precision))
        if pd.notna(row.date_recrutement) and end < row.date_recrutement:
            regle = "poste_fin_avant_debut"
        elif end < today and row.etat_poste == "recrute":
            regle = "poste_fini"
        elif end - notice <= today and row.etat_poste == "recrute":
            regle = "poste_fin_proche"
        else:
            continue
        yield _alert(regle, row, f"{_post(row)} : fin {format_partial(row.date_fin, row.date_fin_precision)}")


def _vacant_post_alerts(d: Dataset) -> Iterator[_Alert]:
    for row in posts(d).query("etat_poste == 'vacant'").itertuples():
        known = pd.notna(row.date_fin)
        since = f" {format_since(row.date_fin, row.date_fin_precision)}" if known else ", sans date"
        yield _alert("poste_vacant", row, f"{_post(row)} : vacant{since}")


def _plan_alerts(d: Dataset) -> Iterator[_Alert]:
    """Give the plans whose own money is written, and that do not make the cost of the project."""
    written = counted_money(d, "maitre_ouvrage").groupby("id_projet")["montant_cents"].sum()
    plans = funding_plans(d).dropna(subset="cout_ht_cents")
    for row in plans[plans["id_projet"].isin(written.index)].itertuples():
        brought, left = int(written[row.id_projet]), int(row.apport_cents)
        if abs(left - brought) >= LIMIT_TOLERANCE_CENTS:
            said = f"{_project(row)} : apport du maître d'ouvrage de {format_euros(brought)}"
            cost = format_euros(row.cout_ht_cents)
            expected = f"{format_euros(max(left, 0))} pour un coût de {cost} HT"
            regle = "plan_incomplet" if left > brought else "plan_superieur_au_cout"
            yield _alert(regle, row, said, expected)


def _early_adhesion_alerts(d: Dataset) -> Iterator[_Alert]:
    begun = pd.Timestamp(rule("convention_cadre").en_vigueur_depuis)
    states = convention_states(d)
    for row in states[states["date_adhesion"] < begun].itertuples():
        said = f"{row.commune}, {format_date(row.date_adhesion)}"
        yield _alert("adhesion_avant_programme", row, said, f"une date à partir du {format_date(begun)}")


def _early_aid_alerts(d: Dataset) -> Iterator[_Alert]:
    signed = signatures(d, "adhesion")
    detail = aids(d)
    support = detail[detail["famille"].eq("ingenierie")].dropna(subset="date_decision")
    for row in support.itertuples():
        adhesion = signed.get(row.code_commune)
        if adhesion is None or row.date_decision < adhesion:
            said = f"{row.commune}, {format_euros(row.montant_cents)}, {format_date(row.date_decision)}"
            signature = format_date(adhesion) if adhesion else "non signée"
            yield _alert("aide_avant_convention", row, said, f"après l'adhésion, {signature}")


def _opinion_alerts(d: Dataset) -> Iterator[_Alert]:
    for row in proposals_over_margin(d).itertuples():
        quarter = Trimestre.parse(row.trimestre).label
        margin = format_euros(max(row.marge_legale_cents, 0))
        said = f"{_project(row)} : {format_euros(row.propose_cents)}"
        expected = f"au plus la marge du {quarter}, {margin}, ou une dérogation motivée"
        yield _alert("avis_au_dela_de_la_marge", row, said, expected)
    costs = d.projets[["id_projet", "cout_ht_cents"]]
    opinions = current_opinions(d)
    both = opinions.merge(costs, on="id_projet", suffixes=("", "_projet"), validate="many_to_one")
    differs = (both["cout_ht_cents"] != both["cout_ht_cents_projet"]).fillna(False)
    for row in both[differs].itertuples():
        who = term_label("financeur_avis", row.financeur_avis)
        cost = format_euros(row.cout_ht_cents)
        said = f"{_project(row)}, {who} : {cost}"
        expected = f"le coût du projet, {format_euros(row.cout_ht_cents_projet)}"
        yield _alert("avis_sur_autre_cout", row, said, expected)


# What gives alerts, and the table without which it gives none.
_ALERTS: Final[tuple[tuple[str, Callable[[Dataset], Iterator[_Alert]]], ...]] = (
    ("financements", _cumulation_alerts),
    ("financements", _base_alerts),
    ("projets", _project_alerts),
    ("projets", _rule_alerts),
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

"""What the rules of the programme say of the data: limits passed, deadlines missed, towns without support."""

from collections.abc import Callable
from typing import Final

import pandas as pd

from pvd_analysis.analysis.conventions import convention_states, signatures
from pvd_analysis.analysis.engineering import posts, served_communes
from pvd_analysis.analysis.funding import aids, coverage
from pvd_analysis.analysis.opinions import current_opinions, proposals_over_margin
from pvd_analysis.analysis.plans import funding_plans
from pvd_analysis.constats import Constat, Origine, findings_table
from pvd_analysis.dataset import Dataset
from pvd_analysis.dataset.remembered import remembered
from pvd_analysis.values import Trimestre, format_date, format_euros, format_number, format_rate
from pvd_analysis.vocabulary import rule, term_label, vocabulary_table

__all__ = ["alerts", "commune_alerts", "rule_sentences"]


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
    rows = [(code, constat.regle, constat.constat) for code, constat in _all(d) if code]
    return pd.DataFrame(rows, columns=["code_commune", "regle", "constat"], dtype="str")


def rule_sentences() -> dict[str, str]:
    """Return the sentence of each finding rule."""
    table = vocabulary_table("findings")
    return dict(zip(table["regle"], table["constat"], strict=True))


_Alert = tuple[str, Constat]


@remembered
def _all(d: Dataset) -> list[_Alert]:
    return [alert for name, alerts_of in _ALERTS if len(d.tables[name]) for alert in alerts_of(d)]


def _place(row: object) -> Origine:
    return Origine(row.fichier, row.feuille or None, int(row.ligne))  # type: ignore[attr-defined]


def _project_alerts(d: Dataset) -> list[_Alert]:
    found = []
    for row in funding_plans(d).itertuples():
        name = f"{row.id_projet}, {row.commune}"
        if row.situation == "coût inconnu":
            found.append((row.code_commune, Constat("cout_inconnu", _place(row), trouve=name)))
        elif row.aides_cents + row.prives_cents > row.cout_ht_cents:
            found.append(
                (
                    row.code_commune,
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
                    row.code_commune,
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
            "",
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
    found = []
    for row in convention_states(d).itertuples():
        if row.etat_convention not in rules:
            continue
        said = row.commune
        if row.etat_convention != "à signer":
            days = abs(int(row.jours_restants))
            since = "depuis" if row.etat_convention == "dépassée" else "dans"
            said += f" : échéance le {format_date(row.echeance_cadre)}, {since} {format_number(days)} jours"
        found.append((row.code_commune, Constat(rules[row.etat_convention], _place(row), trouve=said)))
    return found


def _unserved_commune_alerts(d: Dataset) -> list[_Alert]:
    served = served_communes(d)
    return [
        (row.code_commune, Constat("commune_sans_poste", _place(row), trouve=row.commune))
        for row in served[served["id_poste"].isna()].itertuples()
    ]


def _post_alerts(d: Dataset) -> list[_Alert]:
    found = []
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
            found += [(code, constat) for code in row.communes.split(";")[:1]]
    return found


def _early_aid_alerts(d: Dataset) -> list[_Alert]:
    signed = signatures(d, "adhesion")
    detail = aids(d)
    decided = detail[detail["famille"].eq("ingenierie") & detail["date_decision"].notna()]
    found = []
    for row in decided.itertuples():
        adhesion = signed.get(row.code_commune)
        if adhesion is None or row.date_decision < adhesion:
            expected = f"après l'adhésion, {format_date(adhesion)}" if adhesion else "après l'adhésion, non signée"
            found.append(
                (
                    row.code_commune,
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
    found = [
        (
            row.code_commune,
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
            row.code_commune,
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
    ("laureats", _unserved_commune_alerts),
    ("postes", _post_alerts),
    ("financements", _early_aid_alerts),
    ("avis", _opinion_alerts),
)

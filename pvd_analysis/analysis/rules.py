"""The rules that limit the aids of a project, each judged by the version in force on the day of a decision."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from typing import Any

import pandas as pd

from pvd_analysis.analysis.funding import aids, counted_money
from pvd_analysis.dataset import Dataset
from pvd_analysis.dataset.remembered import remembered
from pvd_analysis.dataset.states import event_date
from pvd_analysis.values import format_date, format_euros, format_rate, sentence_list
from pvd_analysis.vocabulary import Rule, Version, match_term, rules, term_label

__all__ = ["limit_cents"]

# Under one euro of margin, a project is « à la limite ».
LIMIT_TOLERANCE_CENTS = 100

BELOW, AT_LIMIT, ABOVE = "sous la limite", "à la limite", "au-dessus de la limite"
DEROGATION, EXEMPT, CANNOT_BE_SAID = "dérogation", "non soumis", "ne peut être dit"
# What is over the limit of today and was decided under another version breaches nothing, and leaves no room.
NO_ROOM = "plus de marge"


@dataclass(frozen=True, slots=True)
class _Step:
    """One line of a computation: what it is, its cents, and the row that it comes from (None: it is computed)."""

    said: str
    cents: int | None = None
    row: Any = None


@dataclass(frozen=True, slots=True)
class Judgment:
    """What one version of a rule says of one project; cents are None where they cannot be said."""

    project: Any
    name: str
    rule: Rule
    version: Version
    judged_on: dt.date
    is_in_force: bool
    base: int | None
    limit: int | None
    counted: int
    situation: str
    missing: str
    below_minimum: tuple[Any, ...]
    steps: tuple[_Step, ...]

    @property
    def margin(self) -> int | None:
        """What the rule leaves, in cents."""
        return None if self.limit is None else self.limit - self.counted


def limit_cents(base_cents: int, ceiling: Decimal) -> int:
    """Return a share of a base, in cents, rounded down so that a margin is never overstated.

    >>> limit_cents(45_089_875, Decimal("0.80"))
    36071900
    """
    return int((ceiling * base_cents).to_integral_value(ROUND_FLOOR))


def ceiling(version: Version, is_led: Any) -> Decimal:
    """Return the share of its base that a version lets aids make; that of an operation of a « chef de file » may be higher."""
    higher = version.plafond_chef_de_file if pd.notna(is_led) and is_led else None
    return higher or version.plafond


@remembered
def judgments(d: Dataset) -> tuple[Judgment, ...]:
    """Return what each version of each rule that limits aids says of each project, in the order of the projects."""
    public = _by_project(_with_days(aids(d)))
    private = _by_project(counted_money(d, "prive"))
    found: list[Judgment] = []
    for project in d.projets.itertuples():
        own, gifts = public.get(project.id_projet, []), private.get(project.id_projet, [])
        for name, rule in rules().items():
            found += _of_rule(project, name, rule, own, gifts, d.arrete_le)
    return tuple(found)


def _with_days(lines: pd.DataFrame) -> pd.DataFrame:
    """Give each aid the first and the last day on which it may have been decided, blank when it has no date."""
    first = lines["date_decision"].fillna(lines["date_annonce"])
    return lines.assign(premier_jour=first, dernier_jour=event_date(lines, "financements"))


def _by_project(lines: pd.DataFrame) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for line in lines.itertuples():
        found.setdefault(str(line.id_projet), []).append(line)
    return found


def _of_rule(
    project: Any, name: str, rule: Rule, own: list[Any], gifts: list[Any], today: dt.date
) -> Iterable[Judgment]:
    """Give what the versions of a rule say of a project: those under which it was decided, and the one in force."""
    governed = _governed(rule, own)
    if rule.dispositifs and not governed:
        return
    decided = [(line, _version(rule, line)) for line in governed]
    undated = [line for line, version in decided if version is None]
    current = _in_force(rule, today)
    for version in rule.versions:
        is_in_force = version is current
        under = [line for line, judged_by in decided if judged_by is version]
        if not is_in_force and not under:
            continue
        day = today if is_in_force else max(line.dernier_jour.date() for line in under)
        known = [line for line in own if pd.isna(line.dernier_jour) or line.dernier_jour.date() <= day]
        doubtful = undated if is_in_force else [line for line in own if _is_astride(line, day)]
        yield _judged(project, name, rule, version, known, gifts, under, doubtful, day, is_in_force=is_in_force)


def _governed(rule: Rule, lines: list[Any]) -> list[Any]:
    return [line for line in lines if not rule.dispositifs or line.dispositif in rule.dispositifs]


def _in_force(rule: Rule, day: dt.date) -> Version | None:
    return next((version for version in reversed(rule.versions) if version.depuis <= day), None)


def _is_astride(line: Any, day: dt.date) -> bool:
    """Tell whether an aid may have been decided by a day or after it: its date does not say."""
    if pd.isna(line.dernier_jour):
        return True
    return bool(line.premier_jour.date() <= day < line.dernier_jour.date())


def _version(rule: Rule, line: Any) -> Version | None:
    """Return the version that a decision is judged by; None when its date does not tell it."""
    if len(rule.versions) == 1:
        return rule.versions[0]
    if pd.isna(line.premier_jour) or pd.isna(line.dernier_jour):
        return None
    first, last = (_in_force(rule, day.date()) for day in (line.premier_jour, line.dernier_jour))
    return last if first == last else None


def _judged(
    project: Any,
    name: str,
    rule: Rule,
    version: Version,
    known: list[Any],
    gifts: list[Any],
    under: list[Any],
    undated: list[Any],
    day: dt.date,
    *,
    is_in_force: bool,
) -> Judgment:
    governed = _governed(rule, known)
    held = governed if version.comptent == "dispositifs" else known
    counted = sum(int(line.montant_cents) for line in held)
    if said := _not_subject(project, rule):
        why = (_Step(f"Règle sans objet : {said}"),)
        return Judgment(project, name, rule, version, day, is_in_force, None, None, counted, EXEMPT, "", (), why)
    base, missing, steps = _base(project, version, governed, gifts)
    share = ceiling(version, project.chef_de_file)
    limit = None if base is None else limit_cents(base, share)
    least = version.taux_minimal or Decimal(0)
    rated = [line for line in under if least and pd.notna(line.assiette_cents)]
    below = [line for line in rated if line.montant_cents < limit_cents(int(line.assiette_cents), least)]
    lacking = [missing] if missing else []
    margin = None if limit is None else limit - counted
    if undated:
        lacking.append(f"la date de décision ({_labels(undated)})")
    situation = BELOW if margin is None else _situation(project, rule, margin, bool(under))
    if situation == ABOVE and rule.reserve and project.code_departement in rule.reserve.departements:
        lacking.append(rule.reserve.texte)
    if lacking:
        situation = CANNOT_BE_SAID
    said = " ; ".join(lacking)
    if limit is not None:
        steps.append(_Step(f"Limite = {format_rate(share)} de cette base, au centime inférieur", limit))
    steps += [_Step(f"Aide comptée : {_aid(line)}", int(line.montant_cents), line) for line in held]
    steps.append(_Step(f"Aides comptées au {format_date(day)}", counted))
    if margin is not None:
        steps.append(_Step(f"Marge = limite − aides comptées ({situation})", margin))
    steps += [_rate(line, least) for line in rated if line.assiette_cents > 0]
    if said:
        steps.append(_Step(f"Ne peut être dit ; il manque {said}"))
    return Judgment(
        project,
        name,
        rule,
        version,
        day,
        is_in_force,
        base,
        limit,
        counted,
        situation,
        said,
        tuple(below),
        tuple(steps),
    )


def _not_subject(project: Any, rule: Rule) -> str:
    """Return why a rule does not apply to a project, nothing when it does."""
    if project.code_departement in rule.exempts:
        return f"collectivité exemptée ({project.code_departement})"
    if pd.isna(project.maitre_ouvrage):
        return ""
    kind = match_term("nature_maitre_ouvrage", str(project.maitre_ouvrage))
    neither = "le maître d'ouvrage n'est ni une collectivité ni un groupement de collectivités"
    return neither if kind in rule.hors else ""


def _base(
    project: Any, version: Version, governed: Sequence[Any], gifts: Sequence[Any]
) -> tuple[int | None, str, list[_Step]]:
    """Return the base of a limit in cents, what is missing to say it, and the lines that make it."""
    if version.base == "financement_public":
        if pd.isna(project.cout_ht_cents):
            return None, "le coût HT du projet", [_Step("Coût HT : non connu", None, project)]
        cost, given = int(project.cout_ht_cents), sum(int(line.montant_cents) for line in gifts)
        deduced = ", déduit de la source" if project.nature_fait == "deduit" else ""
        steps = [_Step(f"Coût HT{deduced}", cost, project)]
        steps += [_Step(f"Fonds privés : {_label(line)}", -int(line.montant_cents), line) for line in gifts]
        steps.append(_Step("Base = total apporté par des personnes publiques (coût HT − fonds privés)", cost - given))
        return cost - given, "", steps
    unknown = [line for line in governed if pd.isna(line.assiette_cents)]
    steps = [
        _Step(f"Assiette de {_label(line)} : non connue", None, line)
        if pd.isna(line.assiette_cents)
        else _Step(f"Assiette de {_label(line)}", int(line.assiette_cents), line)
        for line in governed
    ]
    if unknown:
        return None, f"l'assiette de {_labels(unknown)}", steps
    bases = sorted({int(line.assiette_cents) for line in governed})
    if len(bases) > 1:
        found = sentence_list(list(map(format_euros, bases)))
        return None, f"une même assiette pour toutes les dotations ({found})", steps
    if bases[0] <= 0:
        return None, f"une assiette positive ({format_euros(bases[0])})", steps
    return bases[0], "", [*steps, _Step("Base = dépense subventionnable", bases[0])]


def _rate(line: Any, least: Decimal) -> _Step:
    """Return the rate of an aid, held against the lowest that it may be."""
    base = int(line.assiette_cents)
    said = f"Taux de {_label(line)} : {format_rate(Decimal(int(line.montant_cents)) / base)}"
    minimum = f"au moins {format_rate(least)}, soit {format_euros(limit_cents(base, least))}"
    return _Step(f"{said}, {minimum}", None, line)


def _situation(project: Any, rule: Rule, margin: int, is_decided: bool) -> str:
    if margin >= 0:
        return AT_LIMIT if margin < LIMIT_TOLERANCE_CENTS else BELOW
    if rule.derogations and pd.notna(project.derogation) and project.derogation:
        return DEROGATION
    return ABOVE if is_decided else NO_ROOM


def _label(line: Any) -> str:
    return term_label("dispositif", line.dispositif)


def _labels(lines: Sequence[Any]) -> str:
    return sentence_list(list(dict.fromkeys(map(_label, lines))))


def _aid(line: Any) -> str:
    """Return an aid in words: what it is, and when it was decided, or announced."""
    said = f"{_label(line)} ({term_label('financeur', line.financeur)})"
    if pd.notna(line.date_decision):
        return f"{said}, décision du {format_date(line.dernier_jour)}"
    day = line.dernier_jour
    return f"{said}, " + ("sans date" if pd.isna(day) else f"annonce du {format_date(day)}")

"""From the raw files to the tables: read, choose the newest delivery of each source, check, reckon."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pandera.errors

from pvd_analysis.communes import Referentiel, load_referentiel
from pvd_analysis.constats import Constat, Origine, findings_table
from pvd_analysis.dataset.deliveries import DeliveredFile, delivered_files, referentiel_folder
from pvd_analysis.dataset.schemas import empty_table, schema, typed
from pvd_analysis.sources import SET_ASIDE_COLUMNS, FileRead, SourceRead, TableRead, read_file, set_aside
from pvd_analysis.values import format_date, format_euros
from pvd_analysis.vocabulary import table_descriptions

__all__ = ["Preparation", "prepare"]

FILE_COLUMNS = ("fichier", "livraison", "source", "perimetre", "usage", "sha256")
RECKONING_COLUMNS = (
    "fichier",
    "feuille",
    "table",
    "lignes_lues",
    "lignes_gardees",
    "lignes_ecartees",
    "euros_lus_cents",
    "euros_gardes_cents",
    "euros_ecartes_cents",
)
_USED, _REPLACED, _COPY, _RIVAL, _UNREAD = "utilisé", "remplacé", "copie", "écarté", "non lu"


@dataclass(frozen=True, slots=True)
class Preparation:
    """The clean tables of everything delivered by a date.

    ``tables`` holds every table of ``tables.toml``; ``constats`` the findings, ``ecartees`` the rows set aside,
    ``bilan`` the reckoning of rows and cents by file, sheet and table, ``fichiers`` the files with their use.
    """

    tables: Mapping[str, pd.DataFrame]
    constats: pd.DataFrame
    ecartees: pd.DataFrame
    bilan: pd.DataFrame
    fichiers: pd.DataFrame


@dataclass(frozen=True, slots=True)
class _Delivered:
    file: DeliveredFile
    read: FileRead
    use: str


def prepare(
    root: Path, known_on: dt.date | None = None, progress: Callable[[str], None] = lambda _: None
) -> Preparation:
    """Read every raw file delivered by a date and return the clean tables.

    Parameters
    ----------
    root : Path
        The project's root, which holds ``data/raw``.
    known_on : datetime.date, optional
        Only the deliveries of that day and before; all of them by default.
    progress : callable
        Told the name of each file before it is read.
    """
    referentiel = load_referentiel(referentiel_folder(root))
    files, findings = delivered_files(root, known_on)
    reads = []
    for file in files:
        progress(file.name)
        reads.append((file, read_file(file.path, file.name, referentiel)))
    delivered, choice_findings = _choose(reads)
    findings += choice_findings
    used = [item for item in delivered if item.use == _USED]
    unread = [item for item in delivered if item.use == _UNREAD]
    for item in (*used, *unread):
        findings += item.read.findings

    reads_of_tables = [(item, table) for item in used for table in _contents(item).tables]
    tables = _assembled(reads_of_tables)
    aside = [table.set_aside for _, table in reads_of_tables]
    tables, checked_aside, check_findings = _checked(tables, referentiel)
    findings += check_findings
    ecartees = _concatenated([*aside, checked_aside])
    bilan, reckoning_findings = _reckoned(reads_of_tables, tables, ecartees)
    findings += reckoning_findings
    return Preparation(tables, findings_table(findings), ecartees, bilan, _file_table(delivered))


def _contents(item: _Delivered) -> SourceRead:
    if item.read.content is None:
        raise ValueError(f"{item.read.name} was not read")
    return item.read.content


def _choose(reads: list[tuple[DeliveredFile, FileRead]]) -> tuple[list[_Delivered], list[Constat]]:
    """Say the use of each file: the newest delivery of a source and scope takes the place of the older ones."""
    findings: list[Constat] = []
    chosen: dict[tuple[str, str], DeliveredFile] = {}
    seen: dict[str, str] = {}
    delivered: list[_Delivered] = []
    for file, read in sorted(reads, key=lambda pair: (-pair[0].delivery.toordinal(), pair[0].name)):
        use = _UNREAD
        if read.content is not None:
            key = (read.content.source, read.content.scope)
            holder = chosen.setdefault(key, file)
            if holder is file:
                use = _USED
            elif seen.get(read.sha256) is not None and holder.delivery == file.delivery:
                use = _COPY
                findings.append(
                    Constat("fichier_en_double", Origine(read.name), trouve=f"copie de {seen[read.sha256]}")
                )
            elif holder.delivery > file.delivery:
                use = _REPLACED
            else:
                use = _RIVAL
                findings.append(
                    Constat(
                        "fichier_concurrent",
                        Origine(read.name),
                        trouve=f"même source ({key[0]}, {key[1]}) et même livraison que {holder.name}",
                        attendu="un seul fichier par source et par livraison",
                    )
                )
            seen.setdefault(read.sha256, read.name)
        delivered.append(_Delivered(file, read, use))
    delivered.sort(key=lambda item: item.file)
    return delivered, findings


def _assembled(reads: list[tuple[_Delivered, TableRead]]) -> dict[str, pd.DataFrame]:
    tables = {}
    for name in table_descriptions():
        parts = [typed(name, table.rows) for _, table in reads if table.table == name and not table.rows.empty]
        tables[name] = pd.concat(parts, ignore_index=True) if parts else empty_table(name)
    tables["conventions"] = _with_listed_signatures(tables["conventions"], tables["territoires"])
    return tables


def _with_listed_signatures(conventions: pd.DataFrame, territories: pd.DataFrame) -> pd.DataFrame:
    """Add the conventions d'adhésion that the ANCT list of PVD gives."""
    listed = territories[territories["programme"].eq("PVD") & territories["date_signature"].notna()].assign(
        type_convention="adhesion", nature_fait="constate", source_fait="Liste des Petites villes de demain (ANCT)"
    )
    if listed.empty:
        return conventions
    return pd.concat([conventions, typed("conventions", listed)], ignore_index=True)


def _checked(
    tables: dict[str, pd.DataFrame], referentiel: Referentiel
) -> tuple[dict[str, pd.DataFrame], pd.DataFrame, list[Constat]]:
    """Hold the tables to their keys, to each other and to their schemas; a row at fault is set aside."""
    findings: list[Constat] = []
    aside: list[pd.DataFrame] = []
    for name, description in table_descriptions().items():
        if description.key:
            repeated = tables[name].duplicated(list(description.key))
            tables[name], gone = _split(tables[name], repeated, name, "doublon_de_cle")
            aside.append(gone)
            findings += _findings_of(gone, "doublon_de_cle", "un identifiant par ligne, par exemple « 40-001 »")
    orphans = ~tables["financements"]["id_projet"].isin(tables["projets"]["id_projet"])
    tables["financements"], gone = _split(tables["financements"], orphans, "financements", "projet_inconnu")
    aside.append(gone)
    findings += _findings_of(gone, "projet_inconnu", "un identifiant de la feuille « Projets », par exemple « 40-001 »")
    findings += _unknown_laureates(tables)
    findings += _contradicted_dates(tables["conventions"], referentiel)
    for name in tables:
        try:
            schema(name).validate(tables[name], lazy=True)
        except pandera.errors.SchemaErrors as errors:
            for case in errors.failure_cases.itertuples():
                findings.append(
                    Constat("schema", Origine(f"table {name}"), trouve=f"{case.column} : {case.failure_case}")
                )
    return tables, _concatenated(aside), findings


def _split(table: pd.DataFrame, faulty: pd.Series, name: str, motive: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    description = table_descriptions()[name]
    gone = table[faulty]
    content = gone[list(description.columns)].apply(
        lambda row: " | ".join(str(value) for value in row if pd.notna(value)), axis=1
    )
    rows = gone[["fichier", "feuille", "ligne"]].assign(
        table=name,
        motif=motive,
        contenu=content if len(gone) else None,
        montant_cents=gone[description.amount] if description.amount else None,
    )
    return table[~faulty].reset_index(drop=True), set_aside(rows.to_dict("records"))


def _findings_of(gone: pd.DataFrame, rule: str, expected: str) -> list[Constat]:
    return [
        Constat(rule, Origine(row.fichier, row.feuille or None, int(row.ligne)), trouve=row.contenu, attendu=expected)
        for row in gone.itertuples()
    ]


def _unknown_laureates(tables: Mapping[str, pd.DataFrame]) -> list[Constat]:
    """Return the projects and conventions of towns that are no laureates, where the classeur lists laureates."""
    findings = []
    laureates = tables["laureats"]
    for name in ("projets", "conventions"):
        table = tables[name]
        followed = table["code_departement"].isin(laureates["code_departement"])
        unknown = table[followed & ~table["code_commune"].isin(laureates["code_commune"])]
        findings += [
            Constat(
                "laureat_inconnu",
                Origine(row.fichier, row.feuille or None, int(row.ligne)),
                trouve=row.code_commune,
                attendu="une commune de la feuille « Lauréats »",
            )
            for row in unknown.itertuples()
        ]
    return findings


def _contradicted_dates(conventions: pd.DataFrame, referentiel: Referentiel) -> list[Constat]:
    findings = []
    signed = conventions[conventions["date_signature"].notna()].sort_values("fichier")
    for (code, _), group in signed.groupby(["code_commune", "type_convention"]):
        if group["date_signature"].nunique() > 1:
            newest = group.iloc[-1]
            findings.append(
                Constat(
                    "date_contredite",
                    Origine(newest.fichier, newest.feuille or None, int(newest.ligne)),
                    trouve=f"{referentiel.commune_name(code)} : "
                    + " ; ".join(f"{format_date(row.date_signature)} ({row.fichier})" for row in group.itertuples()),
                    attendu="une seule date de signature",
                    proposition=format_date(newest.date_signature),
                )
            )
    return findings


def _reckoned(
    reads: list[tuple[_Delivered, TableRead]], tables: Mapping[str, pd.DataFrame], ecartees: pd.DataFrame
) -> tuple[pd.DataFrame, list[Constat]]:
    """Reckon each sheet: what was read when it was opened, against what stands in the tables and in the rows set aside."""
    rows = []
    findings = []
    for _, read in reads:
        kept = tables[read.table]
        kept = kept[kept["fichier"].eq(read.file) & kept["feuille"].eq(read.sheet)]
        gone = ecartees[
            ecartees["fichier"].eq(read.file) & ecartees["feuille"].eq(read.sheet) & ecartees["table"].eq(read.table)
        ]
        amount = table_descriptions()[read.table].amount
        kept_cents = int(kept[amount].sum()) if amount else 0
        gone_cents = int(gone["montant_cents"].sum())
        row = (
            read.file,
            read.sheet,
            read.table,
            read.rows_read,
            len(kept),
            len(gone),
            read.cents_read,
            kept_cents,
            gone_cents,
        )
        rows.append(row)
        if read.rows_read != len(kept) + len(gone) or read.cents_read != kept_cents + gone_cents:
            findings.append(
                Constat(
                    "bilan_faux",
                    Origine(read.file, read.sheet or None),
                    trouve=f"{len(kept)} + {len(gone)} lignes, {format_euros(kept_cents)} + {format_euros(gone_cents)}",
                    attendu=f"{read.rows_read} lignes, {format_euros(read.cents_read)}",
                )
            )
    table = pd.DataFrame(rows, columns=list(RECKONING_COLUMNS))
    numbers = RECKONING_COLUMNS[3:]
    return table.astype({**dict.fromkeys(RECKONING_COLUMNS[:3], "str"), **dict.fromkeys(numbers, "Int64")}), findings


def _concatenated(parts: list[pd.DataFrame]) -> pd.DataFrame:
    full = [part for part in parts if not part.empty]
    return pd.concat(full, ignore_index=True)[list(SET_ASIDE_COLUMNS)] if full else set_aside([])


def _file_table(delivered: list[_Delivered]) -> pd.DataFrame:
    rows = [
        (
            item.read.name,
            pd.Timestamp(item.file.delivery),
            item.read.content.source if item.read.content else "—",
            item.read.content.scope if item.read.content else "",
            item.use,
            item.read.sha256,
        )
        for item in delivered
    ]
    table = pd.DataFrame(rows, columns=list(FILE_COLUMNS))
    text = [column for column in FILE_COLUMNS if column != "livraison"]
    return table.astype({**dict.fromkeys(text, "str"), "livraison": "datetime64[s]"})

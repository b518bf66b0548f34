"""From the raw files to the tables: read, choose the newest delivery of each source, check, reckon."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd
import pandera.errors

from pvd_analysis.communes import Referentiel, load_referentiel
from pvd_analysis.constats import Constat, Origine, SetAside, findings_table
from pvd_analysis.dataset.choice import Delivered, chosen, earlier_classeurs, newest_rows
from pvd_analysis.dataset.deliveries import DeliveredFile, delivered_files, referentiel_folder
from pvd_analysis.dataset.history import dated_states, delivered_on, event_date, history
from pvd_analysis.dataset.opinions import checked_opinions
from pvd_analysis.dataset.schemas import empty_table, schema, typed
from pvd_analysis.sources import (
    FRANCE,
    SET_ASIDE_COLUMNS,
    FileRead,
    TableRead,
    avis,
    file_name,
    rows_set_aside,
    set_aside,
)
from pvd_analysis.sources.apart import Apart
from pvd_analysis.sources.identifiers import loose_identifier
from pvd_analysis.values import counted, format_date, format_euros, sentence_list
from pvd_analysis.vocabulary import (
    TableDescription,
    column_dictionary,
    table_description,
    table_descriptions,
    term_label,
)

__all__ = ["Preparation", "checked_alone", "prepare"]

FILE_COLUMNS = ("fichier", "livraison", "source", "perimetre", "usage", "sha256")
# The states of what has taken place; what is only planned, sought or asked for may well be dated ahead.
_DONE = ("annonce", "accorde", "paye", "refuse", "abandonne", "recrute", "vacant", "realise")
_FIRST_TOWNS = 5
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


@dataclass(frozen=True, slots=True)
class Preparation:
    """The clean tables of everything delivered by a date.

    ``tables`` holds every table of ``tables.toml``, with the states that its facts have had
    (`pvd_analysis.dataset.history`); ``constats`` the findings, ``ecartees`` the rows set aside, ``bilan`` the reckoning
    of rows and cents by file, sheet and table, ``fichiers`` the files with their use.
    """

    tables: Mapping[str, pd.DataFrame]
    constats: pd.DataFrame
    ecartees: pd.DataFrame
    bilan: pd.DataFrame
    fichiers: pd.DataFrame

    def of(self, departements: set[str] | None) -> "Preparation":
        """Return what concerns some départements (None: all): their rows, and the files that tell their facts.

        A file that nothing could read, or whose département is not found, may concern any of them: what is said of it as
        a whole is kept.
        """
        if departements is None:
            return self
        tables = {
            name: _rows_of(table, table["code_departement"].isin(departements)) for name, table in self.tables.items()
        }
        told = {file for table in tables.values() for file in table["fichier"].unique()}
        scopes = [
            (file, set(scope.split("+")))
            for file, scope in zip(self.fichiers["fichier"], self.fichiers["perimetre"], strict=True)
        ]
        sources = {file for file, scope in scopes if file in told or scope & {*departements, FRANCE}}
        unplaced = {file for file, scope in scopes if not any(scope)} - sources

        def concerns(rows: pd.DataFrame) -> pd.Series:
            own = rows["code_departement"].isin(departements)
            return own | (rows["code_departement"].isna() & rows["fichier"].isin(sources))

        of_file = self.constats["ligne"].isna() & ~self.constats["fichier"].isin(
            [file for file, _ in scopes if file not in unplaced]
        )
        return Preparation(
            tables=tables,
            constats=_rows_of(self.constats, concerns(self.constats) | of_file),
            ecartees=_rows_of(self.ecartees, concerns(self.ecartees)),
            bilan=_rows_of(self.bilan, self.bilan["fichier"].isin(sources)),
            fichiers=_rows_of(self.fichiers, self.fichiers["fichier"].isin(sources)),
        )


def _rows_of(table: pd.DataFrame, kept: pd.Series) -> pd.DataFrame:
    return table[kept].reset_index(drop=True)


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
    with Apart(referentiel) as apart:
        for file in files:
            progress(file.name)
            reads.append((file, apart.read(file.path, file.name)))
    return _prepared(reads, findings, referentiel)


def checked_alone(path: Path, referentiel: Referentiel) -> tuple[FileRead, pd.DataFrame]:
    """Read one file, and return with it the findings that its delivery of today would give, were it the only file.

    Opinions are held to the projects of the classeurs, that one file does not have: they are only read.
    """
    today = dt.date.today()
    name = file_name(Path(path.name))
    file = DeliveredFile(today, f"{today}/{name}", path)
    with Apart(referentiel) as apart:
        read = apart.read(path, file.name)
    is_opinions = read.content is not None and read.content.source == avis.NAME
    found = findings_table(read.findings) if is_opinions else _prepared([(file, read)], [], referentiel).constats
    text = found.select_dtypes("str").columns
    found[text] = found[text].apply(lambda said: said.str.replace(f"{today}/", "", regex=False))
    return replace(read, name=name), found


def _prepared(
    reads: list[tuple[DeliveredFile, FileRead]], findings: list[Constat], referentiel: Referentiel
) -> Preparation:
    delivered, choice_findings = chosen(reads)
    findings = findings + choice_findings
    findings += [finding for item in delivered for finding in item.findings]
    reads_of_tables = [table for item in delivered for table in item.tables]
    tables = _assembled(reads_of_tables)
    tables, replaced_aside, replacement_findings = newest_rows(tables, delivered)
    tables = _completed(tables, referentiel)
    earlier = _earlier(delivered)
    classeurs = {item.read.name for item in delivered if item.is_used_classeur}
    tables, checked_aside, check_findings = _checked(tables, earlier, classeurs, referentiel)
    ecartees = _concatenated([*(table.set_aside for table in reads_of_tables), *replaced_aside, *checked_aside])
    bilan, reckoning_findings = _reckoned(reads_of_tables, tables, ecartees)
    constats = findings_table([*findings, *replacement_findings, *check_findings, *reckoning_findings])
    return Preparation(
        tables=_with_history(tables, earlier, delivered),
        constats=_located(constats, tables, delivered),
        ecartees=_located(ecartees, tables, delivered),
        bilan=bilan,
        fichiers=_file_table(delivered),
    )


# Of each département, its older classeurs: the name of the file, and its tables.
_Earlier = Mapping[str, list[tuple[str, Mapping[str, pd.DataFrame]]]]


def _earlier(delivered: list[Delivered]) -> _Earlier:
    """Return the classeurs that a newer one replaced, the oldest first, each consistent in itself."""
    found: dict[str, list[tuple[str, Mapping[str, pd.DataFrame]]]] = {}
    for departement, read in earlier_classeurs(delivered):
        tables = _assembled(list(read.content.tables) if read.content else [])
        for name, description in table_descriptions().items():
            if description.key:
                tables[name] = tables[name].drop_duplicates(list(description.key), ignore_index=True)
        aids = tables["financements"]
        tables["financements"] = aids[aids["id_projet"].isin(tables["projets"]["id_projet"])].reset_index(drop=True)
        found.setdefault(departement, []).append((read.name, tables))
    return found


def _with_history(
    tables: Mapping[str, pd.DataFrame], earlier: _Earlier, delivered: list[Delivered]
) -> dict[str, pd.DataFrame]:
    """Return the tables with the states that each fact has had, as its row and the older classeurs tell them."""
    newest = {item.departement: item.read.name for item in delivered if item.is_used_classeur}
    states = {}
    for name, table in tables.items():
        if not (earlier and table_descriptions()[name].fact):
            states[name] = dated_states(name, table)
            continue
        own = table["code_departement"]
        parts = [dated_states(name, table[~own.isin(list(earlier))])]
        for departement, older in earlier.items():
            told = [(file, of_file[name]) for file, of_file in older]
            parts.append(history(name, [*told, (newest[departement], table[own.eq(departement)])]))
        full = [part for part in parts if len(part)]
        states[name] = pd.concat(full, ignore_index=True) if full else parts[0]
    return states


def _assembled(reads: list[TableRead]) -> dict[str, pd.DataFrame]:
    tables = {}
    for name in table_descriptions():
        parts = [typed(name, table.rows) for table in reads if table.table == name and not table.rows.empty]
        tables[name] = pd.concat(parts, ignore_index=True) if parts else empty_table(name)
    return tables


def _completed(tables: dict[str, pd.DataFrame], referentiel: Referentiel) -> dict[str, pd.DataFrame]:
    """Add what the ANCT lists say of conventions, and of laureates where no classeur follows them."""
    territories = tables["territoires"]
    return {
        **tables,
        "conventions": _with_listed_signatures(tables["conventions"], territories),
        "laureats": _with_listed_laureates(tables["laureats"], territories, referentiel),
    }


def _with_listed_signatures(conventions: pd.DataFrame, territories: pd.DataFrame) -> pd.DataFrame:
    """Add the conventions d'adhésion that the ANCT list of PVD gives."""
    listed = territories[territories["programme"].eq("PVD") & territories["date_signature"].notna()].assign(
        type_convention="adhesion", nature_fait="constate", source_fait="Liste des Petites villes de demain (ANCT)"
    )
    if listed.empty:
        return conventions
    return pd.concat([conventions, typed("conventions", listed)], ignore_index=True)


def _with_listed_laureates(
    laureates: pd.DataFrame, territories: pd.DataFrame, referentiel: Referentiel
) -> pd.DataFrame:
    """Add the towns of the ANCT list that no classeur follows: each is a laureate of its own."""
    followed = territories["code_commune"].isin(laureates["code_commune"])
    listed = territories[territories["programme"].eq("PVD") & ~followed].drop_duplicates("code_commune")
    if listed.empty:
        return laureates
    epci = listed["code_commune"].map(referentiel.epci_of)
    listed = listed.assign(
        laureat=listed["code_commune"].map(referentiel.commune_name),
        code_epci=epci,
        epci=epci.map(referentiel.epci_name, na_action="ignore"),
        nature_fait="constate",
        source_fait="Liste des Petites villes de demain (ANCT)",
    )
    return pd.concat([laureates, typed("laureats", listed)], ignore_index=True)


def _checked(
    tables: dict[str, pd.DataFrame], earlier: _Earlier, classeurs: set[str], referentiel: Referentiel
) -> tuple[dict[str, pd.DataFrame], list[pd.DataFrame], list[Constat]]:
    """Hold the tables to their keys, to each other and to their schemas; a row at fault is set aside."""
    findings: list[Constat] = []
    aside: list[pd.DataFrame] = []
    for name, description in table_descriptions().items():
        if name == "avis":  # the last table: the projects that it is held against are checked by then
            tables[name], aside_here, found = checked_opinions(tables[name], _all_projects(tables, earlier))
            aside, findings = aside + aside_here, findings + found
        elif description.key:
            repeated = tables[name].duplicated(list(description.key))
            gone = rows_set_aside(tables[name][repeated], name, "doublon_de_cle")
            tables[name] = tables[name][~repeated].reset_index(drop=True)
            aside.append(gone)
            findings += _findings_of(gone, "doublon_de_cle", "une seule ligne par " + _key_in_words(description))
    orphans = ~tables["financements"]["id_projet"].isin(tables["projets"]["id_projet"])
    gone = rows_set_aside(tables["financements"][orphans], "financements", "projet_inconnu")
    near = [_near_identifier(row, tables["projets"]) for row in tables["financements"][orphans].itertuples()]
    tables["financements"] = tables["financements"][~orphans].reset_index(drop=True)
    aside.append(gone)
    findings += _findings_of(gone, "projet_inconnu", "un identifiant de la feuille « Projets »", near)
    findings += _unknown_laureates(tables, classeurs, referentiel)
    findings += _contradicted_dates(tables["conventions"], referentiel)
    findings += _dated_after_delivery(tables) + _repeated_financings(tables["financements"])
    for name in tables:
        tables[name], aside_here, found = _held_to_schema(name, tables[name])
        aside, findings = aside + aside_here, findings + found
    return tables, aside, findings


def _held_to_schema(name: str, table: pd.DataFrame) -> tuple[pd.DataFrame, list[pd.DataFrame], list[Constat]]:
    """Set aside the rows that the schema of a table refuses."""
    if table.empty:
        return table, [], []
    try:
        schema(name).validate(table, lazy=True)
    except pandera.errors.SchemaErrors as errors:
        cases = errors.failure_cases
    else:
        return table, [], []
    findings = []
    for case in cases.itertuples():
        at_row = None if pd.isna(case.index) else table.loc[case.index]
        origin = (
            Origine(f"table {name}")
            if at_row is None
            else Origine(at_row["fichier"], at_row["feuille"] or None, int(at_row["ligne"]))
        )
        said = f"{case.column} : {case.failure_case}"
        findings.append(
            Constat("schema", origin, trouve=said, ecartee=None if at_row is None else _set_aside(name, at_row))
        )
    refused = table.index.isin(cases["index"].dropna())
    return table[~refused].reset_index(drop=True), [rows_set_aside(table[refused], name, "schema")], findings


def _set_aside(name: str, row: pd.Series) -> SetAside:
    amount = table_description(name).amount
    return SetAside(int(row[amount]) if amount and pd.notna(row[amount]) else None)


def _findings_of(gone: pd.DataFrame, rule: str, expected: str, proposals: Sequence[str] = ()) -> list[Constat]:
    return [
        Constat(
            rule,
            Origine(row.fichier, row.feuille or None, int(row.ligne)),
            trouve=row.contenu,
            attendu=expected,
            proposition=proposal,
            ecartee=SetAside(None if pd.isna(row.montant_cents) else int(row.montant_cents)),
        )
        for row, proposal in zip(gone.itertuples(), proposals or [""] * len(gone), strict=True)
    ]


def _key_in_words(description: TableDescription) -> str:
    labels = [column_dictionary()[column]["libelle"].lower() for column in description.key]
    return sentence_list([label for label in labels if label != "département"] or labels)


def _near_identifier(row: Any, projects: pd.DataFrame) -> str:
    """Return the project whose identifier is the same but for case, punctuation and leading zeros, if there is one alone."""
    own = projects.loc[projects["code_departement"].eq(row.code_departement), "id_projet"]
    near = [name for name in own if loose_identifier(name) == loose_identifier(row.id_projet)]
    return near[0] if len(near) == 1 else ""


def _all_projects(tables: Mapping[str, pd.DataFrame], earlier: _Earlier) -> pd.DataFrame:
    """Return the projects, those that a newer classeur has withdrawn among them: opinions were given on them."""
    withdrawn = [of_file["projets"] for older in earlier.values() for _, of_file in reversed(older)]
    parts = [part for part in (tables["projets"], *withdrawn) if len(part)] or [tables["projets"]]
    return pd.concat(parts, ignore_index=True).drop_duplicates("id_projet", ignore_index=True)


def _dated_after_delivery(tables: Mapping[str, pd.DataFrame]) -> list[Constat]:
    """Return the facts told as done that are dated after the delivery that tells them: a slip, or a date foreseen."""
    findings = []
    for name, description in table_descriptions().items():
        table = tables[name]
        if not (description.fact and description.dates) or table.empty:
            continue
        done = table[table[description.state].isin(_DONE)] if description.state else table
        findings += [
            Constat(
                "date_apres_livraison",
                Origine(row.fichier, row.feuille or None, int(row.ligne)),
                trouve=format_date(day),
                attendu=f"une date antérieure à la livraison du {format_date(delivered_on(row.fichier))}",
            )
            for row, day in zip(done.itertuples(), event_date(done, name), strict=True)
            if day > delivered_on(row.fichier)
        ]
    return findings


def _repeated_financings(financings: pd.DataFrame) -> list[Constat]:
    """Return the financings that say what one above says: pasted twice, or two grants that a date would tell apart."""
    said = [
        column for column in table_description("financements").columns if column not in {"nature_fait", "source_fait"}
    ]
    repeated = financings[financings.duplicated(["fichier", *said])]
    return [
        Constat(
            "financement_repete",
            Origine(row.fichier, row.feuille or None, int(row.ligne)),
            trouve=f"{row.id_projet}, {term_label('dispositif', row.dispositif)}, {format_euros(row.montant_cents)}",
            attendu="une ligne par financement ; une date de décision distingue deux aides",
        )
        for row in repeated.itertuples()
    ]


def _unknown_laureates(
    tables: Mapping[str, pd.DataFrame], classeurs: set[str], referentiel: Referentiel
) -> list[Constat]:
    """Return the projects and conventions of towns that are no laureates, where laureates are known.

    A list that speaks of more than the programme has one finding for all of them: it is no fault of the list.
    """
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
                trouve=f"{referentiel.commune_name(row.code_commune)} ({row.code_commune})",
                attendu="une commune de la feuille « Lauréats »",
            )
            for row in unknown[unknown["fichier"].isin(classeurs)].itertuples()
        ]
        for file, codes in unknown[~unknown["fichier"].isin(classeurs)].groupby("fichier")["code_commune"]:
            towns = sorted({referentiel.commune_name(code) for code in codes})
            more = ", …" if len(towns) > _FIRST_TOWNS else ""
            found = f"{counted(codes.nunique(), 'commune')} : {', '.join(towns[:_FIRST_TOWNS])}{more}"
            findings.append(Constat("communes_hors_programme", Origine(str(file)), trouve=found))
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
    reads: list[TableRead], tables: Mapping[str, pd.DataFrame], ecartees: pd.DataFrame
) -> tuple[pd.DataFrame, list[Constat]]:
    """Reckon each sheet: what was read when it was opened, against what stands in the tables and in the rows set aside."""
    rows = []
    findings = []
    for read in reads:
        table = tables[read.table]
        kept = table["fichier"].eq(read.file) & table["feuille"].eq(read.sheet)
        gone = ecartees[
            ecartees["fichier"].eq(read.file) & ecartees["feuille"].eq(read.sheet) & ecartees["table"].eq(read.table)
        ]
        amount = table_descriptions()[read.table].amount
        kept_rows, kept_cents = int(kept.sum()), int(table.loc[kept, amount].sum()) if amount else 0
        gone_cents = int(gone["montant_cents"].sum())
        row = (
            read.file,
            read.sheet,
            read.table,
            read.rows_read,
            kept_rows,
            len(gone),
            read.cents_read,
            kept_cents,
            gone_cents,
        )
        rows.append(row)
        if read.rows_read != kept_rows + len(gone) or read.cents_read != kept_cents + gone_cents:
            findings.append(
                Constat(
                    "bilan_faux",
                    Origine(read.file, read.sheet or None),
                    trouve=f"{kept_rows} + {len(gone)} lignes, {format_euros(kept_cents)} + {format_euros(gone_cents)}",
                    attendu=f"{read.rows_read} lignes, {format_euros(read.cents_read)}",
                )
            )
    reckoning = pd.DataFrame(rows, columns=list(RECKONING_COLUMNS))
    numbers = RECKONING_COLUMNS[3:]
    return reckoning.astype(
        {**dict.fromkeys(RECKONING_COLUMNS[:3], "str"), **dict.fromkeys(numbers, "Int64")}
    ), findings


def _concatenated(parts: list[pd.DataFrame]) -> pd.DataFrame:
    full = [part for part in parts if not part.empty]
    return pd.concat(full, ignore_index=True)[list(SET_ASIDE_COLUMNS)] if full else set_aside([])


def _located(places: pd.DataFrame, tables: Mapping[str, pd.DataFrame], delivered: list[Delivered]) -> pd.DataFrame:
    """Add the département of findings or of rows set aside: that of their row, else of their file; blank for both.

    A report then shows what concerns its département, and what concerns no département in particular.
    """
    origin = ["fichier", "feuille", "ligne"]
    rows = pd.concat([table[[*origin, "code_departement"]] for table in tables.values()])
    rows = rows[rows["fichier"].isin(places["fichier"]) & rows["ligne"].isin(places["ligne"])].drop_duplicates(origin)
    known = places.merge(rows.astype({"feuille": "str"}).fillna({"feuille": ""}), on=origin, how="left")
    of_file = {item.read.name: item.departement for item in delivered if item.departement}
    return known.assign(
        code_departement=known["code_departement"].fillna(known["fichier"].map(of_file).astype("str")).astype("str")
    )


def _file_table(delivered: list[Delivered]) -> pd.DataFrame:
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

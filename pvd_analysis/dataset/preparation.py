"""From the raw files to the tables: read, choose the newest delivery of each source, check, reckon."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from pvd_analysis.communes import Referentiel, load_referentiel
from pvd_analysis.constats import Constat, Origine, findings_table
from pvd_analysis.dataset.checks import Earlier, checked
from pvd_analysis.dataset.deliveries import (
    USED,
    Delivered,
    DeliveredFile,
    chosen,
    delivered_files,
    earlier_classeurs,
    newest_rows,
)
from pvd_analysis.dataset.history import history
from pvd_analysis.dataset.schemas import empty_table, joined, typed
from pvd_analysis.dataset.states import dated_states
from pvd_analysis.project import referentiel_folder
from pvd_analysis.sources import FRANCE, SET_ASIDE_COLUMNS, FileRead, TableRead, avis, file_name, set_aside
from pvd_analysis.sources.apart import Apart, read_all
from pvd_analysis.values import format_euros
from pvd_analysis.vocabulary import ORIGIN, table_descriptions

FILE_COLUMNS = ("fichier", "livraison", "source", "perimetre", "usage", "sha256")
RECKONING_COLUMNS = (
    *("fichier", "feuille", "table", "lignes_lues", "lignes_gardees", "lignes_ecartees"),
    *("euros_lus_cents", "euros_gardes_cents", "euros_ecartes_cents"),
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
    reads = read_all([(file.path, file.name) for file in files], referentiel, progress)
    return _prepared(list(zip(files, reads, strict=True)), findings, referentiel)


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
    classeurs = {item.read.name for item in delivered if item.is_classeur(USED)}
    tables, checked_aside, check_findings = checked(tables, earlier, classeurs, referentiel)
    aside = [set_aside([]), *(table.set_aside for table in reads_of_tables), *replaced_aside, *checked_aside]
    ecartees = joined(aside)[list(SET_ASIDE_COLUMNS)]
    bilan, reckoning_findings = _reckoned(reads_of_tables, tables, ecartees)
    constats = findings_table([*findings, *replacement_findings, *check_findings, *reckoning_findings])
    rows = pd.concat([table[[*ORIGIN, "code_departement"]] for table in tables.values()])
    return Preparation(
        tables=_with_history(tables, earlier, delivered),
        constats=_located(constats, rows, delivered),
        ecartees=_located(ecartees, rows, delivered),
        bilan=bilan,
        fichiers=_file_table(delivered),
    )


def _earlier(delivered: list[Delivered]) -> Earlier:
    """Return the classeurs that a newer one replaced, the oldest first, each consistent in itself."""
    found: dict[str, list[tuple[str, Mapping[str, pd.DataFrame]]]] = {}
    for departement, read in earlier_classeurs(delivered):
        tables = _assembled(list(read.content.tables) if read.content else [])
        for name, description in table_descriptions().items():
            if description.key:
                tables[name] = tables[name].drop_duplicates(list(description.key), ignore_index=True)
        aids = tables["financements"]
        projects = tables["projets"]["id_projet"]
        tables["financements"] = aids[aids["id_projet"].isin(projects)].reset_index(drop=True)
        found.setdefault(departement, []).append((read.name, tables))
    return found


def _with_history(
    tables: Mapping[str, pd.DataFrame], earlier: Earlier, delivered: list[Delivered]
) -> dict[str, pd.DataFrame]:
    """Return the tables with the states that each fact has had, as its row and the older classeurs tell them."""
    newest = {item.departement: item.read.name for item in delivered if item.is_classeur(USED)}
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
        states[name] = joined(parts)
    return states


def _assembled(reads: list[TableRead]) -> dict[str, pd.DataFrame]:
    tables = {}
    for name in table_descriptions():
        parts = [typed(name, read.rows) for read in reads if read.table == name]
        tables[name] = joined([empty_table(name), *parts])
    return tables


def _completed(tables: dict[str, pd.DataFrame], referentiel: Referentiel) -> dict[str, pd.DataFrame]:
    """Add what the ANCT lists say of conventions, and of laureates where no classeur follows them."""
    territories, laureates = tables["territoires"], tables["laureats"]
    listed = territories[territories["programme"].eq("PVD")].assign(
        type_convention="adhesion", nature_fait="constate", source_fait="Liste des Petites villes de demain (ANCT)"
    )
    signed = listed[listed["date_signature"].notna()]
    followed = listed["code_commune"].isin(laureates["code_commune"])
    towns = listed[~followed].drop_duplicates("code_commune")
    epci = towns["code_commune"].map(referentiel.epci_of)
    # each town that no classeur follows is a laureate of its own
    own = towns.assign(
        laureat=towns["code_commune"].map(referentiel.commune_name),
        code_epci=epci,
        epci=epci.map(referentiel.epci_name, na_action="ignore"),
    )
    return {
        **tables,
        "conventions": joined([tables["conventions"], typed("conventions", signed)]),
        "laureats": joined([laureates, typed("laureats", own)]),
    }


def _reckoned(
    reads: list[TableRead], tables: Mapping[str, pd.DataFrame], ecartees: pd.DataFrame
) -> tuple[pd.DataFrame, list[Constat]]:
    """Reckon each sheet: what was read when it was opened, against what stands in the tables and in the rows set aside."""
    rows = []
    findings = []
    of_sheet = ecartees.groupby(["fichier", "feuille", "table"])["montant_cents"].agg(["size", "sum"])
    gone = {place: (int(number), int(cents)) for place, number, cents in of_sheet.itertuples(name=None)}
    for read in reads:
        table = tables[read.table]
        kept = table["fichier"].eq(read.file) & table["feuille"].eq(read.sheet)
        amount = table_descriptions()[read.table].amount
        kept_rows = int(kept.sum())
        kept_cents = int(table.loc[kept, amount].sum()) if amount else 0
        gone_rows, gone_cents = gone.get((read.file, read.sheet, read.table), (0, 0))
        counts = (read.rows_read, kept_rows, gone_rows, read.cents_read, kept_cents, gone_cents)
        rows.append((read.file, read.sheet, read.table, *counts))
        if read.rows_read != kept_rows + gone_rows or read.cents_read != kept_cents + gone_cents:
            found = f"{kept_rows} + {gone_rows} lignes, {format_euros(kept_cents)} + {format_euros(gone_cents)}"
            expected = f"{read.rows_read} lignes, {format_euros(read.cents_read)}"
            origin = Origine(read.file, read.sheet or None)
            findings.append(Constat("bilan_faux", origin, trouve=found, attendu=expected))
    types = dict.fromkeys(RECKONING_COLUMNS[:3], "str") | dict.fromkeys(RECKONING_COLUMNS[3:], "Int64")
    return pd.DataFrame(rows, columns=list(RECKONING_COLUMNS)).astype(types), findings


def _located(places: pd.DataFrame, rows: pd.DataFrame, delivered: list[Delivered]) -> pd.DataFrame:
    """Add the département of findings or of rows set aside: that of their row, else of their file; blank for both.

    A report then shows what concerns its département, and what concerns no département in particular.
    """
    if places.empty:
        return places.assign(code_departement=pd.Series(dtype="str"))
    rows = rows[rows["fichier"].isin(places["fichier"]) & rows["ligne"].isin(places["ligne"])].drop_duplicates(
        list(ORIGIN)
    )
    known = places.merge(rows.astype({"feuille": "str"}).fillna({"feuille": ""}), on=list(ORIGIN), how="left")
    of_file = {item.read.name: item.departement for item in delivered if item.departement}
    return known.assign(
        code_departement=known["code_departement"].fillna(known["fichier"].map(of_file).astype("str")).astype("str")
    )


def _file_table(delivered: list[Delivered]) -> pd.DataFrame:
    rows = []
    for item in delivered:
        content = item.read.content
        source, scope = (content.source, content.scope) if content else ("—", "")
        day = pd.Timestamp(item.file.delivery)
        rows.append((item.read.name, day, source, scope, item.use, item.read.sha256))
    table = pd.DataFrame(rows, columns=list(FILE_COLUMNS))
    text = [column for column in FILE_COLUMNS if column != "livraison"]
    return table.astype({**dict.fromkeys(text, "str"), "livraison": "datetime64[s]"})

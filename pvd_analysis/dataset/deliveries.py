"""The deliveries: one folder for each day on which files were received, ``data/raw/<date>/``; and which of them are used.

That is the newest of each list, for each département that it speaks of.
"""

import contextlib
import datetime as dt
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from pvd_analysis.constats import Constat, Origine, SetAside
from pvd_analysis.project import raw_folder, referentiel_folder
from pvd_analysis.sources import FRANCE, FileRead, TableRead, classeur, file_name, rows_set_aside
from pvd_analysis.sources.plausibility import stray_years
from pvd_analysis.values import counted, format_date, format_euros
from pvd_analysis.whole_file import write_whole

USED, REPLACED, COPY, RIVAL, UNREAD = "utilisé", "remplacé", "copie", "écarté", "non lu"


@dataclass(frozen=True, slots=True, order=True)
class DeliveredFile:
    """One raw file and the day on which it was received."""

    delivery: dt.date
    name: str
    path: Path


def delivered_files(root: Path, known_on: dt.date | None = None) -> tuple[list[DeliveredFile], list[Constat]]:
    """Return the files delivered by a date (all of them by default), oldest first, and what in the raw folder is none.

    Hidden files, the lock files of office programs (``~$…``, ``.~lock…``) and the notes (``README.md``) are no deliveries.
    A delivery dated after today is a slip: it would take the place of all that come.
    """
    files: list[DeliveredFile] = []
    findings: list[Constat] = []
    folder = raw_folder(root)
    expected = "un dossier nommé par sa date de réception, par exemple « 2021-09-10 »"
    for path in sorted(folder.iterdir()):
        if path == referentiel_folder(root) or not _is_delivered(path):
            continue
        name = file_name(Path(path.name))
        if not path.is_dir():
            findings.append(Constat("fichier_hors_livraison", Origine(name), trouve=name, attendu=expected))
            continue
        day = _day(path.name)
        if day is None:
            if not any(_files(path)):
                continue
            findings.append(Constat("livraison_inconnue", Origine(name), trouve=name, attendu=expected))
            continue
        if known_on is not None and day > known_on:
            continue
        if day > dt.date.today():
            expected = f"une date de réception, au plus tard le {format_date(dt.date.today())}"
            findings.append(Constat("livraison_a_venir", Origine(path.name), trouve=format_date(day), attendu=expected))
            continue
        found, refused = _files(path)
        findings += [
            Constat("dossier_illisible", Origine(file_name(each.relative_to(folder))), trouve="accès refusé",
                    attendu="un dossier que vous avez le droit de lire")
            for each in refused
        ]  # fmt: skip
        if not found and not refused:
            findings.append(Constat("livraison_vide", Origine(path.name), attendu="les fichiers reçus ce jour-là"))
        files += [DeliveredFile(day, file_name(each.relative_to(folder)), each) for each in found]
    return files, findings


def _day(name: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(name)
    except ValueError:
        return None


def _is_delivered(path: Path) -> bool:
    return not path.name.startswith((".", "~$")) and path.name.casefold() != "readme.md"


def _files(delivery: Path) -> tuple[list[Path], list[Path]]:
    """Return the files of a delivery and of its folders, and the folders that may not be read."""
    refused: list[OSError] = []
    found = [
        Path(folder, name)
        for folder, _, names in os.walk(delivery, onerror=refused.append)
        for name in names
        if _is_delivered(Path(name))
    ]
    return sorted(found), [Path(error.filename) for error in refused]


def delivery_place(root: Path, day: dt.date, name: str, content: bytes) -> tuple[Path, bool]:
    """Return where a file is to be delivered, or where it is already, byte for byte; and which of the two it is.

    A delivered file is never written again: other bytes under the same name get a number, ``avis_40_02.xlsx``.

    Parameters
    ----------
    root : Path
        The project's root.
    day : datetime.date
        The delivery.
    name : str
        The name that it would have alone.
    content : bytes
        The file, as received.

    Returns
    -------
    tuple
        The place, and whether the file is there already.
    """
    for file in delivered_files(root)[0]:
        with contextlib.suppress(OSError):  # one that may not be read is a finding of the preparation
            if file.path.stat().st_size == len(content) and file.path.read_bytes() == content:
                return file.path, True
    wanted = raw_folder(root) / day.isoformat() / name
    place, number = wanted, 1
    while place.exists():
        number += 1
        place = wanted.with_name(f"{wanted.stem}_{number:02}{wanted.suffix}")
    return place, False


def deliver(place: Path, content: bytes) -> None:
    """Write a received file in its delivery, whole or not at all."""
    place.parent.mkdir(parents=True, exist_ok=True)
    write_whole(place, content)


@dataclass(frozen=True, slots=True)
class Delivered:
    """A file, what it gave, and whether it is used."""

    file: DeliveredFile
    read: FileRead
    use: str

    @property
    def tables(self) -> tuple[TableRead, ...]:
        """The tables of a file that is used."""
        return self.read.content.tables if self.use == USED and self.read.content else ()

    @property
    def findings(self) -> tuple[Constat, ...]:
        """The findings of a file that is used, or that nothing could read."""
        return self.read.findings if self.use in {USED, UNREAD} else ()

    def is_classeur(self, use: str) -> bool:
        """Whether it is a classeur of that use: the one that is used tells the facts of its département today."""
        content = self.read.content
        return self.use == use and content is not None and content.source == classeur.NAME

    @property
    def departement(self) -> str | None:
        """The département that the whole file speaks of, None when there are several."""
        scope = self.read.content.scope if self.read.content else ""
        return scope if scope and scope != FRANCE and "+" not in scope else None


def chosen(reads: list[tuple[DeliveredFile, FileRead]]) -> tuple[list[Delivered], list[Constat]]:
    """Say the use of each file: a newer delivery takes the place of the older ones, edition by edition.

    A file is replaced when newer ones cover all its editions; where they cover some, `newest_rows` tells its rows apart.
    """
    findings: list[Constat] = []
    holders: dict[_Edition, tuple[DeliveredFile, FileRead]] = {}
    compared: set[_Edition] = set()
    seen: dict[str, str] = {}
    delivered: list[Delivered] = []
    for file, read in sorted(reads, key=lambda pair: (-pair[0].delivery.toordinal(), pair[0].name)):
        use = UNREAD
        if read.content is not None:
            editions = _editions(read)
            held = [edition for edition in editions if edition in holders]
            holder = holders[held[0]][0] if held else file
            is_new = len(held) < len(editions)
            is_copy = read.sha256 in seen and (read.content.adds_up if is_new else holder.delivery == file.delivery)
            if is_copy:
                use = COPY
                said = f"copie de {seen[read.sha256]}"
                findings.append(Constat("fichier_en_double", Origine(read.name), trouve=said))
            elif is_new:
                use = USED
                holders.update({edition: (file, read) for edition in editions if edition not in holders})
            elif holder.delivery > file.delivery:
                use = REPLACED
            else:
                use = RIVAL
                findings.append(
                    Constat(
                        "fichier_concurrent",
                        Origine(read.name),
                        trouve=f"même source ({read.content.source}, {read.content.scope}) et même livraison que {holder.name}",
                        attendu="un seul fichier par source et par livraison",
                        ecartee=_whole(read.content.tables),
                    )
                )
            if use in {USED, REPLACED} and holder.delivery > file.delivery:
                findings += _replaced(file, read, {edition: holders[edition] for edition in held}, compared)
            seen.setdefault(read.sha256, read.name)
        delivered.append(Delivered(file, read, use))
    delivered.sort(key=lambda item: item.file)
    return delivered, findings


def _whole(tables: tuple[TableRead, ...]) -> SetAside:
    """Return all the rows of a file as set aside, with the euros of its aids."""
    aids = [table.cents_read for table in tables if "montant_cents" in table.rows]
    return SetAside(sum(aids) if aids else None, sum(table.rows_read for table in tables))


_Edition = tuple[str, ...]


def _editions(read: FileRead) -> dict[_Edition, tuple[int, int]]:
    """Return what a newer delivery takes the place of, with its rows and its cents.

    The list that the lines say, or the whole source for its part of the country; the file alone when it adds to the others.
    """
    content = read.content
    if content is None or content.adds_up:
        return {(read.name,): (0, 0)}
    if content.by_line and len(rows := pd.concat([table.rows for table in content.tables])):
        edition = [*_list_columns(rows, content.by_line), rows["code_departement"]]
        # what a list does not say of a line is told apart too: a blank is no reason to count it twice
        cents = rows["montant_cents"] if "montant_cents" in rows else pd.Series(0, index=rows.index)
        sums = cents.groupby(edition, sort=False, dropna=False).agg(["size", "sum"])
        return {
            (content.what, *map(str, edition)): (int(number), int(cents))
            for edition, number, cents in sums.itertuples(name=None)
        }
    return {(content.what, content.scope): (sum(table.rows_read for table in content.tables), 0)}


def _list_columns(rows: pd.DataFrame, columns: tuple[str, ...]) -> list[pd.Series]:
    """Return what says of each line which list it is of; a year that is a slip takes the place of no list of that year."""
    found = [rows[column] for column in columns]
    if "exercice" in columns[:1]:
        strays = {file: stray_years(years) for file, years in found[0].groupby(rows["fichier"])}
        if any(strays.values()):
            pairs = zip(rows["fichier"], found[0], strict=True)
            found[0] = pd.Series([strays[file].get(year, year) for file, year in pairs], index=rows.index)
    return found


def _replaced(
    file: DeliveredFile,
    read: FileRead,
    held: Mapping[_Edition, tuple[DeliveredFile, FileRead]],
    compared: set[_Edition],
) -> Iterator[Constat]:
    """Give what newer deliveries take the place of, and whether they hold less: a list that was cut, or a slip."""
    new = {edition: holder for edition, holder in held.items() if edition not in compared}
    compared.update(new)
    own = _editions(read)
    for holder, holder_read in {each.name: (each, its_read) for each, its_read in new.values()}.values():
        covered = [edition for edition, (other, _) in new.items() if other == holder]
        theirs = _editions(holder_read)
        before, after = (_sums([counts[edition] for edition in covered]) for counts in (own, theirs))
        if read.content and read.content.by_line:
            expected = f"remplacées par {_in_words(*after)} de {holder.name}"
            yield Constat("livraison_remplacee", Origine(read.name), trouve=_in_words(*before), attendu=expected)
        if before[0] > after[0]:
            said = counted(after[0], "ligne")
            expected = f"au moins {counted(before[0], 'ligne')}, comme le {format_date(file.delivery)}"
            yield Constat("moins_de_lignes", Origine(holder.name), trouve=said, attendu=expected)


def _sums(counts: list[tuple[int, int]]) -> tuple[int, int]:
    return sum(rows for rows, _ in counts), sum(cents for _, cents in counts)


def _in_words(rows: int, cents: int) -> str:
    return f"{counted(rows, 'ligne')}, {format_euros(cents)}" if cents else counted(rows, "ligne")


def earlier_classeurs(delivered: list[Delivered]) -> list[tuple[str, FileRead]]:
    """Return the classeurs that a newer one of the same département replaced, the oldest first, with their département.

    They tell what was known of earlier dates (`pvd_analysis.dataset.history`).
    """
    return [(item.departement, item.read) for item in delivered if item.departement and item.is_classeur(REPLACED)]


def newest_rows(
    tables: Mapping[str, pd.DataFrame], delivered: list[Delivered]
) -> tuple[dict[str, pd.DataFrame], list[pd.DataFrame], list[Constat]]:
    """Keep, of each edition of a list, the rows of the newest delivery: no aid is counted twice.

    The national list of a year and its extract for one département overlap; `chosen` sees two editions and keeps both.

    Returns
    -------
    tuple
        The tables, the rows set aside from each, and one finding for each file that lost rows to another of its day.
    """
    ranks = {item.read.name: rank for rank, item in enumerate(delivered)}
    contents = {item.read.name: item.read.content for item in delivered if item.read.content}
    kinds = {file: file if content.adds_up else content.what for file, content in contents.items()}
    days = {item.read.name: item.file.delivery for item in delivered}
    kept: dict[str, pd.DataFrame] = {}
    aside: list[pd.DataFrame] = []
    findings: list[Constat] = []
    for name, table in tables.items():
        kept[name] = table
        files = list(table["fichier"].unique())
        if len(files) == len({kinds[file] for file in files}):
            continue
        rank = table["fichier"].map(ranks)
        by_line = next(iter({contents[file].by_line for file in files if contents[file].by_line}), ())
        edition = [table["fichier"].map(kinds), table["code_departement"], *_list_columns(table, by_line)]
        older = rank < rank.groupby(edition, dropna=False).transform("max")
        kept[name] = table[~older].reset_index(drop=True)
        aside.append(rows_set_aside(table[older], name, "livraison_remplacee"))
        for file, lost in table[older].groupby("fichier"):
            own = (days[str(file)], kinds[str(file)])
            rivals = [other for other in files if (days[other], kinds[other]) == own]
            if len(rivals) > 1:
                cents = int(lost["montant_cents"].sum()) if "montant_cents" in lost else None
                gone, said = SetAside(cents, len(lost)), counted(len(lost), "ligne")
                findings.append(Constat("fichier_concurrent", Origine(str(file)), trouve=said, ecartee=gone))
    return kept, aside, findings

"""Which deliveries are used: the newest of each list, for each département that it speaks of."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from pvd_analysis.constats import Constat, Origine
from pvd_analysis.dataset.deliveries import DeliveredFile
from pvd_analysis.sources import FRANCE, FileRead, TableRead, classeur, rows_set_aside
from pvd_analysis.values import counted, format_date

__all__ = ["Delivered", "chosen", "earlier_classeurs", "newest_rows"]

USED, REPLACED, COPY, RIVAL, UNREAD = "utilisé", "remplacé", "copie", "écarté", "non lu"


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

    @property
    def is_used_classeur(self) -> bool:
        """Whether it is the classeur that tells the facts of its département today."""
        return self.use == USED and self.read.content is not None and self.read.content.source == classeur.NAME

    @property
    def departement(self) -> str | None:
        """The département that the whole file speaks of, None when there are several."""
        scope = self.read.content.scope if self.read.content else ""
        return scope if scope and scope != FRANCE and "+" not in scope else None


def chosen(reads: list[tuple[DeliveredFile, FileRead]]) -> tuple[list[Delivered], list[Constat]]:
    """Say the use of each file: the newest delivery of a source and scope takes the place of the older ones."""
    findings: list[Constat] = []
    holders: dict[tuple[str, str], tuple[DeliveredFile, FileRead]] = {}
    compared: set[tuple[str, str]] = set()
    seen: dict[str, str] = {}
    delivered: list[Delivered] = []
    for file, read in sorted(reads, key=lambda pair: (-pair[0].delivery.toordinal(), pair[0].name)):
        use = UNREAD
        if read.content is not None:
            key = (_edition(read), read.content.scope)
            holder, holder_read = holders.setdefault(key, (file, read))
            is_first = holder is file
            is_copy = read.sha256 in seen and (read.content.adds_up if is_first else holder.delivery == file.delivery)
            if is_first and not is_copy:
                use = USED
            elif is_copy:
                use = COPY
                findings.append(
                    Constat("fichier_en_double", Origine(read.name), trouve=f"copie de {seen[read.sha256]}")
                )
            elif holder.delivery > file.delivery:
                use = REPLACED
                if key not in compared and _rows_read(read) > _rows_read(holder_read):
                    said = counted(_rows_read(holder_read), "ligne")
                    before = f"au moins {counted(_rows_read(read), 'ligne')}, comme le {format_date(file.delivery)}"
                    findings.append(Constat("moins_de_lignes", Origine(holder.name), trouve=said, attendu=before))
                compared.add(key)
            else:
                use = RIVAL
                findings.append(
                    Constat(
                        "fichier_concurrent",
                        Origine(read.name),
                        trouve=f"même source ({key[0]}, {key[1]}) et même livraison que {holder.name}",
                        attendu="un seul fichier par source et par livraison",
                    )
                )
            seen.setdefault(read.sha256, read.name)
        delivered.append(Delivered(file, read, use))
    delivered.sort(key=lambda item: item.file)
    return delivered, findings


def earlier_classeurs(delivered: list[Delivered]) -> list[tuple[str, FileRead]]:
    """Return the classeurs that a newer one of the same département replaced, the oldest first, with their département.

    They tell what was known of earlier dates (`pvd_analysis.dataset.history`).
    """
    return [
        (item.departement, item.read)
        for item in delivered
        if item.departement
        and item.use == REPLACED
        and item.read.content is not None
        and item.read.content.source == classeur.NAME
    ]


def _edition(read: FileRead) -> str:
    """Return what a newer delivery takes the place of: the source, or the file alone when it adds to the others."""
    return read.content.source if read.content and not read.content.adds_up else read.name


def _rows_read(read: FileRead) -> int:
    return sum(table.rows_read for table in read.content.tables) if read.content else 0


def newest_rows(
    tables: Mapping[str, pd.DataFrame], delivered: list[Delivered]
) -> tuple[dict[str, pd.DataFrame], list[pd.DataFrame], list[Constat]]:
    """Keep, of each list and département, the rows of the newest delivery: no aid is counted twice.

    The national list of a year and its extract for one département overlap; `chosen` sees two scopes and keeps both.

    Returns
    -------
    tuple
        The tables, the rows set aside from each, and one finding per file that lost rows.
    """
    ranks = {item.read.name: rank for rank, item in enumerate(delivered)}
    sources = {item.read.name: _edition(item.read) for item in delivered if item.read.content}
    days = {item.read.name: item.file.delivery for item in delivered}
    kept: dict[str, pd.DataFrame] = {}
    aside: list[pd.DataFrame] = []
    findings: list[Constat] = []
    for name, table in tables.items():
        kept[name] = table
        if table["fichier"].nunique() == len({sources[file] for file in table["fichier"].unique()}):
            continue
        rank = table["fichier"].map(ranks)
        older = rank < rank.groupby([table["fichier"].map(sources), table["code_departement"]]).transform("max")
        kept[name] = table[~older].reset_index(drop=True)
        aside.append(rows_set_aside(table[older], name, "livraison_remplacee"))
        for file, lines in table.loc[older, "fichier"].value_counts().items():
            on_its_day = [
                item
                for item in delivered
                if item.file.delivery == days[file] and item.use == USED and sources[item.read.name] == sources[file]
            ]
            rule = "fichier_concurrent" if len(on_its_day) > 1 else "livraison_remplacee"
            findings.append(Constat(rule, Origine(str(file)), trouve=counted(int(lines), "ligne")))
    return kept, aside, findings

"""Lists of aids that are spoilt as people and programs spoil them: every row and euro is there, and nothing kept is another.

A list is written, in text or as a workbook, with one or several spoils of section D; what was written is known row by row. Whatever
is read of it: no fault, physical rows and euros reconcile, and a kept cell that is not what was written has a finding there.
"""

import io
from dataclasses import dataclass, field, replace

import pytest
import xlsxwriter
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from pvd_analysis.communes import load_referentiel
from pvd_analysis.sources import read_file
from tests.territories.classeurs import DGCL_HEADER

HEADER = DGCL_HEADER.split(";")
WRITTEN = {"intitule": 8, "montant_cents": 10, "cout_ht_cents": 9, "dispositif": 1}
TOWNS = {"MUGRON": "40201", "HAGETMAU": "40119", "AMOU": "40002", "GEAUNE": "40110", "PEYREHORADE": "40224"}


@dataclass(frozen=True)
class Line:
    """A line as it was meant: its cents, and its cells as they are written."""

    cents: int
    cost: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A list as it is written, with title lines above, and what was done to it."""

    lines: tuple[Line, ...]
    above: tuple[tuple[str, ...], ...] = ()
    header: tuple[str, ...] = tuple(HEADER)
    hidden: frozenset[int] = frozenset()
    raw: dict[int, str] = field(default_factory=dict)
    encoding: str = "utf-8"
    separator: str = ";"


@st.composite
def written(draw, cents):
    euros, rest = divmod(cents, 100)
    spaced = f"{euros:,}".replace(",", draw(st.sampled_from([" ", "\u00a0", "\u202f", ""])))
    ways = [f"{spaced},{rest:02}", f"{spaced},{rest:02} €", f"{euros},{rest:02}"] + ([str(euros)] if not rest else [])
    return draw(st.sampled_from(ways))


@st.composite
def lines(draw):
    town = draw(st.sampled_from(list(TOWNS)))
    cents = draw(st.integers(1_00, 90_000_00))
    cost = cents + draw(st.integers(0, 90_000_00))
    number = draw(st.integers(1, 10**6))
    cells = (
        "2021", draw(st.sampled_from(["DETR", "DSIL"])), "119", "commune", "", "40", town, TOWNS[town],
        f"Travaux inventés {number}", draw(written(cost)), draw(written(cents)), "",
    )  # fmt: skip
    return Line(cents, cost, cells)


UNITS = {"12 k€": 12_000_00, "1,2 M€": 1_200_000_00}


def changed(draw, table, index, cell):
    """Write something else in one cell of one line; another unit is another amount."""
    rank = draw(st.integers(0, len(table.lines) - 1))
    line = table.lines[rank]
    cells = (*line.cells[:index], cell, *line.cells[index + 1 :])
    return replace(
        table,
        lines=(
            *table.lines[:rank],
            replace(line, cells=cells, cents=UNITS.get(cell, line.cents)),
            *table.lines[rank + 1 :],
        ),
    )


def inserted(draw, table, cells):
    """Write a line that is none of the list, somewhere in it."""
    rank = draw(st.integers(0, len(table.lines)))
    return replace(table, lines=(*table.lines[:rank], Line(0, 0, tuple(cells)), *table.lines[rank:]))


def alone(index, text):
    return ["" if at != index else text for at in range(len(HEADER))]


def total(draw, table):
    rank = draw(st.integers(1, len(table.lines)))
    cells = alone(10, f"{sum(line.cents for line in table.lines[:rank]) / 100:.2f}".replace(".", ","))
    cells[draw(st.sampled_from([0, 6, 8]))] = draw(st.sampled_from(["Total", "TOTAL GÉNÉRAL", "Sous-total"]))
    return replace(table, lines=(*table.lines[:rank], Line(0, 0, tuple(cells)), *table.lines[rank:]))


def raw(draw, table, spoil):
    """Spoil the text of a line of a delimited file."""
    rank = draw(st.integers(0, len(table.lines) - 1))
    return replace(table, raw={**table.raw, rank: spoil})


SPOILS = {
    "an error": lambda draw, table: changed(draw, table, draw(st.sampled_from([8, 9, 10])), draw(st.sampled_from(["#REF!", "#N/A", "#DIV/0!"]))),
    "no amount": lambda draw, table: changed(draw, table, 10, draw(st.sampled_from(["", "néant", "en attente", "12 ou 13", "104.000"]))),
    "another unit or tax": lambda draw, table: changed(draw, table, 10, draw(st.sampled_from(["12 k€", "30 000 € TTC", "1,2 M€"]))),
    "a dispositif of nobody": lambda draw, table: changed(draw, table, 1, draw(st.sampled_from(["Fonds machin", "CdC", ""]))),
    "a town of nobody": lambda draw, table: changed(draw, table, 7, draw(st.sampled_from(["99999", "Trifouilly", ""]))),
    "a department of nobody": lambda draw, table: changed(draw, table, 5, draw(st.sampled_from(["97", "99", "69M", "Landes", ""]))),
    "an implausible amount": lambda draw, table: changed(draw, table, 10, "9 000 000 000 000,00"),
    "a total": total,
    "a note": lambda draw, table: inserted(draw, table, alone(0, "Source : liste inventée pour un essai")),
    "a header again": lambda draw, table: inserted(draw, table, HEADER),
    "a blank line": lambda draw, table: inserted(draw, table, alone(0, "")),
    "a repeat": lambda draw, table: replace(table, lines=(*table.lines, draw(st.sampled_from(table.lines)))),
    "titles above": lambda draw, table: replace(table, above=(("Aides, subventions, dotations, 2021 ; liste inventée",), ("",))),
    "euros in thousands": lambda draw, table: replace(table, above=(("Montants en k€",),)),
    "a column of nobody": lambda draw, table: replace(
        table, header=(*table.header, "Avis"), lines=tuple(replace(each, cells=(*each.cells, "oui")) for each in table.lines)
    ),
    "a header of another name": lambda draw, table: replace(
        table, header=tuple("Montant subvention" if name == "subvention" else name for name in table.header)
    ),
    "hidden rows": lambda draw, table: replace(table, hidden=frozenset({draw(st.integers(0, len(table.lines) - 1))})),
    "a separator inside": lambda draw, table: raw(draw, table, "separator"),
    "an orphan quote": lambda draw, table: raw(draw, table, "quote"),
    "a line too short": lambda draw, table: raw(draw, table, "short"),
    "another encoding": lambda draw, table: replace(table, encoding=draw(st.sampled_from(["utf-8-sig", "utf-16", "cp1252", "mac_roman"]))),
    "another separator": lambda draw, table: replace(table, separator=draw(st.sampled_from(["\t", "|"]))),
}  # fmt: skip


@st.composite
def spoilt(draw):
    table = Table(tuple(draw(st.lists(lines(), min_size=2, max_size=8))))
    names = draw(st.lists(st.sampled_from(sorted(SPOILS)), min_size=1, max_size=3, unique=True))
    for name in names:
        table = SPOILS[name](draw, table)
    return names, table, draw(st.sampled_from(["csv", "xlsx"]))


def as_text(table):
    text = [table.separator.join(cells) for cells in (*table.above, table.header)]
    for rank, line in enumerate(table.lines):
        joined = table.separator.join(line.cells)
        match table.raw.get(rank):
            case "separator":
                joined = joined.replace("Travaux", f"Travaux{table.separator} suite", 1)
            case "quote":
                joined = joined.replace("Travaux", '"Travaux', 1)
            case "short":
                joined = joined.rpartition(table.separator)[0].rpartition(table.separator)[0]
        text.append(joined)
    return "\r\n".join([*text, ""]).encode(table.encoding, errors="replace")


def as_workbook(table):
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet("Liste")
    for number, cells in enumerate((*table.above, table.header, *(line.cells for line in table.lines))):
        for column, cell in enumerate(cells):
            if cell:
                sheet.write_string(number, column, cell)
    for rank in table.hidden:
        sheet.set_row(len(table.above) + 1 + rank, None, None, {"hidden": True})
    book.close()
    return content.getvalue()


def says(line, spoil=None):
    """Tell whether something of a line is in the file: one too short has lost its last two cells."""
    return any(cell.strip() for cell in (line.cells[:-2] if spoil == "short" else line.cells))


@pytest.fixture(scope="module")
def place(tmp_path_factory, root):
    return tmp_path_factory.mktemp("listes"), load_referentiel(root / "data" / "raw" / "referentiel")


@settings(
    max_examples=600, deadline=None, suppress_health_check=list(HealthCheck), phases=(Phase.explicit, Phase.generate)
)
@given(case=spoilt())
def test_a_spoilt_list_is_reckoned_whole_and_keeps_nothing_that_was_not_written(place, case):
    _, table, form = case
    folder, referentiel = place
    path = folder / f"dgcl_2021.{form}"
    path.write_bytes(as_text(table) if form == "csv" else as_workbook(table))
    read = read_file(path, path.name, referentiel)
    assert not {"lecture_interrompue"} & {finding.regle for finding in read.findings}
    if read.content is None:
        assert any(finding.severite == "bloquant" or finding.regle == "fichier_inconnu" for finding in read.findings)
        return
    (kept,) = read.content.tables
    assert kept.rows_read == len(kept.rows) + len(kept.set_aside)
    aside = int(kept.set_aside["montant_cents"].sum())
    assert kept.cents_read == int(kept.rows["montant_cents"].sum()) + aside
    first = len(table.above) + 2
    physical = {
        first + rank: line
        for rank, line in enumerate(table.lines)
        if says(line, table.raw.get(rank) if form == "csv" else None)
    }
    seen = [*kept.rows["ligne"], *kept.set_aside["ligne"]]
    assert sorted(seen) == sorted(physical)
    check_cells(kept, physical, read.findings)


def check_cells(kept, physical, findings):
    """Hold each kept cell to what was written, save where a finding stands: at the cell, its row, its column or the whole sheet."""
    rows = {finding.origine.ligne for finding in findings if finding.origine.ligne}
    for row in kept.rows.itertuples():
        line = physical[row.ligne]
        meant = {
            "montant_cents": line.cents,
            "cout_ht_cents": line.cost,
            "intitule": line.cells[8],
            "dispositif": line.cells[1].lower(),
        }
        for name, value in meant.items():
            held = getattr(row, name)
            assert held == value or row.ligne in rows, (name, held, value, line.cells)

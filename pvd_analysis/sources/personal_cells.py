"""What a row may show of itself: never a column that holds the names, addresses or numbers of people."""

from typing import Any

from pvd_analysis.constats import Constat, Origine
from pvd_analysis.sources.cells import read_text
from pvd_analysis.sources.header import Header
from pvd_analysis.sources.raw_file import Sheet
from pvd_analysis.values.personal import ADDRESS_MASK, NUMBER_MASK

_KINDS = {ADDRESS_MASK: "une adresse électronique", NUMBER_MASK: "un numéro de téléphone"}


def quotable_texts(row: list[Any], headers: list[Any], header: Header) -> list[str]:
    """Return the texts of a row that may be shown: those of the columns that are read, and of those without a header.

    A column that nobody knows may hold the names of people, as a personal one does.
    """
    said = []
    for index, cell in enumerate(row):
        field = header.columns.get(index)
        is_known = field is not None and not field.may_name_people
        if is_known or (field is None and not _has_header(headers, index)):
            said.append(read_text(cell).value)
    return [text for text in said if text]


def personal_findings(sheet: Sheet, header: Header, file: str) -> list[Constat]:
    """Return the masked cells below the header, save those of the columns that are never read."""
    headers = sheet.rows[header.row]
    findings = []
    for row, index in sheet.masked:
        if row <= header.row or (index not in header.columns and _has_header(headers, index)):
            continue
        text = sheet.rows[row][index]
        findings.append(
            Constat(
                "donnee_personnelle",
                Origine(file, sheet.name or None, row + 1, index + 1),
                trouve=" et ".join(kind for mask, kind in _KINDS.items() if mask in text),
                attendu="un texte sans coordonnées, par exemple « voir avec la mairie »",
            )
        )
    return findings


def _has_header(headers: list[Any], index: int) -> bool:
    return index < len(headers) and read_text(headers[index]).value is not None

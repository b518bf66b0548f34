"""An executed notebook as a report: one HTML page that opens without a network and runs nothing."""

import datetime as dt
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import nbformat
from nbconvert.exporters import HTMLExporter, TemplateExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode

from pvd_analysis.reports.inert import inert, plain_text
from pvd_analysis.values.french import format_date, french_letters, french_spaces
from pvd_analysis.values.text import fold

NOTEBOOK_METADATA_KEY: Final = "pvd"

_TEMPLATES: Final = Path(__file__).with_name("template")
_QUARTER = re.compile(r"(\d{4})-T([1-4])")
_SECTION = re.compile(r"## ")
# What is shown where there are no rows and nothing to draw.
_SAYS_NOTHING = re.compile(r'class="(?:pvd-tableau pvd-vide|pvd-sans-figure)"')
_FOLDED_TAG: Final = "replier"
_HIDDEN_TAGS: Final = frozenset({"masquer", "parameters", "injected-parameters", "papermill-error-cell-tag"})
_SHOWN_TYPES: Final = ("text/html", "image/svg+xml", "text/markdown")
# On what `inert` has written: attributes in double quotes, no « > » inside them.
_IDENTIFIER = re.compile(r'\sid="([^"]+)"')
_CAPTION = re.compile(r"<caption([^>]*)><h3>(.*?)</h3></caption>", re.DOTALL)
_INNER_LINK = re.compile(r'<a (?:[^>]*\s)?href="#(?P<target>[^"]+)"[^>]*>(?P<text>.*?)</a>', re.DOTALL)
# What a reader sees, outside tags; what is typed as it stands comes first, and stays.
_WORDS = re.compile(r"<(?:code|pre)\b.*?</(?:code|pre)>|(?<=>)[^<>]+", re.DOTALL)
_FAILED_CELL: Final = (
    '<p class="pvd-erreur"><strong>Partie manquante</strong> Cette partie du rapport n’a pas pu être produite. '
    "L’erreur est décrite dans le notebook exécuté, à côté de ce rapport.</p>"
)


def notebook_to_html(
    notebook: NotebookNode,
    *,
    title: str,
    subtitle: str = "",
    links: Mapping[str, str] | None = None,
    elsewhere: Mapping[str, str] | None = None,
) -> str:
    """Return an executed notebook as one HTML page in French: prose, tables and figures, no code.

    The cover takes what it says from the notebook's metadata ``pvd``, a mapping of strings, all optional: ``titre``
    (replaces `title`), ``prefecture`` ("Préfecture des Landes"), ``departement`` or ``territoire``, ``trimestre``
    ("2021-T3"), ``arrete`` and ``connu_au`` (ISO days, or text shown as it is), ``sources`` (a list: how old each is),
    ``refait`` (that it replaces an earlier publication), ``version`` (of the package and of the data), and ``forme``: with "fiche" the page prints on one or two sheets.

    Of the outputs, only HTML, SVG and Markdown are shown; what is printed is not, and an error becomes a sentence. The
    table of a cell that has the tag ``replier`` is folded under its title, and a section without data is left out.
    The page holds no script and no address outside the file, whatever the notebook contains. The first ``#`` heading
    of the prose is left out, since the cover says the title; ``##`` headings make the table of contents.
    The same notebook gives the same bytes.

    Parameters
    ----------
    notebook : NotebookNode
        An executed notebook; it is not changed.
    title, subtitle : str
        What the cover says.
    links : mapping, optional
        The address of the pages that the cover leads to, by what is said of them.
    elsewhere : mapping, optional
        The page beside this one that has an identifier, by identifier: links to it lead there.
    """
    report = _Report.of(notebook, title, subtitle, links or {}, elsewhere or {})
    notebook = nbformat.from_dict({**notebook, "cells": _with_data(notebook.cells)})
    # not HTMLExporter's own method: it parses the whole page once more, for the classes of JupyterLab
    page, _ = TemplateExporter.from_notebook_node(_exporter(), notebook, resources={"report": report})
    return str(page)


def _with_data(cells: Sequence[NotebookNode]) -> list[NotebookNode]:
    """Return the cells of the sections that show something; those that show no row and draw nothing are left out.

    A section of ours has its words in the cell of its heading: one with more of them says something by itself.
    """
    starts = [0, *(rank for rank, cell in enumerate(cells) if _begins_section(cell)), len(cells)]
    sections = [cells[start:end] for start, end in pairwise(starts)]
    return [cell for section in sections if not _is_empty(section) for cell in section]


def _begins_section(cell: Mapping[str, Any]) -> bool:
    return cell["cell_type"] == "markdown" and _SECTION.match(cell["source"]) is not None


def _is_empty(section: Sequence[NotebookNode]) -> bool:
    calls = [cell for cell in section if cell["cell_type"] == "code" and not _is_hidden(cell)]
    words = [cell for cell in section if cell["cell_type"] == "markdown"]
    is_ours = len(words) == 1 and _begins_section(words[0])
    return is_ours and bool(calls) and not any(map(_says_something, calls))


def _says_something(cell: Mapping[str, Any]) -> bool:
    for output in cell["outputs"]:
        data = output.get("data", {})
        shown = next((mimetype for mimetype in _SHOWN_TYPES if mimetype in data), None)
        if output["output_type"] == "error" or (shown and not _SAYS_NOTHING.search(data[shown])):
            return True
    return False


@cache
def _exporter() -> HTMLExporter:
    """Return the exporter; it compiles its templates once."""
    return HTMLExporter(
        template_name="pvd",
        extra_template_basedirs=[str(_TEMPLATES)],
        language_code="fr",
        # checked once, and not again before and after each of the steps, which are nbconvert's own
        optimistic_validation=True,
        filters={
            "markdown_html": _markdown_html,
            "output_html": _output_html,
            "is_hidden": _is_hidden,
            "typeset": _typeset,
            "without_dead_links": _without_dead_links,
        },
    )


@dataclass(slots=True)
class _Report:
    """What the template says besides the cells; the headings are known once the body is made."""

    title: str
    subtitle: str
    prefecture: str
    facts: list[tuple[str, str]]
    links: list[tuple[str, str]]
    elsewhere: Mapping[str, str]
    form: str = ""
    version: str = ""
    headings: list[tuple[str, str]] = field(default_factory=list)
    identifiers: set[str] = field(default_factory=lambda: {"haut", "contenu", "sommaire-titre"})
    has_shown_its_title: bool = False

    @classmethod
    def of(
        cls, notebook: NotebookNode, title: str, subtitle: str, links: Mapping[str, str], elsewhere: Mapping[str, str]
    ) -> "_Report":
        said: Mapping[str, Any] = notebook.metadata.get(NOTEBOOK_METADATA_KEY, {})
        facts = {
            "Département": _text(said, "departement"),
            "Territoire": _text(said, "territoire"),
            "Trimestre": _quarter(_text(said, "trimestre")),
            "Arrêté au": _day(_text(said, "arrete")),
            "Données connues au": _day(_text(said, "connu_au")),
            "Sources": " ; ".join(str(source) for source in said.get("sources") or ()),
            "Publication": _text(said, "refait"),
        }
        return cls(
            title=french_letters(_text(said, "titre") or title),
            subtitle=french_letters(subtitle),
            prefecture=french_letters(_text(said, "prefecture") or "Préfecture"),
            facts=[(label, french_letters(text)) for label, text in facts.items() if text],
            links=list(links.items()),
            elsewhere=elsewhere,
            form=_text(said, "forme"),
            version=french_letters(_text(said, "version")),
        )

    @property
    def page_title(self) -> str:
        shown = [text for label, text in self.facts if label in {"Département", "Territoire", "Trimestre"}]
        return " – ".join([self.title, *shown])

    def new_identifier(self, text: str) -> str:
        """Return an identifier made from the words of a heading, its own in the page."""
        slug = fold(text).replace("%", "pour cent").replace(" ", "-") or "partie"
        identifier = f"partie-{slug}"
        number = 2
        while identifier in self.identifiers:
            identifier = f"partie-{slug}-{number}"
            number += 1
        self.identifiers.add(identifier)
        return identifier


class _ReportRenderer(IPythonRenderer):
    """Markdown with headings that can be linked to, no anchor sign, and one single h1: that of the cover."""

    def __init__(self, report: _Report) -> None:
        super().__init__(escape=False, exclude_anchor_links=True)
        self._report = report

    def heading(self, text: str, level: int, **attrs: object) -> str:
        if level == 1 and not self._report.has_shown_its_title:
            self._report.has_shown_its_title = True
            return ""
        words = plain_text(text)
        identifier = self._report.new_identifier(words)
        level = max(level, 2)
        if level == 2:
            self._report.headings.append((identifier, french_letters(words)))
        return f'<h{level} id="{identifier}">{text}</h{level}>\n'


def _markdown_html(source: str, report: _Report) -> str:
    return inert(str(MarkdownWithMath(renderer=_ReportRenderer(report)).render(source)))


def _output_html(output: Mapping[str, Any], report: _Report, cell: Mapping[str, Any]) -> str:
    if output["output_type"] == "error":
        return _FAILED_CELL
    data = output.get("data", {})
    shown = next((mimetype for mimetype in _SHOWN_TYPES if mimetype in data), None)
    if shown is None:
        return ""
    if shown == "text/markdown":
        return _markdown_html(data[shown], report)
    html = inert(data[shown])
    caption = _CAPTION.search(html) if _FOLDED_TAG in _tags(cell) else None
    if caption is None:  # without rows it is a sentence already
        return html
    # its title is a heading once
    html = _CAPTION.sub(r"<caption\1>\2</caption>", html, count=1)
    return f'<details class="pvd-repli"><summary><h3>{caption[2]}</h3></summary>\n{html}\n</details>'


def _typeset(body: str) -> str:
    """Return the body as French is set: spaces (no line begins with « ; »), apostrophes that curl, « 1ᵉʳ »."""
    return french_spaces(_WORDS.sub(_in_french_letters, body))


def _in_french_letters(words: re.Match[str]) -> str:
    return words[0] if words[0].startswith("<") else french_letters(words[0])


def _without_dead_links(body: str, report: _Report) -> str:
    """Return the body, its links to what another page has leading there, and without those that lead nowhere: their text stays."""
    there = identifiers(body)

    def living(link: re.Match[str]) -> str:
        target = link["target"]
        if target in there:
            return link[0]
        page = report.elsewhere.get(target)
        return link[0].replace(f'href="#{target}"', f'href="{page}#{target}"', 1) if page else link["text"]

    return _INNER_LINK.sub(living, body)


def identifiers(page: str) -> set[str]:
    """Return what a page or its body can be linked to by."""
    return set(_IDENTIFIER.findall(page))


def _tags(cell: Mapping[str, Any]) -> Collection[str]:
    return cell["metadata"].get("tags", ())  # type: ignore[no-any-return]


def _is_hidden(cell: Mapping[str, Any]) -> bool:
    return not _HIDDEN_TAGS.isdisjoint(_tags(cell))


def _text(said: Mapping[str, Any], name: str) -> str:
    value = said.get(name)
    return "" if value is None else str(value)


def _quarter(text: str) -> str:
    found = _QUARTER.fullmatch(text)
    return f"T{found[2]} {found[1]}" if found else text


def _day(text: str) -> str:
    try:
        return format_date(dt.date.fromisoformat(text))
    except ValueError:
        return text

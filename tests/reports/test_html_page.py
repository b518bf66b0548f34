import copy
import itertools
import re
from html.parser import HTMLParser

import pytest
from nbformat.v4 import new_markdown_cell, new_output

from pvd_analysis.reports.html import notebook_to_html
from tests.reports.made_up import notebook, output_cell

HOSTILE = """<p onclick="x()" style="background:url(https://example.org/a.png)">hostile</p>
<script>alert(1)</script><img src="x" onerror="y()"><img src="https://example.org/a.png">
<iframe src="//example.org"></iframe>
<a href="javascript:alert(1)">lien</a><form action="https://example.org"><input></form><link href="https://example.org/a.css">
<meta http-equiv="refresh" content="0;url=https://example.org"><svg onload="z()"><script>alert(2)</script>
<image href="https://example.org/b.png"/><foreignObject><iframe></iframe></foreignObject></svg><base href="https://example.org">
<style>@import url(https://example.org/c.css)</style><object data="https://example.org"></object>"""


class Page(HTMLParser):
    """The elements of a page: names, attributes, identifiers, references and headings."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        """Keep an element."""
        self.tags.append((tag, dict(attrs)))

    def named(self, *names: str) -> list[dict[str, str | None]]:
        """Return the attributes of the elements of these names."""
        return [attrs for tag, attrs in self.tags if tag in names]


@pytest.fixture(scope="module")
def page() -> str:
    return notebook_to_html(notebook(), title="Rapport inventé", subtitle="Chiffres inventés")


def faults_of_containment(html: str) -> list[str]:
    """Return what runs, loads or leads outside the file."""
    faults = []
    for tag, attrs in Page(html).tags:
        if tag in {"script", "iframe", "link", "base", "object", "embed", "form"}:
            faults.append(tag)
        for name, value in attrs.items():
            if name.startswith("on"):
                faults.append(f"{tag} {name}")
            if name in {"href", "src", "srcset", "action", "data", "xlink:href"} and not (value or "").startswith("#"):
                faults.append(f"{tag} {name}={value}")
            if name == "style" and "url(" in (value or "") and "url(#" not in (value or ""):
                faults.append(f"{tag} {name}={value}")
    styles = "".join(re.findall(r"<style.*?</style>", html, re.DOTALL))
    return faults + re.findall(r"@import|url\(|https?:", styles)


def test_the_page_runs_nothing_and_leads_nowhere(page):
    assert faults_of_containment(page) == []


def test_a_policy_allows_no_script_at_all(page):
    policies = [
        meta["content"] for meta in Page(page).named("meta") if meta.get("http-equiv") == "Content-Security-Policy"
    ]
    assert len(policies) == 1
    assert policies[0].startswith("default-src 'none'; style-src 'unsafe-inline'; img-src data:")
    assert page.index("Content-Security-Policy") < page.index("<style")


def test_hostile_outputs_and_prose_are_made_harmless():
    cells = (
        output_cell({"text/html": HOSTILE}),
        output_cell({"image/svg+xml": HOSTILE}),
        output_cell({"text/markdown": HOSTILE + "\n\n![i](https://example.org/i.png)"}),
        new_markdown_cell(HOSTILE),
        new_markdown_cell("[a](javascript:alert(1)) [b](data:text/html,x) ![c](x.png)"),
        output_cell({"application/javascript": "alert(3)", "application/vnd.jupyter.widget-view+json": {}}),
    )
    html = notebook_to_html(notebook(*cells), title="T")
    assert faults_of_containment(html) == []
    assert "hostile" in html
    assert "alert(3)" not in html


def test_hostile_metadata_is_shown_as_text():
    made = notebook()
    made.metadata["pvd"] = dict.fromkeys(
        ("titre", "prefecture", "departement", "trimestre", "arrete"), "<script>alert(1)</script>"
    )
    html = notebook_to_html(made, title="T", subtitle="<img src=x onerror=y>")
    assert faults_of_containment(html) == []
    assert "&lt;script&gt;" in html


def test_code_prompts_and_plain_text_are_not_shown(page):
    for unwanted in ("secret_code", "departement = ", "texte brut", "In [", "Out["):
        assert unwanted not in page


def test_what_is_printed_is_not_shown():
    streams = [new_output("stream", name=name, text=f"imprimé sur {name}") for name in ("stdout", "stderr")]
    assert "imprimé" not in notebook_to_html(notebook(output_cell(None, *streams)), title="T")


def test_an_error_becomes_a_sentence():
    error = new_output("error", ename="KeyError", evalue="/home/secret", traceback=["Traceback"])
    html = notebook_to_html(notebook(output_cell(None, error)), title="T")
    assert "Cette partie du rapport n’a pas pu être produite." in html
    for unwanted in ("KeyError", "/home/secret", "Traceback"):
        assert unwanted not in html


def test_hidden_cells_are_left_out():
    cell = new_markdown_cell("Ne pas montrer", metadata={"tags": ["masquer"]})
    assert "Ne pas montrer" not in notebook_to_html(notebook(cell), title="T")


def test_the_page_is_a_french_document_with_landmarks(page):
    parsed = Page(page)
    assert parsed.named("html") == [{"lang": "fr"}]
    assert "<title>Rapport inventé – Exemple (00) – T3 2021</title>" in page
    for landmark in ("header", "nav", "main", "footer", "h1"):
        assert len(parsed.named(landmark)) == 1, landmark
    assert parsed.named("a")[0] == {"class": "pvd-evitement", "href": "#contenu"}


def test_the_cover_says_what_where_and_when(page):
    cover = page[page.index("<header") : page.index("</header>")]
    for words in ("République française", "Préfecture d&#39;exemple", "Exemple (00)", "T3 2021", "30 septembre 2021"):
        assert words in cover
    assert "connues au" not in cover


def test_headings_are_linked_from_the_table_of_contents(page):
    navigation = page[page.index("<nav") : page.index("</nav>")]
    links = re.findall(r'<a href="#([^"]+)">([^<]+)</a>', navigation)
    assert links == [
        ("partie-en-bref", "En bref"),
        ("partie-couts-marges", "Coûts &amp; marges"),
        ("partie-en-bref-2", "En bref"),
    ]
    assert "¶" not in page


def test_identifiers_are_unique_and_references_hold(page):
    parsed = Page(page)
    identifiers = [attrs["id"] for _, attrs in parsed.tags if "id" in attrs]
    assert len(identifiers) == len(set(identifiers))
    targets = {attrs["href"][1:] for _, attrs in parsed.tags if (attrs.get("href") or "").startswith("#")}
    for _, attrs in parsed.tags:
        targets |= set((attrs.get("aria-labelledby") or "").split())
    assert targets <= set(identifiers)


def test_headings_follow_one_another_without_a_gap(page):
    levels = [int(tag[1]) for tag, _ in Page(page).tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


def test_the_same_notebook_gives_the_same_bytes_and_is_left_alone():
    made = notebook()
    before = copy.deepcopy(made)
    assert notebook_to_html(made, title="T") == notebook_to_html(made, title="T")
    assert made == before


def test_a_notebook_without_metadata_still_has_a_cover():
    made = notebook()
    del made.metadata["pvd"]
    html = notebook_to_html(made, title="Exploration")
    assert "<h1>Exploration</h1>" in html
    assert '<dl class="pvd-cartouche">' not in html

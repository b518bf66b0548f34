import copy
import itertools
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_markdown_cell, new_output

from pvd_analysis.figures.illustration import NoFigure
from pvd_analysis.reports.html import notebook_to_html
from tests.reports.made_up import aids_table, notebook, output_cell

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
    for words in ("République française", "Préfecture d’exemple", "Exemple (00)", "T3 2021", "30 septembre 2021"):
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


def empty_table(key="vide"):
    return replace(aids_table(key), data=aids_table().data.head(0), total_rows=(), empty="Aucune ligne inventée.")


def shown(made):
    return output_cell({"text/html": made._repr_html_()})


def test_the_table_of_a_cell_that_asks_for_it_is_folded_under_its_title():
    folded, open_ = shown(aids_table("repliee")), shown(aids_table("ouverte"))
    folded.metadata["tags"] = ["replier"]
    page = BeautifulSoup(notebook_to_html(notebook(folded, open_), title="T"), "html.parser")
    (details,) = page("details", class_="pvd-repli")
    assert details.summary.get_text() == "Aides (chiffres inventés)"
    assert details.find(id="tableau-repliee")
    assert not details.has_attr("open")
    assert not details.find(id="tableau-ouverte")


def test_a_table_without_rows_is_a_sentence_whatever_its_cell_asks_for():
    cell = shown(empty_table())
    cell.metadata["tags"] = ["replier"]
    page = notebook_to_html(notebook(cell, shown(aids_table("lignes"))), title="T")
    assert not BeautifulSoup(page, "html.parser")("details", class_="pvd-repli")
    assert "Aucune ligne inventée." in page


def test_a_section_without_data_is_left_out_with_its_heading_and_one_that_says_something_stays():
    error = new_output("error", ename="E", evalue="e", traceback=[])
    cells = (
        *(new_markdown_cell("## Rien\n\nUne phrase."), shown(empty_table("rien")), output_cell(None)),
        *(new_markdown_cell("## Sans dessin"), shown(NoFigure("dessin", "Rien à dessiner."))),
        *(new_markdown_cell("## En partie"), shown(empty_table("partie")), shown(aids_table("lignes"))),
        *(new_markdown_cell("## Manquante"), output_cell(None, error)),
        new_markdown_cell("## De la prose seule"),
    )
    page = BeautifulSoup(notebook_to_html(notebook(*cells), title="T"), "html.parser")
    headings = [heading.get_text() for heading in page("h2")]
    assert headings[-3:] == ["En partie", "Manquante", "De la prose seule"]
    assert not {"Rien", "Sans dessin"} & set(headings)
    assert [link.get_text() for link in page.nav("a")] == headings
    assert page.find(id="tableau-partie")


def test_a_section_in_which_somebody_wrote_more_than_its_heading_stays():
    cells = (new_markdown_cell("## Vide"), shown(empty_table()), new_markdown_cell("Dossier retiré le 3 mai."))
    page = notebook_to_html(notebook(*cells), title="T")
    assert "Dossier retiré le 3 mai." in page
    assert "Aucune ligne inventée." in page


def test_a_link_to_what_a_page_beside_has_leads_there_and_one_to_nothing_is_text():
    html = '<p><a href="#tableau-fichiers">F1</a> <a href="#tableau-absent">F2</a> <a href="#ici" id="ici">F3</a></p>'
    made = notebook(output_cell({"text/html": html}))
    page = BeautifulSoup(
        notebook_to_html(made, title="T", elsewhere={"tableau-fichiers": "annexe.html", "ici": "annexe.html"}),
        "html.parser",
    )
    leads = {link.get_text(): link["href"] for link in page.main("a", href=True)}
    assert leads["F1"] == "annexe.html#tableau-fichiers"
    assert leads["F3"] == "#ici"
    assert "F2" not in leads
    assert "F2" in page.main.get_text()


def test_the_cover_leads_to_the_pages_beside():
    page = BeautifulSoup(notebook_to_html(notebook(), title="T", links={"L’annexe": "annexe.html"}), "html.parser")
    assert [(link.get_text(), link["href"]) for link in page.header.nav("a")] == [("L’annexe", "annexe.html")]


def test_apostrophes_and_first_days_are_set_in_french_but_in_what_is_typed_as_it_stands():
    prose = new_markdown_cell("## L'essentiel\n\nÀ partir du 1er juin, tapez `l'un 1er`.")
    page = BeautifulSoup(notebook_to_html(notebook(prose), title="T"), "html.parser")
    assert page.main("h2")[-1].get_text() == page.nav("a")[-1].get_text() == "L’essentiel"
    assert "À partir du 1ᵉʳ juin, tapez l'un 1er." in page.main.get_text()

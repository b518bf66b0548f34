"""A page that no notebook makes (the list of the reports, of the pages of the laureates), in the frame of the reports."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

_TEMPLATES = Path(__file__).with_name("template") / "pvd"


@dataclass(frozen=True, slots=True)
class Cover:
    """What the frame says: the title, that of the window, the préfecture, facts and the table of contents.

    ``headings`` are the identifiers of the ``h2`` of the body with their texts, ``links`` the pages that it leads to: what
    is said of each, and its address.
    """

    title: str
    page_title: str
    prefecture: str = ""
    subtitle: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    headings: tuple[tuple[str, str], ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    form: str = ""
    version: str = ""


def static_page(template: str, cover: Cover, **said: object) -> str:
    """Return a page whose body is a template given what `said` names; every text is escaped.

    Parameters
    ----------
    template : str
        A template beside that of the reports, ``"site.html.j2"``.
    cover : Cover
    **said
        What the template shows.
    """
    body = _template(template).render(**said)
    style = Markup('<style type="text/css">\n{}</style>').format(
        Markup((_TEMPLATES / "style.css").read_text(encoding="utf-8"))
    )
    return _template("page.html.j2").render(report=cover, body=Markup(body), style=style) + "\n"


@cache
def _template(name: str) -> Template:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES, encoding="utf-8"), autoescape=True, undefined=StrictUndefined
    )
    return environment.get_template(name)

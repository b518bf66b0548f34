"""HTML and SVG that runs nothing, loads nothing and leads nowhere outside its file, whatever it was before.

What it may hold is said by ``inert.toml``.
"""

import html
import re
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import nh3

_ALLOWED: Final = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
_ADDRESSES: Final = frozenset({"href", "src", "xlink:href"})
_INSIDE_THE_FILE = re.compile(r"#|data:image/(png|jpeg|gif|webp);", re.IGNORECASE)
# Of style sheets, whatever loads is written as a function; these only draw.
_FUNCTION = re.compile(r"([\w\\-]*)\(\s*['\"]?(#?)")
_DRAWING: Final = frozenset(_ALLOWED["functions"])


def inert(fragment: str) -> str:
    """Return a fragment of HTML or SVG without what runs, loads or leads outside the file.

    Attributes stand in double quotes, with no « > » inside them.

    >>> inert('<p onclick="x()">Le <a href="https://example.org">plan</a>, <a href="#plan">du comité</a></p>')
    '<p>Le <a>plan</a>, <a href="#plan">du comité</a></p>'
    """
    # The cleaner swallows whatever is raised in what it calls, `_inside`, a Ctrl-C too; signals reach the main thread alone.
    with ThreadPoolExecutor(max_workers=1) as apart:
        cleaned = str(apart.submit(_CLEANER.clean, fragment).result())
    # the parser of HTML writes this one space as a word
    return cleaned.replace("&nbsp;", "\N{NO-BREAK SPACE}")


def plain_text(fragment: str) -> str:
    """Return the words of a fragment of HTML.

    >>> plain_text("Coûts <em>&amp;</em> marges")
    'Coûts & marges'
    """
    return html.unescape(nh3.clean(fragment, tags=set()))


def _inside(_element: str, attribute: str, value: str) -> str | None:
    """Return the value of an attribute, or nothing when it leads outside the file."""
    if attribute in _ADDRESSES:
        return value if _INSIDE_THE_FILE.match(value.strip()) else None
    if "(" not in value or attribute in {"alt", "title"} or attribute.startswith("aria-"):
        return value
    draws = all(name in _DRAWING or (name == "url" and anchor) for name, anchor in _FUNCTION.findall(value))
    return value if draws else None


_CLEANER: Final = nh3.Cleaner(
    tags=set(_ALLOWED["elements"]),
    clean_content_tags=set(_ALLOWED["with_their_text"]),
    attributes={"*": set(_ALLOWED["attributes"])},
    generic_attribute_prefixes={"aria-"},
    attribute_filter=_inside,
    url_schemes={"data"},
    link_rel=None,
)

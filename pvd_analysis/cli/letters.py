"""The letters that a terminal can take: what comes from cells and names of files commands nothing, and is always encodable."""

import codecs
import contextlib
import io
import os
import re
import sys
import unicodedata
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Final

# Categories Cc, Cs, Zl and Zp, and those of Cf that hide, join or turn round what is around them.
_COMMANDS = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff"
    "\U000e0000-\U000e007f]"
)
_NEAREST: Final = {
    "«": '"', "»": '"', "“": '"', "”": '"', "’": "'", "‘": "'", "–": "-", "—": "-", "−": "-", "·": "-", "→": "->",
    "›": ">", "≈": "~", "≤": "<=", "≥": ">=", "×": "x", "€": "EUR", "œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE",
    "°": "o",
}  # fmt: skip
_NEAREST_LETTERS: Final = "pvd-nearest"


def printable(text: str) -> str:
    r"""Return a text without what commands a terminal: escapes, ends of line, marks that turn the writing round.

    >>> printable("Dax \x1b[2J\nMugron")
    'Dax �[2J Mugron'
    """
    return _COMMANDS.sub(lambda found: " " if found[0].isspace() else "\N{REPLACEMENT CHARACTER}", text)


def _nearest(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    letters = error.object[error.start : error.end]
    plain = (unicodedata.normalize("NFKD", _NEAREST.get(letter, letter)) for letter in letters)
    written = (found.encode("ascii", "ignore").decode() or "?" for found in plain)
    return "".join(written), error.end


codecs.register_error(_NEAREST_LETTERS, _nearest)


def encodable(text: str) -> str:
    """Return a text in the letters of the terminal's code page: a help page is written by a library, in UTF-8 to some."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    return text.encode(encoding, _NEAREST_LETTERS).decode(encoding)


@contextlib.contextmanager
def terminal() -> Iterator[None]:
    """Make the terminal ready for what a command says, whatever its code page; at the end, whatever it could not take goes."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=_NEAREST_LETTERS)
    try:
        with warnings.catch_warnings():
            if not sys.warnoptions:  # what libraries tell their programmers, in English
                warnings.simplefilter("ignore")
            yield
    finally:
        for stream in (sys.stdout, sys.stderr):
            try:
                if stream is not None:
                    stream.flush()
            except OSError:
                silence(stream)


def silence(stream: object) -> None:
    """Lead a stream that takes nothing any more to nowhere: Python would fail on it once more at its exit."""
    with contextlib.suppress(OSError, AttributeError, ValueError), Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), stream.fileno())  # type: ignore[attr-defined]

"""The identifiers of projects and posts: each belongs to its département, from the moment that its row is read."""

import re
import unicodedata


def whole_identifier(code_departement: str, written: str) -> str:
    """Return an identifier with the code of its département before it: ``<code>-<written>``.

    One that begins with that code already only has its separator made a hyphen. Hyphens and spaces of any kind are one.

    >>> whole_identifier("40", "P12"), whole_identifier("40", "4001")
    ('40-P12', '40-4001')
    >>> whole_identifier("40", "40\N{NON-BREAKING HYPHEN}001"), whole_identifier("2A", "2a 7")
    ('40-001', '2A-7')
    """
    plain = "".join(
        "-" if unicodedata.category(sign) == "Pd" else sign for sign in unicodedata.normalize("NFKC", written)
    )
    plain = " ".join(plain.split())
    own = re.match(rf"{re.escape(code_departement)}(?![0-9A-Za-z])[-\s_./]*", plain, re.IGNORECASE)
    rest = plain[own.end() :] if own else plain
    return f"{code_departement}-{rest or plain}"


def loose_identifier(identifier: str) -> str:
    """Return what two writings of an identifier share: case, punctuation and leading zeros tell nothing.

    >>> loose_identifier("40-001") == loose_identifier("40-1")
    True
    """
    return "-".join(part.lstrip("0") or "0" for part in re.findall(r"[0-9a-z]+", identifier.casefold()))

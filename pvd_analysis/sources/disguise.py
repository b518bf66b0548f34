"""What a file that no reader opens really is, and how its sender saves what is wanted: a page, a message, a document."""

import io
import zipfile
from collections.abc import Callable, Iterator

_OLE_SIGNATURE = bytes.fromhex("d0cf11e0a1b11ae1")
_AS_WORKBOOK = (
    "un classeur .xlsx : ouvrez le fichier dans Excel ou LibreOffice, puis Enregistrer sous « Classeur Excel (.xlsx) »"
)
_AS_TABLE = "le tableau lui-même : un classeur .xlsx ou un fichier .csv ; demandez-le à l'expéditeur"
_ATTACHED = "la pièce jointe du message, enregistrée à part"
_UNPACKED = "les fichiers de l'archive, extraits (clic droit › Extraire tout)"
_Content = Callable[[bytes], bool]


def _begins(*texts: bytes) -> _Content:
    return lambda content: content.lstrip(b"\xef\xbb\xbf \t\r\n")[:2_000].lower().startswith(texts)


def _holds_stream(*names: str) -> _Content:
    """Return whether a container of Microsoft (OLE) has a stream of one of some names: they stand in its directory."""
    written = [name.encode("utf-16-le") for name in names]
    return lambda content: content.startswith(_OLE_SIGNATURE) and any(name in content for name in written)


def _holds_no_workbook_but(name: str) -> _Content:
    """Return whether a container has a stream and no workbook: a workbook may hold a document of its own."""
    return lambda content: not _is_old_workbook(content) and _holds_stream(name)(content)


def _holds_part(*names: str) -> _Content:
    return lambda content: content.startswith(b"PK") and any(part.startswith(names) for part in _parts(content))


def _parts(content: bytes) -> Iterator[str]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            yield from archive.namelist()
            if "mimetype" in archive.namelist():
                yield archive.read("mimetype")[:100].decode("ascii", errors="replace")
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError):
        return


_is_old_workbook: _Content = _holds_stream("Workbook", "Book")


def is_encrypted(content: bytes, suffix: str) -> bool:
    """Whether a file is what Excel makes of a workbook with a password: a container of an encrypted package.

    An .xls is a container too, and one without a workbook is damaged; under another name it is no workbook otherwise.
    """
    if not content.startswith(_OLE_SIGNATURE) or _is_old_workbook(content):
        return False
    return suffix != ".xls" or _holds_stream("EncryptedPackage")(content)


# What tells a kind of file, what it is called, and what is wanted in its place; the first that fits.
_KINDS: tuple[tuple[_Content, str, str], ...] = (
    (_begins(b"%pdf"), "un document PDF", _AS_TABLE),
    (_begins(b"{\\rtf"), "un texte RTF", _AS_TABLE),
    (_begins(b"<!doctype html", b"<html", b"<table", b"<head", b"<meta"), "une page HTML", _AS_WORKBOOK),
    (
        lambda c: _begins(b"<?xml", b"<workbook")(c) and b"office:spreadsheet" in c[:4_000],
        "un classeur XML 2003",
        _AS_WORKBOOK,
    ),
    (lambda c: _begins(b"<?xml")(c) and b"<html" in c[:4_000].lower(), "une page HTML", _AS_WORKBOOK),
    (_begins(b"<?xml"), "un fichier XML", _AS_TABLE),
    (_begins(b"from:", b"received:", b"return-path:", b"mime-version:", b"delivered-to:"), "un courriel", _ATTACHED),
    (_holds_stream("__properties_version1.0", "__nameid_version1.0"), "un courriel d'Outlook (.msg)", _ATTACHED),
    (_holds_no_workbook_but("WordDocument"), "un document Word (.doc)", _AS_TABLE),
    (_holds_no_workbook_but("PowerPoint Document"), "une présentation PowerPoint (.ppt)", _AS_TABLE),
    (_holds_part("xl/workbook.bin"), "un classeur binaire (.xlsb)", _AS_WORKBOOK),
    (_holds_part("word/"), "un document Word (.docx)", _AS_TABLE),
    (_holds_part("ppt/"), "une présentation PowerPoint (.pptx)", _AS_TABLE),
    (_holds_part("application/vnd.oasis.opendocument.text"), "un document de LibreOffice (.odt)", _AS_TABLE),
    (
        _holds_part("application/vnd.oasis.opendocument.presentation"),
        "une présentation de LibreOffice (.odp)",
        _AS_TABLE,
    ),
)
_IS_WORKBOOK = _holds_part("xl/", "[Content_Types].xml", "content.xml")


def as_said(content: bytes, is_named_workbook: bool) -> tuple[str, str] | None:
    """Return what a file is, and what is wanted in its place; None when it is what its name says, as far as can be told.

    Parameters
    ----------
    content : bytes
    is_named_workbook : bool
        Whether the name of the file ends as a workbook's does.
    """
    for is_it, name, wanted in _KINDS:
        if is_it(content):
            return name, wanted
    if content.startswith(b"PK") and any(_parts(content)) and not _IS_WORKBOOK(content):
        return "une archive zip", _UNPACKED
    if is_named_workbook and not content.startswith((b"PK", _OLE_SIGNATURE)) and _is_text(content):
        return "un fichier de texte", f"{_AS_WORKBOOK} ; ou renommez-le en .csv"
    return None


def _is_text(content: bytes) -> bool:
    sample = content[:4_096]
    return not any(byte < 9 or 13 < byte < 32 for byte in sample)

"""How a file is spoilt: its bytes, the parts of its package, the words of its XML, the values of its JSON."""

import io
import json
import re
import struct
import zipfile
from random import Random
from typing import Any

from tests.fuzz.inputs import HOSTILE, seeds

_NUMBERS = (
    "0",
    "-1",
    "1",
    "65536",
    "1048577",
    "99999999",
    "4294967296",
    "18446744073709551616",
    "1e999",
    "NaN",
    "",
    "x",
    "²",
)
_PLACES = ("A0", "A1", "XFD1048576", "ZZZZ1", "A99999999999", "1A", "Z750000", "é1", "")
_BEFORE = (
    b" ", b"\n", b"\xef\xbb\xbf", b"\x00", b"<!-- x -->", b"<!DOCTYPE x>", b"<?xml version='1.0' encoding='x-unknown'?>",
    b"<?xml version='1.0' encoding='utf-16'?>", b"<!DOCTYPE x [<!ENTITY y 'z'>]>",
)  # fmt: skip
_ATTRIBUTE = re.compile(rb"""=("[^"<]*"|'[^'<]*')""")
_ELEMENT = re.compile(rb"<(\w[\w:.-]*)\b[^<>]*(?:/>|>[^<]*</\1>)")
_TEXT = re.compile(rb">([^<>]+)<")


def spoilt(random: Random) -> tuple[str, bytes]:
    """Return one of the files, spoilt once or several times, with its name."""
    files = seeds()
    name = random.choice(sorted(files))
    content = files[name]
    for _ in range(random.choice([1, 1, 1, 2, 4])):
        content = _once(content, name, random)
    if random.random() < 0.05:
        name = f"autre{random.choice(['.csv', '.xlsx', '.xls', '.ods', '.xlsb', '.geojson', '.json', '.txt', ''])}"
    return name, content


def _once(content: bytes, name: str, random: Random) -> bytes:
    if name.endswith("json") and random.random() < 0.7:
        return _json(content, random)
    if content.startswith(b"PK") and random.random() < 0.85:
        return _package(content, random)
    if name.endswith(".xls") and len(content) > 1_000 and random.random() < 0.5:
        return _record(content, random)
    return _bytes(content, random)


def _bytes(content: bytes, random: Random) -> bytes:
    at, end = sorted(random.randrange(len(content) + 1) for _ in range(2))
    end = min(end, at + random.choice([1, 2, 16, 1_000]))
    piece = content[at:end]
    new = random.choice(
        [
            b"",
            piece * 3,
            random.randbytes(len(piece)),
            bytes(len(piece)),
            b"\xff" * len(piece),
            random.choice(HOSTILE).encode(),
        ]
    )
    return content[:at] if random.random() < 0.1 else content[:at] + new + content[end:]


def _record(content: bytes, random: Random) -> bytes:
    """Change a number of an old workbook, after what may be the head of a record."""
    spoiling = bytearray(content)
    head = random.choice(
        [b"\xfd\x00\x0a\x00", b"\x03\x02\x0e\x00", b"\x7e\x02\x0a\x00", b"\x00\x02\x0e\x00", b"\x09\x08"]
    )
    places = [match.end() for match in re.finditer(re.escape(head), content)] or [random.randrange(512, len(content))]
    at = min(random.choice(places) + 2 * random.randrange(4), len(content) - 2)
    struct.pack_into("<H", spoiling, at, random.choice([0, 1, 255, 256, 16_383, 32_768, 65_535]))
    return bytes(spoiling)


def _package(content: bytes, random: Random) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = [(part, archive.read(part)) for part in archive.namelist()]
    except Exception:
        return _bytes(content, random)
    if not parts:
        return content
    chosen = random.randrange(len(parts))
    name, part = parts[chosen]
    match random.randrange(10):
        case 0:
            del parts[chosen]
        case 1:
            parts.append((name, part))
        case 2:
            parts[chosen] = (random.choice(["xl/vbaProject.bin", "../x", "x" * 300, name.upper(), "é"]), part)
        case 3:
            parts[chosen] = name, random.choice(parts)[1]
        case 4 if part:
            parts[chosen] = name, _bytes(part, random)
        case _:
            parts[chosen] = name, _xml(part, random)
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for each, inside in parts:
            if each not in archive.namelist() or random.random() < 0.5:
                _write(archive, each, inside)
    return written.getvalue()


def _write(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name)
    entry.compress_type = zipfile.ZIP_DEFLATED
    archive.NameToInfo.pop(name, None)  # twice the same name, without the warning
    archive.writestr(entry, content)


def _xml(part: bytes, random: Random) -> bytes:
    match random.randrange(6):
        case 0:
            return random.choice(_BEFORE) + part
        case 1:
            return part.replace(b'"', b"'") if random.random() < 0.5 else part.replace(b'="', b' = "')
        case 2 if found := list(_ELEMENT.finditer(part)):
            element = random.choice(found)
            return part[: element.start()] + element[0] * random.choice([0, 2, 100]) + part[element.end() :]
        case 3 if found := list(_TEXT.finditer(part)):
            text = random.choice(found)
            new = random.choice([*HOSTILE, *_NUMBERS]).replace("&", "&amp;").replace("<", "&lt;").encode()
            return part[: text.start(1)] + new + part[text.end(1) :]
        case _ if found := list(_ATTRIBUTE.finditer(part)):
            value = random.choice(found)
            new = random.choice([*_NUMBERS, *_PLACES, "string", "e", "b", "d", "date"]).encode()
            return part[: value.start(1)] + b'"' + new + b'"' + part[value.end(1) :]
    return part


def _json(content: bytes, random: Random) -> bytes:
    try:
        document = json.loads(content)
    except ValueError:
        return _bytes(content, random)
    written = json.dumps(_spoilt_value(document, random), ensure_ascii=random.random() < 0.5)
    return written.replace('"§"', "1" * 5_000).encode("utf-8", "surrogatepass")


def _spoilt_value(value: Any, random: Random) -> Any:
    """Change one value, somewhere in a document."""
    if random.random() < 0.25 or not isinstance(value, dict | list) or not value:
        return random.choice(
            [
                None,
                True,
                0,
                -1.5,
                1e308,
                float("nan"),
                [],
                {},
                [[]],
                "§",
                "\ud800",
                "2021-05-20",
                random.choice(HOSTILE),
            ]
        )
    key = random.choice(list(value)) if isinstance(value, dict) else random.randrange(len(value))
    changed: Any = value.copy()
    if random.random() < 0.1:
        del changed[key]
    else:
        changed[key] = _spoilt_value(value[key], random)
    return changed

"""The files of this package that drive the code (TOML and CSV), held to their shape as they load.

A fault there is one of whoever writes the file: the message names the file, the line, and what to write.
"""

import re
import tomllib
from collections.abc import Collection
from importlib.resources import files
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

Shape = TypeVar("Shape")


class DeclarationError(ValueError):
    """A file of this package says what the code does not understand."""


def declared(package: str, name: str, shape: type[Shape], besides: Collection[str] = ()) -> dict[str, Shape]:
    """Return the tables of a TOML file of a package by name, each of a shape.

    Parameters
    ----------
    package : str
        The package that the file is in.
    name : str
        The file, ``"tables.toml"``.
    shape : type
        A dataclass of pydantic whose fields are the keys of a table.
    besides : collection of str
        Tables that are of no shape, and are left out.

    Raises
    ------
    DeclarationError
        The file is no TOML, or a table is not of the shape: a key that it does not know, a value of another kind.
    """
    try:
        content = tomllib.loads(_text(package, name))
    except tomllib.TOMLDecodeError as error:
        raise DeclarationError(f"{package.replace('.', '/')}/{name}: {error}") from error
    adapter = TypeAdapter(shape)
    found = {}
    for table, body in content.items():
        if table in besides:
            continue
        try:
            found[table] = adapter.validate_python(body)
        except ValidationError as error:
            said = error.errors()[0]
            path = [str(part) for part in said["loc"]]
            keys = (
                f"; known keys: {_keys(shape)}"
                if said["type"] == "unexpected_keyword_argument" and not path[1:]
                else ""
            )
            raise wrong(package, name, f"{'.'.join(path)}: {said['msg']}{keys}", table, path[-1]) from error
    return found


def known(value: str, values: Collection[str], package: str, name: str, table: str = "", key: str = "") -> None:
    """Hold what a file says to the values that there are, or raise `DeclarationError`."""
    if value not in values:
        raise wrong(package, name, f"{value!r} is none of {', '.join(sorted(values))}", table, key or value)


def wrong(package: str, name: str, said: str, table: str = "", key: str = "") -> DeclarationError:
    """Return the fault of a file: its place, and what is said of it.

    Parameters
    ----------
    package, name : str
        The file.
    said : str
        What is wrong, and what to write.
    table : str
        The table of a TOML file.
    key : str
        The key of that table, or the first cell of a line of a CSV file.
    """
    line = _line(_text(package, name), table, key)
    where = f", [{table}]" if table else ""
    return DeclarationError(f"{package.replace('.', '/')}/{name}, line {line}{where}: {said}")


def _text(package: str, name: str) -> str:
    return files(package).joinpath(name).read_text(encoding="utf-8")


def _keys(shape: type) -> str:
    return ", ".join(getattr(shape, "__dataclass_fields__", {}))


def _line(text: str, table: str, key: str) -> int:
    """Return the line of a key; that of its table, or the first one, when it is not found."""
    lines = text.splitlines()
    heading = re.compile(rf"\[+{re.escape(table)}(\.|\])")
    start = next((rank for rank, line in enumerate(lines) if table and heading.match(line)), 0)
    written = re.compile(rf'"?{re.escape(key)}"?\s*[=,]')
    for rank in range(start, len(lines)):
        if table and lines[rank].startswith("[") and not heading.match(lines[rank]):
            break
        if key and written.match(lines[rank].lstrip()):
            return rank + 1
    return start + 1

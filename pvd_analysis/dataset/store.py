"""The prepared tables on disk: Parquet in ``data/processed/``, read again as long as no raw file has changed."""

import contextlib
import datetime as dt
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import fields
from functools import cache
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from filelock import FileLock

from pvd_analysis.constats import blocking_first
from pvd_analysis.dataset.deliveries import delivered_files
from pvd_analysis.dataset.preparation import Preparation, prepare
from pvd_analysis.project import referentiel_folder
from pvd_analysis.vocabulary import table_descriptions
from pvd_analysis.whole_file import put_in_place, write_whole

_FINGERPRINT = "empreinte.json"
_OUT_OF_DELIVERIES = "hors livraison"
_PACKAGE = "pvd_analysis"
# A département of a national list has a few hundred rows a year: a group holds a handful of départements.
_ROWS_IN_A_GROUP = 4_000
_TYPES = {pa.int64(): pd.Int64Dtype(), pa.float64(): pd.Float64Dtype(), pa.bool_(): pd.BooleanDtype()}
_BESIDE = tuple(field.name for field in fields(Preparation) if field.name != "tables")


def processed_folder(root: Path, known_on: dt.date | None = None) -> Path:
    """Return where the tables known on a date are kept: ``data/processed/dernier`` or ``data/processed/<date>``."""
    return root / "data" / "processed" / (known_on.isoformat() if known_on else "dernier")


def prepared(
    root: Path,
    known_on: dt.date | None = None,
    progress: Callable[[str], None] = lambda _: None,
    departement: str | None = None,
) -> Preparation:
    """Return the prepared tables, from disk when neither the raw files nor the package have changed since.

    Takes what `pvd_analysis.dataset.preparation.prepare` takes; and a département, to read its rows alone (and the
    findings that concern none in particular): what it costs does not grow with the others.

    Tables that cannot be read (a power cut, a failing disk) are made again, once; those that another process put in
    their place meanwhile are read anew.
    """
    folder = processed_folder(root, known_on)
    damaged = False
    while True:
        inputs = _made_current(folder, root, known_on, progress)
        try:
            said = _read(folder, departement)
        except (OSError, pa.ArrowException):
            if _known_hashes(folder) != inputs:  # others took their place
                continue
            if damaged:
                raise
            damaged = True
            (folder / _FINGERPRINT).unlink(missing_ok=True)
            continue
        if _known_hashes(folder) == inputs:
            return said


def _made_current(
    folder: Path, root: Path, known_on: dt.date | None, progress: Callable[[str], None]
) -> Mapping[str, str]:
    """Make the prepared tables unless they stand, and return the sha256 of what they were made from."""
    inputs = input_hashes(root, known_on)
    if _known_hashes(folder) == inputs:
        return inputs
    folder.parent.mkdir(parents=True, exist_ok=True)
    # The kernels of a campaign need the same tables at the same time: one prepares, the others find them ready.
    with FileLock(folder.parent / f".{folder.name}.verrou"):
        inputs = input_hashes(root, known_on)
        if _known_hashes(folder) != inputs:
            # Whatever the process prefers for short tables: the lists are long.
            with pd.option_context("mode.string_storage", "pyarrow"):
                _write(prepare(root, known_on, progress), folder)
            # Last: a folder without it, or none at all, is only made again.
            write_whole(folder / _FINGERPRINT, json.dumps(inputs, indent=1, ensure_ascii=False).encode())
    return inputs


def input_hashes(root: Path, known_on: dt.date | None = None) -> dict[str, str]:
    """Return the sha256 of all that the prepared tables depend on, by name: raw files, référentiel, package."""
    delivered, findings = delivered_files(root, known_on)
    inputs = {file.name: file.path for file in delivered}
    inputs |= {f"referentiel/{path.name}": path for path in sorted(referentiel_folder(root).glob("*.csv"))}
    said = hashlib.sha256(repr(findings).encode()).hexdigest()
    beside = {_OUT_OF_DELIVERIES: said} if findings else {}
    return {**{name: _sha256(path) for name, path in inputs.items()}, **beside, _PACKAGE: package_hash()}


def missing_inputs(root: Path, known_on: dt.date | None = None) -> list[str]:
    """Return the names of the inputs of the last preparation that are no longer there."""
    files, _ = delivered_files(root, known_on)
    there = {file.name for file in files}
    others = ("referentiel/", _PACKAGE, _OUT_OF_DELIVERIES)
    known = _known_hashes(processed_folder(root, known_on))
    return sorted(name for name in known if not name.startswith(others) and name not in there)


@cache
def package_hash() -> str:
    """Return the sha256 of the files of this package, as the process first found them: it runs what it then read."""
    package = Path(__file__).parents[1]
    content = hashlib.sha256()
    for name, path in sorted((path.relative_to(package).as_posix(), path) for path in package.rglob("*.*")):
        # Python writes beside its own files there, under names of the moment.
        if "__pycache__" not in path.parts and path.is_file():
            content.update(f"{name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return content.hexdigest()


def _sha256(path: Path) -> str:
    # One that may not be read, and a pipe in which nobody writes, is a finding of the preparation.
    with contextlib.suppress(OSError):
        if path.is_file():
            with path.open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
    return "illisible"


def _known_hashes(folder: Path) -> Mapping[str, str]:
    try:
        content = json.loads((folder / _FINGERPRINT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _read(folder: Path, departement: str | None) -> Preparation:
    tables = {name: _read_table(folder / f"{name}.parquet", departement) for name in table_descriptions()}
    beside = {name: _read_table(folder / f"{name}.parquet", departement) for name in _BESIDE}
    beside["constats"] = blocking_first(beside["constats"])
    return Preparation(tables=tables, **beside)


def _read_table(path: Path, departement: str | None) -> pd.DataFrame:
    """Read a table; of a département, only the row groups that may hold its rows: see `_write`."""
    with pq.ParquetFile(path, page_checksum_verification=True) as file:
        columns = file.schema_arrow.names
        # Of small tables, threads cost more than they bring.
        if departement is None or "code_departement" not in columns:
            return _table(file.read(use_threads=False))
        column = columns.index("code_departement")
        said = [file.metadata.row_group(group).column(column).statistics for group in range(file.num_row_groups)]
        wanted = [group for group, statistics in enumerate(said) if _may_hold(statistics, departement)]
        rows = file.read_row_groups(wanted, use_threads=False)
    codes = rows.column(column)
    return _table(rows.filter(pc.or_kleene(pc.equal(codes, departement), pc.is_null(codes))))


def _table(rows: pa.Table) -> pd.DataFrame:
    """Return rows with the types of ``tables.toml``: what pandas noted beside them says the same, and is slow to read."""
    return rows.to_pandas(ignore_metadata=True, types_mapper=_TYPES.get)


def _may_hold(group: pq.Statistics | None, departement: str) -> bool:
    """Tell whether a row group may have rows of a département, or of none; one that says nothing of its rows may."""
    if group is None or not group.has_min_max or not group.has_null_count or group.null_count:
        return True
    return bool(group.min <= departement <= group.max)


def _write(preparation: Preparation, folder: Path) -> None:
    """Write the tables, each page with its checksum: a disk that lost a byte is no reckoning."""
    tables = {**preparation.tables, **{name: getattr(preparation, name) for name in _BESIDE}}
    with put_in_place(folder) as draft:
        for name, table in tables.items():
            if "code_departement" in table:
                table = table.sort_values("code_departement", kind="stable", ignore_index=True)
            table.to_parquet(
                draft / f"{name}.parquet", index=False, row_group_size=_ROWS_IN_A_GROUP, write_page_checksum=True
            )

"""The prepared tables on disk: Parquet in ``data/processed/``, read again as long as no raw file has changed."""

import datetime as dt
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from filelock import FileLock

from pvd_analysis.constats import blocking_first
from pvd_analysis.dataset.deliveries import delivered_files, referentiel_folder
from pvd_analysis.dataset.preparation import Preparation, prepare
from pvd_analysis.vocabulary import table_descriptions

__all__ = ["has_laureates", "input_hashes", "missing_inputs", "package_hash", "prepared", "processed_folder"]

_Fingerprint: TypeAlias = Mapping[str, Mapping[str, Any]]
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
    """
    return _read(_current_folder(root, known_on, progress), departement)


def has_laureates(root: Path, departement: str, known_on: dt.date | None = None) -> bool:
    """Tell whether a département has laureates among the prepared tables; no other table is read."""
    return len(_read_table(_current_folder(root, known_on) / "laureats.parquet", departement)) > 0


def _current_folder(root: Path, known_on: dt.date | None, progress: Callable[[str], None] = lambda _: None) -> Path:
    """Return the folder of the prepared tables, made again when a raw file or the package has changed."""
    folder = processed_folder(root, known_on)
    if not _is_current(folder, root, known_on):
        folder.parent.mkdir(parents=True, exist_ok=True)
        # The kernels of a campaign need the same tables at the same time: one prepares, the others find them ready.
        with FileLock(folder.parent / f".{folder.name}.verrou"):
            if not _is_current(folder, root, known_on):
                _prepare_into(folder, root, known_on, progress)
    return folder


def _is_current(folder: Path, root: Path, known_on: dt.date | None) -> bool:
    known = _known_fingerprint(folder)
    return _fingerprint(root, known_on, known) == known


def _prepare_into(folder: Path, root: Path, known_on: dt.date | None, progress: Callable[[str], None]) -> None:
    known = _known_fingerprint(folder)
    fingerprint = _fingerprint(root, known_on, known)
    if _hashes(fingerprint) != _hashes(known):
        # Whatever the process prefers for short tables: the lists are long.
        with pd.option_context("mode.string_storage", "pyarrow"):
            _write(prepare(root, known_on, progress), folder)
    # Files that were only copied again keep their content: the tables stand, their dates are noted.
    _write_fingerprint(folder, fingerprint)


def input_hashes(root: Path, known_on: dt.date | None = None) -> dict[str, str]:
    """Return the sha256 of all that the prepared tables depend on, by name: raw files, référentiel, package.

    A file whose size and time are those of the last preparation is not read again.
    """
    return _hashes(_fingerprint(root, known_on, _known_fingerprint(processed_folder(root, known_on))))


def missing_inputs(root: Path, known_on: dt.date | None = None) -> list[str]:
    """Return the names of the inputs of the last preparation that are no longer there."""
    known = _known_fingerprint(processed_folder(root, known_on))
    files, _ = delivered_files(root, known_on)
    there = {file.name for file in files}
    others = ("referentiel/", _PACKAGE, _OUT_OF_DELIVERIES)
    return sorted(name for name in known if not name.startswith(others) and name not in there)


@cache
def package_hash() -> str:
    """Return the sha256 of the files of this package, as the process first found them: it runs what it then read."""
    package = Path(__file__).parents[1]
    content = hashlib.sha256()
    for name, path in sorted((path.relative_to(package).as_posix(), path) for path in package.rglob("*.*")):
        if path.suffix != ".pyc" and path.is_file():
            content.update(f"{name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return content.hexdigest()


def _fingerprint(root: Path, known_on: dt.date | None, known: _Fingerprint) -> _Fingerprint:
    delivered, findings = delivered_files(root, known_on)
    inputs = {file.name: file.path for file in delivered}
    inputs |= {f"referentiel/{path.name}": path for path in sorted(referentiel_folder(root).glob("*.csv"))}
    files = {name: _file_fingerprint(path, known.get(name)) for name, path in inputs.items()}
    said = hashlib.sha256(repr(findings).encode()).hexdigest()
    beside = {_OUT_OF_DELIVERIES: {"sha256": said}} if findings else {}
    return {**files, **beside, _PACKAGE: {"sha256": package_hash()}}


def _file_fingerprint(path: Path, known: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return size, time and sha256 of a file; one whose size and time have not changed is not read again."""
    try:
        status = path.stat()
        now = {"taille": status.st_size, "modifie_ns": status.st_mtime_ns}
        if known is not None and now.items() <= known.items():
            return dict(known)
        return {**now, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
    except OSError:
        # one that may not be read is a finding of the preparation
        return {"sha256": "illisible"}


def _hashes(fingerprint: _Fingerprint) -> dict[str, str]:
    return {name: said["sha256"] for name, said in fingerprint.items()}


def _known_fingerprint(folder: Path) -> _Fingerprint:
    try:
        content = json.loads((folder / _FINGERPRINT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    said = content.items() if isinstance(content, dict) else ()
    return {name: file for name, file in said if isinstance(file, dict) and "sha256" in file}


def _read(folder: Path, departement: str | None) -> Preparation:
    tables = {name: _read_table(folder / f"{name}.parquet", departement) for name in table_descriptions()}
    beside = {name: _read_table(folder / f"{name}.parquet", departement) for name in _BESIDE}
    beside["constats"] = blocking_first(beside["constats"])
    return Preparation(tables=tables, **beside)


def _read_table(path: Path, departement: str | None) -> pd.DataFrame:
    """Read a table; of a département, only the row groups that may hold its rows: see `_write`."""
    with pq.ParquetFile(path) as file:
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
    """Write beside, then put in place: a folder without its fingerprint, or none at all, is only made again."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        for name, table in (*preparation.tables.items(), *((name, getattr(preparation, name)) for name in _BESIDE)):
            if "code_departement" in table:
                table = table.sort_values("code_departement", kind="stable", ignore_index=True)
            table.to_parquet(partial / f"{name}.parquet", index=False, row_group_size=_ROWS_IN_A_GROUP)
        if folder.exists():
            shutil.rmtree(folder)
        os.replace(partial, folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _write_fingerprint(folder: Path, fingerprint: _Fingerprint) -> None:
    partial = folder / f".{_FINGERPRINT}"
    partial.write_text(json.dumps(fingerprint, indent=1, ensure_ascii=False), encoding="utf-8")
    os.replace(partial, folder / _FINGERPRINT)

"""The prepared tables on disk: Parquet in ``data/processed/``, read again as long as no raw file has changed."""

import datetime as dt
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import pandas as pd

from pvd_analysis.dataset.deliveries import delivered_files, referentiel_folder
from pvd_analysis.dataset.preparation import Preparation, prepare
from pvd_analysis.vocabulary import table_descriptions

__all__ = ["prepared", "processed_folder"]

_FINGERPRINT = "empreinte.json"
_BESIDE = tuple(field.name for field in fields(Preparation) if field.name != "tables")


def processed_folder(root: Path, known_on: dt.date | None = None) -> Path:
    """Return where the tables known on a date are kept: ``data/processed/dernier`` or ``data/processed/<date>``."""
    return root / "data" / "processed" / (known_on.isoformat() if known_on else "dernier")


def prepared(
    root: Path, known_on: dt.date | None = None, progress: Callable[[str], None] = lambda _: None
) -> Preparation:
    """Return the prepared tables, from disk when neither the raw files nor the package have changed since.

    Takes what `pvd_analysis.dataset.preparation.prepare` takes.
    """
    folder = processed_folder(root, known_on)
    fingerprint = _fingerprint(root, known_on)
    if _is_current(folder, fingerprint):
        return _read(folder)
    preparation = prepare(root, known_on, progress)
    _write(preparation, folder, fingerprint)
    return preparation


def _fingerprint(root: Path, known_on: dt.date | None) -> dict[str, str]:
    files, _ = delivered_files(root, known_on)
    inputs = {file.name: file.path for file in files}
    inputs |= {f"referentiel/{path.name}": path for path in sorted(referentiel_folder(root).glob("*.csv"))}
    package = Path(__file__).parents[1]
    code = hashlib.sha256()
    for path in sorted(package.rglob("*")):
        if path.suffix in {".py", ".toml", ".csv"}:
            code.update(path.read_bytes())
    return {
        **{name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in inputs.items()},
        "pvd_analysis": code.hexdigest(),
    }


def _is_current(folder: Path, fingerprint: dict[str, str]) -> bool:
    try:
        return bool(json.loads((folder / _FINGERPRINT).read_text(encoding="utf-8")) == fingerprint)
    except (OSError, json.JSONDecodeError):
        return False


def _read(folder: Path) -> Preparation:
    tables = {name: pd.read_parquet(folder / f"{name}.parquet") for name in table_descriptions()}
    beside = {name: pd.read_parquet(folder / f"{name}.parquet") for name in _BESIDE}
    return Preparation(tables=tables, **beside)


def _write(preparation: Preparation, folder: Path, fingerprint: dict[str, str]) -> None:
    """Write beside, then put in place: a folder without its fingerprint, or none at all, is only made again."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        for name, table in (*preparation.tables.items(), *((name, getattr(preparation, name)) for name in _BESIDE)):
            table.to_parquet(partial / f"{name}.parquet", index=False)
        (partial / _FINGERPRINT).write_text(json.dumps(fingerprint, indent=1, ensure_ascii=False), encoding="utf-8")
        if folder.exists():
            shutil.rmtree(folder)
        os.replace(partial, folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)

"""The files of a report also go to an address: a folder, or any other that fsspec knows (``s3://…``)."""

import contextlib
import json
from pathlib import Path

import fsspec

from pvd_analysis.errors import InvalidParameter, NotPublished, refusal
from pvd_analysis.reports.manifest import MANIFEST


def checked_address(address: str) -> str:
    """Return the address as a process in any folder understands it.

    Raises
    ------
    InvalidParameter
        No protocol of this machine reaches it.
    """
    if "://" not in address:
        return str(Path(address).resolve())
    protocol = address.partition("://")[0]
    try:
        fsspec.get_filesystem_class(protocol)
    except ImportError as error:
        raise InvalidParameter(
            f"Une adresse « {protocol}:// » demande une bibliothèque qui n'est pas installée ({error})."
        ) from error
    except ValueError as error:
        raise InvalidParameter(
            f"Adresse « {address} » inconnue : un dossier ou une adresse fsspec est attendue, par exemple « s3://seau/pvd »."
        ) from error
    return address


def publish(folder: Path, address: str) -> None:
    """Copy the files of a report, the manifest last: while it is there, what it lists is there.

    Parameters
    ----------
    folder : Path
        ``outputs/<trimestre>/<departement>/``.
    address : str
        From `checked_address`; the files go to ``<address>/<trimestre>/<departement>/``.

    Raises
    ------
    NotPublished
        The address took them not, or not all.
    """
    try:
        _copy(folder, address)
    except Exception as error:  # each protocol has errors of its own
        raise NotPublished(
            f"Rapports faits dans outputs, mais pas copiés à « {address} » "
            f"({refusal(error) if isinstance(error, OSError) else type(error).__name__})."
        ) from error


def _copy(folder: Path, address: str) -> None:
    system, base = fsspec.core.url_to_fs(address)
    there = f"{base.rstrip('/')}/{folder.parent.name}/{folder.name}"
    manifest = (folder / MANIFEST).read_bytes()
    with contextlib.suppress(FileNotFoundError):
        if system.cat_file(f"{there}/{MANIFEST}") == manifest:
            return
        # While its files are replaced one by one, no manifest says that the set is whole.
        system.rm_file(f"{there}/{MANIFEST}")
    system.makedirs(there, exist_ok=True)
    for name in (*json.loads(manifest)["sorties"], MANIFEST):
        # A file takes its place when its transaction ends: whole or not at all.
        with system.transaction, system.open(f"{there}/{name}", "wb") as file:
            file.write((folder / name).read_bytes())

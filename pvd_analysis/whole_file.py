"""What is written is whole and on the disk, or what stood in its place stays: one file, or a folder of files that agree."""

import contextlib
import os
import shutil
from collections.abc import Collection, Iterator
from pathlib import Path

from pvd_analysis.errors import InvalidParameter, refusal

_LONGEST_LINE = 10_000
_DRAFT = ".en-cours-"
_FORMER = ".ancien-"


def write_whole(path: Path, content: bytes) -> None:
    """Write the file beside `path`, then put it in its place in one step."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        draft.write_bytes(content)
        _to_disk(draft)
        draft.replace(path)
        _to_disk(path.parent)
    finally:
        with contextlib.suppress(FileNotFoundError):
            draft.unlink()


def write_again(path: Path, content: bytes) -> None:
    """Write a text where someone asked for it; only one that begins with the same line, an older one, is replaced.

    Raises
    ------
    InvalidParameter
        Another file stands there, and stays.
    """
    if path.is_file():
        with path.open("rb") as there:
            first = there.readline(_LONGEST_LINE)
        if first != content[: content.index(b"\n") + 1]:
            raise InvalidParameter(
                f"{path} existe déjà et n'a pas été écrit par cette commande : il reste tel quel, donnez un autre nom."
            )
    write_whole(path, content)


@contextlib.contextmanager
def asked_for(place: Path | str) -> Iterator[None]:
    """Write, in a block, a file that someone asked for: what the system refuses is an `InvalidParameter` that names it."""
    try:
        yield
    except OSError as error:
        raise InvalidParameter(
            f"Le fichier {place} ne peut pas être écrit ({refusal(error)}) : est-il ouvert dans un autre programme ?"
        ) from error


@contextlib.contextmanager
def put_in_place(folder: Path, outdated: Collection[str] = ()) -> Iterator[Path]:
    """Give an empty folder to make files in, beside `folder`; at the end it takes the place of `folder` whole.

    What stood in `folder` under a name that the new files do not have moves into the new one, but for the `outdated` names:
    those of files that were made with the others, and are not made any more. Nothing changes when the
    block fails. A kill between the two renames leaves nothing in the place, and what stood there beside it: `tidy` puts
    it back.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    tidy(folder)
    draft = folder.with_name(f"{_DRAFT}{os.getpid()}-{folder.name}")
    try:
        draft.mkdir()
        yield draft
        for path in (*draft.rglob("*"), draft):
            _to_disk(path)
        if folder.exists():
            folder.rename(_former(folder))
        draft.rename(folder)
        _to_disk(folder.parent)
    finally:
        tidy(folder, outdated)


def tidy(folder: Path, outdated: Collection[str] = ()) -> None:
    """Remove what an interrupted `put_in_place` of a folder left beside it; what stood there before it stands again."""
    former = _former(folder)
    if former.exists():
        if folder.exists():
            _move_missing(former, folder, outdated)
            shutil.rmtree(former, ignore_errors=True)
        else:
            former.rename(folder)
    for draft in folder.parent.glob(f"{_DRAFT}*-{folder.name}"):
        shutil.rmtree(draft, ignore_errors=True)


def tidy_below(root: Path) -> None:
    """Remove all that interrupted runs left below a folder in which nobody writes just now; see `tidy`."""
    for path in sorted(root.rglob(".*")):
        if path.name.startswith(_FORMER):
            tidy(path.with_name(path.name.removeprefix(_FORMER)))
        elif path.name.startswith(_DRAFT):
            shutil.rmtree(path, ignore_errors=True)
        elif path.suffix == ".tmp":
            path.unlink(missing_ok=True)


def _former(folder: Path) -> Path:
    return folder.with_name(_FORMER + folder.name)


def _move_missing(former: Path, folder: Path, outdated: Collection[str]) -> None:
    there = {*outdated, *(path.name for path in folder.iterdir())}
    for path in former.iterdir():
        if path.name not in there:
            path.rename(folder / path.name)


def _to_disk(path: Path) -> None:
    """Have the system write a file, or the names in a folder, before anything that follows: a power cut loses neither."""
    if not path.is_dir():
        _synced(path, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
    elif os.name != "nt":  # Windows opens no folder
        with contextlib.suppress(OSError):  # nor do all network drives write one when asked
            _synced(path, os.O_RDONLY)


def _synced(path: Path, how: int) -> None:
    opened = os.open(path, how)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)

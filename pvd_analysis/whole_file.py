"""What is written is whole, or what stood in its place stays: one file, or the files of a folder."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

__all__ = ["put_in_place", "remove_leftovers", "write_whole"]

_DRAFTS = ".en-cours-"


def write_whole(path: Path, content: bytes) -> None:
    """Write the file beside `path`, then put it in its place in one step."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with draft.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(path)
    finally:
        with contextlib.suppress(FileNotFoundError):
            draft.unlink()


@contextlib.contextmanager
def put_in_place(folder: Path, last: str) -> Iterator[Path]:
    """Give a folder to make files in, beside the results; at the end, each takes its place by one rename.

    Nothing is put in place when the block fails. The file named `last` comes last: while it is there, what it lists is.
    """
    folder.mkdir(parents=True, exist_ok=True)
    remove_leftovers(folder)
    with tempfile.TemporaryDirectory(prefix=_DRAFTS, dir=folder, ignore_cleanup_errors=True) as name:
        work = Path(name)
        yield work
        for path in sorted(work.iterdir(), key=lambda path: (path.name == last, path.name)):
            path.replace(folder / path.name)


def remove_leftovers(folder: Path) -> None:
    """Remove what an interrupted run left behind."""
    for path in folder.glob(f"{_DRAFTS}*"):
        shutil.rmtree(path, ignore_errors=True)
    for path in folder.glob(".*.tmp"):
        path.unlink(missing_ok=True)

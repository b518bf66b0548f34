"""The reading of files that others send, in a process of their own: what stops it, or is too much for it, stops nothing else.

The readers of workbooks are compiled: what misleads one of them may end its process, or take all the memory there is.
A `Apart` keeps one such process warm for all the files of a delivery. It is forked from this one where the system allows it
(Linux, from the main thread), which costs a hundredth of a second; elsewhere it is another Python, started with the first
file. What a file may take is in proportion to its size.
"""

import contextlib
import os
import pickle
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Final, TypeVar

import psutil

from pvd_analysis import communes, vocabulary
from pvd_analysis.communes import Referentiel
from pvd_analysis.sources import FileRead, form, read_file
from pvd_analysis.sources.safety import Unreadable
from pvd_analysis.sources.worker import FORESEEN, MOST_MEMORY, Worker, can_fork, started
from pvd_analysis.values import format_number

_Said = TypeVar("_Said")

_MEGABYTE: Final = 1_000_000
# The real lists take up to 120 times their size, for 1 s a megabyte; the rest is for what any file takes, and slow machines.
_MEMORY: Final = 300 * _MEGABYTE
_MEMORY_OF_A_BYTE: Final = 200
# Seconds of a processor: those of the clock, that a busy machine or a slow disk makes longer, may be some times as many.
_SECONDS: Final = 10
_SECONDS_OF_A_MEGABYTE: Final = 10
_MOST_SECONDS: Final = 600
_PATIENCE: Final = 6
_SECONDS_BETWEEN_LOOKS: Final = 0.02
# What a second process begins to gain something for.
_WORTH_ANOTHER: Final = 2 * _MEGABYTE


class Apart:
    """Calls of functions on files, in a process of their own that is started at the first one; to be used with ``with``.

    Parameters
    ----------
    held : tuple
        What every call is given last, handed over once.
    """

    def __init__(self, *held: Any) -> None:
        self._held = held
        self._worker: Worker | None = None

    def __enter__(self) -> "Apart":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.end()

    def started(self) -> "Apart":
        """Start the process now, and return this."""
        self._worker = self._worker or started(self._held)
        return self

    def read(self, path: Path, name: str) -> FileRead:
        """Return what `read_file` reads of a file; a reading that was cut short is a finding. The référentiel is held."""
        try:
            return self.call(path, read_file, path, name)
        except Unreadable as unreadable:
            return FileRead(name, "", None, (unreadable.finding(name),))

    def call(self, path: Path, function: Callable[..., _Said], *arguments: Any) -> _Said:
        """Return what a function says of a file.

        Raises
        ------
        Unreadable
            What the function raises, or ``lecture_interrompue``: it took too much memory or time for a file of this size,
            it met a fault that nobody foresaw, or its process has ended.
        PvdError, OSError
            What the function raises.
        """
        megabytes = 0.0
        with contextlib.suppress(OSError):  # the function will say it
            megabytes = path.stat().st_size / _MEGABYTE
        memory = int(min(_MEMORY + _MEMORY_OF_A_BYTE * megabytes * _MEGABYTE, MOST_MEMORY))
        seconds = min(_SECONDS + _SECONDS_OF_A_MEGABYTE * megabytes, _MOST_SECONDS)
        worker = self.started()._worker
        assert worker is not None
        done, reasons = threading.Event(), list[str]()
        watch = threading.Thread(target=_watch, args=(worker.process, memory, seconds, done, reasons), daemon=True)
        watch.start()
        try:
            answer = _answer(worker, (function, arguments), memory)
        except (EOFError, OSError):
            answer = None
        except BaseException:
            self.end()
            raise
        finally:
            done.set()
            watch.join()
        if answer is None:
            self.end()
            raise _interrupted(*reasons or ["le programme qui lit ce fichier s'est arrêté"])
        is_foreseen, said = answer
        if not is_foreseen:
            # it may have left anything behind
            self.end()
            raise _interrupted(said)
        if isinstance(said, FORESEEN):
            raise said
        return said  # type: ignore[no-any-return]

    def end(self) -> None:
        """End the process, whatever it does; another one is started when there is a call."""
        worker, self._worker = self._worker, None
        if worker is not None:
            with contextlib.suppress(psutil.Error):
                worker.process.kill()
            worker.wait()
            for end in (worker.requests, worker.answers):
                with contextlib.suppress(OSError):
                    end.close()


def read_all(
    files: Sequence[tuple[Path, str]], referentiel: Referentiel, progress: Callable[[str], None]
) -> list[FileRead]:
    """Return what is read of each file, in order; long files are read by two processes at a time, the longest first.

    Parameters
    ----------
    files : sequence of tuple
        The place of each file and its name in findings.
    progress : callable
        Told the name of each file before it is read.
    """
    sizes = [_size(path) for path, _ in files]
    with contextlib.ExitStack() as opened:
        if sum(sizes) - max(sizes, default=0) < _WORTH_ANOTHER or (os.cpu_count() or 1) < 2:
            if files and can_fork():
                # once, and kept for the next reading: a process that is forked has what stands here; two that read long
                # lists make what each of them needs, at the same time
                vocabulary.get_ready()
                form.get_ready()
                communes.get_ready(referentiel)
            return _shared_out(files, range(len(files)), [opened.enter_context(Apart(referentiel))], progress)
        # Started here: only the main thread may fork.
        readers = [opened.enter_context(Apart(referentiel)).started() for _ in range(2)]
        return _shared_out(files, sorted(range(len(files)), key=lambda rank: -sizes[rank]), readers, progress)


def _shared_out(
    files: Sequence[tuple[Path, str]], order: Iterable[int], readers: Sequence[Apart], progress: Callable[[str], None]
) -> list[FileRead]:
    found: dict[int, FileRead] = {}
    left, turn = iter(order), threading.Lock()

    def read(apart: Apart) -> None:
        while True:
            with turn:
                rank = next(left, None)
            if rank is None:
                return
            progress(files[rank][1])
            found[rank] = apart.read(*files[rank])

    if len(readers) == 1:
        read(readers[0])
        return [found[rank] for rank in range(len(files))]
    with ThreadPoolExecutor(len(readers)) as pool:
        try:
            for done in [pool.submit(read, apart) for apart in readers]:
                done.result()
        except BaseException:
            with turn:  # nobody takes another file, and what is being read is let go of
                left = iter(())
            for apart in readers:
                apart.end()
            raise
    return [found[rank] for rank in range(len(files))]


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:  # whoever reads it will say it
        return 0


def _interrupted(why: str) -> Unreadable:
    expected = (
        "un fichier enregistré à nouveau par Excel ou LibreOffice, ou coupé en plusieurs ; sinon demandez d'où il vient"
    )
    return Unreadable("lecture_interrompue", why, expected)


def _answer(worker: Worker, request: object, longest: int) -> Any:
    pickle.dump(request, worker.requests)
    worker.requests.flush()
    try:
        # as it comes: a long list is not held here twice
        return pickle.load(_Bounded(worker.answers, longest))
    except _TooLong:
        return False, _too_much(longest)
    except pickle.UnpicklingError as error:
        raise EOFError from error


class _TooLong(Exception):
    pass


class _Bounded:
    """The part of a stream that may be read."""

    def __init__(self, stream: BinaryIO, longest: int) -> None:
        self._stream = stream
        self._left = longest

    def read(self, size: int) -> bytes:
        part = self._stream.read(size)
        self._count(len(part))
        return part

    def readline(self) -> bytes:
        part = self._stream.readline()
        self._count(len(part))
        return part

    def readinto(self, buffer: bytearray) -> int:
        self._count(len(buffer))
        return self._stream.readinto(buffer)  # type: ignore[attr-defined,no-any-return]

    def _count(self, length: int) -> None:
        self._left -= length
        if self._left < 0:
            raise _TooLong


def _too_much(memory: int) -> str:
    return f"une lecture de plus de {format_number(memory // _MEGABYTE)} Mo de mémoire"


def _watch(process: psutil.Process, memory: int, seconds: float, done: threading.Event, reasons: list[str]) -> None:
    """Kill a process that takes more than it may, and say why."""
    with contextlib.suppress(psutil.Error):
        begun, (held, used) = time.monotonic(), _taken(process)
        while not done.wait(_SECONDS_BETWEEN_LOOKS):
            holds, uses = _taken(process)
            if holds - held > memory:
                reasons.append(_too_much(memory))
            elif max(uses - used, (time.monotonic() - begun) / _PATIENCE) > seconds:
                reasons.append(f"une lecture de plus de {format_number(round(seconds))} s")
            else:
                continue
            process.kill()
            return


def _taken(process: psutil.Process) -> tuple[int, float]:
    """Return the memory of a process, without what it has of files (libraries), and its seconds of a processor."""
    with process.oneshot():
        memory, times = process.memory_info(), process.cpu_times()
    return memory.rss - getattr(memory, "shared", 0), times.user + times.system

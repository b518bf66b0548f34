"""The process that reads for another one: how it is started, and what it does with what it is asked."""

import gc
import multiprocessing
import os
import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

import psutil

from pvd_analysis.errors import PvdError
from pvd_analysis.sources.safety import Unreadable

MOST_MEMORY: Final = 2_000_000_000
"""The bytes that no file may take."""

_READY: Final = b"!"


# What a function may raise for the person who asked, or who interrupts; anything else is a fault of the reading.
FORESEEN: Final = (PvdError, Unreadable, OSError, KeyboardInterrupt)


@dataclass(frozen=True, slots=True)
class Worker:
    """The process that reads, where it takes its requests, and where it answers them."""

    process: psutil.Process
    wait: Callable[[], object]
    requests: BinaryIO
    answers: BinaryIO


def started(held: tuple[Any, ...]) -> Worker:
    """Start a process that reads, and return it once it is ready.

    Parameters
    ----------
    held : tuple
        What every call of a function is given last.
    """
    worker = _forked(held) if can_fork() else _other_python(held)
    if worker.answers.read(len(_READY)) != _READY:
        raise EOFError
    return worker


def can_fork() -> bool:
    """Whether a process may be forked here: on Linux, from the main thread."""
    return sys.platform == "linux" and threading.current_thread() is threading.main_thread()


def _forked(held: tuple[Any, ...]) -> Worker:
    (its_requests, requests), (answers, its_answers) = os.pipe(), os.pipe()
    # What stands in this process is there too: nothing is imported, and nothing handed over.
    process = multiprocessing.get_context("fork").Process(
        target=_serve_forked, args=(its_requests, its_answers, (requests, answers), held), daemon=True
    )
    process.start()
    for end in (its_requests, its_answers):
        os.close(end)
    return Worker(psutil.Process(process.pid), process.join, os.fdopen(requests, "wb"), os.fdopen(answers, "rb"))


def _serve_forked(requests: int, answers: int, not_its_own: tuple[int, int], held: tuple[Any, ...]) -> None:
    for end in not_its_own:
        os.close(end)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    gc.freeze()  # what stands here is shared with the process that forked: a collection would copy its pages
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (1, 2):  # a reader that panics writes what it was doing
        os.dup2(null, stream)
    serve(os.fdopen(requests, "rb"), os.fdopen(answers, "wb"), held)


def _other_python(held: tuple[Any, ...]) -> Worker:
    # -P: a file of the current folder is no library
    program = "from pvd_analysis.sources.worker import serve_streams; serve_streams()"
    process = subprocess.Popen(
        [sys.executable, "-P", "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    assert process.stdin is not None
    assert process.stdout is not None
    pickle.dump(held, process.stdin)
    process.stdin.flush()
    return Worker(psutil.Process(process.pid), process.wait, process.stdin, process.stdout)  # type: ignore[arg-type]


def serve_streams() -> None:
    """Serve on the standard streams, in a process that was started for it."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no answer
    serve(sys.stdin.buffer, answers, pickle.load(sys.stdin.buffer))


def serve(requests: BinaryIO, answers: BinaryIO, held: tuple[Any, ...]) -> None:
    """Answer requests until nobody is there to make one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that a person watches; that one ends this
    _bound_memory()
    answers.write(_READY)
    while True:
        answers.flush()
        try:
            function, arguments = pickle.load(requests)
        except EOFError:
            return
        answer: tuple[bool, Any]
        try:
            answer = True, function(*arguments, *held)
        except FORESEEN as error:
            answer = True, error
        except BaseException as error:  # a panic of a compiled reader is no Exception
            answer = False, f"une erreur que rien ne prévoyait ({type(error).__name__})"
        pickle.dump(answer, answers, protocol=pickle.HIGHEST_PROTOCOL)
        del answer


def _bound_memory() -> None:
    """Let the system refuse what no file may take, which a look fifty times a second may come too late for."""
    if sys.platform == "linux":
        import resource

        has = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[5]) * resource.getpagesize()
        _, hardest = resource.getrlimit(resource.RLIMIT_DATA)
        most = has + 2 * MOST_MEMORY
        resource.setrlimit(resource.RLIMIT_DATA, (most if hardest < 0 else min(most, hardest), hardest))

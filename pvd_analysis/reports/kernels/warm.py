"""Processes that start warm: ``python -m …``, forked from a process that has already imported the libraries.

A report starts two kernels, and each spends longer on importing pandas than on its cells. Here one process, the
*source* (`pvd_analysis.reports.kernels.warm_source`), imports the libraries once and then only forks: each child is a
process of its own, shares nothing with the next one, and starts in a few hundredths of a second.

`start` stands for `subprocess.Popen` of ``[sys.executable, "-m", module, …]``; where the system cannot fork a process
that has loaded libraries safely (Windows, and macOS, whose own libraries forbid it), it is that very call.

The source is started at the first need, by the first process of a run; its descendants use the same one. No process is
left behind, however the run ends: the source ends its children when it loses the first process, and a child when it
loses the process that asked for it; a child ends by itself when it loses the source.
"""

import atexit
import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import weakref
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any, Final, TypeAlias

CAN_FORK: Final = sys.platform == "linux"
LONGEST_REQUEST: Final = 200_000

# What subprocess.Popen says of a process that was killed.
_KILLED: Final = -9


class WarmProcess:
    """A process forked from the source, with the part of `subprocess.Popen`'s interface that kernels need.

    It is killed when nothing refers to this object any more.
    """

    stdin: IO[bytes] | None = None
    stdout: IO[bytes] | None = None
    stderr: IO[bytes] | None = None

    def __init__(self, args: Sequence[str], link: socket.socket) -> None:
        self.args = list(args)
        self.returncode: int | None = None
        self._link = link
        # A thread may wait for it while another one ends it.
        self._reading = threading.Lock()
        self._said = link.makefile("r", encoding="ascii")
        self.pid = self._said_number()

    def __del__(self) -> None:
        self._said.close()
        self._link.close()

    def poll(self) -> int | None:
        """Return the exit status, minus the signal that killed it, or None while it runs."""
        return self._ended(0)

    def wait(self, timeout: float | None = None) -> int:
        """Return the exit status once it has ended.

        Raises
        ------
        subprocess.TimeoutExpired
            It still runs after `timeout` seconds.
        """
        status = self._ended(timeout)
        if status is None:
            raise subprocess.TimeoutExpired(self.args, timeout or 0)
        return status

    def send_signal(self, signum: int) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signum)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)

    def _ended(self, timeout: float | None) -> int | None:
        if self.returncode is None and select.select([self._link], [], [], timeout)[0]:
            with self._reading:
                if self.returncode is None:
                    self.returncode = self._said_number()
        return self.returncode

    def _said_number(self) -> int:
        """Return what the source says of the child: its number, then its exit status; a source that is lost says nothing."""
        try:
            line = self._said.readline()
        except ConnectionError:
            line = ""
        return int(line) if line else _KILLED


Process: TypeAlias = "subprocess.Popen[bytes] | WarmProcess"
_started: "weakref.WeakSet[Process]" = weakref.WeakSet()
_one_thread = threading.RLock()
_asked = threading.Event()

_own: list[tuple[socket.socket, int]] = []
inherited: tuple[socket.socket, int] | None = None
"""What a child of the source has of it, set at the fork."""


def start(
    module: str,
    arguments: Sequence[str] = (),
    *,
    stdin: int | IO[Any] | None = None,
    stdout: int | IO[Any] | None = None,
    stderr: int | IO[Any] | None = None,
    cwd: str | Path | None = None,
    env: Mapping[str, str] | None = None,
) -> Process:
    """Start ``python -m module arguments`` in a session of its own, with the libraries already imported.

    Parameters
    ----------
    module, arguments : str and sequence of str
        What runs.
    stdin, stdout, stderr : int or file, optional
        As for `subprocess.Popen`, without pipes.
    cwd, env : optional
        As for `subprocess.Popen`.
    """
    process: Process
    if CAN_FORK:
        process = _forked(module, arguments, (stdin, stdout, stderr), cwd, env)
    else:
        process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            cwd=cwd,
            env=env,
            start_new_session=True,
        )
    with _one_thread:
        _started.add(process)
    return process


def warm_up(root: Path) -> None:
    """Start the source, if the system can fork: it imports, and reads a project's référentiel, while the caller works.

    A source that has been started already stays as it is.
    """
    if CAN_FORK:
        _source(root)


def source_number() -> int:
    """Return the number of the process whose children the warm processes are."""
    return _source()[1]


def stop_all() -> None:
    """Kill every process that this one has started, and wait for their end."""
    with _one_thread:
        started = list(_started)
    running = [process for process in started if process.poll() is None]
    for process in running:
        process.kill()
    for process in running:
        process.wait()


atexit.register(stop_all)


def _end_source(control: socket.socket, life: socket.socket, source: "subprocess.Popen[bytes]") -> None:
    """End the source, and with it what it has forked; the end of this process in any other way does it too."""
    if not _asked.is_set():
        source.kill()  # it has no child, and may still be importing
    life.close()
    control.close()
    source.wait()


def _forked(
    module: str,
    arguments: Sequence[str],
    streams: Sequence[int | IO[Any] | None],
    cwd: str | Path | None,
    env: Mapping[str, str] | None,
) -> WarmProcess:
    request = {
        "module": module,
        "arguments": list(arguments),
        "cwd": str(cwd or Path.cwd()),
        "env": dict(os.environ if env is None else env),
    }
    _asked.set()
    link, its_link = socket.socketpair()
    with its_link, contextlib.ExitStack() as opened:
        numbers = [_descriptor(stream, default, opened) for default, stream in enumerate(streams)]
        # A message of this socket holds a whole request: the processes and threads that share it need no turns.
        socket.send_fds(_source()[0], [json.dumps(request).encode()], [*numbers, its_link.fileno()])
    return WarmProcess([sys.executable, "-m", module, *arguments], link)


def _descriptor(stream: int | IO[Any] | None, default: int, opened: contextlib.ExitStack) -> int:
    if stream is None:
        return default
    if stream == subprocess.DEVNULL:
        null = os.open(os.devnull, os.O_RDWR)
        opened.callback(os.close, null)
        return null
    return stream if isinstance(stream, int) else stream.fileno()


def _source(root: Path | None = None) -> tuple[socket.socket, int]:
    """Return the socket on which the source takes requests, and its number; the first process of a run starts it."""
    with _one_thread:
        if inherited:
            return inherited
        if not _own:
            _own.append(_new_source(root))
        return _own[0]


def _new_source(root: Path | None) -> tuple[socket.socket, int]:
    control, its_control = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    life, its_life = socket.socketpair()
    control.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, LONGEST_REQUEST)
    with its_control, its_life:
        numbers = tuple(end.fileno() for end in (its_control, control, its_life))
        arguments = (*numbers, str(root or ""))
        program = f"from pvd_analysis.reports.kernels.warm_source import serve; serve{arguments}"
        source = subprocess.Popen(
            # -P: a file of the current folder is no library. -X: as the kernel's own specification has it.
            [sys.executable, "-P", "-X", "frozen_modules=off", "-c", program],
            stdin=subprocess.DEVNULL,
            pass_fds=numbers,
            # Matplotlib reads it when it is imported; a cold kernel gives it the same value before that.
            env={"MPLBACKEND": "module://matplotlib_inline.backend_inline", **os.environ},
        )
    # The end of this process, whatever it is, closes `life`, and the source ends.
    atexit.register(_end_source, control, life, source)
    return control, source.pid

"""The process that imports the libraries once and forks the others: the other half of `pvd_analysis.reports.kernels.warm`."""

import atexit
import contextlib
import gc
import importlib
import json
import os
import random
import runpy
import selectors
import signal
import socket
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from pvd_analysis.reports.kernels import warm

# What a kernel, and the process that drives it, would import anyway. Nothing is called that starts a thread in Python
# (a ZeroMQ context, a read of Parquet): a thread does not live on in a forked child. The native threads of OpenBLAS and
# of Arrow's allocator do: these libraries see to it themselves at a fork.
_LIBRARIES: Final = (
    "pvd_analysis.reports.one_report",
    "pvd_analysis.reports.quarterly",
    "ipykernel.debugger",
    "ipykernel.ipkernel",
    "ipykernel.kernelapp",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "matplotlib.backends.backend_svg",
    "matplotlib.backends.backend_agg",
    "matplotlib_inline.backend_inline",
    "numpy.random",
    "psutil",
    "pyarrow.dataset",
    "pyarrow.parquet",
    "tornado.platform.asyncio",
)


def serve(control_number: int, client_number: int, life_number: int, root: str) -> None:
    """Import the libraries, then fork a child for each request until the first process of the run is gone.

    Parameters
    ----------
    control_number, client_number, life_number : int
        Open sockets: the one of the requests, its other end that the children inherit, and the one whose other end the
        first process holds as long as it lives.
    root : str
        The project whose référentiel every report reads, or nothing.
    """
    atexit.register(_leave)  # the first to be registered is the last to be called
    # Ctrl-C is for the process that a person watches; that one ends the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    wake, waker = socket.socketpair()
    for end in (wake, waker):
        end.setblocking(False)
    signal.set_wakeup_fd(waker.fileno())
    signal.signal(signal.SIGCHLD, lambda *_: None)
    control, client, life = (socket.socket(fileno=number) for number in (control_number, client_number, life_number))
    for library in _LIBRARIES:
        importlib.import_module(library)
    _make_ready(root)
    # What stands now is no garbage: the collector would only copy the pages that the children share.
    gc.collect()
    gc.freeze()
    # A child is soon over: it seldom looks for garbage of its own.
    gc.set_threshold(100_000)
    links: dict[int, socket.socket] = {}
    selector = selectors.DefaultSelector()
    for listened in (control, life, wake):
        selector.register(listened, selectors.EVENT_READ)
    while True:
        for key, _ in selector.select():
            if key.fileobj is control:
                message, (*streams, link_number), _, _ = socket.recv_fds(control, warm.LONGEST_REQUEST, 4)
                pid = os.fork()
                if pid == 0:
                    selector.close()
                    for its_own in (control, life, wake, waker, socket.socket(fileno=link_number), *links.values()):
                        its_own.close()
                    warm.inherited = client, os.getppid()
                    return _become(json.loads(message), streams)
                for number in streams:
                    os.close(number)
                links[pid] = socket.socket(fileno=link_number)
                _say(links[pid], pid)
                selector.register(links[pid], selectors.EVENT_READ, pid)
            elif key.fileobj is wake:
                wake.recv(4096)
                for pid, status in _ended():
                    _say(links[pid], status)
                    with contextlib.suppress(KeyError):
                        selector.unregister(links[pid])
                    links.pop(pid).close()
            elif key.fileobj is life:
                for pid in links:
                    _kill(pid)
                return None
            else:
                # Nobody writes there: the process that asked for this child is gone.
                selector.unregister(key.fileobj)
                _kill(key.data)


def _make_ready(root: str) -> None:
    """Do once what every child would do; no thread is started."""
    import nbformat
    import pandas

    from pvd_analysis import vocabulary
    from pvd_analysis.communes import load_referentiel
    from pvd_analysis.dataset.store import package_hash
    from pvd_analysis.errors import PvdError
    from pvd_analysis.project import referentiel_folder
    from pvd_analysis.reports.html import notebook_to_html

    # As pandas has it in a kernel; where it finds none at its import, it takes its reader for a terminal.
    pandas.set_option("display.max_columns", 20)
    # The tables of a département are short: to hand their texts to Arrow, thousands of times, takes longer than its
    # work saves.
    pandas.set_option("mode.string_storage", "python")
    # validators and templates are compiled
    notebook_to_html(nbformat.v4.new_notebook(), title="")
    vocabulary.get_ready()
    package_hash()
    # Files that cannot be read are the business of the child that needs them.
    with contextlib.suppress(OSError, ValueError, PvdError):
        load_referentiel(referentiel_folder(Path(root))).get_ready()


def _become(request: Mapping[str, Any], streams: list[int]) -> None:
    """Be ``python -m module``, in a new child; what it does and returns is then that of the whole process."""
    from ipykernel.parentpoller import ParentPollerUnix
    from numpy.random import seed

    os.setsid()
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for target, number in enumerate(streams):
        os.dup2(number, target)
    for number in streams:
        os.close(number)
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["env"])
    ParentPollerUnix(os.getppid()).start()
    random.seed()
    seed()
    sys.path.insert(0, request["cwd"])
    sys.argv = [request["module"], *request["arguments"]]
    try:
        runpy.run_module(request["module"], run_name="__main__", alter_sys=True)
    except SystemExit as end:
        _status.append(end.code if isinstance(end.code, int) else int(end.code is not None))
        raise
    except BaseException:
        _status.append(1)
        raise


_status: Final[list[int]] = []


def _leave() -> None:
    """End the process with all that has been registered done, without taking down what the children share.

    The interpreter would otherwise delete every module, one by one, and for that copy the pages of each.
    """
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, OSError, ValueError):
            stream.flush()
    os._exit(_status[0] if _status else 0)


def _ended() -> list[tuple[int, int]]:
    """Return the children that have ended since the last time, with their exit status."""
    ended: list[tuple[int, int]] = []
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return ended
        if pid == 0:
            return ended
        ended.append((pid, os.waitstatus_to_exitcode(status)))


def _kill(group: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


def _say(link: socket.socket, number: int) -> None:
    with contextlib.suppress(OSError):
        link.sendall(b"%d\n" % number)

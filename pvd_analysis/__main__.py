"""``pvd``, or ``python -m pvd_analysis``: the command line, once the libraries are there."""

import atexit
import contextlib
import os
import sys

_NOT_DONE = 2


def main() -> None:
    """Run the command line; an interruption that comes before it is ready, or when it is done, ends as any other does."""
    # Arrow's own allocator keeps 40 MiB of every process for itself, and a campaign has six processes at a time.
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    try:
        from pvd_analysis.cli import main as run

        run()
    except KeyboardInterrupt:
        sys.stderr.write("Erreur : Interrompu.\n")
        _end(_NOT_DONE)
    except SystemExit as end:
        if end.code == _NOT_DONE:
            _end(_NOT_DONE)
        raise


def _end(status: int) -> None:
    """End with a status, whatever was interrupted: Python ends with a signal when that was a text that it executes."""
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError, AttributeError):  # nobody reads it any more
            stream.flush()
    os._exit(status)


if __name__ == "__main__":
    main()

"""The exit statuses, those of ``docs/planification.md``."""

from typing import Final

from pvd_analysis.reports.fault import is_foreseen

DONE, DONE_WITH_BLOCKING_FINDINGS, NOT_DONE = 0, 1, 2
UNFORESEEN: Final = 70
"""A fault of the program, EX_SOFTWARE of sysexits.h."""


def status_of(error: BaseException) -> int:
    """Return the exit status of a command that an error has ended."""
    return NOT_DONE if is_foreseen(error) else UNFORESEEN

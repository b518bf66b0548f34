"""The command that is told how a run ended, so that a failure that nobody watches does not stay silent."""

import json
import os
import shlex
import shutil
import subprocess
from collections.abc import Mapping

from pvd_analysis.errors import InvalidParameter, NotificationFailed, refusal

_TIMEOUT_SECONDS = 60


def checked_notifier(command: str | None) -> list[str]:
    """Return the words of a notifier's command, none without a command.

    Quotes keep spaces together, as in a shell; nothing else of a shell is understood.

    Raises
    ------
    InvalidParameter
        A quote is not closed, or the program is not found.

    Examples
    --------
    >>> checked_notifier('python -c "print()"')[1:]
    ['-c', 'print()']
    """
    if command is None or not command.strip():
        return []
    # Outside of POSIX rules a backslash is a letter, as in a Windows path, and the quotes stay around the word.
    posix = os.name != "nt"
    try:
        words = [word if posix else word.strip('"') for word in shlex.split(command, posix=posix)]
    except ValueError as error:
        raise InvalidParameter(f"Commande de --notifier non comprise : « {command} » (guillemet non fermé).") from error
    program = shutil.which(words[0])
    if program is None:
        raise InvalidParameter(
            f"Commande de --notifier introuvable : « {words[0]} ». Un programme est attendu, par exemple "
            '« --notifier "python avertir.py" ».'
        )
    return [program, *words[1:]]


def notify(words: list[str], message: Mapping[str, object], timeout: float = _TIMEOUT_SECONDS) -> None:
    """Run a command without a shell and give it `message` as JSON (UTF-8) on its standard input.

    What it prints is shown with what the run prints.

    Raises
    ------
    NotificationFailed
        The command cannot be started, takes longer than `timeout` seconds, or ends with a status that is not 0.
    """
    if not words:
        return
    text = json.dumps(message, ensure_ascii=False, indent=2) + "\n"
    try:
        ended = subprocess.run(words, input=text.encode(), timeout=timeout, check=False)
    except subprocess.TimeoutExpired as error:
        raise NotificationFailed(
            f"La commande de --notifier n'a pas fini en {timeout:.0f} secondes ; elle a été arrêtée."
        ) from error
    except OSError as error:
        raise NotificationFailed(f"La commande de --notifier n'a pas pu être lancée ({refusal(error)}).") from error
    if ended.returncode != 0:
        raise NotificationFailed(f"La commande de --notifier a échoué (code de retour {ended.returncode}).")

"""The one family of errors that a user sees, always as one French sentence; and what the system refuses, in French too."""

import errno
from collections.abc import Mapping
from typing import Final

_REFUSALS: Final[Mapping[str, str]] = {
    "EACCES": "accès refusé",
    "EPERM": "accès refusé",
    "EROFS": "support en lecture seule",
    "ENOSPC": "disque plein",
    "EDQUOT": "disque plein",
    "EFBIG": "fichier trop grand pour ce disque",
    "ENOENT": "fichier ou dossier introuvable",
    "ENOTDIR": "un fichier y tient la place d'un dossier",
    "EEXIST": "un fichier y tient la place d'un dossier",
    "EISDIR": "un dossier y tient la place d'un fichier",
    "ENOTEMPTY": "dossier qui n'est pas vide",
    "ENAMETOOLONG": "nom trop long",
    "ELOOP": "lien qui ne mène nulle part",
    "EBUSY": "ouvert dans un autre programme",
    "ETXTBSY": "ouvert dans un autre programme",
    "EMFILE": "trop de fichiers ouverts",
    "ENFILE": "trop de fichiers ouverts",
    "ENOMEM": "mémoire insuffisante",
    "EAGAIN": "trop de programmes en cours",
    "EIO": "le disque ne répond pas",
    "ESTALE": "le disque du réseau ne répond plus",
    "ETIMEDOUT": "pas de réponse",
    "ECONNREFUSED": "pas de réponse",
    "EPIPE": "le programme qui devait le lire s'est arrêté",
    "ENOEXEC": "ce n'est pas un programme",
}


def refusal(error: OSError) -> str:
    """Return in French what the system has refused, which it says in its own language.

    >>> refusal(PermissionError(13, "Permission denied")), refusal(OSError("?"))
    ('accès refusé', 'refus du système')
    """
    return _REFUSALS.get(errno.errorcode.get(error.errno or 0, ""), "refus du système")


def refused(error: OSError) -> str:
    """Return what the system has refused and where, as a French sentence.

    >>> refused(OSError(28, "No space left on device", "outputs/2021-T3"))
    'Lecture ou écriture impossible : disque plein (outputs/2021-T3).'
    >>> refused(PermissionError(13, "Permission denied", "note.html"))
    'Lecture ou écriture impossible : accès refusé (note.html). Est-il ouvert dans Excel ou verrouillé par OneDrive ? Fermez-le et relancez.'
    """
    place = error.filename2 or error.filename
    where = f" ({place})" if isinstance(place, str) else ""
    # Windows and network drives let nobody write what another program holds open.
    held = " Est-il ouvert dans Excel ou verrouillé par OneDrive ? Fermez-le et relancez."
    return f"Lecture ou écriture impossible : {refusal(error)}{where}.{held if where and isinstance(error, PermissionError) else ''}"


class PvdError(Exception):
    """A request that cannot be met; its text is a French sentence for the analyst."""


class InvalidParameter(PvdError):
    """A parameter that is not what it should be (quarter, département, date, root folder)."""


class NoData(PvdError):
    """Nothing in the raw files answers the request."""


class ReportFailed(PvdError):
    """A report could not be made; its text names the notebook and the cell."""


class RunInProgress(PvdError):
    """Another run is writing in the same project; its text says which one, and since when."""


class ImplausibleReport(PvdError):
    """A report would be empty, or far poorer than the one before it, which stays in place."""


class ClusterUnreachable(PvdError):
    """The Dask cluster does not answer, or its library is not installed."""


class NotPublished(PvdError):
    """The reports are made, and could not be copied to the address where they were also to go."""


class NotificationFailed(PvdError):
    """The command that is told how a run ended could not be run, or failed."""

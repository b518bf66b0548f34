"""The one family of errors that a user sees, always as one French sentence."""


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

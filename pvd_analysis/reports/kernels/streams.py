"""What a kernel prints, on its way to the report."""

from ipykernel.iostream import OutStream

__all__ = ["PromptStream"]


class PromptStream(OutStream):
    """Jupyter's own stream, but that a flush with nothing to send wakes no thread: a kernel flushes six times a cell."""

    _is_written = False

    # Jupyter's own declares that it may return nothing, and never does.
    def write(self, string: str) -> int:
        """Write, to be sent by the next flush."""
        length = super().write(string) or 0
        self._is_written = True
        return length

    def flush(self) -> None:
        """Send what has been written, if anything has."""
        if self._is_written:
            self._is_written = False
            super().flush()

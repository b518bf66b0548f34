"""What reading one cell gives: a value, an absence, or a problem said in French."""

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Reading(Generic[T]):
    """The outcome of reading one cell.

    Four cases, and no other:

    - ``Reading(value)``: read exactly;
    - ``Reading()``: the cell says nothing (blank, ``-``, ``NC``), which is not a fault;
    - ``Reading(problem=..., expected=..., proposal=...)``: it could not be read; ``value`` is None, and ``proposal``
      is what the author may have meant, for a person to confirm;
    - ``Reading(value, problem=...)``: read, with a remark (an amount rounded to the cent).

    ``problem`` and ``expected`` are French sentences without a final full stop, shown to the analyst; ``expected``
    carries an example.
    """

    value: T | None = None
    problem: str | None = None
    expected: str | None = None
    proposal: T | None = None

    def __post_init__(self) -> None:
        if self.problem is None and (self.expected is not None or self.proposal is not None):
            raise ValueError("a reading without a problem has nothing to expect or propose")

    @property
    def is_absent(self) -> bool:
        """Whether the cell says nothing at all."""
        return self.value is None and self.problem is None

    @property
    def is_refused(self) -> bool:
        """Whether the cell says something that could not be read."""
        return self.value is None and self.problem is not None

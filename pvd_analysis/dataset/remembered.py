"""What is computed from a dataset, computed once: the same indicator stands in a summary, a table, a figure and an alert."""

import functools
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar, cast
from weakref import WeakKeyDictionary

import pandas as pd

_Source = TypeVar("_Source")
_P = ParamSpec("_P")
_Result = TypeVar("_Result")


def remembered(
    function: Callable[Concatenate[_Source, _P], _Result],
) -> Callable[Concatenate[_Source, _P], _Result]:
    """Make a pure function of a dataset (and of hashable arguments) compute once for each dataset and arguments.

    What it returns is the caller's own: pandas copies of a table what the caller changes. It is forgotten with the dataset.

    Examples
    --------
    >>> from pvd_analysis.analysis import aids
    >>> aids(d)["commune"].iloc[0] = "changed by the caller"  # doctest: +SKIP
    >>> aids(d)["commune"].iloc[0]
    'Morcenx-la-Nouvelle'
    """
    results: WeakKeyDictionary[Any, dict[Any, _Result]] = WeakKeyDictionary()

    @functools.wraps(function)
    def once(source: _Source, *args: _P.args, **kwargs: _P.kwargs) -> _Result:
        known = results.setdefault(source, {})
        arguments = (args, *sorted(kwargs.items()))
        if arguments not in known:
            known[arguments] = function(source, *args, **kwargs)
        result = known[arguments]
        return cast("_Result", result.copy(deep=False)) if isinstance(result, pd.DataFrame | pd.Series) else result

    return cast("Callable[Concatenate[_Source, _P], _Result]", once)

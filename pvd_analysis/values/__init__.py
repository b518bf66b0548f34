"""French amounts, rates, dates and booleans, read exactly or refused with a reason."""

from pvd_analysis.values.amounts import read_amount
from pvd_analysis.values.dates import PartialDate, Precision, days_either_way, last_day, read_date
from pvd_analysis.values.french import (
    counted,
    did_you_mean,
    format_boolean,
    format_date,
    format_euros,
    format_number,
    format_partial,
    format_rate,
    format_since,
    format_when,
    of_name,
    sentence_list,
)
from pvd_analysis.values.numbers import read_boolean, read_decimal, read_rate
from pvd_analysis.values.quarter import Trimestre
from pvd_analysis.values.reading import Reading

__all__ = [
    "PartialDate",
    "Precision",
    "Reading",
    "Trimestre",
    "counted",
    "days_either_way",
    "did_you_mean",
    "format_boolean",
    "format_date",
    "format_euros",
    "format_number",
    "format_partial",
    "format_rate",
    "format_since",
    "format_when",
    "last_day",
    "of_name",
    "read_amount",
    "read_boolean",
    "read_date",
    "read_decimal",
    "read_rate",
    "sentence_list",
]

"""Units that stand beside an amount and not in its cell: above the table, in a sheet's name, in a number format."""

import re
from typing import Final

# « 120 k€ » is an amount, « montants en k€ » the unit of those below; « TTC » makes other amounts of all.
_UNIT: Final = re.compile(
    r"(?<!\d)(?<!\d\s)(?:\bk\s?(?:€|eur(?:os?)?\b)|\bm\s?(?:€|eur(?:os?)?\b)|\b(?:en )?(?:milliers|millions) d['’]\s?euros?\b|\ben (?:milliers|millions)\b(?!\s*(?:de|d['’](?!\s?eur)))"
    r"|[x×]\s?1[\s.]?000(?:[\s.]?000)?\b|\bttc\b|toutes taxes comprises)",
    re.IGNORECASE,
)
_LITERAL: Final = re.compile(r'"[^"]*"|\\.|\[\$[^\]]*\]')
_SHOWN_UNIT: Final = re.compile(r"\b([km])\s?(?:€|eur(?:os?)?\b)", re.IGNORECASE)
_FACTORS: Final = {"k": 1_000, "m": 1_000_000}


def written_units(text: str) -> list[str]:
    """Return the units of a text that are not euros before tax: thousands, millions, amounts with tax.

    >>> written_units("Financements (montants en k€)"), written_units("Plan de 120 k€"), written_units("Montants en €")
    (['k€'], [], [])
    """
    return [" ".join(found.split()) for found in _UNIT.findall(text)]


def without_unit(header: str) -> tuple[str, str]:
    """Return a header without the thousands or millions that it says, and these; blank when it says none of them alone.

    >>> without_unit("Coût HT (k€)"), without_unit("Montant TTC")
    (('Coût HT ()', 'k€'), ('Montant TTC', ''))
    """
    units = written_units(header)
    if len(units) != 1 or factor_of_unit(units[0]) is None:
        return header, ""
    return _UNIT.sub("", header), units[0]


def factor_of_unit(text: str) -> int | None:
    """Return by what the amounts under a text in another unit are to be multiplied; None with tax, or where it says several.

    >>> factor_of_unit("Montants en milliers d'euros"), factor_of_unit("(× 1 000 000)"), factor_of_unit("Montants TTC")
    (1000, 1000000, None)
    """
    factors = {
        _FACTORS["m" if re.search(r"^m\s?(?:€|eur)|million|000[\s.]?000", unit) else "k"]
        if "t" not in unit[:2]
        else None
        for unit in map(str.lower, written_units(text))
    }
    return factors.pop() if len(factors) == 1 else None


def factor_of_format(number_format: str) -> int:
    """Return by what a number is to be multiplied to be the euros that its format shows.

    A comma at the end of the digits shows thousands of what the cell holds: the cell then holds euros.

    >>> factor_of_format('#,##0" k€"'), factor_of_format('#,##0," k€"'), factor_of_format('#,##0 "€"')
    (1000, 1, 1)
    """
    literals = " ".join(part.strip('"').strip("[]$\\") for part in _LITERAL.findall(number_format))
    digits = _LITERAL.sub(" ", number_format)
    unit = _SHOWN_UNIT.search(literals) or _SHOWN_UNIT.search(digits)
    is_scaled = re.search(r"[0#?],+(?![0#?,])", digits) is not None
    return 1 if unit is None or is_scaled else _FACTORS[unit[1].lower()]

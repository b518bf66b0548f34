"""The aids as open data: the schema « subventions » 2.1 of the Socle commun des données locales (SCDL)."""

from pathlib import Path

import pandas as pd

from pvd_analysis.analysis import listed_aids
from pvd_analysis.dataset import Dataset
from pvd_analysis.values.text import fold
from pvd_analysis.vocabulary import term_labels, vocabulary_table
from pvd_analysis.whole_file import write_again

_LONGEST_OBJECT = 256
# What a spreadsheet takes for a formula when it opens a CSV file.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_PAYMENT = "autre : année de l'aide connue, jour de la convention et versements non connus de la source"


def scdl_subventions(d: Dataset, siret: str) -> pd.DataFrame:
    """Return the listed aids of the communes of the programme in the 16 fields of the schema, all texts.

    The lists know the year of an aid and not its day: it is dated on the last day of that year, by which it was
    surely granted, and ``conditionsVersement`` says so on each line. The SIRET of the beneficiary is left blank: the
    lists know its SIREN alone.

    Parameters
    ----------
    siret : str
        The 14 digits of the State's service that granted the aids.

    Source: schema « subventions » 2.1.0 (décret n° 2017-779 du 5 mai 2017).
    """
    lines = listed_aids(d)
    labels = term_labels("dispositif")
    euros = [f"{cents // 100}.{cents % 100:02d}" if cents >= 0 else "" for cents in lines["montant_cents"]]
    return pd.DataFrame(
        {
            "nomAttribuant": d.referentiel.prefecture(d.code_departement),
            "idAttribuant": siret,
            "dateConvention": lines["exercice"] + "-12-31",
            "referenceDecision": lines["numero_dossier"].fillna("").map(no_formula),
            # A list writes what it likes there; the line was placed in a commune, whose name is known.
            "nomBeneficiaire": d.commune_names(lines["code_commune"]),
            "idBeneficiaire": "",
            "rnaBeneficiaire": "",
            "objet": lines["intitule"].fillna("").map(no_formula).map(_shortened),
            "montant": euros,
            "nature": "aide en numéraire",
            "conditionsVersement": _PAYMENT,
            "datesPeriodeVersement": lines["exercice"] + "-01-01/" + lines["exercice"] + "-12-31",
            "idRAE": "",
            "notificationUE": "non",
            "pourcentageSubvention": "1.00",
            "dispositifAide": lines["dispositif"].map(labels),
        },
        index=lines.index,
    ).astype("str")


def scdl_faults(table: pd.DataFrame) -> pd.DataFrame:
    """Return what the schema's rules find wrong: one row per fault.

    Returns
    -------
    pandas.DataFrame
        ``position`` (row of `table`, from 0), ``champ``, ``trouve``.
    """
    faults = []
    for field in vocabulary_table("scdl_subventions").itertuples():
        values = table[field.champ]
        wrong = values.eq("") if field.obligatoire == "oui" else pd.Series(False, index=values.index)
        if field.motif:
            wrong |= values.ne("") & ~values.str.fullmatch(field.motif)
        if field.longueur:
            wrong |= values.str.len().gt(int(field.longueur))
        faults += [(position, field.champ, values.iloc[position]) for position in wrong.to_numpy().nonzero()[0]]
    return pd.DataFrame(faults, columns=["position", "champ", "trouve"])


def write_scdl(table: pd.DataFrame, path: Path) -> None:
    """Write the table as CSV (UTF-8, commas), whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_again(path, table.to_csv(index=False, lineterminator="\n").encode())


def check_siret(written: str) -> str | None:
    """Return the 14 digits of a SIRET whose key is right (Luhn), else None.

    >>> check_siret("174 000 018 00013"), check_siret("174 000 018 00014")
    ('17400001800013', None)
    """
    digits = fold(written).replace(" ", "")
    if len(digits) != 14 or not digits.isdigit():
        return None
    doubled = [int(digit) * (2 if rank % 2 == 0 else 1) for rank, digit in enumerate(digits)]
    return digits if sum(number // 10 + number % 10 for number in doubled) % 10 == 0 else None


def no_formula(text: str) -> str:
    """Return a text as a spreadsheet that opens a CSV file shows it: what looks like a formula begins with an apostrophe."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_OBJECT else text[: _LONGEST_OBJECT - 1] + "…"

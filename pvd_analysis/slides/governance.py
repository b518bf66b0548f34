"""Who does what for the programme, which no classeur tells: a text file of the project, open to completion."""

import tomllib
from typing import Annotated, Final

import pandas as pd
from pydantic import AfterValidator, ConfigDict, StringConstraints, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from pvd_analysis.dataset import COUNTRY, Dataset
from pvd_analysis.dataset.dataset import REGION
from pvd_analysis.errors import InvalidParameter
from pvd_analysis.project import referentiel_folder
from pvd_analysis.tables.cells import Column
from pvd_analysis.tables.report_table import ReportTable
from pvd_analysis.values.personal import masked_text

GOVERNANCE: Final = "gouvernance.toml"
_EXPECTED: Final = (
    "des tables [[acteur]] et rien d’autre, en UTF-8, chacune avec niveau, acteur, role (textes de 1 à 200 caractères, d’un "
    "service et jamais d’une personne) : "
    '« niveau = "Régional" », « acteur = "Comité régional des financeurs" », « role = "Coordonne…" »'
)


def _of_nobody(text: str) -> str:
    if masked_text(text) != text:
        raise ValueError("une adresse ou un numéro")
    return text


Text = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"\S"), AfterValidator(_of_nobody)]


@dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class Actor:
    """A body that takes part in the programme: its level, its name, what it does, and the territories where it is so."""

    niveau: Text
    acteur: Text
    role: Text
    territoires: list[str] | None = None

    def acts_in(self, d: Dataset) -> bool:
        """Tell whether it is so in a territory."""
        if self.territoires is None or d.code_departement == COUNTRY:
            return self.territoires is None
        region = None if d.is_region else d.referentiel.departements["code_region"].at[d.code_departement]
        return bool({d.code_departement, f"{REGION}{region}"} & set(self.territoires))


@dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class _File:
    acteur: list[Actor]


def governance_table(d: Dataset) -> ReportTable:
    """Return who does what in a territory, in the order of the file; no row without the file.

    Raises
    ------
    InvalidParameter
        The file is not of its shape, or holds an address or a telephone number.
    """
    path = referentiel_folder(d.racine) / GOVERNANCE
    actors = _actors(path.read_bytes()) if path.is_file() else []
    rows = [(actor.niveau, actor.acteur, actor.role) for actor in actors if actor.acts_in(d)]
    return ReportTable(
        "gouvernance",
        "Qui fait quoi, du national au local",
        pd.DataFrame(rows, columns=["niveau", "acteur", "role"], dtype="str"),
        (Column("niveau", "Niveau"), Column("acteur", "Qui"), Column("role", "Rôle")),
        source="organisation du programme, décrite dans le référentiel du projet",
    )


def _actors(content: bytes) -> list[Actor]:
    try:
        return TypeAdapter(_File).validate_python(tomllib.loads(content.decode("utf-8-sig"))).acteur
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        found = "ce n’est pas un fichier TOML en UTF-8"
    except ValidationError as error:
        said = error.errors()[0]
        place = said["loc"][1:] or said["loc"]
        found = ", ".join(f"acteur {part + 1}" if isinstance(part, int) else f"clé « {part} »" for part in place)
        if "error" in said.get("ctx", {}):
            found += f" : {said['ctx']['error']}"
    raise InvalidParameter(f"data/raw/referentiel/{GOVERNANCE} : {found} ; attendu : {_EXPECTED}.")

"""Who does what for the programme, which no classeur tells: a text file of the project, open to completion."""

import tomllib
from pathlib import Path
from typing import Final

import pandas as pd
from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from pvd_analysis.dataset import COUNTRY, Dataset
from pvd_analysis.dataset.dataset import REGION
from pvd_analysis.errors import InvalidParameter
from pvd_analysis.project import referentiel_folder
from pvd_analysis.tables.cells import Column
from pvd_analysis.tables.report_table import ReportTable
from pvd_analysis.values.personal import masked_text

GOVERNANCE: Final = "gouvernance.toml"
_LONGEST: Final = 200
_EXAMPLE: Final = '« niveau = "Régional" », « acteur = "Comité régional des financeurs" », « role = "Coordonne…" »'


@dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class Actor:
    """A body that takes part in the programme: its level, its name, what it does, and the territories where it is so."""

    niveau: str
    acteur: str
    role: str
    territoires: list[str] | None = None

    def acts_in(self, d: Dataset) -> bool:
        """Tell whether it is so in a territory."""
        if self.territoires is None or d.code_departement == COUNTRY:
            return self.territoires is None
        region = None if d.is_region else d.referentiel.departements["code_region"].at[d.code_departement]
        return bool({d.code_departement, f"{REGION}{region}"} & set(self.territoires))


def governance_table(d: Dataset) -> ReportTable:
    """Return who does what in a territory, in the order of the file; no row without the file."""
    path = referentiel_folder(d.racine) / GOVERNANCE
    actors = [actor for actor in (_actors(path) if path.is_file() else ()) if actor.acts_in(d)]
    rows = [(actor.niveau, actor.acteur, actor.role) for actor in actors]
    return ReportTable(
        "gouvernance",
        "Qui fait quoi, du national au local",
        pd.DataFrame(rows, columns=["niveau", "acteur", "role"], dtype="str"),
        (Column("niveau", "Niveau"), Column("acteur", "Qui"), Column("role", "Rôle")),
        source=f"data/raw/referentiel/{GOVERNANCE}",
    )


def _actors(path: Path) -> list[Actor]:
    """Return the actors of the file.

    Raises
    ------
    InvalidParameter
        It is not of this shape, or holds an address or a telephone number.
    """
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _wrong("ce n’est pas un fichier TOML en UTF-8", f"[[acteur]] puis {_EXAMPLE}") from error
    if set(said) != {"acteur"} or not isinstance(said["acteur"], list):
        raise _wrong(f"clés « {', '.join(said)} »", f"des tables [[acteur]] et rien d’autre : {_EXAMPLE}")
    actors = []
    for number, body in enumerate(said["acteur"], 1):
        try:
            actor = TypeAdapter(Actor).validate_python(body)
        except ValidationError as error:
            key = str((*error.errors()[0]["loc"], "acteur")[0])
            raise _wrong(f"acteur {number}, clé « {key} »", f"niveau, acteur, role (textes) : {_EXAMPLE}") from error
        for key in ("niveau", "acteur", "role"):
            text = getattr(actor, key)
            if not text.strip() or len(text) > _LONGEST:
                raise _wrong(f"acteur {number}, clé « {key} »", f"un texte de 1 à {_LONGEST} caractères")
            if masked_text(text) != text:
                raise _wrong(
                    f"acteur {number}, clé « {key} » : une adresse ou un numéro", "un service, jamais une personne"
                )
        actors.append(actor)
    return actors


def _wrong(found: str, expected: str) -> InvalidParameter:
    return InvalidParameter(f"data/raw/referentiel/{GOVERNANCE} : {found} ; attendu : {expected}.")

"""What the package ships for a project: laid out in a new folder, and renewed later where nobody has changed it.

The wheel holds these files in ``pvd_analysis/projet``; a checkout has them at its top (``pyproject.toml``, ``force-include``).
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from packaging.version import Version

from pvd_analysis.errors import InvalidParameter
from pvd_analysis.whole_file import put_in_place, write_whole

_LAID_OUT: Final = ".pvd-nouveau.json"
_EXAMPLE: Final = ("2021-09-10", "2024-04-02")
_SHIPPED: Final = ("README.md", "referentiel", "2020-02-12", "2020-08-13", "2024-07-26", *_EXAMPLE)
_EMPTY: Final = ("data/processed", "outputs")

LAUREATES: Final = Path("data", "raw", "2024-07-26", "geojsonV2__pvd_geom.geojson")
"""The list of the ANCT among the files that are shipped."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What was asked of a new project: the département of its classeur, if any, and whether the Landes are in it."""

    departement: str | None
    has_example: bool


def shipped_root() -> Path:
    """Return the folder that holds what is shipped, of the same form as a project."""
    package = Path(__file__).parent
    return next(folder for folder in (package / "projet", package.parent) if (folder / "notebooks").is_dir())


def shipped(choices: Choices) -> dict[str, bytes]:
    """Return the files of a project by their place in it; the deliveries of the example, and what speaks of them, on demand."""
    root = shipped_root()
    left_out = () if choices.has_example else _EXAMPLE
    places = [root / "notebooks", *(root / "data" / "raw" / name for name in _SHIPPED if name not in left_out)]
    paths = [path for place in places for path in ([place] if place.is_file() else sorted(place.rglob("*")))]
    names = {path.relative_to(root).as_posix(): path for path in paths if path.is_file()}
    content = {name: path.read_bytes() for name, path in names.items() if "/." not in name}
    told = content["data/raw/README.md"].decode().splitlines(keepends=True)
    kept = (line for line in told if not line.startswith(tuple(f"| `{name}/" for name in left_out)))
    return content | {"data/raw/README.md": "".join(kept).encode(), "LISEZMOI.md": _next_steps(choices).encode()}


def classeur_name(departement: str) -> str:
    """Return the name of the classeur to fill in."""
    return f"classeur_suivi_{departement}.xlsx"


def check_new(folder: Path) -> None:
    """Refuse a folder in which something stands, or the one in which the command runs, or raise `InvalidParameter`."""
    if _real(folder) == _real(Path.cwd()):
        raise InvalidParameter(
            "Le dossier courant ne peut pas devenir un projet : donnez le nom d'un dossier nouveau, par exemple « pvd nouveau suivi_pvd »."
        )
    if folder.is_file():
        raise InvalidParameter(f"{folder} est un fichier : donnez le nom d'un dossier nouveau.")
    if folder.is_dir() and any(folder.iterdir()):
        raise InvalidParameter(
            f"Le dossier {folder} n'est pas vide : il reste tel quel, donnez le nom d'un dossier nouveau. Pour renouveler un "
            f"projet fait par « pvd nouveau » : « pvd nouveau {folder} --mettre-a-jour »."
        )


def lay_out(folder: Path, choices: Choices, classeur: bytes | None) -> None:
    """Lay a project out, whole or not at all.

    Parameters
    ----------
    folder : Path
        A folder that is not there, or is empty (`check_new`).
    choices : Choices
    classeur : bytes, optional
        The workbook to fill in: the analyst's from now on, never renewed.
    """
    content = shipped(choices)
    with put_in_place(_real(folder)) as draft:  # where a link leads; the link stays
        for name in _EMPTY:
            draft.joinpath(name).mkdir(parents=True)
        for name, said in content.items():
            path = draft / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(said)
        if classeur and choices.departement:
            draft.joinpath(classeur_name(choices.departement)).write_bytes(classeur)
        draft.joinpath(_LAID_OUT).write_bytes(
            _laid_out(choices, {name: _digest(said) for name, said in content.items()})
        )


def renew(folder: Path) -> dict[str, str]:
    """Renew what this version of the package ships otherwise and nobody has changed; what someone changed stays.

    Returns
    -------
    dict of str to str
        What became of each file that is not what this version ships, by its place, in French; and each that it ships no more.

    Raises
    ------
    InvalidParameter
        The folder was not laid out by `lay_out`, or a newer version of the package laid it out or renewed it.
    """
    choices, laid_out = _read_laid_out(folder)
    content = shipped(choices)
    withdrawn = (name for name in laid_out if name not in content and (folder / name).exists())
    said = dict.fromkeys(withdrawn, "n'est plus dans le paquet : laissé tel quel")
    try:
        for name, new in content.items():
            path, wanted = folder / name, _digest(new)
            there = _digest(path.read_bytes()) if path.is_file() else None
            if there != wanted:
                if kept := _why_it_stays(path, _real(folder) / name, there, laid_out.get(name)):
                    said[name] = kept
                    continue
                path.parent.mkdir(parents=True, exist_ok=True)
                write_whole(path, new)
                said[name] = "renouvelé" if there else "ajouté"
            laid_out[name] = wanted
    finally:  # what the system refuses midway leaves no renewed file that would pass for a changed one
        write_whole(folder / _LAID_OUT, _laid_out(choices, laid_out))
    return said


def _why_it_stays(path: Path, place: Path, there: str | None, laid_out: str | None) -> str | None:
    """Return in French why what stands at a path is the analyst's, None where it is as it was laid out or nothing ever was."""
    if _real(path) != place:
        return "atteint par un lien : laissé tel quel"
    if path.is_dir():
        return "remplacé par un dossier : laissé tel quel"
    if there == laid_out:
        return None
    return "modifié par vous : laissé tel quel" if there else "supprimé par vous : laissé absent"


def _real(path: Path) -> Path:
    """Return where a path leads, all links followed; one that leads nowhere raises nothing, as `Path.resolve` may."""
    return Path(os.path.realpath(path))


def _digest(content: bytes) -> str:
    return sha256(content).hexdigest()


def _laid_out(choices: Choices, digests: Mapping[str, str]) -> bytes:
    said = {"version": version("pvd-analysis"), "departement": choices.departement, "exemple": choices.has_example}
    return json.dumps({**said, "fichiers": digests}, ensure_ascii=False, indent=1).encode()


def _read_laid_out(folder: Path) -> tuple[Choices, dict[str, str]]:
    try:
        said: Any = json.loads((folder / _LAID_OUT).read_bytes())
        newest, laid_out = Version(said["version"]), dict(said["fichiers"])
        choices = Choices(said["departement"], said["exemple"])
    except FileNotFoundError as error:
        raise InvalidParameter(
            f"{folder} n'a pas été fait par « pvd nouveau » : rien n'y est mis à jour. Pour un projet neuf, donnez le nom d'un dossier nouveau."
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise InvalidParameter(
            f"{folder / _LAID_OUT} n'est plus lisible : rien n'est mis à jour. Faites un projet neuf à côté et copiez-y vos fichiers."
        ) from error
    if newest > Version(version("pvd-analysis")):
        raise InvalidParameter(
            f"{folder} vient de pvd-analysis {newest}, plus récent que celui-ci ({version('pvd-analysis')}) : rien n'y est mis à jour. "
            "Mettez d'abord le paquet à jour."
        )
    return choices, laid_out


def _next_steps(choices: Choices) -> str:
    code = choices.departement
    steps = [
        "`pvd rapports --trimestre 2021-T3 --departement 40` fait les rapports des Landes, l'exemple.",
        "Ouvrez `outputs/index.html` : il mène à tous les rapports.",
        "`pvd nouveau AUTRE_DOSSIER --departement CODE` fait le projet de votre département.",
    ]
    if code:
        name = classeur_name(code)
        steps = [
            f"Remplissez `{name}` : la feuille « Mode d'emploi » dit comment. Ce que les listes nationales savent y est déjà, à confirmer.",
            f"`pvd verifier {name}` dit ce qui ne peut pas être lu ; puis copiez le classeur dans `data/raw/AAAA-MM-JJ/`, le jour où vous le déposez.",
            f"`pvd rapports --departement {code}` fait les rapports du dernier trimestre ; `outputs/index.html` mène à tous.",
        ]
    elif not choices.has_example:
        steps = [
            "`pvd modele classeur_suivi.xlsx --departement CODE` écrit le classeur de votre département : remplissez-le.",
            "`pvd verifier classeur_suivi.xlsx` dit ce qui ne peut pas être lu ; puis copiez-le dans `data/raw/AAAA-MM-JJ/`.",
            "`pvd rapports --departement CODE` fait les rapports du dernier trimestre ; `outputs/index.html` mène à tous.",
        ]
    listed = "\n".join(f"{number}. {step}" for number, step in enumerate(steps, 1))
    return _README.format(steps=listed)


_README: Final = """# Suivi « Petites villes de demain »

## Les trois prochaines étapes
{steps}

Les commandes se lancent dans ce dossier. `pvd --help` les donne toutes, avec un exemple.

## Ce qui est où
| dossier | ce que c'est |
| --- | --- |
| `data/raw/` | ce qui a été reçu, un dossier par jour de réception ; les listes nationales y sont déjà (`data/raw/README.md`) |
| `data/processed/` | les tables propres, refaites d'elles-mêmes |
| `notebooks/` | ce que montrent les rapports ; `jupyter lab` les ouvre, vous pouvez les modifier |
| `outputs/` | les rapports |

Après une mise à jour du paquet, `pvd nouveau CE_DOSSIER --mettre-a-jour` renouvelle les fichiers que vous n'avez pas modifiés, et
dit lesquels diffèrent.
"""

"""What drives the code cannot be wrong in silence: a slip in a file of the package names the file, the line and what to write.

Each test changes one word of a copy of the package, and loads it in a process of its own.
"""

import shutil
import subprocess
import sys

import pytest

LOAD = {
    "vocabulary": "from pvd_analysis import vocabulary; vocabulary.get_ready()",
    "lists": "from pvd_analysis.vocabulary import match_term; match_term('statut_financement', 'accordé')",
    "forms": "from pvd_analysis.sources.form import load_forms; load_forms('classeur')",
    "indicators": "from pvd_analysis.analysis.indicators import computed; computed()",
    "tables": "from pvd_analysis.tables.shown import said_tables; said_tables()",
    "alerts": "import pvd_analysis as pvd; pvd.analysis.alerts(pvd.load('2021-T3', '40'))",
}


@pytest.fixture(scope="module")
def package(tmp_path_factory, root):
    """A copy of the package, that a test may spoil one file of."""
    copy = tmp_path_factory.mktemp("copie")
    shutil.copytree(root / "pvd_analysis", copy / "pvd_analysis", ignore=shutil.ignore_patterns("__pycache__"))
    return copy


@pytest.mark.parametrize(
    ("file", "right", "wrong", "loaded", "said"),
    [
        # its values were dropped, and the reckoning still balanced
        ("sources/classeur.toml", 'type_convention = ["Type de', 'genre_convention = ["Type de', "forms",
         ["sources/classeur.toml, line 53, [conventions]: 'genre_convention' is no column of that table", "`colonnes` of [conventions]", "controle = true"]),
        ("sources/classeur.toml", 'date_signature = ["Date de signature", ', 'date_signature = ["Type", ', "forms",
         ["line 54, [conventions]: the header « type » stands for 'type_convention' and 'date_signature'"]),
        ("sources/classeur.toml", "[projets]\nfeuilles = ", "[projets]\nfeuille = ", "forms",
         ["sources/classeur.toml, line 66, [projets]: feuille: Unexpected keyword argument; known keys: colonnes, feuilles"]),
        # 1 000 000 € announced were counted nowhere
        ("vocabulary/dispositifs.csv", "detr,DETR,droit_commun", "detr,DETR,droit_comun", "vocabulary",
         ["vocabulary/dispositifs.csv, line 6: 'droit_comun' is none of appel_projets, autre, collectivites, droit_commun"]),
        ("vocabulary/columns.csv", "\ntaux_bdt,dont BDT,points,", "\ntaux_bdt,dont BDT,pourcent,", "vocabulary",
         ["vocabulary/columns.csv, line ", "'pourcent' is none of booleen, code, date, euros"]),
        ("vocabulary/termes.csv", "statut_financement,annonce,annoncé,", "statut_financement,annonce,annoncé,accordé|", "lists",
         ["vocabulary/termes.csv, line 24: ", "« accorde » is both"]),
        ("vocabulary/tables.toml", 'montant = "cout_ht_cents"', 'montant = "cout_cents"', "vocabulary",
         ["vocabulary/tables.toml, line ", "[projets]: 'cout_cents' is none of categorie, chef_de_file, code_commune"]),
        ("vocabulary/indicateurs.toml", 'calcul = "leverage"', 'calcul = "levrage"', "indicators",
         ["vocabulary/indicateurs.toml, line 28, [effet_levier]: 'levrage' is none of , filled_posts"]),
        ("vocabulary/indicateurs.toml", 'genre = "taux"', 'genre = "pourcent"', "vocabulary",
         ["vocabulary/indicateurs.toml, line ", "genre: Input should be 'euros', 'nombre' or 'taux'"]),
        ("vocabulary/regles.toml", 'taux_minimal = "0.20"', 'taux_minmal = "0.20"', "vocabulary",
         ["vocabulary/regles.toml, line ", "[part_des_dotations]: versions.1.taux_minmal: Unexpected keyword argument"]),
        ("vocabulary/regles.toml", "depuis = 2021-10-06", "depuis = 2010-10-06", "vocabulary",
         ["vocabulary/regles.toml, line ", "[part_des_dotations]: its versions are not in the order of their days"]),
        # it would stand in neither report
        ("vocabulary/findings.csv", "cout_inconnu,information,argent", "cout_inconnu,information,argents", "alerts",
         ["vocabulary/findings.csv, line ", "'argents' is none of accompagnement, argent"]),
        ("tables/tables.toml", 'detail = "plan_lignes"', 'detail = "plan_ligne"', "tables",
         ["tables/tables.toml, line ", "[marges]: 'plan_ligne' is none of"]),
        ("tables/tables.toml", '"part_cout", "assiette_cents"', '"part_du_cout", "assiette_cents"', "tables",
         ["tables/tables.toml, line ", "[plan_lignes]: 'part_du_cout' is none of"]),
        ("tables/tables.toml", "[marges]\ntitre = ", "[marges]\ntitle = ", "tables", ["[marges]: "]),
        ("tables/tables.toml", "[marges]\ntitre = ", "[marges]\ntitre ", "tables", ["pvd_analysis/tables/tables.toml: "]),
    ],
)  # fmt: skip
def test_a_slip_in_a_declaration_is_said_with_its_place_and_what_to_write(
    package, root, file, right, wrong, loaded, said
):
    path = package / "pvd_analysis" / file
    text = path.read_text(encoding="utf-8")
    assert right in text
    path.write_text(text.replace(right, wrong, 1), encoding="utf-8")
    try:
        line = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(package)!r})\n{LOAD[loaded]}"]
        ended = subprocess.run(line, cwd=root, capture_output=True, encoding="utf-8", check=False)
    finally:
        path.write_text(text, encoding="utf-8")
    assert ended.returncode == 1
    last = ended.stderr.strip().splitlines()[-1]
    assert "DeclarationError" in last
    for part in said:
        assert part in last


def test_all_that_is_declared_loads(root):
    for program in LOAD.values():
        ended = subprocess.run(
            [sys.executable, "-c", program], cwd=root, capture_output=True, encoding="utf-8", check=False
        )
        assert (ended.returncode, ended.stderr) == (0, "")

"""``pvd dictionnaire``: the data dictionary, from the schemas."""

from rich.markup import escape
from rich.table import Table

from pvd_analysis.cli.console import out
from pvd_analysis.dataset import data_dictionary

HELP = "Montre le dictionnaire des données : tables, colonnes, types, définitions."
EXAMPLE = "pvd dictionnaire"


def run() -> None:
    """Show the data dictionary."""
    for name, columns in data_dictionary().groupby("table", sort=False):
        table = Table(title=str(name), title_justify="left", expand=False)
        for header in ("Colonne", "Type", "Obligatoire", "Définition"):
            table.add_column(header)
        for row in columns.itertuples():
            table.add_row(row.colonne, row.type, "oui" if row.obligatoire else "non", escape(row.definition))
        out.print(table)

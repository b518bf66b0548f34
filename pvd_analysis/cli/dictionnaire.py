"""``pvd dictionnaire``: the data dictionary, from the schemas."""

from pathlib import Path
from typing import Annotated

import typer

from pvd_analysis.cli.console import say, say_table
from pvd_analysis.whole_file import asked_for, write_again

EXAMPLE = "pvd dictionnaire --markdown docs/dictionnaire.md"


def run(
    markdown: Annotated[
        Path | None,
        typer.Option("--markdown", metavar="FICHIER", help="Écrit le dictionnaire dans un fichier Markdown."),
    ] = None,
) -> None:
    """Show the data dictionary, or write it."""
    from pvd_analysis.dataset import data_dictionary, dictionary_markdown
    from pvd_analysis.vocabulary import table_description, terms

    if markdown:
        with asked_for(markdown):
            write_again(markdown, dictionary_markdown().encode())
        say(f"Dictionnaire : {markdown}")
        return
    for name, columns in data_dictionary().groupby("table", sort=False):
        say("")
        say(f"{name} — {table_description(str(name)).description}", "bold")
        rows = []
        for row in columns.itertuples():
            codes = f" Codes : {', '.join(terms(row.liste).index)}." if row.liste else ""
            rows.append((row.colonne, row.type, "oui" if row.obligatoire else "non", f"{row.definition}.{codes}"))
        say_table(("Colonne", "Type", "Obligatoire", "Définition"), rows)

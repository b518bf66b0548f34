"""Help pages and faults of a command line in French: the library says them in English."""

from typing import Any

import typer
import typer.core

from pvd_analysis.cli.console import encodable

# typer keeps its own copy of click, whose base of all errors is reached through the one class that it shows.
CommandLineError: type[Exception] = typer.BadParameter.__mro__[2]

_WORDS = {
    "Usage:": "Usage\N{NO-BREAK SPACE}:",
    "Options:": "Options\N{NO-BREAK SPACE}:",
    "Arguments:": "Arguments\N{NO-BREAK SPACE}:",
    "Commandes:": "Commandes\N{NO-BREAK SPACE}:",
    "COMMAND [ARGS]...": "COMMANDE [PARAMÈTRES]...",
    "[required]": "[obligatoire]",
    " <str>": "",
    "Show this message and exit.": "Montre cette aide.",
}


class FrenchCommand(typer.core.TyperCommand):
    """A command whose help page is in French."""

    def get_help(self, ctx: Any) -> str:
        """Return the help page."""
        return _in_french(super().get_help(ctx))


class FrenchGroup(typer.core.TyperGroup):
    """The list of the commands, in French."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """List each command with all that it does; the library would cut the line."""
        with formatter.section("Commandes"):
            formatter.write_dl([(name, self.commands[name].help or "") for name in self.list_commands(ctx)])

    def get_help(self, ctx: Any) -> str:
        """Return the help page."""
        return _in_french(super().get_help(ctx))


def french_usage_error(error: Exception) -> str:
    """Return what is wrong with a command line in French."""
    sentences = {
        "NoSuchOption": f"Option inconnue : {getattr(error, 'option_name', '')}.",
        "BadOptionUsage": f"L'option {getattr(error, 'option_name', '')} attend une valeur.",
        "MissingParameter": "Il manque un paramètre.",
        "BadParameter": "Une valeur n'est pas comprise.",
    }
    return f"{sentences.get(type(error).__name__, 'Commande non comprise.')} Pour l'aide : pvd --help"


def _in_french(page: str) -> str:
    for english, french in _WORDS.items():
        page = page.replace(english, french)
    return encodable(page)

"""Help pages and faults of a command line in French: the library says them in English."""

import re
from collections.abc import Mapping
from importlib import import_module
from typing import Any

import typer
import typer.core

from pvd_analysis.cli.letters import encodable
from pvd_analysis.values import did_you_mean

# typer keeps its own copy of click, whose base of all errors is reached through the one class that it shows.
CommandLineError: type[Exception] = typer.BadParameter.__mro__[2]

_WORDS = {
    "Usage:": "Usage\N{NO-BREAK SPACE}:",
    "Options:": "Options\N{NO-BREAK SPACE}:",
    "Arguments:": "Arguments\N{NO-BREAK SPACE}:",
    "Commandes:": "Commandes\N{NO-BREAK SPACE}:",
    "COMMAND [ARGS]...": "COMMANDE [PARAMÈTRES]...",
    "[required]": "[obligatoire]",
    "[x>=1]": "(au moins 1)",
    "Show this message and exit.": "Montre cette aide.",
}


# The type of a parameter, as Python names it: its name and its help say it in French.
_TYPE = re.compile(r" <[A-Za-z\[\]]+>")


class FrenchCommand(typer.core.TyperCommand):
    """A command whose help page is in French."""

    def get_help(self, ctx: Any) -> str:
        """Return the help page."""
        return _in_french(super().get_help(ctx))


class FrenchGroup(typer.core.TyperGroup):
    """The commands of the modules of this package, each imported when it is called; their list, in French.

    Parameters
    ----------
    about : mapping of str to str
        What each command does, by its name, which is that of its module.
    help, epilog : str
        What stands before and after the list.
    """

    def __init__(self, about: Mapping[str, str], *, help: str, epilog: str) -> None:  # as in typer
        super().__init__(name="pvd", rich_markup_mode=None, help=help, epilog=epilog)
        self._about = about

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names of the commands."""
        return list(self._about)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return a command, None for a name that is none."""
        if cmd_name not in self._about:
            return None
        module = import_module(f"{__package__}.{cmd_name}")
        app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
        app.command(cmd_name, cls=FrenchCommand, help=self._about[cmd_name], epilog=f"Exemple : {module.EXAMPLE}")(
            module.run
        )
        return typer.main.get_command(app)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Return the command of a line; an unknown one is told with the name that is nearest."""
        if args[0] in self._about or args[0].startswith("-"):
            return super().resolve_command(ctx, args)
        raise CommandLineError(f"Commande inconnue : {args[0]}.{did_you_mean(args[0], self._about)}")

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """List each command with all that it does; the library would cut the line."""
        with formatter.section("Commandes"):
            formatter.write_dl(list(self._about.items()))

    def get_help(self, ctx: Any) -> str:
        """Return the help page."""
        return _in_french(super().get_help(ctx))


def french_usage_error(error: Exception) -> str:
    """Return what is wrong with a command line in French."""
    sentences = {
        "ClickException": str(error),
        "NoSuchOption": _unknown_option(error),
        "BadOptionUsage": f"L'option {getattr(error, 'option_name', '')} attend une valeur.",
        "MissingParameter": "Il manque un paramètre.",
        "BadParameter": "Une valeur n'est pas comprise.",
    }
    return f"{sentences.get(type(error).__name__, 'Commande non comprise.')} Pour l'aide : pvd --help"


def _unknown_option(error: Exception) -> str:
    name = getattr(error, "option_name", "")
    return f"Option inconnue : {name}.{did_you_mean(name, getattr(error, 'possibilities', None) or ())}"


def _in_french(page: str) -> str:
    for english, french in _WORDS.items():
        page = page.replace(english, french)
    return encodable(_TYPE.sub(lambda found: " " * len(found[0]), page))

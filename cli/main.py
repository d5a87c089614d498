"""The `gep` command: loads a subcommand only when it is asked for, and shows every error as words."""

import importlib
import sys
from typing import ClassVar

import click

from cli.language import chosen_language
from data_catalog.errors import GepError, Problems

COMMANDS = "cli.commands."


class LazyGroup(click.Group):
    """A group whose commands are imported on use, so that `gep --help` stays quick."""

    modules: ClassVar[dict[str, str]] = {
        "demo": "the bundled Lishui counties, end to end",
        "init": "a commented project file to start from",
        "validate": "check every input, all problems at once",
        "plan": "grid, tiles, bytes, memory, time: before anything runs",
        "compute": "the main job: a project into a run folder",
        "services": "the ecosystem services and their variants",
        "explain": "a service's formula, inputs, parameters and sources",
        "standards": "the accounting standards, as data",
        "parameters": "parameter rows with their sources",
        "sinks": "forest carbon: stock and change",
    }

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the command names in help order."""
        return list(self.modules)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import and return one command."""
        if cmd_name not in self.modules:
            return None
        command: click.Command = getattr(importlib.import_module(COMMANDS + cmd_name), cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(self.modules.items()))


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="gep-toolkit", prog_name="gep")
def gep() -> None:
    """Account for gross ecosystem product and forest carbon, parcel by parcel."""


def main() -> None:
    """Run the command; show an error we foresaw in words, and let the rest crash."""
    try:
        code = gep(standalone_mode=False)
    except GepError as error:
        tell(error)
        sys.exit(1)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        click.echo("gep: stopped; go on with --resume", err=True)
        sys.exit(1)
    sys.exit(code if isinstance(code, int) else 0)


def tell(error: GepError) -> None:
    """Print an error to standard error, one line a problem, in the language asked for."""
    language = chosen_language()
    for one in error.errors if isinstance(error, Problems) else (error,):
        click.echo(f"gep: {one.say(language)}", err=True)

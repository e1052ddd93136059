"""The command `forum`: everything that an operator does, on one application."""

import sys

import click
from flask.cli import FlaskGroup, routes_command, shell_command

from forum.app import create_app
from forum.demo.cli import demo_command
from forum.doctor import doctor_command
from forum.serve import serve_command
from forum.settings import SettingsError
from forum.setup import setup_command
from forum.translating import translation_commands

_COMMANDS = (
    serve_command,
    setup_command,
    translation_commands,
    demo_command,
    doctor_command,
    routes_command,
    shell_command,
)
_WRONG_SETTING = 2


def main() -> None:
    """Run a command; a wrong setting is one plain line and exit code 2."""
    try:
        app = create_app()
    except SettingsError as error:
        click.echo(f"forum: {error}", err=True)
        sys.exit(_WRONG_SETTING)
    group = FlaskGroup(
        name="forum",
        create_app=lambda: app,
        add_default_commands=False,
        add_version_option=False,
        load_dotenv=False,
        set_debug_flag=False,
        help="Common Thread: run and look after this forum.",
    )
    group.params.clear()  # Flask's options to find another application
    for command in _COMMANDS:
        group.add_command(command)
    group.main(prog_name="forum")


if __name__ == "__main__":
    main()

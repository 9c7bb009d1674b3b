"""The command `hub`: every group of commands under one roof."""

import typer

from hub.cli import agreements, intake, people, questions, running

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_show_locals=False,
    help="Schools and health providers learn together, and no record leaves its custodian with a name on it.",
)
running.register(app)
questions.register(app)
intake.register(app)
app.add_typer(agreements.app, name="agreement", help="Propose, read, sign and stop agreements.")
app.add_typer(people.actors, name="actor", help="Who may sign in.")
app.add_typer(people.trust, name="trust", help="Which key speaks for whom.")

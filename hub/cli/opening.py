"""How a command opens the hub's folder, and how its errors end it: a sentence and exit status 1, never a traceback."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from agreements.errors import AgreementError
from connectors.errors import ConnectorError
from hub import wiring
from hub.cli import printing
from hub.errors import HubError
from hub.settings import Settings
from hub.wiring import Hub

Directory = Annotated[
    Path, typer.Option("--directory", "-d", envvar="HUB_DIRECTORY", help="The hub's folder (with hub.toml).")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs instead of a table.")]

HERE = Path("demo/hub")
"""Where `make demo` leaves its hub."""


@contextmanager
def plain_errors() -> Iterator[None]:
    """Turn what the product raises into a sentence and exit status 1."""
    try:
        yield
    except (HubError, AgreementError, ConnectorError) as error:
        printing.failure(error)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        printing.step("stopped")
        raise typer.Exit(130) from None


@contextmanager
def opened(directory: Path, *, answering: bool = False) -> Iterator[Hub]:
    """The hub in `directory`, with plain errors."""
    with plain_errors(), wiring.opened(Settings.load(directory), answering=answering) as hub:
        yield hub

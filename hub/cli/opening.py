"""How a command opens the hub's folder, and how its errors end it: a sentence and exit status 1, never a traceback.

It decides nothing.  Rules: a file that cannot be read or written is named as the person named it; of an error that
nobody foresaw only its kind and place are told, because its own text may quote a record.
"""

import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, TypeVar

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


class FileError(HubError):
    """A file that the person named cannot be read or written, or does not hold what it should."""

    title = "The file cannot be used"


class UnforeseenError(HubError):
    """What nobody foresaw, told by its kind and place."""

    title = "Something went wrong inside the hub"


_Read = TypeVar("_Read")


def read(path: Path, reader: Callable[[bytes], _Read]) -> _Read:
    """What a file holds; `FileError` names the file that does not hold it."""
    try:
        return reader(path.read_bytes())
    except AgreementError as error:
        raise FileError(f"{path}: {error}") from error


@contextmanager
def plain_errors() -> Iterator[None]:
    """Turn what is raised into a sentence and exit status 1."""
    try:
        yield
    except (typer.Exit, typer.Abort, typer.BadParameter):
        raise
    except (HubError, AgreementError, ConnectorError) as error:
        printing.failure(error)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        printing.step("stopped")
        raise typer.Exit(130) from None
    except OSError as error:
        printing.failure(_refused_file(error))
        raise typer.Exit(1) from None
    except Exception as error:  # noqa: BLE001 - whatever it is, its own text must not reach the screen
        place = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{type(error).__name__} in {Path(place.filename).name} line {place.lineno}"
        printing.failure(UnforeseenError(f"{where}: run `hub doctor`, and report this line"))
        raise typer.Exit(1) from None


@contextmanager
def opened(directory: Path, *, answering: bool = False) -> Iterator[Hub]:
    """The hub in `directory`, with plain errors."""
    with plain_errors(), wiring.opened(Settings.load(directory), answering=answering) as hub:
        yield hub


def _refused_file(error: OSError) -> FileError:
    named = f"{error.filename}: " if error.filename else ""
    why = error.strerror or type(error).__name__
    return FileError(f"{named}{why[:1].lower()}{why[1:]}; check that it is there, is a file, and is yours to use")

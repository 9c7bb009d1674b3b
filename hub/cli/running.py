"""Commands that run a hub: try the demonstration, found one, serve it, and see whether it is well.

They decide nothing.  Rules: a folder that holds something else is never touched; the server writes no secret, no
question and no address's parameters to its log.
"""

import logging
import shutil
import socket
import tomllib
from importlib import resources
from pathlib import Path
from typing import Annotated

import typer

from agreements.catalogue import Catalogue
from hub import wiring
from hub.actions.oversee import check_up
from hub.cli import printing
from hub.cli.opening import HERE, Directory, Json, opened, plain_errors, read
from hub.demo.community.generate import CHILDREN, SEED
from hub.demo.places import Places
from hub.errors import ConflictError, UnavailableError
from hub.settings import Settings
from hub.wiring import Hub

_START = "Start here"
_RUN = "Run a hub"
_FEWEST_CHILDREN = 100

Host = Annotated[str, typer.Option(help="The address to listen at; this machine only, unless you say otherwise.")]
Port = Annotated[int, typer.Option(help="The port to listen at.", min=1, max=65535)]


class OccupiedError(ConflictError):
    """A folder holds something that is not the hub's to replace."""

    title = "The folder is not empty"


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command(rich_help_panel=_START)(demo)
    app.command(rich_help_panel=_RUN)(init)
    app.command(rich_help_panel=_RUN)(serve)
    app.command(rich_help_panel=_RUN)(doctor)


def demo(
    *,
    directory: Annotated[Path, typer.Option("--directory", "-d", help="The folder to make it in.")] = Path("demo"),
    once: Annotated[bool, typer.Option("--once", help="Tell the story and stop; do not serve.")] = False,
    again: Annotated[bool, typer.Option("--again", help="Replace an earlier demonstration without asking.")] = False,
    seed: Annotated[int, typer.Option(help="The community that is drawn; the same number draws the same.")] = SEED,
    children: Annotated[int, typer.Option(help="How many children live in it.", min=_FEWEST_CHILDREN)] = CHILDREN,
    host: Host = "localhost",
    port: Port = 8080,
) -> None:
    """Tell the whole story on a synthetic community, then serve its hub: eight districts, three health systems."""
    from hub.demo import story

    with plain_errors():
        if not once:
            _check_free(host, port)
        _make_room(directory, again=again)
        if not story.run(directory, seed=seed, children=children, console=printing.out):
            raise typer.Exit(1)
        if once:
            return
        places = Places(directory)
        with wiring.opened(Settings.load(places.hub)) as hub:
            _tell_sign_ins(places, host, port)
            _serve(hub, host, port)


def init(
    directory: Annotated[Path, typer.Argument(help="The hub's new folder.")],
    *,
    operator: Annotated[str, typer.Option(help="The id of the organisation that runs the hub.")],
    name: Annotated[str, typer.Option(help="The name that the page shows.")] = "Learning hub",
    address: Annotated[str, typer.Option(help="The address under which people reach it.")] = "http://localhost:8080",
    catalogue: Annotated[
        Path | None, typer.Option(exists=True, help="A catalogue file; the product's own by default.")
    ] = None,
) -> None:
    """Found a hub: folders, keys of its own, an empty keyring, the catalogue and an empty store."""
    with plain_errors():
        settings = Settings(directory=directory, operator=operator, name=name, address=address)
        wiring.found(settings, _catalogue(catalogue))
    printing.step(f"founded a hub in {directory}; next: `hub trust add` for every key that you compared by telephone")


def serve(*, directory: Directory = HERE, host: Host = "localhost", port: Port = 8080) -> None:
    """Serve the hub's page and API until stopped."""
    with plain_errors():
        _check_free(host, port)
    with opened(directory, answering=True) as hub:
        _serve(hub, host, port)


def doctor(*, directory: Directory = HERE, json: Json = False) -> None:
    """Look at everything that a hub needs to answer well; exit status 1 when something is not well."""
    with opened(directory) as hub:
        checks = list(check_up(hub))
    if json:
        printing.as_json([{"name": each.name, "well": each.well, "sentence": each.sentence} for each in checks])
    else:
        rows = [(each.name, "well" if each.well else "not well", each.sentence) for each in checks]
        printing.table(("what", "how it is", "what was found"), rows)
    if not all(each.well for each in checks):
        raise typer.Exit(1)


def _make_room(directory: Path, *, again: bool) -> None:
    """Make sure that the folder may be filled: it is empty, or holds an earlier demonstration that may go."""
    if not directory.exists() or (directory.is_dir() and not any(directory.iterdir())):
        directory.mkdir(parents=True, exist_ok=True)
        return
    places = Places(directory)
    known = {places.hub.name, places.sites.name, "university", "commons"}
    if not directory.is_dir() or not places.sites.is_dir() or {each.name for each in directory.iterdir()} - known:
        raise OccupiedError(f"{directory} holds something that is not a demonstration: name another with --directory")
    if not again:
        typer.confirm(f"{directory} holds an earlier demonstration. Replace it?", abort=True, err=True)
    for each in directory.iterdir():
        shutil.rmtree(each)


def _tell_sign_ins(places: Places, host: str, port: int) -> None:
    """The address and who may sign in, in lines that can be copied however narrow the window is."""
    known, address = tomllib.loads(places.researcher.read_text(encoding="utf-8")), f"http://{host}:{port}"
    other = "" if known["url"] == address else f" --url {address}"
    lines = (
        f"\nThe hub is at {address} until you press Ctrl-C. Sign in there as the researcher, Ana:",
        f"    client id      {known['client_id']}",
        f"    client secret  {known['secret']}",
        f"Or ask from another window: hub ask --sign-in {places.researcher}{other} --epsilon 0.1 SQL",
    )
    for line in lines:
        printing.out.print(line, markup=False, highlight=False, soft_wrap=True)


class AddressTakenError(UnavailableError):
    """Something else listens where the hub was to be served."""

    title = "The address is taken"


def _check_free(host: str, port: int) -> None:
    """Find out now, not after a long story, that the address cannot be listened at."""
    try:
        with socket.create_server((host, port)):
            pass
    except OSError:
        raise AddressTakenError(
            f"{host}:{port} cannot be listened at: stop what runs there, or choose another with --port"
        ) from None


def _serve(hub: Hub, host: str, port: int) -> None:
    import uvicorn

    from hub.web.app import create_app

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    printing.step(f"serving {hub.settings.directory} at http://{host}:{port}; Ctrl-C stops it")
    uvicorn.run(
        create_app(hub),
        host=host,
        port=port,
        server_header=False,
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=5,
    )


def _catalogue(path: Path | None) -> Catalogue:
    if path is not None:
        return read(path, Catalogue.from_bytes)
    text = resources.files("agreements").joinpath("templates/catalogue.toml").read_text("utf-8")
    return Catalogue.from_json(tomllib.loads(text))

"""The command `connectors`, for the custodian's own staff: make a site, check it, pull an export into a delivery.

It decides nothing.  Rules: results go to standard output, progress and errors to standard error; an error is one
sentence and exit status 1; what is unexpected is told by its place alone, because its text may quote a record.
"""

import secrets
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from agreements import instants
from agreements.errors import AgreementError
from agreements.keys import Signer
from connectors import pull as pulling
from connectors import report
from connectors import site as sites
from connectors.configuration import Configuration, Connector
from connectors.errors import ConnectorError
from connectors.site import Site

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

_Folder = Annotated[Path, typer.Argument(metavar="SITE", help="The site's folder.")]


@app.command()
def init(
    folder: _Folder,
    custodian: Annotated[str, typer.Option(help="The custodian's id, as the catalogue spells it.")],
    connector: Annotated[Connector, typer.Option(help="The kind of export.")],
    export: Annotated[str, typer.Option(help="The export, from the site's folder.")],
    hub_key: Annotated[str, typer.Option(help="The hub's sealing key, 64 hexadecimal digits.")],
) -> None:
    """Make a site: settings, a signing key and a record key.  Prints the public key to enrol at the hub."""
    signer = Signer.generate()
    settings = Configuration(
        custodian=custodian, connector=connector, export=export, hub_sealing_public=_bytes(hub_key)
    )
    sites.create(folder, settings, signer=signer, random=secrets.token_bytes)
    typer.echo(f"key id      {signer.key_id}")
    typer.echo(f"public key  {signer.public_key.public.hex()}")
    _tell("Enrol this key at the hub for deliveries, then put into the folder:")
    for name in (sites.LINKAGE_SECRET, sites.TRUST, sites.CATALOGUE, sites.AGREEMENT):
        _tell(f"  {name}")


@app.command()
def check(folder: _Folder) -> None:
    """Check a site without reading a record: settings, keys, the agreement's standing, the export's place."""
    site = Site.read(folder)
    standing = pulling.permitted(site, _now())
    if not site.export.exists():
        raise ConnectorError("the export does not exist; set `export` in site.toml to it")
    typer.echo(f"custodian   {site.configuration.custodian} ({site.configuration.connector.value})")
    typer.echo(f"agreement   {standing.terms.id} is in force until {instants.write(standing.terms.effective_until)}")
    typer.echo(f"catalogue   {site.catalogue.digest}")
    typer.echo(f"key id      {site.signer.key_id}")
    for name in sites.exposed(folder):
        _tell(f"{name} can be read by others than its owner; run chmod 600 on it")


@app.command()
def pull(folder: _Folder) -> None:
    """Read the export, keep what was agreed, strip identities, and leave a sealed delivery in the outbox."""
    result = pulling.pull(Site.read(folder), now=_now(), random=secrets.token_bytes, tell=_tell)
    for line in report.pulled(result):
        typer.echo(line)


def main() -> None:
    """Run the command; exit with 1 and one sentence on any error."""
    try:
        app()
    except Exception as error:  # noqa: BLE001 - whatever it is, its own text must not reach the screen unread
        _tell(f"connectors: {sentence(error)}")
        sys.exit(1)


def sentence(error: Exception) -> str:
    """What a person is told of an error: our own sentences, and of any other error only its kind and place."""
    if isinstance(error, AgreementError | ConnectorError):
        return str(error)
    if isinstance(error, OSError):
        return f"the operating system refused a file ({type(error).__name__}); nothing was delivered"
    place = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {Path(place.filename).name} line {place.lineno}; please report this"


def _bytes(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def _tell(line: str) -> None:
    typer.echo(line, err=True)


if __name__ == "__main__":
    main()

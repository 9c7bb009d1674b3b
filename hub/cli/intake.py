"""Commands for what comes in: receive deliveries and build the snapshot that questions run on."""

from pathlib import Path
from typing import Annotated

import typer

from hub.actions.receive import receive as receive_delivery
from hub.actions.snapshot import refresh
from hub.cli import printing
from hub.cli.opening import HERE, Directory, Json, opened

_PANEL = "Run a hub"
_PUBLIC = frozenset({"parameters", "tokens", "j", "estimated_false", "estimated_missed"})


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command(rich_help_panel=_PANEL)(receive)
    app.command(rich_help_panel=_PANEL)(snapshot)


def receive(
    files: Annotated[list[Path], typer.Argument(help="Sealed deliveries from custodians' outboxes.", exists=True)],
    *,
    directory: Directory = HERE,
    json: Json = False,
) -> None:
    """Receive sealed deliveries: verify, judge and keep them encrypted."""
    with opened(directory) as hub:
        received = [receive_delivery(hub, file.read_bytes()) for file in files]
    rows = [(each.custodian, each.number, "came before" if each.again else "kept", each.sha256) for each in received]
    names = ("custodian", "number", "fate", "sha256")
    if json:
        printing.as_json([dict(zip(names, row, strict=True)) for row in rows])
    else:
        printing.table(names, rows)
        printing.step("`hub snapshot` brings what was received into use")


def snapshot(*, directory: Directory = HERE, json: Json = False) -> None:
    """Link all records that were delivered and bring a new snapshot into use."""
    with opened(directory) as hub:
        built = refresh(hub, progress=printing.step)
    # Counts of records and persons stay in the sealed part; what is shown here may be told to anybody.
    summary = {name: value for name, value in built.linkage.summary.to_json().items() if name in _PUBLIC}
    if json:
        printing.as_json({"snapshot": built.id, "custodians": list(built.custodians), "linkage": summary})
    else:
        printing.step(f"snapshot {built.id} of {len(built.custodians)} custodians is in use")
        printing.table(("linkage", "value"), [(name, str(value)) for name, value in summary.items()])

"""Commands for who may sign in, and for which key speaks for whom."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from agreements.keys import KeyEntry, Keyring, KeyUse, Signer
from hub.actions.enrol import add_actor, everyone, trust_key
from hub.cli import printing
from hub.cli.opening import HERE, Directory, Json, opened, plain_errors, read

actors = typer.Typer(no_args_is_help=True)
trust = typer.Typer(no_args_is_help=True)


@actors.command("add")
def add(
    client_id: Annotated[str, typer.Argument(help="The name to sign in with.")],
    *,
    person: Annotated[str, typer.Option(help="The person's id, as a licence's permitted users name it.")],
    org: Annotated[str, typer.Option(help="The organisation that the person acts for.")],
    directory: Directory = HERE,
    json: Json = False,
) -> None:
    """Let a person sign in.  The secret is shown once and kept nowhere."""
    with opened(directory) as hub:
        secret = add_actor(hub, client_id, person=person, org=org)
    if json:
        printing.as_json({"client_id": client_id, "client_secret": secret, "person": person, "org": org})
    else:
        printing.table(("client id", "client secret"), [(client_id, secret)])
        printing.step("keep the secret now: it cannot be shown again")


@actors.command("list")
def list_actors(*, directory: Directory = HERE, json: Json = False) -> None:
    """Show who may sign in."""
    with opened(directory) as hub:
        rows = [(each.client_id, each.person, each.org) for each in everyone(hub)]
    names = ("client id", "person", "organisation")
    if json:
        printing.as_json([{"client_id": row[0], "person": row[1], "org": row[2]} for row in rows])
    else:
        printing.table(names, rows)


@trust.command("list")
def list_keys(*, directory: Directory = HERE, json: Json = False) -> None:
    """Show which key speaks for whom, and what it may sign."""
    with opened(directory) as hub:
        entries = hub.keyring.entries
    rows = [
        (each.key.key_id, each.party, each.person, each.title, ", ".join(sorted(use.value for use in each.uses)))
        for each in entries
    ]
    names = ("key", "party", "person", "title", "signs")
    if json:
        printing.as_json([dict(zip(names, row, strict=True)) for row in rows])
    else:
        printing.table(names, rows)


@trust.command("add")
def add_key(
    key: Annotated[Path, typer.Argument(help="A keyring file with the keys to add, as their holder sent it.")],
    *,
    directory: Directory = HERE,
) -> None:
    """Add the keys of a keyring file to the hub's keyring, after you compared their ids with their holders."""
    with opened(directory) as hub:
        added = trust_key(hub, key.read_bytes())
    printing.table(("key", "party", "signs"), [(each.key.key_id, each.party, _uses(each)) for each in added])
    printing.step("a hub that is being served knows them after its next start: start `hub serve` again")
    printing.step("a hub that is being served knows them after its next start")


@trust.command("entry")
def make_entry(
    pem: Annotated[Path, typer.Argument(help="The private key's file; it is read here and never sent.", exists=True)],
    out: Annotated[Path, typer.Argument(help="Where to write the keyring file with the public key.")],
    *,
    party: Annotated[str, typer.Option(help="The organisation that the key speaks for.")],
    person: Annotated[str, typer.Option(help="The id of the person or machine that holds it.")],
    title: Annotated[str, typer.Option(help="The holder's title.")],
    use: Annotated[KeyUse, typer.Option(help="What the key may sign.")],
) -> None:
    """Write the public half of a key as a keyring file that a hub can add."""
    with plain_errors():
        entry = KeyEntry(
            key=read(pem, Signer.from_pem).public_key,
            party=party,
            person=person,
            title=title,
            uses=frozenset({use}),
            valid_from=datetime.now(UTC).replace(microsecond=0),
            retired_at=None,
        )
        out.write_bytes(Keyring((entry,)).to_bytes())
    printing.step(f"wrote {out}; its key id is {entry.key.key_id}: compare it by telephone before it is added")


def _uses(entry: KeyEntry) -> str:
    return ", ".join(sorted(use.value for use in entry.uses))

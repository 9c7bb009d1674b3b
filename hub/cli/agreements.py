"""Commands for agreements: propose, read, sign, suspend, and hand the signed bundle to a custodian."""

from pathlib import Path
from typing import Annotated, Any

import typer

from agreements import prose
from agreements.bundle import Bundle
from agreements.keys import Signer
from agreements.standing import Standing
from agreements.statement import Act
from agreements.terms import Terms
from hub.actions import agree
from hub.actions.sign import sign as sign_act
from hub.actions.sign import signatory
from hub.cli import printing
from hub.cli.opening import HERE, Directory, Json, opened, read
from hub.wiring import Hub, wall_clock

app = typer.Typer(no_args_is_help=True)

Key = Annotated[Path, typer.Option("--key", exists=True, help="The signatory's private key (PEM).")]
Ids = Annotated[list[str], typer.Argument(help="Ids of agreements; several are signed in one act.")]
Yes = Annotated[bool, typer.Option("--yes", help="Sign without asking once more.")]


@app.command()
def propose(
    files: Annotated[list[Path], typer.Argument(exists=True, help="Terms in canonical JSON, parents first.")],
    *,
    key: Key,
    directory: Directory = HERE,
    yes: Yes = False,
) -> None:
    """Propose agreements: sign their terms and hand both to the hub."""
    with opened(directory) as hub:
        documents = [file.read_bytes() for file in files]
        terms = [read(file, Terms.from_bytes) for file in files]
        statement = _signed(terms, Act.PROPOSE, key, yes=yes)
        _tell(agree.propose(hub, documents, statement))


@app.command()
def sign(ids: Ids, *, key: Key, directory: Directory = HERE, yes: Yes = False) -> None:
    """Sign agreements, all of them in one act."""
    with opened(directory) as hub:
        terms = [agree.show(hub, each).standing.terms for each in ids]
        _tell(agree.add_statement(hub, _signed(terms, Act.COUNTERSIGN, key, yes=yes)))


@app.command()
def suspend(
    ids: Ids,
    *,
    key: Key,
    reason: Annotated[str, typer.Option(help="Why, in a sentence; everybody can read it.")],
    directory: Directory = HERE,
    yes: Yes = False,
) -> None:
    """Stop at once: nothing more is answered from your data until you reinstate."""
    _stop_or_go(ids, Act.SUSPEND, key, reason, directory, yes=yes)


@app.command()
def reinstate(ids: Ids, *, key: Key, directory: Directory = HERE, yes: Yes = False) -> None:
    """Undo your own suspension."""
    _stop_or_go(ids, Act.REINSTATE, key, "", directory, yes=yes)


@app.command()
def show(
    agreement: Annotated[str, typer.Argument(help="Id of an agreement; all of them when left out.")] = "",
    *,
    directory: Directory = HERE,
    json: Json = False,
) -> None:
    """Show where agreements stand, or the clauses of one."""
    with opened(directory) as hub:
        if agreement:
            _show_one(agree.show(hub, agreement).standing, json=json)
        else:
            _list(hub, json=json)


@app.command()
def bundle(
    agreement: Annotated[str, typer.Argument(help="Id of a data-sharing agreement.")],
    out: Annotated[Path, typer.Argument(help="Where to write the bundle for the custodian's site.")],
    *,
    directory: Directory = HERE,
) -> None:
    """Write the signed agreement with everything above it, as a custodian's connector needs it."""
    with opened(directory) as hub:
        family = agree.show(hub, agreement)
        out.write_bytes(Bundle.of(agreement, family.evidence.values()).to_bytes())
    printing.step(f"wrote {out}")


def _stop_or_go(ids: list[str], act: Act, key: Path, reason: str, directory: Path, *, yes: bool) -> None:
    with opened(directory) as hub:
        terms = [agree.show(hub, each).standing.terms for each in ids]
        _tell(agree.add_statement(hub, _signed(terms, act, key, reason=reason, yes=yes)))


def _signed(terms: list[Terms], act: Act, key: Path, *, reason: str = "", yes: bool) -> bytes:
    signer = read(key, Signer.from_pem)
    who = signatory(terms, signer)
    for each in terms:
        printing.step(f"{each.title} ({each.id}, version {each.version})")
        printing.step(f"  fingerprint {each.digest[:16]} {each.digest[16:32]}")
    if not yes:
        typer.confirm(f"{who.name}, {who.title}: {act.value} for {who.org_id}?", abort=True, err=True)
    return sign_act(terms, act, signer, at=wall_clock(), reason=reason)


def _tell(standings: tuple[Standing, ...]) -> None:
    printing.table(
        ("agreement", "stands", "next"),
        [(each.terms.id, prose.describe(each), each.next_step) for each in standings],
    )


def _list(hub: Hub, *, json: bool) -> None:
    standings = agree.everything(hub)
    if json:
        printing.as_json([summary(each) for each in standings])
    else:
        printing.table(
            ("agreement", "title", "stands"),
            [(each.terms.id, each.terms.title, prose.describe(each)) for each in standings],
        )


def _show_one(standing: Standing, *, json: bool) -> None:
    if json:
        clauses = [
            {"number": each.number, "heading": each.heading, "text": each.text, "enforced": each.enforced}
            for each in prose.clauses(standing.terms)
        ]
        printing.as_json({**summary(standing), "clauses": clauses})
        return
    printing.out.print(standing.terms.title, style="bold", highlight=False, markup=False)
    printing.out.print(f"{prose.describe(standing)} {standing.next_step}", highlight=False, markup=False)
    for each in prose.clauses(standing.terms):
        printing.out.print(f"\n{each.number}. {each.heading}", style="bold", highlight=False, markup=False)
        printing.out.print(each.text, highlight=False, markup=False)


def summary(standing: Standing) -> dict[str, Any]:
    """Where an agreement stands, for programs."""
    return {
        "id": standing.terms.id,
        "version": standing.terms.version,
        "tier": standing.terms.tier.value,
        "title": standing.terms.title,
        "sha256": standing.digest,
        "state": standing.state.value,
        "signed": sorted(standing.signed),
        "missing": sorted(standing.missing),
        "suspended_by": sorted(standing.suspended_by),
        "witnessed": standing.witnessed,
        "next_step": standing.next_step,
    }

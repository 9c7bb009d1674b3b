"""Commands for those who ask and for those who look: ask a question, see the budget and the journal, verify a file.

They decide nothing.  Rules: a question's price is shown before it is asked, and asking needs a yes; a number is never
printed without its range; a secret is read from a file or the environment, never from the command line's words.
"""

import sys
import tomllib
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from agreements.keys import Keyring
from hub.actions.latest import latest
from hub.actions.oversee import budget as read_budget
from hub.actions.oversee import read_journal
from hub.actions.verify import verify as verify_file
from hub.cli import printing
from hub.cli.opening import HERE, Directory, FileError, Json, opened, plain_errors, read
from hub.errors import InvalidError
from hub.privacy.release import Release
from hub.privacy.spreadsheet import MISSING
from hub.wiring import wall_clock

if TYPE_CHECKING:
    from hub.client import Hub as HubClient

_ASK = "Ask and look"
_NAMES = ("url", "client_id", "secret", "project", "purpose")
_MICRO = 1_000_000


class SignInError(InvalidError):
    """What is needed to sign in is not there."""

    title = "The sign-in cannot be used"


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    for command in (ask, budget, journal, verify):
        app.command(rich_help_panel=_ASK)(command)


def ask(  # noqa: PLR0913 - each is an option of the command
    sql: Annotated[str, typer.Argument(help="The question in SQL, or - to read it from standard input.")],
    *,
    epsilon: Annotated[str, typer.Option(help="What to spend, for example 0.5.")] = "",
    within: Annotated[str, typer.Option(help='The ± you need, for example 15 or "5% of 400".')] = "",
    confidence: Annotated[float, typer.Option(help="The confidence of each range.")] = 0.95,
    rows_per_person: Annotated[int | None, typer.Option(help="At most so many rows of a person count.")] = None,
    sign_in: Annotated[
        Path | None, typer.Option(exists=True, envvar="HUB_SIGN_IN", help=f"A TOML file with {', '.join(_NAMES)}.")
    ] = None,
    url: Annotated[str, typer.Option(envvar="HUB_URL", help="The hub's address.")] = "",
    client_id: Annotated[str, typer.Option(envvar="HUB_CLIENT_ID", help="The name to sign in with.")] = "",
    project: Annotated[str, typer.Option(help="The licence's id.")] = "",
    purpose: Annotated[str, typer.Option(help="What the answer is for.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Ask without a further question.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the price and stop.")] = False,
    csv: Annotated[Path | None, typer.Option(help="Write the table to this file.")] = None,
    json: Json = False,
) -> None:
    """Ask a question: see what it costs, say yes, and get the table with its ranges.  The secret: HUB_SECRET."""
    given = {"url": url, "client_id": client_id, "project": project, "purpose": purpose}
    with plain_errors(), closing(_client(sign_in, given)) as hub:
        if csv is not None and not csv.absolute().parent.is_dir():
            raise FileError(f"{csv}: there is no such folder to write the table in; nothing was asked or spent")
        text = sys.stdin.read() if sql == "-" else sql
        plan = hub.ask(
            text,
            epsilon=epsilon or None,
            within=within or None,
            confidence=confidence,
            rows_per_person=rows_per_person,
        )
        if dry_run and json:
            printing.as_json(plan.quote)
        else:
            printing.err.print(repr(plan), highlight=False, markup=False)
        if dry_run or not plan.permitted:
            raise typer.Exit(0 if plan.permitted else 1)
        if not yes:
            typer.confirm("Ask, and spend this?", abort=True, err=True)
        release = plan.run()
        if csv is not None:
            csv.write_text(release.csv(), encoding="utf-8", newline="")
        if json:
            printing.as_json({"id": release.id, "licence": release.licence, "document": dict(release.document)})
        else:
            show_release(Release.from_json(dict(release.document)))
            printing.step(f"release {release.id}")


def budget(*, directory: Directory = HERE, json: Json = False) -> None:
    """Show every account: its limit and what is spent."""
    with opened(directory) as hub:
        lines = read_budget(hub)
    if json:
        printing.as_json(
            [
                {
                    "account": each.account,
                    "rho_limit": each.rho_limit,
                    "rho_spent": each.rho_spent,
                    "epsilon_limit": each.epsilon_limit_micro / _MICRO,
                    "epsilon_spent": each.epsilon_spent_micro / _MICRO,
                    "delta": each.delta_e12 / 10**12,
                }
                for each in lines
            ]
        )
        return
    rows = [
        (
            each.account,
            f"{each.epsilon_spent_micro / _MICRO:.3f}",
            f"{each.epsilon_limit_micro / _MICRO:.3f}",
            f"{100 * each.rho_spent / each.rho_limit:.1f} %" if each.rho_limit else "",
        )
        for each in lines
    ]
    printing.table(("account", "ε spent", "ε limit", "share of ρ"), rows)


def journal(
    *,
    after: Annotated[int | None, typer.Option(help="Entries after this one; the last ones by default.", min=0)] = None,
    limit: Annotated[int, typer.Option(help="How many entries.", min=1, max=1000)] = 20,
    directory: Directory = HERE,
    json: Json = False,
) -> None:
    """Show entries of the journal as the public may read them, oldest first."""
    with opened(directory) as hub:
        entries = latest(hub, limit)[::-1] if after is None else read_journal(hub, after=after, limit=limit)
    if json:
        printing.as_json(
            [
                {
                    "index": each.index,
                    "at": each.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
                    "kind": each.kind,
                    "public": dict(each.public),
                    "private_sha256": each.private_sha256,
                    "hash": each.hash,
                }
                for each in entries
            ]
        )
        return
    rows = [(each.index, f"{each.at:%Y-%m-%d %H:%M:%S}", each.kind, each.hash[:16]) for each in entries]
    printing.table(("entry", "at (UTC)", "kind", "hash"), rows)


def verify(
    file: Annotated[Path, typer.Argument(exists=True, help="A release's proof, a bundle or a signed statement.")],
    *,
    trust: Annotated[Path, typer.Option(exists=True, help="A keyring that you trust.")],
    json: Json = False,
) -> None:
    """Verify a file offline; exit status 1 when it is not genuine."""
    with plain_errors():
        verified = verify_file(file.read_bytes(), read(trust, Keyring.from_bytes), at=wall_clock())
    if json:
        printing.as_json({"kind": verified.kind, "genuine": True, "facts": list(verified.facts)})
        return
    printing.out.print(f"Genuine: {verified.kind}.", style="bold", highlight=False)
    for fact in verified.facts:
        printing.out.print(f"  {fact}", highlight=False, markup=False)
    if verified.release is not None:
        show_release(verified.release)


def show_release(document: Release) -> None:
    """Print a release's table: each number with its range, and why a number is not shown."""
    headings: list[str] = []
    for column in document.table.columns:
        headings += [column.name] if column.role == "key" else [column.name, f"{column.name} range"]
    rows = []
    for row in document.table.rows:
        shown: list[str] = []
        for column, entry in zip(document.to_json()["columns"], row.entries, strict=True):
            shown += _entry(column, entry, suppressed=bool(row.suppressed))
        rows.append(shown)
    printing.table(headings, rows)


def _entry(column: Mapping[str, Any], entry: Any, *, suppressed: bool) -> list[str]:
    if column["role"] == "key":
        return [MISSING if entry is None else str(entry)]
    if suppressed:
        return ["too few", ""]
    return [entry.value or "–", f"{entry.low} – {entry.high}"]


def _client(sign_in: Path | None, given: Mapping[str, str]) -> "HubClient":
    import os

    from hub.client import Hub as HubClient

    known: dict[str, Any] = {"secret": os.environ.get("HUB_SECRET", "")}
    if sign_in is not None:
        try:
            known |= tomllib.loads(sign_in.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise SignInError(f"{sign_in} is not TOML: it holds {', '.join(_NAMES)}") from error
    known |= {name: value for name, value in given.items() if value}
    if missing := [name for name in _NAMES if not isinstance(known.get(name), str) or not known[name]]:
        raise SignInError(f"{missing[0]} is missing: give --sign-in FILE, which holds {', '.join(_NAMES)}")
    if unknown := sorted(set(known) - set(_NAMES)):
        raise SignInError(f"the sign-in file holds {unknown[0]}; it may hold {', '.join(_NAMES)}")
    return HubClient(
        known["url"],
        client_id=known["client_id"],
        secret=known["secret"],
        project=known["project"],
        purpose=known["purpose"],
    )

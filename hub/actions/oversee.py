"""See what the hub did and whether it is well: budgets, the journal, and a check-up.

It changes nothing.  Rules: a check says in one sentence what it found and, where it failed, what to do next; no check
shows a record's value or counts records.
"""

import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from agreements.errors import AgreementError
from agreements.keys import KeyUse
from agreements.standing import State
from agreements.terms import Tier
from hub.actions import accounts
from hub.actions.agree import everything
from hub.actions.standings import family
from hub.engine.warehouse import VaultFile, opened
from hub.errors import HubError, NotFoundError
from hub.privacy.mechanism import epsilon_micro
from hub.store import agreements, clock, deliveries, journal, ledger, questions, snapshots
from hub.store.chain import Entry
from hub.store.transaction import Reading
from hub.wiring import Hub

_LEAST_FREE_BYTES = 2_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One account: limit and spent in billionths of ρ, and the same in millionths of ε at the memorandum's δ."""

    account: str
    rho_limit: int
    rho_spent: int
    epsilon_limit_micro: int
    epsilon_spent_micro: int
    delta_e12: int


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    name: str
    well: bool
    sentence: str


def budget(hub: Hub) -> tuple[Line, ...]:
    """Every account that was ever charged or is named by a licence, in order of name."""
    with hub.store.read() as tx:
        at = clock.instant(tx, hub.clock())
        families = [family(tx, each, keyring=hub.keyring, at=at) for each in agreements.ids(tx)]
        licences = [each for each in families if each.standing.terms.tier is Tier.DUL]
        named = {
            account.key: (account, each.standing.terms.privacy.delta_e12)
            for each in licences
            for account in accounts.touched(each, each.standing.terms.contributors)
        }
        balances = accounts.current(tx, tuple(account for account, _ in named.values())).balances
        gone = sorted(set(ledger.keys(tx)) - set(named))
        kept = ledger.balances(tx, gone)
    found = [(balance, named[key][1]) for key, balance in balances.items()]
    found += [(balance, balance.delta_limit_e18 // 10**6) for balance in kept.values()]
    return tuple(
        Line(
            account=balance.account,
            rho_limit=balance.rho_limit,
            rho_spent=balance.rho_spent,
            epsilon_limit_micro=_epsilon(balance.rho_limit, delta),
            epsilon_spent_micro=_epsilon(balance.rho_spent, delta),
            delta_e12=delta,
        )
        for balance, delta in sorted(found, key=lambda each: each[0].account)
    )


def _epsilon(rho: int, delta_e12: int) -> int:
    return epsilon_micro(rho, delta_e12) if rho > 0 and delta_e12 > 0 else 0


def read_journal(hub: Hub, *, after: int = 0, limit: int = 100) -> tuple[Entry, ...]:
    """Entries of the journal as the public may read them, oldest first."""
    with hub.store.read() as tx:
        return journal.entries(tx, after=after, limit=min(max(limit, 1), 1000))


def check_up(hub: Hub) -> Iterator[Check]:
    """Look at everything that a hub needs to answer well, one check at a time."""
    for name, look in _CHECKS:
        try:
            well, sentence = look(hub)
        except (HubError, AgreementError, OSError) as error:
            well, sentence = False, str(error)
        yield Check(name, well, sentence)


def _journal(hub: Hub) -> tuple[bool, str]:
    with hub.store.read() as tx:
        head = journal.verify(tx)
    return True, f"{head.index} entries, and every hash, charge and release agrees with them"


def _keyring(hub: Hub) -> tuple[bool, str]:
    own = [entry for entry in hub.keyring.entries if entry.key.key_id == hub.signer.key_id]
    if not own:
        return False, "trust.json does not hold the hub's own key: nobody could verify a release; run `hub trust add`"
    if KeyUse.RELEASE not in own[0].uses or own[0].retired_at is not None or own[0].party != hub.settings.operator:
        return False, "trust.json does not let the hub's own key sign releases for its operator: enter a new key"
    return True, f"{len(hub.keyring.entries)} keys, the hub's own among them"


def _agreements(hub: Hub) -> tuple[bool, str]:
    standings = everything(hub)
    changed = [each for each in standings if each.terms.catalogue_digest not in {"", hub.catalogue.digest}]
    if changed:
        return False, f"{changed[0].terms.id} was signed for another catalogue: restore the one that was signed"
    licences = [each for each in standings if each.terms.tier is Tier.DUL]
    in_force = sum(each.state is State.IN_FORCE for each in licences)
    if not in_force:
        return False, "no data-use licence is in force, so every question is refused: see `hub agreement show`"
    return True, f"{len(standings)} agreements; {in_force} of {len(licences)} licences in force; not witnessed yet"


def _snapshot(hub: Hub) -> tuple[bool, str]:
    with hub.store.read() as tx:
        found = snapshots.current(tx, clock.instant(tx, hub.clock()))
        if found is None:
            return False, "no snapshot yet: receive deliveries, then run `hub snapshot`"
        files = [
            VaultFile(hub.settings.snapshots / each.file, hub.vault.key(tx, each.key_name)) for each in found.files
        ]
    for file in files:
        with opened(file):
            pass
    return True, f"{found.id}, {len(files)} encrypted files, each opens with its key"


def _keys(hub: Hub) -> tuple[bool, str]:
    files = [hub.settings.keys, *sorted(hub.settings.keys.iterdir())]
    open_to_others = [file.name for file in files if stat.S_IMODE(file.stat().st_mode) & 0o077]
    if open_to_others:
        return False, f"{', '.join(open_to_others)} can be read by others: take their rights away (chmod go=)"
    return True, f"{len(files) - 1} files that only their owner can read"


def _files(hub: Hub) -> tuple[bool, str]:
    """Every file that a delivery names is there, and no other."""
    with hub.store.read() as tx:
        everyone = sorted(hub.catalogue.custodians)
        held = [each for custodian in everyone for each in deliveries.of_custodian(tx, custodian)]
        known = {folder.name for folder in hub.settings.snapshots.iterdir() if _is_snapshot(tx, folder.name)}
    folders = (hub.settings.vault, hub.settings.linkage)
    there = set.intersection(*({each.name for each in folder.iterdir()} for folder in folders))
    if missing := sorted({each.file for each in held if each.destroyed_at is None} - there):
        return False, f"{missing[0]} is missing from the vault or the linkage folder: restore it from a backup"
    named = {each.file for each in held} | {f"persons-{name}.duckdb" for name in known}
    left = sorted({each.name for folder in folders for each in folder.iterdir()} - named)
    left += sorted({folder.name for folder in hub.settings.snapshots.iterdir()} - known)
    if left:
        return False, f"{left[0]} belongs to nothing: a stop in the middle of the work left it; remove it"
    return True, f"{len(held)} deliveries, each with its two files"


def _is_snapshot(tx: Reading, name: str) -> bool:
    try:
        snapshots.get(tx, name)
    except NotFoundError:
        return False
    return True


def _questions(hub: Hub) -> tuple[bool, str]:
    with hub.store.read() as tx:
        waiting = len(questions.unanswered(tx))
    return True, f"{waiting} questions are charged and not answered yet"


def _disk(hub: Hub) -> tuple[bool, str]:
    free = shutil.disk_usage(hub.settings.directory).free
    sentence = f"{free / 1e9:.1f} GB free"
    return free >= _LEAST_FREE_BYTES, sentence if free >= _LEAST_FREE_BYTES else f"{sentence}: make room, 2 GB at least"


def _clock(hub: Hub) -> tuple[bool, str]:
    with hub.store.read() as tx:
        at = clock.instant(tx, hub.clock())
    return True, f"{at:%Y-%m-%d %H:%M:%S} UTC, not behind the journal"


_CHECKS: tuple[tuple[str, Callable[[Hub], tuple[bool, str]]], ...] = (
    ("clock", _clock),
    ("disk", _disk),
    ("keys", _keys),
    ("keyring", _keyring),
    ("journal", _journal),
    ("agreements", _agreements),
    ("files", _files),
    ("snapshot", _snapshot),
    ("questions", _questions),
)

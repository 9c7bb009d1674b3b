"""A researcher at work in the story: ask dry, ask for real, read the answer beside the truth; and be refused.

It goes through the same actions as the API.  Rule: the comparison with the truth is for the reader alone; whether a
noisy number is near the truth decides nothing.
"""

from decimal import Decimal

from hub.actions.actor import Actor
from hub.actions.answer import answer
from hub.actions.ask import Quote, Ticket, quote, status, submit
from hub.actions.asked import Asked
from hub.actions.publish import Published, get
from hub.actions.refusals import RefusedError, together
from hub.demo.organisations import RECIPIENT, RESEARCHER
from hub.demo.telling import Telling
from hub.demo.truths import Cells
from hub.privacy.intervals import Number
from hub.privacy.margins import margins
from hub.privacy.release import Release
from hub.privacy.table import KEY
from hub.wiring import Hub

_MICRO = 1_000_000

ANA = Actor(client="ana", person=RESEARCHER, org=RECIPIENT.id)


class StoryError(Exception):
    """A step of the story did not do what it should."""


def ask(hub: Hub, telling: Telling, asked: Asked, truth: Cells) -> Published:
    """Ask dry, then for real, and show what was released beside what is true."""
    telling.code(asked.sql)
    offered = quote(hub, ANA, asked)
    if not offered.decision.permitted:
        raise StoryError("; ".join(reason.sentence for reason in offered.decision.reasons))
    _tell_quote(telling, offered)
    ticket = submit(hub, ANA, asked)
    release = get(hub, ANA, _answered(hub, ticket))
    _tell_release(telling, release.document, truth)
    return release


def be_refused(hub: Hub, telling: Telling, asked: Asked, *, expected: str) -> None:
    """Ask what is not allowed; the story goes wrong if it is answered, or refused without the expected reason."""
    telling.code(asked.sql)
    try:
        submit(hub, ANA, asked)
    except RefusedError as refusal:
        for each in together(refusal.reasons):
            telling.say(f"  refused: {each.reason.sentence}")
            telling.detail(f"{each.reason.clause}; {each.reason.citation} [{each.reason.rule}]")
            telling.detail(f"accepted would be: {each.reason.accepted}")
            if each.also:
                telling.detail(f"so say also: {', '.join(each.also)}")
        telling.say(f"  Nothing was spent. {refusal.next_step}")
        if expected not in {reason.rule for reason in refusal.reasons}:
            raise StoryError(f"refused, but not because of {expected}") from None
        return
    raise StoryError(f"answered, although {expected} forbids it")


def _answered(hub: Hub, ticket: Ticket) -> str:
    if ticket.release is not None:
        return ticket.release
    return answer(hub, status(hub, ANA, ticket.id), priced=ticket.priced)


def _tell_quote(telling: Telling, offered: Quote) -> None:
    shown = []
    for margin in margins(offered.priced.calibrated):
        if margin.half_width is not None:
            shown.append(f"{margin.statistic} ± {margin.half_width}")
        else:
            sizes = ", ".join(f"± {half} of {size}" for size, half in margin.at_sizes)
            shown.append(f"{margin.statistic} {sizes}")
    telling.say(
        f"  dry run: costs ε {_epsilon(offered.epsilon_micro)}; {'; '.join(shown)}; "
        f"{offered.priced.calibrated.bounds.rows} row(s) a person count"
    )
    telling.detail(
        f"remaining ε {_epsilon(offered.remaining_epsilon_micro)} in {offered.tightest}, afterwards "
        f"{_epsilon(offered.after_epsilon_micro)}; about {offered.like_this} such questions; answer in "
        f"{offered.seconds} s"
    )


def _epsilon(micro: int) -> str:
    return f"{Decimal(micro) / _MICRO:.3f}"


def _tell_release(telling: Telling, release: Release, truth: Cells) -> None:
    """The released table; beside each number its margin and what is true."""
    columns = release.table.columns
    statistics = [column.name for column in columns if column.role != KEY]
    headings = [column.name for column in columns if column.role == KEY]
    keys_shown = len(headings)
    headings += [heading for name in statistics for heading in (name, "95 %", "in truth")]
    rows = []
    for row in release.table.rows:
        pairs = list(zip(columns, row.entries, strict=True))
        keys = [entry for column, entry in pairs if column.role == KEY and not isinstance(entry, Number)]
        shown = ["(missing)" if key is None else str(key) for key in keys]
        true = truth.get(tuple(keys), (0.0,) + (None,) * (len(statistics) - 1))
        numbers = [entry for _, entry in pairs if isinstance(entry, Number)]
        for number, fact in zip(numbers, true, strict=True):
            shown += _number(number, suppressed=bool(row.suppressed), fact=fact)
        rows.append(shown)
    telling.table(headings, rows, keys=keys_shown)


def _number(number: Number, *, suppressed: bool, fact: float | None) -> list[str]:
    true = "–" if fact is None else f"{fact:,.0f}" if fact == int(fact) else f"{fact:.3f}"
    if suppressed:
        return ["too few", "", true]
    return [number.value or "–", f"{number.low} … {number.high}", true]

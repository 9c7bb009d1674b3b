"""How the API shows what the actions return: plain JSON objects, the same names everywhere.

It computes nothing new.  Rules: amounts of ε are numbers, ρ stays a whole number of billionths, released numbers stay
the decimal text that was signed.
"""

from datetime import datetime
from typing import Any

from agreements import canonical, instants, prose
from agreements.standing import Standing
from hub.actions.ask import Quote
from hub.actions.oversee import Line
from hub.actions.publish import Published
from hub.privacy.margins import Margin, margins
from hub.privacy.table import KEY
from hub.store.chain import Entry
from hub.store.questions import Question
from hub.web.problems import reason_json

_MICRO = 1_000_000
_DELTA = 10**12


def quote(offered: Quote, next_step: str) -> dict[str, Any]:
    """What a dry run says."""
    calibrated = offered.priced.calibrated
    bounds = calibrated.bounds
    kinds = {each.name: each.kind.value for each in bounds.question.statistics}
    known = {each.statistic: each for each in margins(calibrated)}
    return {
        "permitted": offered.decision.permitted,
        "reasons": [reason_json(each) for each in offered.decision.reasons],
        "next_step": next_step,
        "spent": 0,
        "epsilon": offered.epsilon_micro / _MICRO,
        "delta": offered.delta_e12 / _DELTA,
        "rho": offered.rho,
        "confidence": float(calibrated.confidence),
        "cells": len(bounds.cells),
        "rows_per_person": bounds.rows,
        "contributors": sorted(offered.priced.contributors),
        "columns": [_column(name, kinds.get(name, KEY), known.get(name)) for name in bounds.question.columns],
        "remaining": {
            "account": offered.tightest,
            "epsilon_now": offered.remaining_epsilon_micro / _MICRO,
            "epsilon_after": offered.after_epsilon_micro / _MICRO,
        },
        "questions_like_this": offered.like_this,
        "answer_seconds": offered.seconds,
        "proof": list(bounds.proof),
    }


def _column(name: str, role: str, margin: Margin | None) -> dict[str, Any]:
    return {
        "name": name,
        "role": role,
        "plus_minus": margin.half_width if margin else None,
        "at_sizes": {str(size): half for size, half in margin.at_sizes} if margin else {},
    }


def question(found: Question, *, now: datetime, problem: dict[str, Any] | None) -> dict[str, Any]:
    """What became of a question; elapsed time is the only progress that is shown."""
    return {
        "id": found.id,
        "state": found.state.value,
        "project": found.licence,
        "asked_at": instants.write(found.asked_at),
        "visible_at": None if found.visible_at is None else instants.write(found.visible_at),
        "elapsed_seconds": max(0, int((now - found.asked_at).total_seconds())),
        "spent": {"rho": found.rho},
        "release": found.release_id,
        "problem": canonical.decode(found.problem) if found.problem else problem,
    }


def release(published: Published) -> dict[str, Any]:
    """A release: what was signed, and under which id and licence it is kept."""
    return {
        "id": published.id,
        "licence": published.licence,
        "released_at": instants.write(published.released_at),
        "document": published.document.to_json(),
    }


def release_line(published: Published) -> dict[str, Any]:
    """A release in a list."""
    about = published.document.circumstances
    return {
        "id": published.id,
        "licence": published.licence,
        "released_at": instants.write(published.released_at),
        "purpose": about.purpose,
        "person": about.person,
        "contributors": list(about.contributors),
        "columns": [column.name for column in published.document.table.columns],
        "rho": published.document.loss.rho,
    }


def standing(found: Standing) -> dict[str, Any]:
    """Where an agreement stands."""
    return {
        "id": found.terms.id,
        "version": found.terms.version,
        "tier": found.terms.tier.value,
        "title": found.terms.title,
        "sha256": found.digest,
        "state": found.state.value,
        "described": prose.describe(found),
        "signed": sorted(found.signed),
        "missing": sorted(found.missing),
        "suspended_by": sorted(found.suspended_by),
        "witnessed": found.witnessed,
        "next_step": found.next_step,
    }


def agreement(found: Standing) -> dict[str, Any]:
    """An agreement whole: where it stands, its clauses, its terms as they were signed, and what each party did."""
    return {
        **standing(found),
        "clauses": [
            {"number": each.number, "heading": each.heading, "text": each.text, "enforced": each.enforced}
            for each in prose.clauses(found.terms)
        ],
        "history": [
            {
                "at": instants.write(event.at),
                "act": event.act.value,
                "party": event.party,
                "signer": event.signer,
                "reason": event.reason,
            }
            for event in found.history
        ],
        "terms": canonical.decode(found.terms.to_bytes()),
    }


def line(found: Line) -> dict[str, Any]:
    """One account."""
    return {
        "account": found.account,
        "rho_limit": found.rho_limit,
        "rho_spent": found.rho_spent,
        "epsilon_limit": found.epsilon_limit_micro / _MICRO,
        "epsilon_spent": found.epsilon_spent_micro / _MICRO,
        "delta": found.delta_e12 / _DELTA,
    }


def entry(found: Entry) -> dict[str, Any]:
    """One entry of the journal, as the public may read it."""
    return {
        "index": found.index,
        "at": instants.write(found.at),
        "kind": found.kind,
        "public": dict(found.public),
        "private_sha256": found.private_sha256,
        "hash": found.hash,
    }

"""What every test shares: no network but this machine, and a last word on what did not run."""

import socket
from typing import Any

import pytest

_connect = socket.socket.connect
_LOCAL = {"localhost", "127.0.0.1", "::1"}


def _only_local(self: socket.socket, address: Any) -> None:
    if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in _LOCAL:
        pytest.fail(f"a test tried to reach {address[0]}: tests use this machine only")
    _connect(self, address)


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a test reach this machine and nothing else."""
    monkeypatch.setattr(socket.socket, "connect", _only_local)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Name, last, what is missing on this machine and how many tests did not run for it."""
    reasons: dict[str, int] = {}
    for report in terminalreporter.stats.get("skipped", []):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        reasons[reason] = reasons.get(reason, 0) + 1
    for reason, count in sorted(reasons.items()):
        terminalreporter.write_line(f"{count} tests did not run: {reason.removeprefix('Skipped: ')}")

"""The values of the ledger: accounts, charges, balances and what a charge came to.

It stores nothing.  Rules: rho in billionths and δ in 10⁻¹⁸, whole numbers below 2^53; a charge of rho is more than 0;
truth values, fractions and text are no amounts.
"""

from dataclasses import dataclass

from hub.store.errors import ValueRefusedError
from hub.store.tables import LARGEST


@dataclass(frozen=True, slots=True)
class Account:
    """An account's name and limits."""

    key: str
    rho_limit: int
    delta_limit_e18: int

    def __post_init__(self) -> None:
        _check_name(self.key)
        _check_whole(self.rho_limit, "a limit of rho", least=0)
        _check_whole(self.delta_limit_e18, "a limit of δ", least=0)


@dataclass(frozen=True, slots=True)
class Charge:
    """What one account is charged for one request."""

    account: str
    rho: int
    delta_e18: int

    def __post_init__(self) -> None:
        _check_name(self.account)
        _check_whole(self.rho, "a charge of rho", least=1)
        _check_whole(self.delta_e18, "a charge of δ", least=0)


@dataclass(frozen=True, slots=True)
class Balance:
    """An account as it stands: limits, and the sums of its charges."""

    account: str
    rho_limit: int
    delta_limit_e18: int
    rho_spent: int
    delta_spent_e18: int

    @property
    def rho_remaining(self) -> int:
        """Limit less sum; below zero after the limit was lowered under what is spent."""
        return self.rho_limit - self.rho_spent

    @property
    def delta_remaining_e18(self) -> int:
        """Likewise for δ."""
        return self.delta_limit_e18 - self.delta_spent_e18

    def allows(self, charge: "Charge") -> bool:
        """Whether both limits hold after this charge."""
        return charge.rho <= self.rho_remaining and charge.delta_e18 <= self.delta_remaining_e18


@dataclass(frozen=True, slots=True)
class Charged:
    """Every account was charged; `again` when that happened at an earlier call."""

    request_id: str
    charges: tuple[Charge, ...]
    again: bool


@dataclass(frozen=True, slots=True)
class Shortfall:
    """An account that does not allow what was asked of it."""

    balance: Balance
    asked: Charge


@dataclass(frozen=True, slots=True)
class Overdrawn:
    """No account was charged, because these do not allow it."""

    shortfalls: tuple[Shortfall, ...]


def _check_name(name: object) -> None:
    if not isinstance(name, str) or not name:
        raise ValueRefusedError("an account is named by a text that is not empty")


def _check_whole(amount: object, what: str, *, least: int) -> None:
    if type(amount) is not int or not least <= amount <= LARGEST:
        raise ValueRefusedError(f"{what} is a whole number from {least} to 2^53 - 1")

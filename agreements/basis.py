"""On what legal basis each contributor discloses, and what the agreement must say for that basis to hold.

It gives no legal advice: it refuses an agreement that leaves out what the cited rule asks for.  Whether the words are
true and enough is for counsel.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from agreements import wording
from agreements.errors import AgreementError


class BasisError(AgreementError):
    """A legal basis lacks something that its rule asks for; the sentence names it."""


class Regime(StrEnum):
    """Which body of law governs the disclosure."""

    FERPA = "ferpa"
    IDEA = "idea"
    HIPAA = "hipaa"
    PART2 = "part2"
    COMMON_RULE = "common_rule"


class LegalBasis(StrEnum):
    """Why the disclosure is lawful."""

    FERPA_STUDIES = "ferpa_studies"
    FERPA_AUDIT_EVAL = "ferpa_audit_eval"
    FERPA_SCHOOL_OFFICIAL = "ferpa_school_official"
    FERPA_CONSENT = "ferpa_consent"
    FERPA_DIRECTORY = "ferpa_directory"
    IDEA_PART_B = "idea_part_b"
    IDEA_PART_C = "idea_part_c"
    HIPAA_LDS = "hipaa_lds"
    HIPAA_BA = "hipaa_ba"
    HIPAA_WAIVER = "hipaa_waiver"
    HIPAA_AUTHORIZATION = "hipaa_authorization"
    HIPAA_PUBLIC_HEALTH = "hipaa_public_health"
    PART2_RESEARCH = "part2_research"
    PART2_CONSENT = "part2_consent"
    COMMON_RULE = "common_rule"


@dataclass(frozen=True, slots=True)
class Rule:
    """What one basis asks for: the particulars that must be stated, and where the law says so."""

    regime: Regime
    particulars: tuple[str, ...]
    citation: str


def _rule(regime: Regime, particulars: str, citation: str) -> Rule:
    return Rule(regime, tuple(particulars.split()), citation)


RULES: Mapping[LegalBasis, Rule] = MappingProxyType(
    {
        LegalBasis.FERPA_STUDIES: _rule(
            Regime.FERPA,
            "aim instructional_aim purpose scope duration information use_only_for_study no_identification destruction",
            "34 CFR 99.31(a)(6)",
        ),
        LegalBasis.FERPA_AUDIT_EVAL: _rule(
            Regime.FERPA,
            "representative information purpose activity destruction no_further_disclosure reasonable_methods",
            "34 CFR 99.31(a)(3), 99.35",
        ),
        LegalBasis.FERPA_SCHOOL_OFFICIAL: _rule(
            Regime.FERPA, "service direct_control redisclosure annual_notice", "34 CFR 99.31(a)(1)(i)(B)"
        ),
        LegalBasis.FERPA_CONSENT: _rule(Regime.FERPA, "records purpose recipients consent_records", "34 CFR 99.30"),
        LegalBasis.FERPA_DIRECTORY: _rule(
            Regime.FERPA, "designation notice_date opt_out_feed", "34 CFR 99.3, 99.31(a)(11), 99.37"
        ),
        LegalBasis.IDEA_PART_B: _rule(
            Regime.IDEA,
            "responsible_official training access_log destruction_notice",
            "34 CFR 300.610-300.627",
        ),
        LegalBasis.IDEA_PART_C: _rule(Regime.IDEA, "consent_or_exception", "34 CFR 303.401-303.417"),
        LegalBasis.HIPAA_LDS: _rule(
            Regime.HIPAA,
            "use permitted_uses permitted_recipients no_other_use safeguards report_breaches agents_bound"
            " no_identification_or_contact",
            "45 CFR 164.514(e)",
        ),
        LegalBasis.HIPAA_BA: _rule(
            Regime.HIPAA, "service safeguards report_breaches agents_bound return_or_destroy", "45 CFR 164.504(e)"
        ),
        LegalBasis.HIPAA_WAIVER: _rule(
            Regime.HIPAA, "board approved_on criteria information review chair", "45 CFR 164.512(i)"
        ),
        LegalBasis.HIPAA_AUTHORIZATION: _rule(Regime.HIPAA, "core_elements expiry", "45 CFR 164.508"),
        LegalBasis.HIPAA_PUBLIC_HEALTH: _rule(Regime.HIPAA, "authority", "45 CFR 164.512(b)"),
        LegalBasis.PART2_RESEARCH: _rule(
            Regime.PART2,
            "authority no_redisclosure aggregate_reports linkage_approval repository_bound destruction",
            "42 CFR 2.16, 2.52",
        ),
        LegalBasis.PART2_CONSENT: _rule(Regime.PART2, "consent_scope expiry notice", "42 CFR 2.31, 2.32"),
        LegalBasis.COMMON_RULE: _rule(Regime.COMMON_RULE, "board protocol approved_on expiry category", "45 CFR 46"),
    }
)

_CHOICES: Mapping[tuple[LegalBasis, str], frozenset[str]] = MappingProxyType(
    {
        (LegalBasis.FERPA_STUDIES, "aim"): frozenset({"predictive_tests", "student_aid", "improve_instruction"}),
        (LegalBasis.HIPAA_LDS, "use"): frozenset({"research", "public_health", "health_care_operations"}),
    }
)


@dataclass(frozen=True, slots=True)
class Basis:
    """One contributor's basis; `particulars` are (name, text) in order of name."""

    org_id: str
    regime: Regime
    basis: LegalBasis
    particulars: tuple[tuple[str, str], ...]

    def __post_init__(self) -> None:
        """Refuse a basis of another regime, with a particular missing, unknown, blank or out of its choices."""
        wording.check_id(self.org_id, "org_id")
        rule = RULES[self.basis]
        if self.regime is not rule.regime:
            raise BasisError(f"{self.org_id}: {self.basis.value} belongs to {rule.regime.value}")
        names = [name for name, _ in self.particulars]
        if names != sorted(set(names)):
            raise BasisError(f"{self.org_id}: list the particulars in order of name, each once")
        if missing := [name for name in rule.particulars if name not in names]:
            raise BasisError(f"{self.org_id}: {self.basis.value} must state {', '.join(missing)} ({rule.citation})")
        if unknown := [name for name in names if name not in rule.particulars]:
            raise BasisError(f"{self.org_id}: {self.basis.value} knows no particular {unknown[0]!r}")
        for name, text in self.particulars:
            wording.check_text(text, f"{self.org_id}: {name}")
            choices = _CHOICES.get((self.basis, name))
            if choices is not None and text not in choices:
                raise BasisError(f"{self.org_id}: {name} is one of {', '.join(sorted(choices))} ({rule.citation})")

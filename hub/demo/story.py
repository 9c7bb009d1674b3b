"""The story that `hub demo` tells, with the real parts in the real order.

Exports, connectors, deliveries, linkage, signatures, questions, refusals, a stop, and where to look next.  Rules: each
step does what a user would do, through the same door; the story fails when a step does not do what it should, and never
because of where a noisy number fell.
"""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from agreements.bundle import Bundle
from agreements.standing import State
from agreements.statement import Act
from agreements.terms import Terms
from connectors.pseudonym import record_number
from connectors.site import RECORD_KEY
from hub import wiring
from hub.actions import agree, enrol, publish
from hub.actions.oversee import budget
from hub.actions.receive import receive
from hub.actions.snapshot import refresh
from hub.actions.verify import verify
from hub.demo import ceremony, questions, setting, truths
from hub.demo.asking import ANA, StoryError, ask, be_refused
from hub.demo.community import truth as truth_file
from hub.demo.community.generate import CHILDREN, SEED, generate
from hub.demo.community.truth import Truth
from hub.demo.organisations import CONTRIBUTORS, LICENCE, MEMORANDUM, OPERATOR, RECIPIENT, sharing_of
from hub.demo.places import Places
from hub.demo.telling import Telling
from hub.errors import HubError
from hub.linkage.evaluate import evaluate
from hub.wiring import Hub

_PULLS_AT_ONCE = 2


class Story:
    """One telling, in one folder."""

    def __init__(self, directory: Path, console: Console, *, seed: int, children: int) -> None:
        self.places = Places(directory)
        self.telling = Telling(console)
        self.seed, self.children = seed, children
        self._drafts: tuple[Terms, tuple[Terms, ...], Terms] | None = None

    def tell(self) -> None:
        """Tell all of it; raises when a step does not do what it should."""
        self.make_community()
        self.set_the_scene()
        with wiring.opened(setting.settings(self.places)) as hub:
            self.agree(hub)
            self.deliver(hub)
            self.link(hub)
            self.ask(hub)
            self.be_refused(hub)
            self.stop(hub)
            self.look_back(hub)

    def make_community(self) -> None:
        """Write every custodian's export, and the truth beside them."""
        self.telling.step("A community: eight school districts and three health systems")
        with self.telling.progress("families, schools and clinics", len(CONTRIBUTORS) + 2) as bar:
            made = generate(
                self.places.sites, seed=self.seed, children=self.children, progress=lambda what, *_: bar.done(what)
            )
        self.telling.say(
            f"{made.students:,} children in school and {made.patients:,} patients, known to several custodians each; "
            "nobody of them is real."
        )
        self.telling.detail(f"exports in {self.places.sites}, one folder for each custodian; seed {made.seed}")

    def set_the_scene(self) -> None:
        """Found the hub; make sites and keys; share what is public."""
        self.telling.step("Keys: each organisation makes its own")
        setting.found_hub(self.places)
        setting.make_sites(self.places)
        ceremony.make_head_keys(self.places)
        keyring = setting.share_trust(self.places, at=wiring.wall_clock())
        self.telling.say(
            f"{len(keyring.entries)} keys in one keyring that everybody holds. The linkage secret is a file at each "
            "custodian; the hub never has it."
        )

    def agree(self, hub: Hub) -> None:
        """Propose, sign, and see the agreements come into force."""
        self.telling.step("Agreements: one memorandum, eleven data-sharing agreements, one licence")
        memorandum, sharing, licence = ceremony.drafts(self.places, at=wiring.wall_clock())
        first = (memorandum, *sharing)
        proposed = self._act(OPERATOR.id, Act.PROPOSE, first)
        agree.propose(hub, [terms.to_bytes() for terms in first], proposed)
        for each in CONTRIBUTORS:
            own = next(terms for terms in sharing if terms.id == sharing_of(each.id))
            agree.add_statement(hub, self._act(each.id, Act.COUNTERSIGN, (memorandum, own)))
            self.telling.detail(f"{each.head}, {each.title} of {each.name}, signed both in one act")
        agree.add_statement(hub, self._act(RECIPIENT.id, Act.COUNTERSIGN, (memorandum,)))
        agree.propose(hub, [licence.to_bytes()], self._act(RECIPIENT.id, Act.PROPOSE, (licence,)))
        for each in (*CONTRIBUTORS, OPERATOR):
            agree.add_statement(hub, self._act(each.id, Act.COUNTERSIGN, (licence,)))
        for standing in (agree.show(hub, MEMORANDUM).standing, agree.show(hub, LICENCE).standing):
            self._expect(standing.state is State.IN_FORCE, f"{standing.terms.id} is {standing.state.value}")
            self.telling.say(f"{standing.terms.title}: in force, signed by {len(standing.signed)}, not witnessed yet.")

    def deliver(self, hub: Hub) -> None:
        """Pull at every custodian, carry the sealed files, receive them."""
        self.telling.step(
            "Deliveries: each custodian's connector reads, keeps what was agreed, strips identities, seals"
        )
        for each in CONTRIBUTORS:
            family = agree.show(hub, sharing_of(each.id))
            setting.hand_out(self.places, each.id, Bundle.of(sharing_of(each.id), family.evidence.values()))
        with self.telling.progress("pulling", len(CONTRIBUTORS)) as bar, ThreadPoolExecutor(_PULLS_AT_ONCE) as pool:
            for summary in pool.map(self._pull, (each.id for each in CONTRIBUTORS)):
                bar.done(summary)
        with self.telling.progress("receiving", len(CONTRIBUTORS)) as bar:
            for file in self._carried():
                received = receive(hub, file.read_bytes())
                bar.done(f"received {received.custodian} number {received.number}")
        self.telling.say("The hub verified each signature, asked each agreement, and keeps eleven encrypted files.")

    def link(self, hub: Hub) -> None:
        """Link, build the snapshot, and compare with who is who."""
        self.telling.step("Linkage: which records are of the same child, without a name")
        built = refresh(hub, progress=self.telling.detail)
        found = evaluate(built.linkage.persons, self._who_is_who())
        self.telling.say(
            f"Against who is who: {found.precision_ppm / 10_000:.2f} % of the links are right, "
            f"{found.recall_ppm / 10_000:.2f} % of the true pairs were found."
        )
        for name, value in built.linkage.summary.to_json().items():
            self.telling.detail(f"{name}: {value}")

    def ask(self, hub: Hub) -> None:
        """Three questions that the agreements allow."""
        truth = truth_file.read(self.places.sites)
        self._tell_budget(hub, "before")
        first = (
            ("chronic absence by asthma and grade band", questions.ABSENCE_BY_ASTHMA, truths.absence_by_asthma),
            ("mean attendance by number of school moves", questions.ATTENDANCE_BY_MOVES, truths.attendance_by_moves),
            (
                "children with an emergency visit, by district",
                questions.EMERGENCY_BY_DISTRICT,
                truths.emergency_by_district,
            ),
        )
        for title, asked, true in first:
            self.telling.step(f"A question: {title}")
            self._keep(hub, ask(hub, self.telling, asked, true(truth)))
        self._tell_budget(hub, "after")

    def be_refused(self, hub: Hub) -> None:
        """Three questions that they do not."""
        for title, asked, rule in (
            ("a purpose that nobody agreed to", questions.OTHER_PURPOSE, "purpose-not-permitted"),
            ("a data element that is not in the licence", questions.OTHER_ELEMENT, "element-not-listed"),
            ("more privacy loss than the licence allows", questions.TOO_MUCH, "query-budget"),
        ):
            self.telling.step(f"Refused: {title}")
            be_refused(hub, self.telling, asked, expected=rule)

    def stop(self, hub: Hub) -> None:
        """One superintendent suspends; what touches that district is refused, what leaves it out is answered."""
        district = CONTRIBUTORS[0]
        self.telling.step(f"A stop: {district.head} suspends the agreement of {district.name}")
        own = agree.show(hub, sharing_of(district.id)).standing.terms
        reason = "The school board reviews the agreement."
        agree.add_statement(hub, self._act(district.id, Act.SUSPEND, (own,), reason=reason))
        be_refused(hub, self.telling, questions.WITH_EVERY_DISTRICT, expected="suspended-by")
        truth = truths.attendance_by_band(truth_file.read(self.places.sites), district.id)
        self._keep(hub, ask(hub, self.telling, questions.without(district.id), truth))

    def look_back(self, hub: Hub) -> None:
        """Verify a release offline, and say where to look next."""
        self.telling.step("Proof: who agreed")
        proofs = sorted(self.places.releases.glob("*.proof.json"))
        self._expect(bool(proofs), "no release was kept")
        verified = verify(proofs[0].read_bytes(), hub.keyring, at=wiring.wall_clock())
        for fact in verified.facts:
            self.telling.detail(fact)
        self._add_sign_in(hub)
        self.telling.step("Where to look next")
        self.telling.code(
            f"hub agreement show {LICENCE} --directory {self.places.hub}\n"
            f"hub verify {proofs[0]} --trust {self.places.hub / 'trust.json'}\n"
            f"hub doctor --directory {self.places.hub}"
        )

    def _act(self, org: str, act: Act, about: tuple[Terms, ...], *, reason: str = "") -> bytes:
        who = next(each for each in (*CONTRIBUTORS, RECIPIENT, OPERATOR) if each.id == org)
        return ceremony.act(self.places, who, act, about, at=wiring.wall_clock(), reason=reason)

    def _pull(self, custodian: str) -> str:
        """Run the connector as the custodian's own staff would: a process of its own, given its own folder."""
        done = subprocess.run(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-m", "connectors", "pull", str(self.places.site(custodian))],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise StoryError(f"the connector of {custodian} failed: {done.stderr.strip()[-500:]}")
        said = done.stdout.strip().splitlines()
        persons = next((line.partition(" persons")[0] for line in said if " persons" in line), "?")
        return f"{custodian}: {persons} persons without a name; {said[-1][:1].lower()}{said[-1][1:]}"

    def _carried(self) -> Iterator[Path]:
        """Carry every sealed file from a custodian's outbox to the hub's inbox."""
        for each in CONTRIBUTORS:
            for file in sorted((self.places.site(each.id) / "outbox").glob("*.delivery")):
                carried = self.places.hub / "inbox" / file.name
                shutil.copyfile(file, carried)
                yield carried

    def _who_is_who(self) -> dict[tuple[str, int], str]:
        keys = {each.id: (self.places.site(each.id) / RECORD_KEY).read_bytes() for each in CONTRIBUTORS}
        truth: Truth = truth_file.read(self.places.sites)
        return {
            (custodian, record_number(source, key=keys[custodian])): person
            for (custodian, source), person in truth.identities().items()
        }

    def _keep(self, hub: Hub, release: publish.Published) -> None:
        """Leave what the researcher was given in the researcher's folder."""
        self.places.releases.mkdir(parents=True, exist_ok=True)
        (self.places.releases / f"{release.id}.csv").write_text(release.document.to_csv(), encoding="utf-8", newline="")
        (self.places.releases / f"{release.id}.proof.json").write_bytes(publish.proof(hub, ANA, release.id))

    def _tell_budget(self, hub: Hub, when: str) -> None:
        wanted = {"community": "community", f"agreement/{LICENCE}": "licence", "agreement/sharing-alder": "alder"}
        lines = [line for line in budget(hub) if line.account in wanted]
        shown = "; ".join(
            f"{wanted[line.account]} ε {line.epsilon_spent_micro / 1e6:.3f} of {line.epsilon_limit_micro / 1e6:.3f}"
            for line in lines
        )
        self.telling.say(f"Budget {when}: {shown}.")

    def _add_sign_in(self, hub: Hub) -> None:
        secret = enrol.add_actor(hub, ANA.client, person=ANA.person, org=ANA.org)
        lines = {
            "url": hub.settings.address,
            "client_id": ANA.client,
            "secret": secret,
            "project": LICENCE,
            "purpose": "attendance",
        }
        text = "".join(f'{name} = "{value}"\n' for name, value in lines.items())
        ceremony.write_private(self.places.researcher, text.encode())

    @staticmethod
    def _expect(well: bool, sentence: str) -> None:  # noqa: FBT001 - the name says what it is
        if not well:
            raise StoryError(sentence)


@contextmanager
def _told(telling: Telling) -> Iterator[list[bool]]:
    """Say what went wrong in a sentence; the list holds True when nothing did."""
    outcome = [False]
    try:
        yield outcome
        outcome[0] = True
    except (HubError, StoryError) as error:
        telling.say(f"The story stopped: {error}")


def run(directory: Path, *, seed: int = SEED, children: int = CHILDREN, console: Console | None = None) -> bool:
    """Tell the story in `directory`; True when every step did what it should."""
    story = Story(directory, console or Console(), seed=seed, children=children)
    with _told(story.telling) as outcome:
        story.tell()
    return outcome[0]

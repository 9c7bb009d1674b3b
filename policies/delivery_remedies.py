"""What failed of a delivery, and what would be accepted instead, for each rule of deliver.cedar that refused.

It does not decide; it is asked only after a refusal.
"""

from collections.abc import Callable, Mapping

from agreements.standing import State
from policies.remedies import Remedy, catalogue_remedy, dates_remedy, standing_remedy
from policies.request import DeliverRequest, column_of, custodian_of
from policies.words import elements_in_words


def _delivered_standing(request: DeliverRequest) -> Remedy:
    facts = request.agreement
    if facts.state is State.IN_FORCE:
        return Remedy(f"suspended by {request.custodian}", "the same delivery, once the suspension is lifted")
    return standing_remedy(facts)


def _delivered_elements(request: DeliverRequest) -> Remedy:
    if not request.elements:
        return Remedy("none was delivered", "a delivery that names its data elements")
    listed = {column_of(element) for element in request.agreement.elements}
    failing = {
        column
        for column in map(column_of, request.elements)
        if column not in listed or custodian_of(column) != request.custodian
    }
    words = elements_in_words(failing)
    return Remedy(words, f"the delivery without {words}")


DELIVER: Mapping[str, Callable[[DeliverRequest], Remedy]] = {
    "not-in-force": _delivered_standing,
    "outside-dates": lambda request: dates_remedy(request.agreement),
    "unsigned-contributor": lambda request: Remedy(request.custodian, "the same delivery, once its custodian signed"),
    "element-not-listed": _delivered_elements,
    "catalogue-changed": lambda request: catalogue_remedy(request.agreement, request.catalogue_digest),
}
"""For each rule of deliver.cedar, what failed and what would be accepted."""

"""R13: who may speak in which ticket. The whole table, evidence x sender."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ventanilla.mail.thread import (
    SIGNED,
    Candidate,
    Decision,
    Evidence,
    How,
    Kind,
    Standing,
    decide,
)

TICKET = 481

# What the ticket knows of the sender, and whether their domain vouches for the mail.
SENDERS = {
    "participant, authenticated": (True, False, True),
    "participant": (True, False, None),
    "participant, forged": (True, False, False),
    "colleague, authenticated": (False, True, True),
    "colleague": (False, True, None),
    "colleague, forged": (False, True, False),
    "stranger, authenticated": (False, False, True),
    "stranger": (False, False, None),
    "stranger, forged": (False, False, False),
}

J, U, P = "joins", "joins unverified", "new, perhaps"
TABLE = {  #                        address  own id  reference  stored  unseen  number
    "participant, authenticated": (J, J, J, J, J, J),
    "participant":                (J, J, J, J, J, P),
    "participant, forged":        (U, U, U, P, P, P),
    "colleague, authenticated":   (J, J, J, J, J, P),
    "colleague":                  (U, U, U, P, P, P),
    "colleague, forged":          (U, U, U, P, P, P),
    "stranger, authenticated":    (U, U, U, P, P, P),
    "stranger":                   (U, U, U, P, P, P),
    "stranger, forged":           (U, U, U, P, P, P),
}  # fmt: skip
CASES = [(s, kind, row[i]) for s, row in TABLE.items() for i, kind in enumerate(Kind)]


def candidate(sender, **fields):
    takes_part, same_organization, _authenticated = SENDERS[sender]
    return {TICKET: Candidate(TICKET, takes_part, same_organization, **fields)}


def judge(sender, *kinds, automatic=False, **fields):
    return decide(
        [Evidence(kind, TICKET) for kind in kinds],
        candidate(sender, **fields),
        authenticated=SENDERS[sender][2],
        automatic=automatic,
    )


def said(decision):
    if decision.how is How.JOIN:
        return J if decision.verified else U
    return {How.PERHAPS: P, How.FOLLOW_UP: "follow-up", How.NEW: "new"}[decision.how]


@pytest.mark.parametrize(("sender", "kind", "expected"), CASES)
def test_evidence_and_sender_together_decide(sender, kind, expected):  # R13
    assert said(judge(sender, kind)) == expected


@pytest.mark.parametrize("sender", SENDERS)
def test_without_evidence_it_is_a_new_ticket(sender):  # R13
    assert judge(sender) == Decision(How.NEW)


@pytest.mark.parametrize("sender", SENDERS)
def test_evidence_of_a_ticket_that_is_gone_is_none(sender):
    found = decide([Evidence(Kind.OWN_ID, 9)], candidate(sender), authenticated=True)

    assert said(found) == "new"


@pytest.mark.parametrize("kind", SIGNED)
def test_who_may_not_reopen_gets_a_new_ticket_that_somebody_sees(kind):  # R13
    assert said(judge("stranger", kind, resolved=True)) == P
    assert said(judge("participant, forged", kind, resolved=True)) == P
    assert said(judge("participant", kind, resolved=True)) == J


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.NUMBER])
def test_a_participant_who_comes_too_late_starts_a_follow_up(kind):
    decision = judge("participant", kind, resolved=True, too_late=True)

    assert (decision.how, decision.ticket_id, decision.verified) == (How.FOLLOW_UP, TICKET, True)


def test_an_automatic_reply_is_shown_even_in_a_resolved_ticket_and_never_opens_one():  # R11
    late = {"resolved": True, "too_late": True, "automatic": True}

    assert said(judge("participant", Kind.OWN_ID, **late)) == J
    assert said(judge("stranger", Kind.ADDRESS, **late)) == U
    assert said(judge("stranger", Kind.STORED_ID, automatic=True)) == "new"
    assert said(judge("participant", Kind.NUMBER, automatic=True)) == "new"


def test_the_first_evidence_that_suits_the_sender_wins():
    evidence = [Evidence(Kind.ADDRESS, 1), Evidence(Kind.OWN_ID, 2), Evidence(Kind.OWN_ID, 3)]
    tickets = {
        1: Candidate(1, takes_part=False, same_organization=False),
        2: Candidate(2, takes_part=True, same_organization=False),
        3: Candidate(3, takes_part=True, same_organization=False),
    }

    assert decide(evidence, tickets, authenticated=None).ticket_id == 2


def test_the_decision_tells_its_evidence_and_the_senders_standing():
    assert judge("participant", Kind.ADDRESS).why == "reply_address:participant"
    assert judge("participant, forged", Kind.OWN_ID).why == "own_id:forged"
    assert judge("stranger", Kind.NUMBER).why == "number:stranger"


evidences = st.lists(st.builds(Evidence, st.sampled_from(list(Kind)), st.integers(1, 4)))
candidates = st.lists(
    st.builds(Candidate, st.integers(1, 4), *[st.booleans()] * 4), max_size=4
).map(lambda found: {each.ticket_id: each for each in found})


@given(evidences, candidates, st.sampled_from([True, False, None]), st.booleans())
def test_nobody_speaks_verified_who_does_not_belong(evidence, tickets, authenticated, automatic):
    """R13, over everything: verified only who takes part or passes by an authenticated domain;
    a stranger joins by a signed mark only, and nothing resolved long ago is joined."""
    decision = decide(evidence, tickets, authenticated=authenticated, automatic=automatic)

    if decision.how is not How.JOIN:
        return
    ticket = tickets[decision.ticket_id]
    if decision.verified:
        assert authenticated is not False
        assert ticket.takes_part or (ticket.same_organization and authenticated)
        assert automatic or not ticket.too_late
    else:
        kinds = {item.kind for item in evidence if item.ticket_id == ticket.ticket_id}
        assert kinds & set(SIGNED)
        assert automatic or not ticket.resolved
        assert decision.why.endswith((Standing.STRANGER, Standing.FORGED))

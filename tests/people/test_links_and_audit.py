from datetime import timedelta

import pytest

from tests.factories import MONDAY_9AM, make_agent
from ventanilla.commands.audit import tell
from ventanilla.lib.problems import NotFound
from ventanilla.people.actions.audit import audit, first_broken
from ventanilla.people.actions.links import look_at, make_link, use
from ventanilla.people.models import AuditEntry, OneTimeLink

pytestmark = pytest.mark.django_db


def token_of(url):
    return url.rstrip("/").rsplit("/", 1)[1]


def test_a_link_works_once_and_looking_does_not_burn_it():  # R18
    marta = make_agent()
    token = token_of(make_link(marta.user, MONDAY_9AM))

    assert look_at(token, MONDAY_9AM).user == marta.user
    assert use(token, MONDAY_9AM).user == marta.user

    with pytest.raises(NotFound):
        use(token, MONDAY_9AM)


@pytest.mark.parametrize("token", ["", "x", "None"])
def test_an_empty_or_made_up_token_never_matches(token):  # R18
    make_link(make_agent().user, MONDAY_9AM)

    with pytest.raises(NotFound):
        look_at(token, MONDAY_9AM)


def test_a_link_expires_and_a_newer_one_ends_it():  # R18
    marta = make_agent()
    first = token_of(make_link(marta.user, MONDAY_9AM))
    second = token_of(make_link(marta.user, MONDAY_9AM))

    with pytest.raises(NotFound):
        look_at(first, MONDAY_9AM)
    with pytest.raises(NotFound):
        look_at(second, MONDAY_9AM + timedelta(minutes=15))


def test_the_token_is_not_in_the_database():  # R47
    token = token_of(make_link(make_agent().user, MONDAY_9AM))

    assert token not in str(OneTimeLink.objects.values().get())


def test_the_audit_chain_shows_a_change():  # R46
    for n in range(3):
        audit("inbox.changed", MONDAY_9AM, user_id=1, thing=f"inbox:{n}", old={"name": "a"})
    assert first_broken() is None

    from ventanilla.events.erase import erasing

    with erasing():
        AuditEntry.objects.filter(thing="inbox:1").update(user_id=2)

    assert first_broken() == AuditEntry.objects.get(thing="inbox:1").pk


def test_the_command_tells_whether_the_log_is_whole(capsys):  # R46
    audit("inbox.changed", MONDAY_9AM, user_id=1)

    assert tell(first_broken(), AuditEntry.objects.count()) == 0
    assert "1" in capsys.readouterr().out
    assert tell(7, 9) == 1
    assert "7" in capsys.readouterr().out


def test_the_audit_refuses_changes():  # R46
    audit("signin.failed", MONDAY_9AM, user_id=None, ip="192.0.2.1")

    with pytest.raises(Exception, match="append-only"):
        AuditEntry.objects.all().delete()

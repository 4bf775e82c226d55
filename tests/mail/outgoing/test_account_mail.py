"""Links that let people in: mailed in their language, not for longer than they work."""

from datetime import timedelta

import pytest
from django.conf import settings as conf

from tests.factories import MONDAY_9AM, make_agent
from tests.mail.outgoing.cast import make_account, parsed, part
from tests.mail.outgoing.sink import free_port, sink
from ventanilla.lib import storage
from ventanilla.lib.clock import frozen
from ventanilla.mail import account_mail, jobs
from ventanilla.mail.models import OutgoingMail, Outlet
from ventanilla.mail.send import drain
from ventanilla.people.actions.links import make_link
from ventanilla.people.models import DeskSettings, OneTimeLink

pytestmark = pytest.mark.django_db
Purpose = OneTimeLink.Purpose


@pytest.fixture(autouse=True)
def _no_server(settings):
    settings.SMTP_URL = settings.MAIL_FOLDER = settings.MAIL_FROM = ""


def mailed(purpose=Purpose.RESET, **user):
    marta = make_agent()
    for name, value in user.items():
        setattr(marta.user, name, value)
    url = make_link(marta.user, MONDAY_9AM, purpose=purpose)
    return url, account_mail.send_link(marta.user, purpose, url, MONDAY_9AM)


@pytest.mark.parametrize(
    ("purpose", "language", "subject", "says"),
    [
        (Purpose.RESET, "es", "Nueva contraseña para Casa Olmo", "durante 30 minutos"),
        (Purpose.SIGN_IN, "es", "Tu enlace para entrar en Casa Olmo", "durante 15 minutos"),
        (Purpose.INVITE, "es", "Tu cuenta en Casa Olmo", "durante 72 horas"),
        (Purpose.INVITE, "en", "Your account at Casa Olmo", "within 72 hours"),
    ],
)
def test_each_link_in_the_persons_language(purpose, language, subject, says):
    make_account()
    DeskSettings.objects.update(name="Casa Olmo")

    url, row = mailed(purpose, language=language)

    mail = parsed(storage.read(row.digest))
    assert mail["Subject"] == subject
    assert mail["To"] == "Marta Ruiz <marta.ruiz@casaolmo.example>"
    assert mail["From"] == "Casa Olmo <hola@casaolmo.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert says in " ".join(part(mail, "text/plain").split())
    assert f'href="{url}"' in part(mail, "text/html")


def test_a_link_leads_to_this_desk_only():  # R27
    marta = make_agent()

    with pytest.raises(ValueError, match="BASE_URL"):
        account_mail.send_link(marta.user, Purpose.RESET, "http://evil.test/x", MONDAY_9AM)
    with pytest.raises(ValueError, match="BASE_URL"):
        url = conf.BASE_URL.replace("://", "://x@evil.test:1/")
        account_mail.send_link(marta.user, Purpose.RESET, url, MONDAY_9AM)


def test_it_leaves_by_the_desks_server_and_is_not_kept(
    settings, django_capture_on_commit_callbacks
):
    with sink() as box:
        settings.SMTP_URL = f"smtp://127.0.0.1:{box.port}"
        settings.MAIL_FROM = "desk@casaolmo.example"
        _url, row = mailed()
        built = row.digest
        with django_capture_on_commit_callbacks(execute=True), frozen(MONDAY_9AM):
            assert drain("desk") == 1

    assert box.mails[0].recipients == ["marta.ruiz@casaolmo.example"]
    row.refresh_from_db()
    assert (row.state, row.digest) == ("sent", "")
    assert not storage.exists(built)  # R47: it held a way in


def test_without_a_server_of_its_own_the_desk_borrows_the_first_inboxs(settings):
    assert not account_mail.can_send()
    with sink() as box:
        make_account(box.port)
        assert account_mail.can_send()
        mailed()
        with frozen(MONDAY_9AM):
            drain("desk")

    assert parsed(box.mails[0].content)["From"].endswith("<hola@casaolmo.example>")


def test_it_is_given_up_with_its_link(settings):
    settings.SMTP_URL = f"smtp://127.0.0.1:{free_port()}"
    make_account()
    _url, row = mailed(Purpose.SIGN_IN)
    for minutes in (0, 3, 16):
        Outlet.objects.update(rests_until=None)
        with frozen(MONDAY_9AM + timedelta(minutes=minutes)):
            drain("desk")

    row.refresh_from_db()
    assert (row.state, row.failure) == ("failed", "late")
    assert OutgoingMail.objects.count() == 1


def test_the_job_mails_whoever_signs_in_with_the_address_and_nobody_else():  # R32
    marta = make_agent()
    make_account()

    with frozen(MONDAY_9AM):
        jobs.mail_link("Marta.Ruiz@casaolmo.example", "reset")
        jobs.mail_link("nobody@casaolmo.example", "reset")

    assert [mail.recipients for mail in OutgoingMail.objects.all()] == [[marta.user.email]]
    assert OneTimeLink.objects.get().purpose == "reset"

"""Mail inboxes: connecting them, a live test of both directions, and parked mail."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ventanilla.desk.identity import Request
from ventanilla.desk.views.problems import is_partial
from ventanilla.desk.views.settings.page import done, page, section, status_of, submitted
from ventanilla.mail import testing
from ventanilla.mail.actions import SECRETS, SETTABLE, save_inbox
from ventanilla.mail.intake import release, retry
from ventanilla.mail.intake_health import aside
from ventanilla.mail.models import MailAccount, RawMail
from ventanilla.mail.providers import servers_of, wants_oauth
from ventanilla.people.models import Team
from ventanilla.people.queries import desk
from ventanilla.tickets.models import Channel, Inbox


class Secret(forms.CharField):
    """Written, never shown: an empty field keeps what is stored."""

    widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})

    def __init__(self, **kwargs: Any):
        super().__init__(required=False, max_length=4000, strip=False, **kwargs)


class InboxForm(forms.Form):
    name = forms.CharField(
        label=_("Name"), max_length=80, help_text=_("Customers read it as the sender.")
    )
    address = forms.EmailField(label=_("E-mail address"), max_length=254)
    password = Secret(
        label=_("Password of the mailbox"),
        help_text=_("With two-step sign-in, the provider gives an app password for this."),
    )
    aliases = forms.CharField(
        label=_("Further addresses"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("That also end up in this mailbox, one per line."),
    )
    team = forms.ModelChoiceField(
        Team.objects.filter(archived=False).order_by("name"), label=_("Team"), empty_label=None
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    active = forms.BooleanField(label=_("Active"), required=False, initial=True)

    imap_host = forms.CharField(
        label=_("IMAP server"),
        required=False,
        max_length=253,
        help_text=_("Empty: mail comes by the built-in receiver or a pipe."),
    )
    imap_port = forms.IntegerField(label=_("Port"), min_value=1, max_value=65535, initial=993)
    imap_security = forms.ChoiceField(label=_("Security"), choices=MailAccount.Security.choices)
    imap_sign_in = forms.ChoiceField(label=_("Sign-in"), choices=MailAccount.SignIn.choices)
    imap_user = forms.CharField(label=_("User"), required=False, max_length=254)
    imap_password = Secret(label=_("Password"))
    imap_folder = forms.CharField(label=_("Folder"), max_length=200, initial="INBOX")
    after_fetch = forms.ChoiceField(
        label=_("What happens to fetched mail"), choices=MailAccount.AfterFetch.choices
    )
    done_folder = forms.CharField(label=_("To which folder"), required=False, max_length=200)
    start_at = forms.DateTimeField(
        label=_("Also fetch mail since"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d"],
        help_text=_("Older mail becomes tickets without any reaction. Empty: begin now."),
    )

    smtp_host = forms.CharField(
        label=_("SMTP server"),
        required=False,
        max_length=253,
        help_text=_("Empty: the server of VENTANILLA_SMTP_URL sends."),
    )
    smtp_port = forms.IntegerField(label=_("Port"), min_value=1, max_value=65535, initial=465)
    smtp_security = forms.ChoiceField(label=_("Security"), choices=MailAccount.Security.choices)
    smtp_sign_in = forms.ChoiceField(label=_("Sign-in"), choices=MailAccount.SignIn.choices)
    smtp_user = forms.CharField(label=_("User"), required=False, max_length=254)
    smtp_password = Secret(label=_("Password"))

    oauth_token_url = forms.URLField(
        label=_("Token address"), required=False, assume_scheme="https"
    )
    oauth_client_id = forms.CharField(label=_("Client ID"), required=False, max_length=254)
    oauth_client_secret = Secret(label=_("Client secret"))
    oauth_refresh_token = Secret(label=_("Refresh token"))
    trusted_authserv = forms.CharField(
        label=_("Server whose authentication results count"),
        required=False,
        max_length=253,
        help_text=_("Its name as it stands in Authentication-Results, such as mx.example.com."),
    )
    plus_addresses = forms.BooleanField(
        label=_("Mail to name+anything@… arrives here too"), required=False, initial=True
    )

    def clean(self) -> dict[str, Any]:
        """One password for both directions, with the servers of the provider, if known."""
        given = super().clean() or {}
        password, address = given.pop("password", ""), given.get("address", "")
        if not (password and address):
            return given
        for way in ("imap", "smtp"):
            given[f"{way}_password"] = given.get(f"{way}_password") or password
            given[f"{way}_user"] = given.get(f"{way}_user") or address
        if not given.get("imap_host") and not given.get("smtp_host"):
            self._guess(given, address)
        return given

    def _guess(self, given: dict[str, Any], address: str) -> None:
        servers = servers_of(address)
        if wants_oauth(address):
            text = _("Microsoft takes no passwords from mail programs. Use OAuth2 below.")
            self.add_error("password", text)
        elif servers is None:
            text = _("The servers of %(domain)s are not known here. Its help pages name them.")
            self.add_error("imap_host", text % {"domain": address.rpartition("@")[2]})
        else:
            given |= {
                "imap_host": servers.imap_host,
                "imap_port": servers.imap_port,
                "imap_security": "tls",
                "smtp_host": servers.smtp_host,
                "smtp_port": servers.smtp_port,
                "smtp_security": servers.smtp_security,
            }

    def clean_aliases(self) -> list[str]:
        field = forms.EmailField()
        return [field.clean(line.lower()) for line in self.cleaned_data["aliases"].split()]


GROUPS = {
    "inbox": ("address", "password", "name", "team", "language"),
    "imap": (
        "imap_host", "imap_port", "imap_security", "imap_sign_in", "imap_user", "imap_password",
        "imap_folder", "after_fetch", "done_folder", "start_at",
    ),
    "smtp": (
        "smtp_host", "smtp_port", "smtp_security", "smtp_sign_in", "smtp_user", "smtp_password",
    ),
    "oauth": (
        "oauth_token_url", "oauth_client_id", "oauth_client_secret", "oauth_refresh_token",
    ),
    "trust": ("aliases", "plus_addresses", "trusted_authserv"),
}  # fmt: skip


@require_GET
@section("inboxes")
def inboxes(request: Request) -> HttpResponse:
    rows = Inbox.objects.filter(channel=Channel.EMAIL).select_related("mail", "team")
    receiver = {"smtp": settings.SMTP_LISTEN, "lmtp": settings.LMTP_LISTEN}
    return page(
        request, "inboxes", "inboxes", inboxes=rows.order_by("-active", "name"), receiver=receiver
    )


@sensitive_post_parameters("password", *SECRETS)
@require_http_methods(["GET", "POST"])
@section("inboxes", fresh=True)
def new_inbox(request: Request) -> HttpResponse:
    return _edit(request, None)


@sensitive_post_parameters("password", *SECRETS)
@require_http_methods(["GET", "POST"])
@section("inboxes", fresh=True)
def inbox(request: Request, pk: int) -> HttpResponse:
    rows = Inbox.objects.filter(channel=Channel.EMAIL).select_related("mail", "team")
    return _edit(request, get_object_or_404(rows, pk=pk))


@require_POST
@section("inboxes", fresh=True)
def inbox_test(request: Request, pk: int) -> HttpResponse:
    """Try both directions now; answers with the steps, up to the one that failed."""
    account = _account(get_object_or_404(Inbox, pk=pk, channel=Channel.EMAIL))
    directions = testing.directions(account)
    if is_partial(request):
        context = {"inbox": account.inbox, "directions": directions}
        return render(request, "desk/settings/_test.html", context)
    form = InboxForm(initial=_values(account.inbox))
    return _shown(request, form, account.inbox, directions=directions)


def _edit(request: Request, found: Inbox | None) -> HttpResponse:
    form = InboxForm(request.POST or None, initial=_values(found))
    saved: list[Inbox] = []
    if submitted(form, lambda: saved.append(_save(request, form, found))):
        return done("desk:inbox_settings", "saved", saved[0].pk)
    return _shown(request, form, found)


def _shown(request: Request, form: forms.Form, found: Inbox | None, **context: Any) -> HttpResponse:
    groups = {name: [form[field] for field in fields] for name, fields in GROUPS.items()}
    unfold = {name: _is_open(fields) for name, fields in groups.items()}
    context |= {"form": form, "groups": groups, "unfold": unfold, "inbox": found}
    return page(request, "inboxes", "inbox", status_of(form), **context)


def _save(request: Request, form: forms.Form, found: Inbox | None) -> Inbox:
    return save_inbox(request.act, inbox=found, **form.cleaned_data)


def _values(inbox: Inbox | None) -> dict[str, Any]:
    if inbox is None:
        return {"language": desk().language}
    account = _account(inbox)
    shown = {name: getattr(account, name) for name in SETTABLE}
    shown["aliases"] = "\n".join(account.aliases)
    own = ("name", "address", "team_id", "language", "active")
    return shown | {name.removesuffix("_id"): getattr(inbox, name) for name in own}


def _account(inbox: Inbox) -> MailAccount:
    """How the inbox fetches and sends; one that only receives may have nothing set."""
    found = MailAccount.objects.select_related("inbox").filter(pk=inbox.pk).first()
    return found or MailAccount(inbox=inbox)


def _is_open(fields: list[forms.BoundField]) -> bool:
    """Whether a part is shown unfolded: something in it is to be mended."""
    return any(field.errors for field in fields)


# -- parked mail -------------------------------------------------------------------------------
WHY_ASIDE = {
    "auto": _("An automatic mail that belongs to no ticket"),
    "bounce": _("A returned mail that nobody here sent"),
    "blocked": _("From a blocked contact"),
}


@require_GET
@section("parked")
def parked(request: Request) -> HttpResponse:
    """Mail that could not be read, with the reason; mail that was read and led to no ticket."""
    rows = RawMail.objects.filter(state=RawMail.State.PARKED)
    mails = rows.select_related("inbox", "ticket").order_by("-pk")[:200]
    return page(request, "parked", "parked", mails=mails, aside=aside(), why_aside=WHY_ASIDE)


@require_POST
@section("parked")
def parked_retry(request: Request, pk: int) -> HttpResponse:
    """Try a parked mail again."""
    retry([get_object_or_404(RawMail, pk=pk, state=RawMail.State.PARKED).pk])
    return done("desk:parked", "retried")


@require_POST
@section("parked")
def parked_release(request: Request, pk: int) -> HttpResponse:
    """Take in a mail that was set aside."""
    release([get_object_or_404(RawMail, pk=pk, state=RawMail.State.DONE, ticket=None).pk])
    return done("desk:parked", "retried")

"""A new ticket: on behalf of a customer who called or wrote elsewhere, or a mail that we begin."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ventanilla.desk import writing
from ventanilla.desk.forms import MessageForm, NewTicketForm, addresses
from ventanilla.desk.identity import Request
from ventanilla.desk.present import custom, held
from ventanilla.desk.present.composers import for_new
from ventanilla.desk.present.custom import NAME
from ventanilla.desk.present.frame import all_teams, frame
from ventanilla.desk.views.answers import SeeOther, shown
from ventanilla.desk.views.messages import refused
from ventanilla.desk.views.problems import is_partial
from ventanilla.lib.compiled import Given, compiled
from ventanilla.lib.problems import Invalid, Problem
from ventanilla.people.actions.contacts import find_or_make
from ventanilla.people.models import Contact, Identity, Team
from ventanilla.people.rights import require
from ventanilla.tickets import queries
from ventanilla.tickets.actions import link, open_ticket, personal
from ventanilla.tickets.actions.custom import FieldsRefused
from ventanilla.tickets.actions.hold_mail import begin_ticket, hold_mail
from ventanilla.tickets.actions.reply import check_content
from ventanilla.tickets.choices import Choices, TeamChoice, choices
from ventanilla.tickets.content import Content
from ventanilla.tickets.custom import Definition, Verdict, decide, row_facts
from ventanilla.tickets.custom_fields import Kind
from ventanilla.tickets.custom_queries import asker, definitions
from ventanilla.tickets.models import (
    Category,
    Channel,
    Inbox,
    Priority,
    Status,
    Ticket,
    TicketLink,
    Type,
)
from ventanilla.tickets.writing import HeldMail

CHANNELS = (Channel.PHONE, Channel.EMAIL)


@require_http_methods(["GET", "POST"])
def new_ticket(request: Request) -> HttpResponse:
    if not request.viewer.can("ticket.create"):
        require(request.act, "ticket.create")
    mail = request.GET.get("purpose") == "mail"
    if request.method == "GET":
        return _form(request, mail, {"channel": "phone", "priority": "1"} | _followed(request), {})
    return _begin_mail(request) if mail else _open(request)


def _open(request: Request) -> HttpResponse:
    """What the customer said becomes the first message, as if it had come in."""
    form = NewTicketForm(request.POST, own=_own_names())
    errors = {name: str(text[0]) for name, text in form.errors.items()}
    asked = None
    if not errors:
        try:
            return SeeOther(reverse("desk:ticket", args=[_opened(request, form).number]))
        except FieldsRefused as refusal:
            asked = _with_faults(refusal.verdict)
            errors = {f"{NAME}{one.key}": one.message for one in refusal.verdict.faults}
        except Invalid as problem:
            errors = {problem.field or "customer": problem.message}
    elif "__all__" in errors:
        raise Invalid(errors["__all__"])
    return _form(request, False, request.POST.dict(), errors, asked, status=422)


@require_POST
def new_fields(request: Request) -> HttpResponse:
    """The desk's own fields as the rest of the form stands now."""
    if not request.viewer.can("ticket.create"):
        require(request.act, "ticket.create")
    form = NewTicketForm(request.POST, own=_own_names())
    if "__all__" in form.errors:
        raise Invalid(str(form.errors["__all__"][0]))
    inputs = custom.inputs(_shown(request), _given(request), {})
    return shown(request, "ticket/_new_fields.html", inputs=inputs)


@transaction.atomic
def _opened(request: Request, form: NewTicketForm) -> Ticket:
    values = form.cleaned_data
    team, inbox = _team(values["team"])
    contact = _customer(request, values["customer"])
    first = queries.get(values["follow"], request.viewer) if values["follow"] else None
    opened = open_ticket(
        request.act,
        subject=values["subject"],
        channel=values["channel"],
        team=team,
        inbox=inbox,
        contact=contact,
        content=Content(text=values["body"].strip(), author_name=contact.name),
        priority=values["priority"],
        type=values["type"],
        category=_category(values["category"]),
        custom=_given(request),
    )
    if first is not None:
        link(opened, request.act, other=first, how=TicketLink.How.FOLLOW_UP)
    return opened


def _begin_mail(request: Request) -> HttpResponse:
    form = MessageForm(request.POST, request.FILES)
    try:
        url = _sent(request, form.checked()) or reverse("desk:home")
    except Problem as problem:
        if problem.status != 422:
            raise
        return refused(request, "new", problem, None)
    if is_partial(request):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return SeeOther(url)


@transaction.atomic
def _sent(request: Request, values: dict[str, Any]) -> str:
    """Where to go on: to the mail while it waits, or to the ticket that it began.

    Empty when the same was posted before.
    """
    if values["kind"] != "new":
        raise Invalid(_("Write a new message here."), field="kind")
    if not values["to"]:
        raise Invalid(_("There is nobody to send this to. Add an address."), field="to")
    if not values["subject"].strip():
        raise Invalid(_("The mail has no subject. Write a few words."), field="subject")
    if not personal.first_time(request.agent.pk, values["mark"], request.act.when):
        return ""
    inbox = _from(request, values["inbox"])
    if values["later"] or request.who.undo_seconds:
        return reverse("desk:held_mail", args=[_hold(request, values, inbox).pk])
    content, uploads = writing.content(request, None, values)
    check_content(content)
    ticket = begin_ticket(
        request.act, inbox=inbox, content=content, status=values["status"], author=request.agent
    )
    personal.sent(request.agent.pk, ticket, ticket.last_message_id or 0, "new", uploads)
    return reverse("desk:ticket", args=[ticket.number])


def _hold(request: Request, values: dict[str, Any], inbox: Inbox) -> HeldMail:
    values = writing.uploaded(request, values)
    content, uploads = writing.content(request, None, values)
    return hold_mail(
        request.act,
        inbox=inbox,
        content=content,
        until=values["later"] or request.act.when + timedelta(seconds=request.who.undo_seconds),
        later=values["later"] is not None,
        status=values["status"],
        fields=writing.draft_fields(values) | {"inbox": inbox.pk},
        uploads=uploads,
    )


def _followed(request: Request) -> dict[str, Any]:
    """What a ticket begins with that goes on where another one ended."""
    given = request.GET.get("follow", "")
    if not given.isdecimal() or len(given) > 15:
        return {}
    first = queries.get(int(given), request.viewer)
    return {
        "follow": first.number,
        "customer": _called(first.contact),
        "subject": first.subject,
        "team": first.team_id,
        "type": first.type,
        "category": first.category_id or "",
    }


def _called(contact: Contact | None) -> str:
    """A customer as the form takes them: name and address, or a number."""
    known = contact.identities.order_by("pk").first() if contact else None
    if contact is None or known is None:
        return ""
    return f"{contact.name} <{known.value}>" if known.kind == Identity.Kind.EMAIL else known.value


# -- parts -------------------------------------------------------------------------------------
def _form(
    request: Request,
    mail: bool,
    values: dict[str, Any],
    errors: dict[str, str],
    asked: Sequence[Definition] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    teams = all_teams()
    drafts = queries.drafts(None, request.viewer) if mail else []
    files = queries.uploads(None, request.viewer) if drafts else []
    inboxes = list(_senders()) if mail else []
    own = next((one.pk for one in inboxes if one.team_id in request.viewer.teams), None)
    waiting = queries.held_mails(request.viewer) if mail else []
    known = choices()
    own_errors = {name.removeprefix(NAME): text for name, text in errors.items()}
    asked = _shown(request) if asked is None else asked
    context = {
        "categories": _categories(known),
        "types": [(one.value, one.label) for one in Type],
        "inputs": custom.inputs(asked, _given(request), own_errors),
        "frame": frame(request, "new"),
        "purpose": "mail" if mail else "customer",
        "composer": for_new(drafts, files, inboxes=inboxes, chosen=own, now=request.act.when)
        if mail
        else None,
        "waiting": [held.of_mail(one, (), request.viewer) for one in waiting],
        "values": {"team": _own_team(request, teams)} | values,
        "errors": errors,
        "teams": [(team.id, team.name) for team in teams],
        "channels": [(one.value, one.label) for one in CHANNELS],
        "priorities": [(int(one), one.label) for one in Priority],
    }
    return shown(request, "ticket/new.html", status, **context)


def _with_faults(verdict: Verdict) -> list[Definition]:
    """What is shown, and what was filled in and can't be taken: to be seen and emptied."""
    named = {one.key for one in verdict.shown} | {fault.key for fault in verdict.faults}
    return [one for one in definitions() if one.key in named]


def _own_names() -> list[str]:
    return [f"{NAME}{one.key}" for one in definitions()]


def _given(request: Request) -> dict[str, Any]:
    """What was written into the inputs for the desk's own fields, by key."""
    several = (Kind.CHOICES,)
    return {
        one.key: request.POST.getlist(name) if one.kind in several else request.POST[name]
        for one in definitions()
        if (name := f"{NAME}{one.key}") in request.POST
    }


def _shown(request: Request) -> Sequence[Definition]:
    """The fields that a ticket as the form stands now would show, whatever is wrong with it."""
    if not definitions():
        return ()
    given, now = request.POST, request.act.when
    probe = Ticket(
        status=Status.NEW,
        priority=_number(given.get("priority", ""), Priority.values, Priority.NORMAL),
        type=next((one for one in Type.values if one == given.get("type")), Type.QUESTION),
        channel=given.get("channel", "phone"),
        team_id=_number(given.get("team", ""), None, 0),
        category_id=_number(given.get("category", ""), None, 0) or None,
        created_at=now,
        updated_at=now,
    )
    of = row_facts(probe)
    return decide(definitions(), of, _given(request), moment="create", asker=asker(now)).shown


def _number(given: str, among: Sequence[int] | None, default: int) -> int:
    found = int(given) if given.isdecimal() and len(given) < 10 else default
    return found if among is None or found in among else default


def _categories(known: Choices) -> list[tuple[str, str]]:
    paths = sorted(
        (known.path(pk), str(pk)) for pk, one in known.categories.items() if not one.archived
    )
    return [("", "—"), *((pk, path) for path, pk in paths)]


def _category(pk: int | None) -> Category | None:
    if pk is None:
        return None
    found = Category.objects.filter(pk=pk, archived=False).first()
    if found is None:
        raise Invalid(_("Choose a category that is in use."), field="category")
    return found


def _own_team(request: Request, teams: list[TeamChoice]) -> int | None:
    own = [team.id for team in teams if team.id in request.viewer.teams]
    return next(iter(own), None)


def _team(pk: int) -> tuple[Team, Inbox | None]:
    """The team and its mail inbox, which has its language. 1 statement, 2 without an inbox."""
    inbox = _sender_of.first(team=pk)
    team = inbox.team if inbox else Team.objects.filter(pk=pk, archived=False).first()
    if team is None:
        raise Invalid(_("Choose a team that is in use."), field="team")
    return team, inbox


def _customer(request: Request, given: str) -> Contact:
    """By address, else by phone number; whoever isn't known yet becomes a customer."""
    if "@" in given:
        try:
            found = addresses(given)
        except ValidationError as error:
            raise Invalid(" ".join(error.messages), field="customer") from error
        if len(found) != 1:
            raise Invalid(_("Give one customer."), field="customer")
        one = found[0]
        return find_or_make(request.act, kind="email", value=one["addr"], name=one["name"])
    name, number = _phone(given)
    return find_or_make(request.act, kind="phone", value=number, name=name)


def _phone(given: str) -> tuple[str, str]:
    """ "Elena Vidal 600 11 22 33" as name and number. Raises Invalid without a number."""
    digits = "".join(letter for letter in given if letter.isdecimal())
    if len(digits) < 6:
        raise Invalid(_("Give an e-mail address or a phone number."), field="customer")
    start = min(given.find(sign) for sign in "+0123456789" if sign in given)
    name = given[:start].strip(" ,;:<(")
    plus = "+" if given[start] == "+" else ""
    return name, plus + "".join(letter for letter in given[start:] if letter.isdecimal())


def _from(request: Request, pk: int | None) -> Inbox:
    """The inbox that a mail goes out from: the chosen one, else one of the agent's teams'."""
    active = _senders()
    if pk is not None:
        chosen = active.filter(pk=pk).first()
        if chosen is None:
            raise Invalid(_("Choose an inbox that is in use."), field="inbox")
        return chosen
    inbox = active.filter(team__in=request.viewer.teams).first() or active.first()
    if inbox is None:
        raise Invalid(_("No inbox is set up yet, so nothing can be sent."), field="inbox")
    return inbox


@compiled
def _sender_of() -> QuerySet[Inbox]:
    return _senders().filter(team=Given("team"), team__archived=False)


def _senders() -> QuerySet[Inbox]:
    mail = Inbox.objects.filter(active=True, channel=Channel.EMAIL).exclude(address="")
    return mail.select_related("team").order_by("name", "pk")

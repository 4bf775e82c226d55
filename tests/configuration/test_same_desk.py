"""A desk that is written down and applied to an empty one is the same desk."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import models, transaction

from tests.factories import MONDAY_9AM, make_agent, make_inbox, make_team, system
from ventanilla.automation.actions import save_rule
from ventanilla.cli import main
from ventanilla.configuration.apply import DeskHasChanged, apply, export, preview
from ventanilla.configuration.faults import Faulty
from ventanilla.configuration.present import the_desk
from ventanilla.configuration.shape import LEFT_OUT, ORDER, SECTIONS
from ventanilla.configuration.text import text_of
from ventanilla.demo.desk import build
from ventanilla.events.acts import Act
from ventanilla.events.models import Event
from ventanilla.lib.problems import NotAllowed
from ventanilla.mail.models import MailAccount
from ventanilla.people.actions.desk import change_desk
from ventanilla.people.actions.second_step import require_of
from ventanilla.people.models import Agent, AuditEntry, DeskSettings, Role, Team
from ventanilla.people.rights import viewer
from ventanilla.sla.actions import set_hours
from ventanilla.tickets.actions.configure import hide_branch
from ventanilla.tickets.actions.custom_fields import save_field
from ventanilla.tickets.actions.macros import save_macro
from ventanilla.tickets.actions.templates import add_tags
from ventanilla.tickets.actions.views import save_view
from ventanilla.tickets.macros import Macro
from ventanilla.tickets.models import Category, Inbox, Tag

pytestmark = pytest.mark.django_db


def file() -> str:
    return text_of(the_desk())


def a_full_desk() -> None:
    """The demonstration's desk, with what its people would set up on the pages."""
    build(MONDAY_9AM)
    admin = Agent.objects.select_related("user").get(role__key="administrator")
    act = Act.of_agent(admin.pk, MONDAY_9AM)
    team = Team.objects.get(name="Envíos")
    hours = set_hours(
        act,
        calendar=None,
        name="Almacén: mañanas",
        zone="Atlantic/Canary",
        week={"0": [["08:00", "14:00"]], "5": [["09:00", "13:30"], ["22:00", "24:00"]]},
        exceptions={"2026-12-25": [], "2026-12-24": [["08:00", "12:00"]]},
    )
    Team.objects.filter(pk=team.pk).update(
        calendar=hours,
        signature="<p>Un saludo<br>Envíos</p>",
        signatures={"en": "<p>{{ agent.name }}, shipping</p>"},
    )
    tags = {tag.name: tag.pk for tag in add_tags(act, ["urgente", "no", "mesa: roble"])}
    body = 'Hola {{ contact.first_name | default: "" }}:\n\n- uno\n- dos: 2\n\n# fin'
    marta = Agent.objects.get(user__name="Marta Ruiz")
    back = Category.objects.get(name="Retraso")
    save_macro(
        act, name="Envíos::Saludo", texts={"es": body, "": "Hello"}, team=team, write_as="reply",
        changes=[
            "status=2", "priority=3", "type=incident", f"category={back.pk}", f"team={team.pk}",
            f"assignee={marta.pk}", f"add={tags['no']}", f"remove={tags['urgente']}",
        ],
    )  # fmt: skip
    save_macro(act, name="Envíos::Saludo", texts={"es": "Hola"}, team=team)
    save_macro(act, name="Yes", texts={"": "yes"}, archived=True)
    save_macro(act, name="Dormir", texts={}, position=4, changes=[
        "snooze=2d", "category=", "assignee=me",
    ])  # fmt: skip
    save_macro(act, name="Soltar", texts={}, changes=["snooze=customer", "assignee="])
    save_macro(act, name="Solo mío", texts={"": "x"}, agent=admin)
    light = Role.objects.get(key="light")
    hide_branch(act, Category.objects.get(name="Devoluciones"), roles=[light])
    hide_branch(act, Category.objects.get(name="Retraso"), roles=[light])
    require_of(light, act, by=MONDAY_9AM)
    inbox, category = Inbox.objects.get(), Category.objects.get(name="Retraso")
    MailAccount.objects.create(
        inbox=inbox,
        imap_host="imap.example.com",
        imap_user="hola",
        imap_password="s3creto-de-imap",
        start_at=MONDAY_9AM,
    )
    parts = [
        {"field": "team", "op": "is", "value": [team.pk]},
        {"field": "category", "op": "is_not", "value": [category.pk]},
        {"any": [
            {"field": "tags", "op": "any", "value": [tags["no"], tags["mesa: roble"]]},
            {"field": "assignee", "op": "is", "value": ["me", "nobody", admin.pk]},
            {"all": [
                {"field": "created", "op": "after", "value": "2026-03-01"},
                {"field": "category", "op": "under", "value": [category.pk]},
                {"field": "vip", "op": "yes"},
            ]},
            {"field": "inbox", "op": "empty"},
            {"field": "created", "op": "within", "value": 48},
            {"field": "subject", "op": "contains", "value": "42"},
        ]},
    ]  # fmt: skip
    change_desk(act, priority_matrix=[0, 1, 2, 0, 1, 2, 1, 3, 3])
    change_desk(act, blocked_senders=["spam.example", "Ana@Shop.example"], heed_spam_header=False,
                spam_days=7, trash_days=0, mask_numbers=True)  # fmt: skip
    damaged = Category.objects.get(name="Devoluciones")
    options = [{"key": "transport", "labels": {"es": "Transporte", "en": "Transport"}},
               {"key": "otro", "labels": {"es": "Otro"}}]  # fmt: skip
    words, asks = {"es": "Nº de pedido: año", "en": "Order"}, {"field": "custom.cause", "op": "is"}
    save_field(act, key="cause", kind="choice", labels={"es": "Causa"}, options=options,
               categories=[damaged.pk], to_resolve=True, position=7)  # fmt: skip
    save_field(act, key="amount", kind="number", labels={"en": "Amount"}, position=1)
    save_field(act, key="broken", kind="yes_no", labels={"es": "¿Roto?"}, active=False)
    save_field(
        act, key="order_no", kind="pattern", labels=words, helps={"es": "Debajo: de la mesa"},
        pattern=r"[A-Z]{2}-\d{4}|[^\s#:]+", to_create=True, position=2,
        conditions={"any": [
            asks | {"value": ["transport"]},
            {"field": "custom.amount", "op": "at_least", "value": 3.5},
            {"field": "custom.broken", "op": "is", "value": [True]},
            {"field": "team", "op": "is", "value": [team.pk]},
        ]},
    )  # fmt: skip
    parts.append(asks | {"value": ["otro"]})
    own = ["field=cause:otro", "field=amount:3,5", "field=broken:yes", "status=4"]
    save_macro(act, name="Con campos", texts={}, changes=own)
    no_reading = [one for one in parts if "unread" not in str(one) and "'me'" not in str(one)]
    save_rule(act, name="Retraso grave", active=False, said={
        "on": ["created", "message"], "conditions": {"all": no_reading}, "stop": True,
        "changes": ["priority=3", f"team={team.pk}", *own], "note": "Mira {{ ticket.subject }}",
        "notify": ["assignee", "team", str(marta.pk)], "message": {"es": "Hola", "": "Hello"},
    })  # fmt: skip
    save_rule(act, name="Aviso", said={"on": ["breached"], "notify": ["team"]})
    silence = {"since": "silence", "hours": 24, "working": True}
    save_rule(act, name="Silencio", said={"after": silence, "changes": ["status=4"]})
    save_view(act, viewer(admin.pk), name="Retrasos", conditions={"all": parts}, share="desk",
              query="reembolso", display="board")  # fmt: skip
    save_view(
        act, viewer(admin.pk), name="Todo", conditions={}, share="team", team=team,
        columns=["tags", "assignee"],
    )  # fmt: skip


class TakenBack(Exception):
    pass


def exported_from_a_full_desk() -> str:
    """Its file; the desk itself is empty again."""
    text = ""
    with pytest.raises(TakenBack), transaction.atomic():
        a_full_desk()
        text = file()
        raise TakenBack
    assert not Agent.objects.exists()
    return text


def test_an_empty_desk_becomes_the_same_desk_byte_by_byte():
    # given
    written = exported_from_a_full_desk()
    assert file() != written
    # when
    outcome = apply(system(), written.encode())
    # then
    assert file() == written
    assert {change.kind for change in outcome.changes} == {"added", "changed"}


def test_applied_to_its_own_desk_nothing_changes_and_nothing_is_logged():
    a_full_desk()
    entries, events = AuditEntry.objects.count(), Event.objects.count()
    version = DeskSettings.objects.get().version
    outcome = apply(system(), file().encode(), prune=True)
    assert outcome.plan == []
    assert AuditEntry.objects.count() == entries
    assert Event.objects.count() == events
    assert DeskSettings.objects.get().version == version


def test_secrets_never_stand_in_the_file_and_stay_as_they_are():
    a_full_desk()
    text = file()
    assert "s3creto" not in text
    apply(system(), text.replace("imap_user: hola", "imap_user: otra").encode())
    account = MailAccount.objects.get()
    assert (account.imap_user, account.imap_password) == ("otra", "s3creto-de-imap")


def test_missing_secrets_and_passwords_are_told():
    outcome = apply(system(), exported_from_a_full_desk().encode())
    assert any("imap_password" in hint for hint in outcome.hints)
    assert any("Marta Ruiz" in hint for hint in outcome.hints)


def test_what_only_the_desk_has_is_left_alone_unless_it_is_pruned():
    # given
    a_full_desk()
    text = file()
    make_team("Sobra")
    Macro.objects.create(name="Sobra", texts={"": "x"}, changed_at=MONDAY_9AM)
    # when, then: left alone
    outcome = apply(system(), text.encode())
    assert outcome.changes == []
    assert {change.section for change in outcome.plan} == {"teams", "macros"}
    # when, then: pruned, and gone from use, not from the desk
    apply(system(), text.encode(), prune=True)
    assert Team.objects.get(name="Sobra").archived
    assert Macro.objects.get(name="Sobra").archived
    assert apply(system(), text.encode(), prune=True).plan == []


def test_a_part_of_a_file_changes_only_that_part():
    a_full_desk()
    before = file()
    part = b"ventanilla: 1\nteams:\n  - name: Producto\n    hue: 11\n"
    outcome = apply(system(), part)
    (change,) = outcome.changes
    assert change.fields == (("hue", 95, 11),)
    assert file() == before.replace("hue: 95", "hue: 11")


def test_a_refusal_of_a_verb_names_the_line_and_takes_everything_back():
    a_full_desk()
    before = file()
    part = (
        "ventanilla: 1\nteams:\n  - {name: Nuevo}\n"
        "agents:\n  - email: tomas.echeverria@casaolmo.example\n    active: false\n"
    )
    with pytest.raises(Faulty) as refused:
        apply(system(), part.encode())
    (fault,) = refused.value.faults
    assert (fault.line, fault.path) == (5, "agents[tomas.echeverria@casaolmo.example]")
    assert file() == before


def test_a_trial_changes_nothing():
    written, before = exported_from_a_full_desk(), file()
    assert apply(system(), written.encode(), trial=True).changes
    assert file() == before


def test_only_administrators_export_and_apply():
    act = Act.of_agent(make_agent(role="supervisor").pk, MONDAY_9AM)
    for refused in (lambda: export(act), lambda: preview(act, b""), lambda: apply(act, b"")):
        with pytest.raises(NotAllowed):
            refused()


def test_a_changed_desk_is_looked_at_again():
    make_agent("Tomás E", role="administrator")
    act = Act.of_agent(Agent.objects.get().pk, MONDAY_9AM)
    data = b"ventanilla: 1\nteams:\n  - {name: Nuevo}\n"
    seen = preview(act, data).digest
    make_team("Nuevo")
    with pytest.raises(DeskHasChanged):
        apply(act, data, seen=seen)


def test_administrators_keep_themselves():
    me = make_agent("Tomás E", role="administrator")
    make_inbox()
    act = Act.of_agent(me.pk, MONDAY_9AM)
    apply(act, b"ventanilla: 1\nagents: []\n", prune=True)
    me.user.refresh_from_db()
    assert me.user.is_active


def test_the_statements_do_not_grow_with_the_desk(django_assert_max_num_queries):
    a_full_desk()
    add_tags(system(), [f"t{n}" for n in range(200)])
    with django_assert_max_num_queries(25):
        the_desk()
    assert Tag.objects.count() > 200


# -- nothing is forgotten --------------------------------------------------------------------------
NOT_CONFIGURATION = {
    "Membership": "stands with the agents, as their teams",
    "ViewChoice": "each agent's own sidebar",
    "RuleRun": "what rules did",
    "Contact": "customers", "Identity": "customers", "Organization": "customers",
    "ContactMerge": "customers", "ContactWords": "search", "FileText": "search",
    "OneTimeLink": "passes", "OpenSession": "passes", "SecondStep": "each one's own",
    "RecoveryCode": "each one's own", "MacroUse": "counts",
    "AuditEntry": "a log", "Notification": "passes", "Posted": "passes",
    "RateCounter": "counts", "Event": "the log", "EventText": "the log", "Outbox": "the log",
    "Signal": "passes", "Timer": "waits", "Operation": "what was done", "Ticket": "tickets",
    "Cursor": "how far mail was fetched", "RawMail": "mail", "KnownId": "mail",
    "Outlet": "how sending goes", "Word": "search", "Stale": "search",
}  # fmt: skip


def is_of_a_ticket(model: type[models.Model]) -> bool:
    """Refers to a ticket, a message or an operation: it holds work, not set-up."""
    referred = (field.related_model for field in model._meta.fields if field.is_relation)
    return any(getattr(each, "__name__", "") in OF_TICKETS for each in referred)


OF_TICKETS = ("Ticket", "Message", "Operation")


def test_every_model_is_in_the_file_or_has_a_reason_not_to_be():
    in_file = {model.__name__ for section in SECTIONS.values() for model in section.models}
    ours = {
        model.__name__
        for model in apps.get_models()
        if model.__module__.startswith("ventanilla.") and not is_of_a_ticket(model)
    }
    assert sorted(ours - in_file - NOT_CONFIGURATION.keys()) == []
    assert sorted(in_file - ours) == []


def test_every_column_of_a_section_is_a_field_or_has_a_reason_not_to_be():
    missing, known = [], set()
    for section in SECTIONS.values():
        fields = {each.of or each.name for each in section.fields}
        for model in section.models:
            for column in (*model._meta.fields, *model._meta.many_to_many):
                name = f"{model.__name__}.{column.name}"
                known.add(name)
                is_key = isinstance(column, models.AutoField | models.BigAutoField)
                said = column.name in fields or (model, column.name) in fields
                if not (is_key or said or name in LEFT_OUT):
                    missing.append(name)
    assert missing == []
    assert sorted(LEFT_OUT.keys() - known) == []


def test_every_section_is_applied():
    assert sorted(ORDER) == sorted(SECTIONS)


# -- on the command line --------------------------------------------------------------------------
def test_the_command_says_what_changes_and_lints_by_line(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("LANG", "es_ES.UTF-8")
    monkeypatch.delenv("LC_ALL", raising=False)
    file = tmp_path / "desk.yaml"
    file.write_text("ventanilla: 1\nteams:\n  - name: Caja\n    huee: 3\n", encoding="utf-8")
    assert main(["config", "lint", str(file)]) == 1
    assert f"{file}:4:5: teams[Caja].huee: Aquí no hay" in capsys.readouterr().err
    file.write_text("ventanilla: 1\nteams:\n  - name: Caja\n", encoding="utf-8")
    assert main(["config", "lint", str(file)]) == 0
    assert main(["config", "lint", str(tmp_path / "none.yaml")]) == 1


def test_a_branch_is_hidden_by_its_root_and_shown_again():
    a_full_desk()
    root, light = Category.objects.get(name="Devoluciones"), Role.objects.get(key="light")
    below = set(Category.objects.filter(parent=root).values_list("pk", flat=True))
    assert below
    assert {root.pk, *below} <= set(light.hidden)
    text = file()
    assert text.count("hidden_from: [light]") == 2  # the root, and another's leaf

    apply(system(), text.replace("hidden_from: [light]", "hidden_from: []").encode())

    light.refresh_from_db()
    assert light.hidden == []

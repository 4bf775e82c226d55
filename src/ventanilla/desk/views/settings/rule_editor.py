"""The editor of a rule: when it looks, what must fit, what it does, and a trial of all that."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from ventanilla.automation import definition as definitions
from ventanilla.automation import timing
from ventanilla.automation.actions import save_rule
from ventanilla.automation.definition import ASSIGNEE, TEAM, TRIGGERS
from ventanilla.automation.models import Rule
from ventanilla.automation.rules import attempt
from ventanilla.desk.identity import Request
from ventanilla.desk.present import rules as present
from ventanilla.desk.present import view_rows as lines
from ventanilla.desk.present.views import labels
from ventanilla.desk.views.answers import shown, target
from ventanilla.desk.views.condition_editor import ROWS, ConditionEditor
from ventanilla.desk.views.settings.changes_form import ChangesForm
from ventanilla.desk.views.settings.macro_form import languages, text_field
from ventanilla.desk.views.settings.page import done, page, section
from ventanilla.desk.views.settings.rules import words
from ventanilla.lib.problems import Invalid, Problem
from ventanilla.people.models import Agent
from ventanilla.tickets import queries as tickets
from ventanilla.tickets.models import Ticket
from ventanilla.tickets.variables import names as variables

EVENTS, TIME = "events", "time"
TRIAL = "view-found"  # the fragment that shows what the rule would do


class RuleForm(ChangesForm):
    """What stands around the conditions. Those come as lines (see `present.view_rows`)."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    active = forms.BooleanField(label=gettext_lazy("It runs"), required=False)
    moment = forms.ChoiceField(
        label=gettext_lazy("It looks"),
        choices=[(EVENTS, gettext_lazy("at events")), (TIME, gettext_lazy("when time has passed"))],
    )
    many = forms.IntegerField(
        label=gettext_lazy("How long"),
        required=False,
        min_value=1,
        max_value=definitions.LONGEST,
    )
    unit = forms.ChoiceField(
        label=gettext_lazy("Unit"),
        choices=[("h", gettext_lazy("hours")), ("d", gettext_lazy("days"))],
        required=False,
    )
    since = forms.ChoiceField(
        label=gettext_lazy("Since"), choices=list(present.SINCE.items()), required=False
    )
    working = forms.BooleanField(
        label=gettext_lazy("Only working hours count, as the team's calendar has them"),
        required=False,
    )
    on = forms.MultipleChoiceField(
        label=gettext_lazy("Events"),
        required=False,
        choices=[(one, present.ON[one]) for one in TRIGGERS],
        widget=forms.CheckboxSelectMultiple(attrs={"class": "check"}),
    )
    note = forms.CharField(
        label=gettext_lazy("Write an internal note"),
        required=False,
        max_length=definitions.LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3, "data-texts": ""}),
    )
    tell = forms.MultipleChoiceField(
        label=gettext_lazy("Tell"),
        choices=[
            (ASSIGNEE, gettext_lazy("whoever has the ticket")),
            (TEAM, gettext_lazy("everybody in its team")),
        ],
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "check"}),
    )
    tell_also = forms.CharField(
        label=gettext_lazy("Also tell"),
        required=False,
        max_length=2000,
        help_text=gettext_lazy("E-mail addresses of colleagues, with commas between them."),
    )
    stop = forms.BooleanField(
        label=gettext_lazy("After this one, no further rule looks at the same event"),
        required=False,
    )
    ticket = forms.IntegerField(
        label=gettext_lazy("Ticket number"), required=False, min_value=1, max_value=10**15
    )

    def __init__(self, data: Any, *, said: dict[str, Any], initial: dict[str, Any]):
        super().__init__(data, had=said.get("changes", ()), initial=initial)
        for language, label in languages():
            name = text_field(language)
            self.fields[name] = forms.CharField(
                label=label if language else _("Write to the customer"),
                required=False,
                max_length=definitions.LONGEST_NOTE,
                widget=forms.Textarea(attrs={"rows": 4, "data-texts": ""}),
            )
            self.initial[name] = said.get("message", {}).get(language, "")
        self.kept = dict(said.get("message", {}))
        assignee: Any = self.fields["assignee"]
        assignee.choices = [one for one in assignee.choices if one[0] != "assignee=me"]

    @property
    def text_fields(self) -> list[forms.BoundField]:
        return [self[text_field(language)] for language, _label in languages()]

    def message(self) -> dict[str, str]:
        """By language; those in a language that the form doesn't show stay as they are."""
        shown = {language for language, _label in languages()}
        others = {one: text for one, text in self.kept.items() if one not in shown}
        return others | {one: self.cleaned_data.get(text_field(one), "") for one in shown}

    def after(self) -> dict[str, Any] | None:
        """Raises Invalid."""
        given = self.cleaned_data
        if given.get("moment") != TIME:
            return None
        many, unit, working = given.get("many"), given.get("unit"), given.get("working", False)
        if not many:
            raise Invalid(_("Write a whole number, such as 3."), field="many")
        if unit == "d" and working:
            raise Invalid(_("Count working time in hours."), field="unit")
        hours = many * 24 if unit == "d" else many
        return {"since": given.get("since"), "hours": hours, "working": working}

    def notify(self) -> list[str]:
        typed = [one.strip().lower() for one in self.cleaned_data["tell_also"].split(",")]
        wanted = [one for one in typed if one]
        agents = Agent.objects.filter(user__email__in=wanted, user__is_active=True)
        found = dict(agents.values_list("user__email", "pk"))
        for one in wanted:
            if one not in found:
                raise Invalid(
                    _("There is no colleague with the address %(typed)s.") % {"typed": one[:100]},
                    field="tell_also",
                )
        return [*self.cleaned_data["tell"], *(str(found[one]) for one in wanted)]


@dataclass(slots=True, kw_only=True)
class Editor(ConditionEditor):
    """One asking of the page."""

    rule: Rule | None
    form: RuleForm
    people: dict[int, str] = field(default_factory=dict)

    def said(self, *, make: bool) -> dict[str, Any]:
        """What the form says, as a definition's JSON. Raises Invalid."""
        given = self.form.cleaned_data
        return {
            "on": given.get("on", []) if given.get("moment") == EVENTS else [],
            "after": self.form.after(),
            "conditions": self.conditions,
            "changes": self.form.changes(make=make),
            "note": given.get("note", ""),
            "message": self.form.message(),
            "notify": self.form.notify(),
            "stop": given.get("stop", False),
        }


@require_http_methods(["GET", "POST"])
@section("rules")
def rule(request: Request, pk: int) -> HttpResponse:
    """One rule; 0 is a new one. Without `do` and outside of a fragment a POST saves."""
    found = get_object_or_404(Rule, pk=pk, removed=False) if pk else None
    part, do = target(request), request.POST.get("do", "")[:30]
    editor = _editor(request, found)
    if request.method == "POST" and part == TRIAL:
        return shown(request, "settings/_rule_trial.html", trial=_trial(editor), form=editor.form)
    if request.method != "POST":
        return _page(editor, 200)
    if do and do != "find":
        editor.focus = lines.changed(editor.block, do)
    if part == ROWS:
        return shown(request, "views/_rows.html", editor=editor)
    if do:
        return _page(editor, 200, _trial(editor) if do == "find" else None)
    return _saved(editor) or _page(editor, 422)


def _editor(request: Request, found: Rule | None) -> Editor:
    said = found.versions.get(number=found.version).said if found else {}
    offer, people = words()
    posted = request.POST if request.method == "POST" else None
    block = (
        lines.posted(posted)
        if posted is not None
        else lines.lines_of(said.get("conditions"), labels)
    )
    form = RuleForm(posted, said=said, initial=_initial(found, said))
    return Editor(request=request, rule=found, offer=offer, form=form, block=block, people=people)


def _initial(found: Rule | None, said: dict[str, Any]) -> dict[str, Any]:
    if found is None:
        return {"active": True, "moment": EVENTS, "on": ["created"], "unit": "d", "many": 3}
    told = said.get("notify", [])
    people = Agent.objects.filter(pk__in=[int(one) for one in told if one.isdecimal()])
    return {
        "name": found.name,
        "active": found.active,
        "on": said.get("on", []),
        **_time(said.get("after")),
        "note": said.get("note", ""),
        "tell": [one for one in told if not one.isdecimal()],
        "tell_also": ", ".join(people.values_list("user__email", flat=True)),
        "stop": said.get("stop", False),
    }


def _time(after: dict[str, Any] | None) -> dict[str, Any]:
    if not after:
        return {"moment": EVENTS}
    hours = after["hours"]
    in_days = not after["working"] and hours % 24 == 0
    return {
        "moment": TIME,
        "many": hours // 24 if in_days else hours,
        "unit": "d" if in_days else "h",
        "since": after["since"],
        "working": after["working"],
    }


def _saved(editor: Editor) -> HttpResponse | None:
    """To the list once it is saved; None where something is wrong."""
    fits, form = editor.read(), editor.form
    if not form.is_valid() or not fits:
        return None
    try:
        save_rule(
            editor.request.act,
            name=form.cleaned_data["name"],
            said=editor.said(make=True),
            active=form.cleaned_data["active"],
            rule=editor.rule,
        )
    except Problem as problem:
        known = problem.field in form.fields
        form.add_error(problem.field if known else None, problem.message)
        return None
    return done("desk:rules")


# -- trying it -------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Trial:
    """What the rule would do to a ticket now; `wrong` says why that can't be told.

    at   when a rule on time looks at it; None: its time does not run
    """

    ticket: Ticket | None = None
    on_time: bool = False
    at: datetime | None = None
    verdict: present.Verdict | None = None
    doing: present.Doing | None = None
    wrong: str = ""


def _trial(editor: Editor) -> Trial:
    """At the chosen ticket, else at the newest that the reader sees."""
    form, request = editor.form, editor.request
    form.is_valid()
    if not editor.read():
        return Trial(wrong=_("As soon as the rule is complete, what it would do stands here."))
    try:
        definition = definitions.read(editor.said(make=False))
        definitions.check(definition, frozenset(editor.form.initial.get("had", ())))
        ticket = _ticket(request, form.cleaned_data.get("ticket"))
        name = form.cleaned_data.get("name") or _("New rule")
        found = attempt(definition, ticket, author=request.agent.pk, name=name)
    except Problem as problem:
        return Trial(wrong=problem.message)
    return Trial(
        ticket,
        definition.after is not None,
        _moment(definition, ticket),
        present.verdict(found.tested, editor.offer),
        present.doing(found.effect, editor.people) if found.effect else None,
    )


def _moment(definition: definitions.Definition, ticket: Ticket) -> datetime | None:
    begun = timing.began(definition.after.since, ticket) if definition.after else None
    return timing.time_of(definition.after, begun, ticket) if definition.after and begun else None


def _ticket(request: Request, number: int | None) -> Ticket:
    if number is None:
        seen = Ticket.objects.visible_to(request.viewer).order_by("-pk")
        number = seen.values_list("number", flat=True).first() or 0
    return tickets.get(number, request.viewer)


def _page(editor: Editor, status: int, trial: Trial | None = None) -> Any:
    rule, versions = editor.rule, []
    if rule:
        versions = list(rule.versions.select_related("author__user").order_by("-number")[:20])
    if status == 422:
        editor.read()
    return page(
        editor.request,
        "rules",
        "rule",
        status,
        editor=editor,
        form=editor.form,
        rule=rule,
        versions=[{"of": one, "said": _in_words(one, editor)} for one in versions],
        trial=trial,
        names=variables(),
    )


def _in_words(version: Any, editor: Editor) -> present.Said | None:
    try:
        return present.said(definitions.read(version.said), editor.offer, editor.people)
    except Invalid:
        return None

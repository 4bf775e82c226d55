"""The tags that are offered."""

from __future__ import annotations

from urllib.parse import urlencode

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from ventanilla.desk.identity import Request
from ventanilla.desk.views.settings.page import done, page, section, status_of, submitted
from ventanilla.tickets.actions.templates import add_tags, rename_tag
from ventanilla.tickets.models import Tag

MOST = 1000  # shown


class TagForm(forms.Form):
    name = forms.CharField(label=pgettext_lazy("tag", "Name"), max_length=60)


class NewTagsForm(forms.Form):
    names = forms.CharField(
        label=_("New tags"), max_length=2000, help_text=_("One, or several with commas between.")
    )


@require_http_methods(["GET", "POST"])
@section("tags")
def tags(request: Request) -> HttpResponse:
    """Each with the way to its tickets, and a form for more."""
    form = NewTagsForm(request.POST or None)

    def save() -> None:
        add_tags(request.act, form.cleaned_data["names"].split(","))

    if submitted(form, save):
        return done("desk:tags_settings")
    rows = [(tag, _search(tag)) for tag in Tag.objects.order_by("name")[:MOST]]
    return page(request, "tags", "tags", status_of(form), form=form, rows=rows)


@require_http_methods(["GET", "POST"])
@section("tags")
def tag(request: Request, pk: int) -> HttpResponse:
    found = get_object_or_404(Tag, pk=pk)
    form = TagForm(request.POST or None, initial={"name": found.name})
    if submitted(form, lambda: rename_tag(request.act, found, to=form.cleaned_data["name"])):
        return done("desk:tags_settings")
    return page(request, "tags", "tag", status_of(form), form=form, tag=found)


def _search(tag: Tag) -> str:
    """The address of the search for its tickets."""
    word = tag.name if tag.name.isalnum() else f'"{tag.name}"'
    asked = urlencode({"q": f"{gettext('tag')}:{word}"})
    return f"{reverse('desk:search')}?{asked}"

"""Signing in, preferences and settings: the second half of `desk.urls`."""

from django.urls import path

from ventanilla.desk.views import me, signin
from ventanilla.desk.views.settings import (
    checklist,
    configuration,
    desk,
    inboxes,
    people,
    prepared,
)

urlpatterns = [
    path("login/", signin.login, name="login"),
    path("logout/", signin.logout, name="logout"),
    path("first/", signin.first, name="first"),
    path("password/", signin.password_reset, name="password_reset"),
    path("link/<str:token>/", signin.link, name="link"),
    path("confirm/", signin.confirm, name="confirm"),
    path("language/", signin.language, name="language"),
    path("me/", me.me, name="me"),
    path("me/shortcuts", me.shortcuts, name="shortcuts"),
    path("me/password", me.password, name="password"),
    path("setup/", checklist.setup, name="setup"),
    path("settings/", checklist.settings, name="settings"),
    path("settings/people/", people.people, name="people"),
    path("settings/people/new/", people.new_agent, name="new_agent"),
    path("settings/people/<int:pk>/", people.agent, name="agent"),
    path("settings/people/<int:pk>/active", people.agent_active, name="agent_active"),
    path("settings/people/<int:pk>/invitation", people.agent_invitation, name="agent_invitation"),
    path("settings/teams/", people.teams, name="teams"),
    path("settings/teams/new/", people.new_team, name="new_team"),
    path("settings/teams/<int:pk>/", people.team, name="team_settings"),
    path("settings/inboxes/", inboxes.inboxes, name="inboxes"),
    path("settings/inboxes/new/", inboxes.new_inbox, name="new_inbox"),
    path("settings/inboxes/<int:pk>/", inboxes.inbox, name="inbox_settings"),
    path("settings/inboxes/<int:pk>/test", inboxes.inbox_test, name="inbox_test"),
    path("settings/parked/", inboxes.parked, name="parked"),
    path("settings/parked/<int:pk>/retry", inboxes.parked_retry, name="parked_retry"),
    path("settings/parked/<int:pk>/release", inboxes.parked_release, name="parked_release"),
    path("settings/categories/", desk.categories, name="categories"),
    path("settings/categories/<int:pk>/", desk.category, name="category_settings"),
    path("settings/prepared/", prepared.prepared, name="prepared"),
    path("settings/prepared/<int:pk>/", prepared.prepared_reply, name="prepared_reply"),
    path("settings/promises/", desk.promises, name="promises"),
    path("settings/promises/targets", desk.targets, name="targets"),
    path("settings/hours/<int:pk>/", desk.hours, name="hours"),
    path("settings/desk/", desk.desk, name="desk"),
    path("settings/configuration/", configuration.configuration, name="configuration"),
    path(
        "settings/configuration/file",
        configuration.configuration_file,
        name="configuration_file",
    ),
]

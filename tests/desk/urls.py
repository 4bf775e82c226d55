"""The names that the templates link to, each answering nothing: pages render without the views."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def nothing(request: HttpRequest, **kwargs: object) -> HttpResponse:
    return HttpResponse(status=204)


ticket = [
    path("", nothing, name="ticket"),
    path("changes/", nothing, name="changes"),
    path("messages/", nothing, name="messages"),
    path("draft/", nothing, name="draft"),
    path("attachments/", nothing, name="upload"),
    path("status/", nothing, name="status"),
    path("priority/", nothing, name="priority"),
    path("assignee/", nothing, name="assignee"),
    path("team/", nothing, name="team"),
    path("category/", nothing, name="category"),
    path("tags/", nothing, name="tags"),
]
desk = [
    path("login/", nothing, name="login"),
    path("login/forgotten/", nothing, name="password_reset"),
    path("logout/", nothing, name="logout"),
    path("language/", nothing, name="language"),
    path("me/", nothing, name="me"),
    path("me/availability/", nothing, name="availability"),
    path("settings/", nothing, name="settings"),
    path("setup/", nothing, name="setup"),
    path("customers/", nothing, name="customers"),
    path("search/", nothing, name="search"),
    path("inbox/", nothing, name="inbox"),
    path("inbox/counts/", nothing, name="counts"),
    path("inbox/<slug:slug>/", nothing, name="view"),
    path("inbox/<slug:slug>/news/", nothing, name="news"),
    path("inbox/<slug:slug>/<int:number>/", nothing, name="view_ticket"),
    path("inbox/<slug:slug>/<int:number>/row/", nothing, name="row"),
    path("tickets/new/", nothing, name="new"),
    path("tickets/<int:number>/", include(ticket)),
    path("messages/<int:pk>/resend/", nothing, name="message_resend"),
    path("messages/<int:pk>/accept/", nothing, name="message_accept"),
]
urlpatterns = [path("", include((desk, "desk")))]

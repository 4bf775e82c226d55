"""The names that the templates link to, each answering nothing: pages render without the views."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def nothing(request: HttpRequest, **kwargs: object) -> HttpResponse:
    return HttpResponse(status=204)


OF_A_TICKET = [
    "conversation",
    "messages",
    "read",
    "status",
    "priority",
    "type",
    "team",
    "assignee",
    "category",
    "tags",
]
desk = [
    path("inbox/counts", nothing, name="counts"),
    path("inbox/<slug:view>/", nothing, name="inbox"),
    path("tickets/<int:number>/", nothing, name="ticket"),
    path("messages/<int:pk>/acceptance", nothing, name="acceptance"),
    path("messages/<int:pk>/resend", nothing, name="resend"),
    *(path(f"tickets/<int:number>/{name}", nothing, name=name) for name in OF_A_TICKET),
]
urlpatterns = [path("", include((desk, "desk")))]

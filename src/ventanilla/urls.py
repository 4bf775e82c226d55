"""Every URL begins here."""

from django.urls import URLPattern, URLResolver, include, path

handler400 = "ventanilla.desk.views.problems.bad_request"
handler404 = "ventanilla.desk.views.problems.not_found"
handler500 = "ventanilla.desk.views.problems.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("ventanilla.desk.urls")),
]

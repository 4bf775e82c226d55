"""Django's sessions in the database; each page asks for one, so the question is compiled once."""

from __future__ import annotations

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone

from ventanilla.lib.compiled import Given, compiled


class SessionStore(db.SessionStore):
    def _get_session_from_db(self) -> Session | None:
        # by the clock that set when it expires: Django's
        found = _session.first(key=self.session_key, now=timezone.now())
        if found is None:
            self._session_key = None
        return found


@compiled
def _session() -> QuerySet[Session]:
    return Session.objects.filter(session_key=Given("key"), expire_date__gt=Given("now"))

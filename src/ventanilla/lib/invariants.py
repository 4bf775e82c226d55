"""What must always hold, and the search for what does not: `ventanilla check`.

Each app may have a module `invariants` that registers its own:

    @invariant("a message for each mail taken in")
    def lost_mails() -> Iterator[str]:
        for mail in ...:
            yield f"Mail {mail.pk} has no message."

    @referring
    def attachments() -> Digests:
        return Attachment.objects.values_list("digest", flat=True)
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection
from django.db.models import QuerySet
from django.utils.module_loading import autodiscover_modules

from ventanilla.lib import clock, storage

ROWS_COME_WITHIN = timedelta(days=1)

Check = Callable[[], Iterable[str]]

CHECKS: dict[str, Check] = {}
Digests = QuerySet | Iterable[str]
References = Callable[[], Digests]
REFERENCES: list[References] = []


@dataclass(frozen=True, slots=True)
class Violation:
    """Something that should never be: which invariant, and where."""

    invariant: str
    what: str


def invariant(name: str) -> Callable[[Check], Check]:
    """Register a function that yields a sentence for each place where `name` does not hold.

    It must bear work going on meanwhile: compare within one statement (`rows`).
    """

    def register(check: Check) -> Check:
        CHECKS[name] = check
        return check

    return register


def referring(digests: References) -> References:
    """Register a function that returns the digests of stored files that some rows point at.

    Best as a queryset of one column, which is indexed: then it can be asked about few.
    """
    REFERENCES.append(digests)
    return digests


def referred_to(digests: Collection[str]) -> set[str]:
    """Those of the digests that some row points at. 1 statement for each kind of row."""
    autodiscover_modules("invariants")
    return {one for source in REFERENCES for one in _among(source(), digests)}


def _among(found: Digests, digests: Collection[str]) -> Iterable[str]:
    if isinstance(found, QuerySet):
        (column,) = found._fields  # type: ignore[attr-defined]
        return found.filter(**{f"{column}__in": digests})
    return set(found) & set(digests)


def _all_of(found: Digests) -> Iterable[str]:
    return found.iterator() if isinstance(found, QuerySet) else found


def rows(sql: str) -> list[tuple]:
    """Return what one statement finds; a statement sees one moment, whatever goes on."""
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def violations() -> Iterator[Violation]:
    """Run all checks, of all installed apps; read only."""
    autodiscover_modules("invariants")
    for name, check in CHECKS.items():
        for what in check():
            yield Violation(name, what)


@invariant("every stored file is whole")
def damaged_files() -> Iterator[str]:
    for digest in storage.digests():
        try:
            storage.open(digest).close()
        except storage.Damaged as error:
            yield str(error)
        except storage.Missing:
            continue  # removed since the listing


@invariant("every row's file is there, and every file has a row")
def missing_and_orphaned_files() -> Iterator[str]:
    present = set(storage.digests())  # before the rows: a file is there before its row
    referred = {digest for digests in REFERENCES for digest in _all_of(digests())}
    for digest in sorted(referred - present):
        if not storage.exists(digest):
            yield f"The file {digest} is missing."
    for digest in sorted(present - referred):
        if _is_settled(digest):
            yield f"No row points at the file {digest}."


def _is_settled(digest: str) -> bool:
    """Whether the file's row should be there by now: it comes later, or never when its writer was
    killed in between and the next try made another file."""
    try:
        return clock.now() - storage.put_at(digest) > ROWS_COME_WITHIN
    except storage.Missing:
        return False  # removed since the listing

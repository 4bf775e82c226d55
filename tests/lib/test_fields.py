import base64

import pytest
from django.core import serializers
from django.core.exceptions import FieldError
from django.db import connection, models
from django.forms import modelform_factory
from django.forms.models import model_to_dict
from django.test.utils import isolate_apps

from ventanilla.lib import fields, keyring, secrets
from ventanilla.lib.fields import SealedTextField

OLD_KEY = base64.b64encode(b"o" * 32).decode()
NEW_KEY = base64.b64encode(b"n" * 32).decode()
CANARY = "hunter2-canary"


@pytest.fixture(autouse=True)
def old_key(monkeypatch):
    monkeypatch.setenv(keyring.VARIABLE, OLD_KEY)


@pytest.fixture
def model(db):
    """A model with a secret, with its table."""
    with isolate_apps("ventanilla.lib", attr_name="apps"):

        class Account(models.Model):
            name = models.CharField(max_length=20)
            password = SealedTextField(blank=True, null=True)

            class Meta:
                app_label = "lib"

        with connection.schema_editor() as editor:
            editor.create_model(Account)
        yield Account


def stored(account) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT password FROM lib_account WHERE id = %s", [account.pk])
        return cursor.fetchone()[0]


def test_a_secret_is_sealed_in_the_database_and_plain_in_python(model):  # R47
    account = model.objects.create(name="imap", password=CANARY)

    assert stored(account).startswith("vs1.")
    assert CANARY not in stored(account)
    assert model.objects.get().password == CANARY


def test_it_shows_itself_nowhere(model):  # R47
    model.objects.create(name="imap", password=CANARY)
    account = model.objects.get()
    form = modelform_factory(model, fields=["name", "password"])(instance=account)

    shown = [
        repr(account.password),
        f"{[account.password]}",
        str(model_to_dict(account)),
        serializers.serialize("json", [account]),
        str(model.objects.values()),
        str(form),
    ]

    assert not [text for text in shown if CANARY in text]
    assert 'type="password"' in shown[-1]
    assert "vs1." not in shown[-1]


def test_an_empty_entry_in_a_form_keeps_the_secret_and_another_replaces_it(model):
    account = model.objects.create(name="imap", password=CANARY)
    form = modelform_factory(model, fields=["name", "password"])

    form({"name": "smtp", "password": ""}, instance=model.objects.get()).save()
    account.refresh_from_db()
    assert (account.name, account.password) == ("smtp", CANARY)

    form({"name": "smtp", "password": "other"}, instance=model.objects.get()).save()
    account.refresh_from_db()
    assert account.password == "other"


def test_saving_a_row_leaves_its_untouched_secret_as_it_stands(model):
    account = model.objects.create(name="imap", password=CANARY)
    before = stored(account)

    found = model.objects.get()
    assert found.password == CANARY
    found.name = "smtp"
    found.save()

    assert stored(account) == before


def test_a_row_with_a_lost_key_can_still_be_listed_and_saved(model, monkeypatch):
    account = model.objects.create(name="imap", password=CANARY)
    before = stored(account)
    monkeypatch.setenv(keyring.VARIABLE, NEW_KEY)

    found = model.objects.get()
    found.name = "smtp"
    found.save()

    assert stored(account) == before
    with pytest.raises(secrets.CannotUnseal):
        found.password  # noqa: B018


@pytest.mark.parametrize("value", [None, ""])
def test_nothing_is_not_sealed(model, value):
    account = model.objects.create(name="imap", password=value)

    assert stored(account) == value
    assert model.objects.get().password == value


def test_it_can_be_updated_in_bulk(model):
    account = model.objects.create(name="imap")

    model.objects.update(password=CANARY)

    account.refresh_from_db()
    assert account.password == CANARY
    assert stored(account).startswith("vs1.")


def test_it_can_not_be_looked_up_by_value(model):
    model.objects.create(name="imap", password=CANARY)

    for lookup in ("password", "password__contains", "password__in"):
        with pytest.raises(FieldError, match="sealed"):
            model.objects.filter(**{lookup: CANARY}).count()
    assert model.objects.filter(password__isnull=False).count() == 1


def test_after_a_rotation_every_secret_is_sealed_anew_once(model, monkeypatch):  # R47
    accounts = [model.objects.create(name=n, password=p) for n, p in
                [("imap", CANARY), ("smtp", "other"), ("none", None), ("empty", "")]]  # fmt: skip
    monkeypatch.setenv(keyring.VARIABLE, f"{NEW_KEY},{OLD_KEY}")

    assert fields.reseal_all([model]) == 2
    assert fields.reseal_all([model]) == 0

    monkeypatch.setenv(keyring.VARIABLE, NEW_KEY)
    for account, expected in zip(accounts, [CANARY, "other", None, ""], strict=True):
        account.refresh_from_db()
        assert account.password == expected

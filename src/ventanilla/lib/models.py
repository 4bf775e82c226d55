"""The tables that plain tools need."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class RateCounter(models.Model):
    """When something that is limited was done lately. Read and written by `lib.ratelimit` only."""

    key = models.CharField(max_length=64, primary_key=True)  # a keyed digest: names nobody
    hits = ArrayField(models.DateTimeField())
    allowed = models.BooleanField()  # the answer to the latest hit
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="rate_counter_expires")]  # `forget`

    def __str__(self) -> str:
        return self.key[:8]

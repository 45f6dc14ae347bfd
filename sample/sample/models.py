from django.db import models


class Row(models.Model):
    label = models.CharField(max_length=80, blank=True)
    made_at = models.DateTimeField(auto_now_add=True)


class JobRun(models.Model):
    period = models.CharField(max_length=20)
    started_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)


class Switch(models.Model):
    """What a test makes a job do: fail, or sleep for so many seconds (0 is off)."""

    name = models.CharField(max_length=20)
    period = models.CharField(max_length=20)
    value = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["name", "period"], name="sample_switch_once"),)

    @classmethod
    def read(cls, name, period):
        return cls.objects.filter(name=name, period=period).values_list("value", flat=True).first() or 0

"""Extensions that count once their letter has left, clocks that rest, and the day a reminder looks again."""

import uuid
from datetime import datetime, time
from zoneinfo import ZoneInfo

import django.db.models.deletion
from django.db import migrations, models
from django.utils import timezone

OFFICE = ZoneInfo("America/Chicago")


def told_on_that_day(apps, schema_editor):
    """Until now an extension counted from the day it was decided; that day stays."""
    Extension = apps.get_model("requests", "Extension")
    for extension in Extension.objects.all():
        extension.told_at = datetime.combine(extension.notified_on, time(12), OFFICE)
        extension.save(update_fields=["told_at"])


def due_at_once(apps, schema_editor):
    RightsRequest = apps.get_model("requests", "RightsRequest")
    RightsRequest.objects.filter(due_dates__at_once=True, reopened_on=None).update(at_once=True)


class Migration(migrations.Migration):
    dependencies = [
        ("outbox", "0001_initial"),
        ("requests", "0004_levels_and_raises"),
    ]

    operations = [
        migrations.CreateModel(
            name="Pause",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("asked_on", models.DateField()),
                (
                    "answered_on",
                    models.DateField(help_text="none yet: nothing is counted out before the answer is in", null=True),
                ),
                (
                    "rights_request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pauses",
                        to="requests.rightsrequest",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("answered_on", None), ("answered_on__gte", models.F("asked_on")), _connector="OR"
                        ),
                        name="a_pause_ends_after_it_began",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("answered_on", None)),
                        fields=("rights_request",),
                        name="one_pause_at_a_time",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="extension",
            name="letter",
            field=models.ForeignKey(
                help_text="none for who has no mail",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="outbox.letter",
            ),
        ),
        migrations.AddField(
            model_name="extension",
            name="told_at",
            field=models.DateTimeField(
                help_text="when the letter was handed over; until then the old date leads", null=True
            ),
        ),
        migrations.RunPython(told_on_that_day, migrations.RunPython.noop),
        migrations.RemoveField(model_name="extension", name="notified_on"),
        migrations.AddIndex(
            model_name="extension",
            index=models.Index(
                condition=models.Q(("told_at", None)), fields=["decided_at"], name="extensions_untold"
            ),
        ),
        migrations.AddField(
            model_name="rightsrequest",
            name="at_once",
            field=models.BooleanField(
                default=False, help_text="a law says at once; its date is only the outer limit"
            ),
        ),
        migrations.RunPython(due_at_once, migrations.RunPython.noop),
        migrations.RemoveIndex(model_name="rightsrequest", name="queue_order"),
        migrations.AddIndex(
            model_name="rightsrequest",
            index=models.Index(fields=["-at_once", "leading_on", "-leading_by_law", "received_on"], name="queue_order"),
        ),
        migrations.AddField(
            model_name="rightsrequest",
            name="look_on",
            field=models.DateField(
                default=timezone.localdate,
                help_text="the day on which reminders look at it next, if it is still open",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="appeal",
            name="look_on",
            field=models.DateField(
                default=timezone.localdate,
                help_text="the day on which reminders look at it next, if it is still open",
            ),
            preserve_default=False,
        ),
        migrations.AddIndex(
            model_name="rightsrequest",
            index=models.Index(
                condition=models.Q(("status", "closed"), _negated=True), fields=["look_on"], name="looked_at_next"
            ),
        ),
        migrations.AddIndex(
            model_name="appeal",
            index=models.Index(
                condition=models.Q(("decided_at", None)), fields=["look_on"], name="appeals_looked_at_next"
            ),
        ),
        migrations.RemoveConstraint(model_name="reminder", name="told_once_a_point_of_the_plan"),
        migrations.AddField(
            model_name="reminder",
            name="plan",
            field=models.CharField(
                default="due", help_text="its name in requests/reminder_plan.py", max_length=12
            ),
        ),
        migrations.AlterField(
            model_name="reminder",
            name="due_on",
            field=models.DateField(help_text="the date that the plan counts to, or from"),
        ),
        migrations.AddConstraint(
            model_name="reminder",
            constraint=models.UniqueConstraint(
                fields=("rights_request", "to", "plan", "due_on", "days_left"), name="told_once_a_point_of_the_plan"
            ),
        ),
    ]

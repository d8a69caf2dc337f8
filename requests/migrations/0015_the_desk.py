from django.db import migrations, models
from django.db.models import Q

QUEUE_ORDER = ["-at_once", "leading_on", "-leading_by_law", "received_on", "reference"]
ON_THE_DESK = ~Q(status="closed") | Q(frozen_at__isnull=False)


def _index(name, fields, condition=None):
    return migrations.AddIndex("rightsrequest", models.Index(fields=fields, name=name, condition=condition))


class Migration(migrations.Migration):
    dependencies = [("requests", "0014_find_those_who_are_there")]

    operations = [
        migrations.RemoveIndex("rightsrequest", "queue_order"),
        _index("queue_order", QUEUE_ORDER),
        _index("desk_order", QUEUE_ORDER, ON_THE_DESK),
        _index("desk_by_step", ["status", *QUEUE_ORDER], ON_THE_DESK),
        _index("desk_by_handler", ["handler", *QUEUE_ORDER], ON_THE_DESK),
        _index("desk_by_day", ["leading_on"], ON_THE_DESK),
        _index("frozen_in_order", QUEUE_ORDER, Q(frozen_at__isnull=False)),
        _index("closed_lately", ["closed_at"], Q(closed_at__isnull=False)),
    ]

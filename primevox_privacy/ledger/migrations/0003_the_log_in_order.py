from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0002_purges'),
    ]

    operations = [
        migrations.RemoveIndex(model_name='event', name='ledger_even_at_7037ab_idx'),
        migrations.AddIndex(
            model_name='event',
            index=models.Index(fields=['at', 'id'], name='events_in_order'),
        ),
        migrations.AddIndex(
            model_name='event',
            index=models.Index(fields=['actor', 'at', 'id'], name='events_by_actor'),
        ),
        migrations.AddIndex(
            model_name='event',
            index=models.Index(fields=['kind', 'at'], name='events_by_kind'),
        ),
    ]

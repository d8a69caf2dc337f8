from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Purge',
            fields=[
                ('key', models.UUIDField(help_text='opaque: the id of the data key', primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
            ],
        ),
    ]

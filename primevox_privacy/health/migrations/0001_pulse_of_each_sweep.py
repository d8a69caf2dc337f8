import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Sweep',
            fields=[
                ('name', models.CharField(help_text='of the task', max_length=100, primary_key=True, serialize=False)),
                ('ran_at', models.DateTimeField(default=django.utils.timezone.now, help_text='at first: since when we wait for it')),
                ('back_at', models.DateTimeField(default=django.utils.timezone.now, help_text='when it ran again after a break')),
            ],
        ),
    ]

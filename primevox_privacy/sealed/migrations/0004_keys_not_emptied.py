from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('sealed', '0003_life_customer'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='datakey',
            index=models.Index(condition=models.Q(('emptied_at', None)), fields=['ends_at'], name='keys_not_emptied'),
        ),
    ]

from django.db import migrations, models


def mark_refused(apps, schema_editor):
    """What the mail server refused before this was told apart waits for staff, too."""
    letters = apps.get_model('outbox', 'Letter').objects.filter(given_up_at__isnull=False, code_key=None)
    for error in ('SMTPRecipientsRefused', 'SMTPDataError'):
        letters.filter(fault__startswith=error).update(refused_at=models.F('given_up_at'))


class Migration(migrations.Migration):

    dependencies = [
        ('outbox', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='letter',
            name='refused_at',
            field=models.DateTimeField(help_text='the mail server said no for good, or for five days', null=True),
        ),
        migrations.AddField(
            model_name='letter',
            name='settled_at',
            field=models.DateTimeField(help_text='a refused one: its reader was reached in another way', null=True),
        ),
        migrations.RunPython(mark_refused, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name='letter',
            index=models.Index(condition=models.Q(('refused_at__isnull', False), ('settled_at', None)), fields=['about'], name='letters_undelivered'),
        ),
    ]

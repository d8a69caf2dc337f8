from datetime import timedelta

import django.utils.timezone
import primevox_privacy.sealed.fields
import primevox_privacy.sealed.models
import uuid
from django.db import migrations, models
from primevox_privacy.sealed import cipher
from primevox_privacy.sealed.fields import _Sealed


def seal_anew(apps, schema_editor):
    """Texts that wait lie under the key of all messages: each gets its own, for what is left of its seven days."""
    alias = schema_editor.connection.alias
    unsent = apps.get_model('requests', 'UnsentMessage').objects.using(alias)
    keys = apps.get_model('sealed', 'DataKey').objects.using(alias)
    version = cipher.current_wrapping_version()
    for one in list(unsent.select_related('draft_key')):
        context = f'requests_unsentmessage|{one.pk}|text'
        try:
            plain = cipher.unseal(_opened(one.draft_key), bytes(one.__dict__['text']), context)
        except (cipher.Unreadable, TypeError):  # destroyed, or empty: nobody can read it any more
            one.delete()
            continue
        pk, plain_key = uuid.uuid4(), cipher.new_data_key()
        wrapped = cipher.wrap(plain_key, f'data key|{pk}|{one.pk}|draft', version)
        key = keys.create(
            pk=pk, owner=one.pk, life='draft', wrapping_version=version, wrapped=wrapped,
            ends_at=one.kept_at + timedelta(days=7),
        )
        sealed = _Sealed(cipher.seal(plain_key, plain, context))
        unsent.filter(pk=one.pk).update(text=sealed, draft_key=key)


def _opened(key):
    return cipher.unwrap(bytes(key.wrapped), f'data key|{key.pk}|{key.owner}|{key.life}', key.wrapping_version)


class Migration(migrations.Migration):

    dependencies = [
        ('requests', '0017_synthetic_requests'),
        ('sealed', '0004_keys_not_emptied'),
    ]

    operations = [
        migrations.RenameField(
            model_name='unsentmessage',
            old_name='content_key',
            new_name='draft_key',
        ),
        migrations.AlterField(
            model_name='unsentmessage',
            name='draft_key',
            field=primevox_privacy.sealed.models.KeyField(editable=False, life='draft', on_delete=models.PROTECT, related_name='+', to='sealed.datakey'),
        ),
        migrations.AlterField(
            model_name='unsentmessage',
            name='text',
            field=primevox_privacy.sealed.fields.SealedTextField(key='draft_key'),
        ),
        migrations.AlterField(
            model_name='unsentmessage',
            name='kept_at',
            field=models.DateTimeField(default=django.utils.timezone.now),
        ),
        migrations.RunPython(seal_anew, migrations.RunPython.noop),
    ]

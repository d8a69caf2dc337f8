import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

import primevox_privacy.sealed.fields
import primevox_privacy.sealed.models


class Migration(migrations.Migration):

    dependencies = [
        ('requests', '0003_everyone_and_every_ending'),
        ('sealed', '0002_everyone_and_every_ending'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='rightsrequest',
            name='level_rule',
            field=models.CharField(blank=True, default='', help_text='which version of which rule decided the level', max_length=80),
        ),
        migrations.AddField(
            model_name='rightsrequest',
            name='sensitive',
            field=models.BooleanField(default=False, help_text='it touches sensitive data (policy §3), as staff marked it'),
        ),
        migrations.AddField(
            model_name='answer',
            name='holds_call_records',
            field=models.BooleanField(default=False, help_text='as who drafted it said; 47 CFR 64.2010'),
        ),
        migrations.CreateModel(
            name='LevelRule',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('cell', models.CharField(help_text='right/sensitivity/who asks', max_length=60)),
                ('version', models.PositiveIntegerField()),
                ('was', models.PositiveSmallIntegerField(help_text='the highest level that held or was to hold when it was proposed')),
                ('level', models.PositiveSmallIntegerField()),
                ('reason', models.TextField()),
                ('proposed_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('confirmed_at', models.DateTimeField(null=True)),
                ('dropped_at', models.DateTimeField(help_text='when a proposal was taken back or refused', null=True)),
                ('effective_at', models.DateTimeField(help_text='from when on it decides what is taken in')),
                ('confirmed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'level',
                'constraints': [
                    models.UniqueConstraint(fields=('cell', 'version'), name='one_rule_of_a_version'),
                    models.UniqueConstraint(condition=Q(level__lt=F('was'), confirmed_at=None, dropped_at=None), fields=('cell',), name='one_proposal_a_cell'),
                    models.CheckConstraint(condition=Q(level__lte=3, was__lte=3), name='no_rule_asks_for_a_document'),
                    models.CheckConstraint(condition=Q(version__gte=1), name='version_0_is_shipped'),
                    models.CheckConstraint(condition=Q(confirmed_by=None) | Q(level__gte=F('was')) | ~Q(confirmed_by=F('proposed_by')), name='a_second_person_lowers_a_rule'),
                    models.CheckConstraint(condition=Q(confirmed_by=None, confirmed_at=None) | Q(confirmed_by__isnull=False, confirmed_at__isnull=False), name='a_rule_is_confirmed_by_somebody_at_some_time'),
                    models.CheckConstraint(condition=Q(dropped_at=None) | Q(confirmed_at=None), name='a_dropped_rule_is_not_confirmed'),
                    models.CheckConstraint(condition=~Q(reason=''), name='a_rule_has_a_reason'),
                ],
            },
        ),
        migrations.CreateModel(
            name='LevelChange',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('was', models.PositiveSmallIntegerField()),
                ('level', models.PositiveSmallIntegerField()),
                ('reason', primevox_privacy.sealed.fields.SealedTextField(key='record_key')),
                ('proposed_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('done_at', models.DateTimeField(help_text='when the request came to need this level', null=True)),
                ('dropped_at', models.DateTimeField(help_text='when a proposal was refused, or overtaken', null=True)),
                ('confirmed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('record_key', primevox_privacy.sealed.models.KeyField(editable=False, life='record', on_delete=django.db.models.deletion.PROTECT, related_name='+', to='sealed.datakey')),
                ('rights_request', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='level_changes', to='requests.rightsrequest')),
            ],
            options={
                'constraints': [
                    models.CheckConstraint(condition=Q(level__lte=4, was__lte=4), name='changed_levels_exist'),
                    models.CheckConstraint(condition=~Q(level=F('was')), name='a_change_changes_something'),
                    models.CheckConstraint(condition=Q(done_at=None) | Q(level__gt=F('was')) | Q(confirmed_by__isnull=False) & ~Q(confirmed_by=F('proposed_by')), name='a_second_person_lowers_a_level'),
                    models.CheckConstraint(condition=Q(done_at=None) | Q(dropped_at=None), name='a_change_is_done_or_dropped'),
                    models.UniqueConstraint(condition=Q(done_at=None, dropped_at=None), fields=('rights_request',), name='one_lowering_to_confirm_a_request'),
                ],
            },
        ),
    ]

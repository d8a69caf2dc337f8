"""Names get their index, and numbers one in which the way they were written does not count: read again from what is
sealed, in batches, as long as the contact lives. What is destroyed stays empty; what does not open stays as it was."""

from django.db import migrations

from primevox_privacy.sealed import cipher
from requests import found_by

BATCH = 500


def fill(apps, schema_editor):
    submissions = apps.get_model("requests", "Submission").objects.using(schema_editor.connection.alias)
    alive = submissions.filter(contact_key__destroyed_at=None).select_related("contact_key").order_by("pk")
    last = None
    while batch := list((alive.filter(pk__gt=last) if last else alive)[:BATCH]):
        for one in batch:
            try:
                found = _indexes(one)
            except cipher.Unreadable:
                continue
            # Only while the contact lives: a sweep may just have ended it.
            submissions.filter(pk=one.pk, contact_key__destroyed_at=None).update(**found)
        last = batch[-1].pk


def _indexes(one):
    key = one.contact_key
    context = f"data key|{key.pk}|{key.owner}|{key.life}"
    opened = cipher.unwrap(bytes(key.wrapped), context, key.wrapping_version)

    def plain(column):
        held = one.__dict__[column]
        context = f"requests_submission|{one.pk}|{column}"
        return cipher.unseal(opened, bytes(held), context).decode() if held else ""

    return {"name_index": found_by.name(plain("name")), "phone_index": found_by.phone(plain("phone"))}


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("requests", "0013_found_by_name"), ("sealed", "0004_keys_not_emptied")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("requests", "0012_saved_views")]

    operations = [
        migrations.AddField("submission", "name_index", models.CharField(blank=True, default="", max_length=64)),
        migrations.AlterField("submission", "name_index", models.CharField(blank=True, max_length=64)),
        migrations.AlterField("submission", "email_index", models.CharField(blank=True, max_length=64)),
        migrations.AlterField("submission", "phone_index", models.CharField(blank=True, max_length=64)),
        *(
            migrations.AddIndex(
                "submission",
                models.Index(
                    fields=[f"{what}_index"],
                    name=f"submissions_by_{what}",
                    condition=models.Q((f"{what}_index", ""), _negated=True),
                ),
            )
            for what in ("name", "email", "phone")
        ),
    ]

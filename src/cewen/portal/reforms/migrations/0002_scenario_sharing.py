"""Links that end, with the sums seen when sharing; on which register and rules a scenario was saved."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reforms", "0001_initial")]

    operations = [
        migrations.AddField(
            "scenario", "share_until", models.DateField(editable=False, null=True, verbose_name="链接到哪一天")
        ),
        migrations.AddField("scenario", "figures", models.JSONField(editable=False, null=True)),
        migrations.AddField("scenario", "register_version", models.PositiveBigIntegerField(editable=False, null=True)),
        migrations.AddField(
            "scenario",
            "rules_digest",
            models.CharField(blank=True, editable=False, max_length=64, default=""),
            preserve_default=False,
        ),
    ]

"""Tokens that only read."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="accesstoken",
            name="is_read_only",
            field=models.BooleanField(default=False, verbose_name="只读"),
        ),
    ]

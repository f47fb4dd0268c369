"""A draft may be given up: its id is free again, its versions stay."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("drafts", "0001_initial")]

    operations = [
        migrations.AlterField(
            "draft",
            "status",
            models.CharField(
                choices=[
                    ("editing", "起草中"),
                    ("publishing", "待发布"),
                    ("published", "已发布"),
                    ("abandoned", "已放弃"),
                ],
                default="editing",
                max_length=12,
            ),
        ),
    ]

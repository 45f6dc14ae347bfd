from django.conf import settings
from django.db import migrations, models


def fail_if_asked(apps, schema_editor):
    if getattr(settings, "SAMPLE_FAULT", None) == "migration":
        raise RuntimeError("SAMPLE_FAULT asked for a migration that fails")


class Migration(migrations.Migration):
    # Last on purpose: when it fails, the tables of the other applications are there already.
    dependencies = (
        ("sample", "0001_initial"),
        ("common", "0002_from_ldap_last_seen"),
        ("sessions", "0001_initial"),
    )

    operations = (
        migrations.CreateModel(
            name="Switch",
            fields=[
                ("id", models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=20)),
                ("period", models.CharField(max_length=20)),
                ("value", models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.AddConstraint(
            "switch", models.UniqueConstraint(fields=("name", "period"), name="sample_switch_once")
        ),
        migrations.RunPython(fail_if_asked, migrations.RunPython.noop),
    )

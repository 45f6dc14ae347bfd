from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("common", "0001_initial"),)

    operations = (
        migrations.AddField("user", "from_ldap", models.BooleanField(default=False)),
        migrations.AddField("user", "last_seen", models.DateTimeField(blank=True, null=True)),
    )

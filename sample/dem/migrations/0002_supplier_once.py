from django.db import migrations, models


def forget_duplicates(apps, schema_editor):
    seen = set()
    for supplier in apps.get_model("dem", "Supplier").objects.order_by("pk"):
        if supplier.name in seen:
            supplier.delete()
        seen.add(supplier.name)


class Migration(migrations.Migration):
    dependencies = (("dem", "0001_initial"),)

    operations = (
        migrations.RunPython(forget_duplicates, migrations.RunPython.noop),
        migrations.AlterField("supplier", "name", models.CharField(max_length=80, unique=True)),
    )

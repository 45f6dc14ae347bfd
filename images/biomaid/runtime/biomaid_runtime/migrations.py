"""`biomaid migrations`: how this release's migrations and those of the database differ, as one JSON line.

Nothing is migrated: it tells, of a release that is not in service yet, whether it would fit the database as it is.
"""

import json
import os
import sys

from biomaid_runtime import collector, config, local_folder, paths


def main() -> int:
    local_folder.prepare(config.load())
    os.chdir(paths.SOURCE)
    # Upstream finds `migrate` in argv[1] and then reads no table, which may lack what this release wants of it
    # (extable/initialize.py).
    os.execv(paths.PYTHON, [paths.PYTHON, "-m", "biomaid_runtime.migrations", "migrate"])


def compare() -> dict[str, list[str]]:
    """`missing`: the database lacks them; `unknown`: it has them, and this release does not know them."""
    sys.path.insert(0, str(paths.SOURCE))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
    collector.relax()
    import django

    django.setup()
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    loader = executor.loader
    loader.check_consistent_history(connection)
    plan = executor.migration_plan(loader.graph.leaf_nodes())
    known = set(loader.disk_migrations)
    # What a squashed migration stands for may be gone from the code.
    known.update(replaced for migration in loader.disk_migrations.values() for replaced in migration.replaces)
    unknown = set(loader.applied_migrations) - known
    return {
        "missing": [f"{migration.app_label}.{migration.name}" for migration, _ in plan],
        "unknown": sorted(f"{app}.{name}" for app, name in unknown),
    }


if __name__ == "__main__":
    print(json.dumps({"migrations": compare()}), flush=True)

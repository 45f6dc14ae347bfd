#!/bin/sh
# Makes of the copied tree what the image needs: readable, without an instance's own files, linked to the volumes, compiled.
set -eu
cd /srv/biomaid/source

# The code is mounted, and the links are made when a container starts (source_tree.py).
if [ -n "${SOURCE_MOUNTED:-}" ]; then
    find . -mindepth 1 -delete
    exit 0
fi

if [ ! -f manage.py ]; then
    echo "biomaid-compose: the source has no manage.py: not a BiomAid tree / la source n'a pas de manage.py : ce n'est pas BiomAid" >&2
    exit 1
fi

# A developer's checkout holds the settings of his own instance: they would come before ours on sys.path, with his secrets in them.
rm -rf .git media staticfiles local instance_settings.py instance_config.toml queries.log db.sqlite3
find . -name __pycache__ -prune -exec rm -rf {} +

# Written by upstream at each start (settings/__init__.py, LOGGING), in a root file system that is read-only.
ln -s /dev/null queries.log
# Made at each start by the entrypoint, out of the operator's folder or of the source's own.
ln -s /run/biomaid/local local
# Optional in upstream (common/configuration.py): read last, when the local folder has one.
ln -s /run/biomaid/local/instance_config.toml instance_config.toml

chmod -R a+rX,go-w,a-s .
python3 -B /compile_source.py /srv/biomaid/source /root/.cache/bytecode

#!/bin/sh
# Installs what the source's own poetry.lock says into /opt/biomaid/venv, and compiles it.
set -eu
# shellcheck source=images/shared/host.sh
. /shared/host.sh

fail() {
    echo "biomaid-compose: $1" >&2
    exit 1
}

cd /lock
[ -f pyproject.toml ] || fail "the source has no pyproject.toml: not a BiomAid tree / la source n'a pas de pyproject.toml : ce n'est pas BiomAid"
[ -f poetry.lock ] || fail "the source has no poetry.lock: run 'poetry lock' in it and commit the file / la source n'a pas de poetry.lock : y lancer « poetry lock »"

# The plugin, not a [[tool.poetry.source]]: the latter would change pyproject.toml and so no longer match the lock.
POETRY_PYPI_MIRROR_URL=${PIP_INDEX_URL:-https://pypi.org/simple/}
export POETRY_PYPI_MIRROR_URL
export POETRY_NO_INTERACTION=1 POETRY_CACHE_DIR=/root/.cache/pypoetry POETRY_KEYRING_ENABLED=false
poetry=/opt/poetry/bin/poetry

python3 -m venv --without-pip /opt/biomaid/venv
export VIRTUAL_ENV=/opt/biomaid/venv PATH="/opt/biomaid/venv/bin:$PATH"

# `poetry check` alone would also fail on faults of pyproject.toml that do no harm.
if $poetry check --lock 2>&1 | grep -q 'poetry.lock was last generated'; then
    fail "poetry.lock does not match pyproject.toml: run 'poetry lock' in the source / poetry.lock ne correspond pas à pyproject.toml : lancer « poetry lock » dans la source"
fi

# cx_Oracle 8.3.0 is published as source only, and its setup.py imports pkg_resources, which setuptools has had until 80.
if grep -qx 'name = "cx-oracle"' poetry.lock && ! grep -q '^\[tool\.poetry\.build-constraints' pyproject.toml; then
    printf '\n[tool.poetry.build-constraints]\ncx-oracle = { setuptools = "<81" }\n' >>pyproject.toml
fi

set --
for extra in $(echo "${POETRY_EXTRAS:-}" | tr , ' '); do set -- "$@" --extras "$extra"; done
$poetry install --no-root --no-ansi --only "${POETRY_ONLY:-main${POETRY_GROUPS:+,$POETRY_GROUPS}}" "$@" ||
    fail "Poetry could not install the dependencies (see above) / Poetry n'a pas pu installer les dépendances (voir ci-dessus)"

# Their own test suites: 60 MB that nothing imports.
for package in numpy pandas; do
    find "$VIRTUAL_ENV"/lib/python3.*/site-packages/$package -depth -type d -name tests -exec rm -rf {} + 2>/dev/null || true
done
# Some wheels hold files that their group may write to.
chmod -R go-w "$VIRTUAL_ENV"
# unchecked-hash: Python trusts the bytecode without a look at the source's date, which a copied layer does not keep. Some packages hold
# templates or Python 2 that do not compile: no harm.
python -m compileall -q -j 0 --invalidation-mode unchecked-hash "$VIRTUAL_ENV/lib" >/dev/null || true

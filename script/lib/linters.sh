# shellcheck shell=bash
# The linters of what is not TypeScript: script/lint takes them from PyPI into a venv of its own.

inspect_linters() {
  # Debian and Ubuntu keep ensurepip, without which a venv has no pip, in a package of its own.
  python3 -c 'import ensurepip, venv' 2>/dev/null || need 'python3-venv, pour vérifier le code Python et les scripts' \
    'python3-venv, to check the Python code and the scripts' python3-venv
}

use_linters() {
  step 'Vérification du code Python et des scripts' 'Checking the Python code and the scripts'
  "$root/script/lint" >&2
}

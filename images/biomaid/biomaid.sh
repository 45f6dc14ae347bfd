#!/bin/sh
# -P: the application's folder, which is the current one, must not be able to stand in for a module of the standard library.
exec /opt/biomaid/venv/bin/python -P -m biomaid_runtime "$@"

#!/bin/sh
# Has the source's own Makefile build its documentation, and puts what readers want of it into /tmp/docs.
set -eu
export PATH="/opt/biomaid/venv/bin:$PATH" HOME=/tmp LANG=C.UTF-8 PYTHONDONTWRITEBYTECODE=1
cd /source/docs
mkdir /tmp/docs

case $1 in
html)
    make html
    cp -R _build/html/. /tmp/docs/
    # Sphinx's notes for its next run.
    find /tmp/docs -name '.*' ! -path /tmp/docs -prune -exec rm -rf {} +
    ;;
pdf)
    # LaTeX tells in its log only what stopped it.
    make latexpdf || {
        status=$?
        tail -n +1 _build/latex/*.log 2>/dev/null | grep -A 2 '^!' | tail -n 12
        exit "$status"
    }
    # Pictures are PDF files, too: a document is what has its own LaTeX.
    for document in _build/latex/*.tex; do cp "${document%.tex}.pdf" /tmp/docs/; done
    ;;
esac
chmod -R a+rX,go-w /tmp/docs

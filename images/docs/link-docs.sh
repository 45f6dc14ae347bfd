#!/bin/sh
# Links the documentation of each application, and of the site's folder, to where the pages of the whole look for it: docs/<section>/doc_<application>.
# As manage.py make_docs does, which needs a database.
set -eu
cd /source

rm -rf docs/_build local
# LOCAL: one of the source's folders.
if [ -n "$LOCAL" ]; then ln -s "$LOCAL" local; else mkdir local && cp -R /local local/docs; fi

for section in sysadmin admin internals dev user; do
    rm -rf docs/"$section"/doc_*
    for pages in */docs/"$section"; do
        application=${pages%/docs/*}
        # The folders of other sites: the one in use is `local`.
        case $application in '*' | local_*) continue ;; esac
        mkdir -p "docs/$section"
        ln -s "../../$pages" "docs/$section/doc_$application"
    done
done

#!/bin/sh
exec /opt/mail/venv/bin/python -P -m mail_catcher "$@"

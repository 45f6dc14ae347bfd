"""`biomaid COMMAND`: which command is which module.

Each is imported only when asked for: the health check runs every few seconds.
"""

import os
import sys

from biomaid_runtime.faults import Fault

USAGE = """usage: biomaid COMMAND
  init                 migrate, check, load the fixtures, collect the static files; nothing when that is done
  app                  serve (gunicorn)
  cron                 run the periodic jobs (supercronic)
  job PERIOD           run one period's jobs now
  jobs [--last N]      print the last runs, one JSON line each
  manage ARGS…         run manage.py
  migrations           print how the migrations of this release and of the database differ
  mail-test ADDRESS    send one message and print what came of it
  ldap-test [LOGIN [--password-stdin]]
                       say how far one gets in the directory
  check-local [NAME]   print whether a local folder, the operator's or one of the source's, fits the application
  database-check JSON  look at a database server and print what it is like
  health [cron]        exit status 0 when this container's service works
"""


def main(arguments: list[str]) -> int:
    # Nothing that the application writes is for others than its user and its group (the web container).
    os.umask(0o027)
    match arguments:
        case ["init"]:
            from biomaid_runtime import init, supervise

            supervise.run("init", init.main)
        case ["app"]:
            from biomaid_runtime import app, supervise

            supervise.run("app", app.main)
        case ["cron"]:
            from biomaid_runtime import cron, supervise

            supervise.run("cron", cron.main)
        case ["job", period]:
            from biomaid_runtime import job

            return job.main(period)
        case ["jobs"]:
            from biomaid_runtime import history

            return history.main(None)
        case ["jobs", "--last", number] if number.isdecimal() and int(number) > 0:
            from biomaid_runtime import history

            return history.main(int(number))
        case ["manage", *rest]:
            from biomaid_runtime import manage

            return manage.main(rest)
        case ["migrations"]:
            from biomaid_runtime import migrations

            return migrations.main()
        case ["mail-test", address]:
            from biomaid_runtime import mail_test

            return mail_test.main(address)
        case ["ldap-test", *rest] if not rest or rest[1:] in ([], ["--password-stdin"]):
            from biomaid_runtime import ldap_test

            return ldap_test.main(rest)
        case ["check-local", *names] if len(names) < 2:
            from biomaid_runtime import local_check

            return local_check.main(names[0] if names else None)
        case ["database-check", description]:
            from biomaid_runtime import database_check

            return database_check.main(description)
        case ["health", *service] if service in ([], ["app"], ["cron"]):
            from biomaid_runtime import health

            return health.main(service[0] if service else "app")
        case ["help" | "--help" | "-h"]:
            print(USAGE, end="")
            return 0
    print(USAGE, end="", file=sys.stderr)
    return 2


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Fault as fault:
        print(fault, file=sys.stderr)
        sys.exit(fault.exit_status)
    except BrokenPipeError:
        # The reader went away (`biomaid jobs | head`); a second write by the interpreter's shutdown would complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        sys.exit(1)

import type { Diagnostic } from "../../instance/diagnostics.ts";
import { shellWord } from "../shell-word.ts";

/** For each error: what happened and where, and what to do next. */
export const errors = {
  USAGE: (p: { detail: string }) => ({ what: p.detail, next: "See `biomaid-compose --help`." }),
  SETTING_INVALID: (p: { option: string; value: string }) => ({
    what: `${p.option}: "${p.value}" is not allowed.`,
    next: "Add --help to the command to see what is.",
  }),
  SETTING_UNKNOWN: (p: { setting: string; suggestion: string | undefined }) => ({
    what: `There is no setting "${p.setting}".${p.suggestion === undefined ? "" : ` Did you mean "${p.suggestion}"?`}`,
    next: "`biomaid-compose config show NAME` prints those of an instance, docs/configuration.md describes them all.",
  }),
  SETTING_REFUSED: (p: { setting: string; file: string; path: string; diagnostics: Diagnostic[] }) => ({
    what: `${p.setting} was not changed: ${p.file} would not be valid with it (see above).`,
    next: "Give a value that is allowed: docs/configuration.md and `biomaid-compose config schema` say which are. A list is written [one, two].",
  }),
  INTERRUPTED: (_: Record<string, never>) => ({
    what: "Interrupted.",
    next: "Run the same command again to go on: what was already done is kept.",
  }),
  FILE_REFUSED: (p: { detail: string }) => ({
    what: `The system refuses to read or write a file: ${p.detail}.`,
    next: "Check the owner and the permissions of that file and of its folder (`ls -ld`), and the free space (`df -h`).",
  }),
  FILE_NAME_UNREADABLE: (p: { folder: string; file: string }) => ({
    what: `${p.folder} has a file whose name is not UTF-8: ${p.file}.`,
    next: "Rename it (`convmv` converts the names of a whole folder), or remove it.",
  }),
  INSTANCE_NAME_INVALID: (p: { name: string }) => ({
    what: `"${p.name}" cannot be the name of an instance.`,
    next: "Use 1 to 31 lower-case letters, digits or hyphens, starting with a letter: demo, production, test-2.",
  }),
  INSTANCE_NOT_FOUND: (p: { name: string; home: string }) => ({
    what: `There is no instance "${p.name}" in ${p.home}.`,
    next: `\`biomaid-compose list\` shows those that exist; \`biomaid-compose init ${p.name}\` creates this one; --home selects another folder of instances.`,
  }),
  INSTANCE_EXISTS: (p: { name: string; path: string }) => ({
    what: `The instance "${p.name}" already exists: ${p.path}.`,
    next: `Edit that file, then run \`biomaid-compose up ${p.name}\`.`,
  }),
  INSTANCE_DIFFERS: (p: { name: string; path: string; setting: string; found: string }) => ({
    what: `The instance "${p.name}" already exists, with another value of ${p.setting}: ${p.found}.`,
    next: `Change ${p.setting} in ${p.path}, or leave the option out.`,
  }),
  INSTANCE_FILE_INVALID: (p: { path: string; diagnostics: Diagnostic[] }) => ({
    what: `${p.path} is not valid: ${p.diagnostics.length === 1 ? "1 error" : `${p.diagnostics.length} errors`}. Nothing was changed.`,
    next: "Correct the lines listed above; `biomaid-compose config schema` prints all that is allowed.",
  }),
  INSTANCE_FILE_ALIASES: (p: { path: string }) => ({
    what: `${p.path} has YAML aliases (*): a value that stands in several places is not changed by a command.`,
    next: "Change the file with an editor, then check it: `biomaid-compose config validate NAME`.",
  }),
  INSTANCE_FILE_NEWER: (p: { path: string; version: number; supported: number }) => ({
    what: `${p.path} has format ${p.version}; this version of biomaid-compose reads formats up to ${p.supported}.`,
    next: "Install the newest biomaid-compose.",
  }),
  DISK_FULL: (p: { folder: string }) => ({
    what: `There is no space left on the disk of ${p.folder}.`,
    next: `Make room there (\`df -h ${p.folder}\` shows the disk), then run the same command again: what was already done is kept.`,
  }),
  INSTANCE_BUSY: (p: { folder: string; process: string | undefined }) => ({
    what: `Another command is working on ${p.folder}${p.process === undefined ? "" : ` (process ${p.process})`}.`,
    next: `Wait for it to end, then try again.${p.process === undefined ? "" : ` To see what it is: \`ps -fp ${p.process}\`.`}`,
  }),
  INSTANCE_FOREIGN: (p: { name: string; project: string }) => ({
    what: `The containers or volumes of the Compose project ${p.project} belong to another instance named "${p.name}": it is in another folder, or its folder was deleted. Nothing was changed.`,
    next: `Select the folder that instance is in (--home), or choose another name. To see its containers and volumes: \`docker ps -a --filter label=com.docker.compose.project=${p.project}\` and \`docker volume ls --filter label=com.docker.compose.project=${p.project}\`.`,
  }),
  INSTANCE_DOWN: (p: { name: string }) => ({
    what: `The instance "${p.name}" is not running.`,
    next: `Start it: \`biomaid-compose up ${p.name}\`.`,
  }),
  SERVICE_UNKNOWN: (p: { name: string; service: string; services: string[] }) => ({
    what: `"${p.name}" has no service "${p.service}".`,
    next: `Its services are: ${p.services.join(", ")}.`,
  }),
  PROFILE_NEEDED: (p: { name: string; profiles: string[] }) => ({
    what: `"${p.name}" is not the name of a profile, so the new instance needs one.`,
    next: `Add --profile with one of: ${p.profiles.join(", ")}.`,
  }),
  DEMO_PUBLISHED: (p: { name: string; path: string; setting: "web.address" | "web.url"; value: string }) => ({
    what: `"${p.name}" has demo users whose passwords are public, from fixtures that it loads or has once loaded, and it would be reachable from other machines (${p.setting}: ${p.value}).`,
    next: `${p.setting === "web.url" ? "Take web.url out of" : "Set web.address to 127.0.0.1 in"} ${p.path}; or, if you accept that anybody can sign in as administrator, set web.publish_demo to true. \`biomaid-compose down ${p.name} --volumes\` deletes these users, with all other data.`,
  }),
  DEBUG_PUBLISHED: (p: { name: string; path: string; setting: "web.address" | "web.url"; value: string }) => ({
    what: `"${p.name}" has application.debug, and would be reachable from other machines (${p.setting}: ${p.value}): pages of failures show the application's settings and data.`,
    next: `${p.setting === "web.url" ? "Take web.url out of" : "Set web.address to 127.0.0.1 in"} ${p.path}, or set application.debug to false there. From another machine: \`ssh -L\` brings the port to yours.`,
  }),
  DEBUG_NEEDED: (p: { path: string; setting: string }) => ({
    what: `${p.setting} needs application.debug, which is false in ${p.path}.`,
    next: `Set application.debug to true there, or take ${p.setting} out.`,
  }),
  RELOAD_NEEDS_FOLDER: (p: { path: string; source: string }) => ({
    what: `application.reload mounts the folder that the code is changed in; the source is ${p.source}.`,
    next: `In ${p.path}, name a folder without ref (\`source: {path: /home/me/biomaid}\`), or take application.reload out.`,
  }),
  MAIL_PORT_SAME: (p: { path: string; port: number }) => ({
    what: `In ${p.path}, mail_catcher.port is the web port (${p.port}), too.`,
    next: "Give them two different ports.",
  }),
  LOCK_MISSING: (p: { path: string }) => ({
    what: `${p.path} is missing: it tells which containers and volumes belong to this instance.`,
    next: "Restore it from a backup.",
  }),
  LOCK_FILE_INVALID: (p: { path: string }) => ({
    what: `${p.path} is damaged.`,
    next: "Restore it from a backup. It must never be edited by hand.",
  }),
  LOCAL_MISSING: (p: { folder: string; path: string; name: string }) => ({
    what: `application.local in ${p.path} is a folder that does not exist: ${p.folder}.`,
    next: `Correct the path; or set application.local to a folder of the source, such as local_biomaid. \`biomaid-compose local copy ${p.name}\` makes ./local, as a copy of that one.`,
  }),
  LOCAL_INCOMPLETE: (p: { folder: string; files: string[] }) => ({
    what: `The local folder ${p.folder} is not whole: it lacks ${p.files.join(", ")}. Nothing was started.`,
    next: "Copy what is missing from the application's own local_biomaid, of the same version.",
  }),
  LOCAL_APPS_MISSING: (p: { folder: string; version: string; path: string; apps: string[]; name: string }) => ({
    what: `The local folder ${p.folder} was made for an earlier version of the application than ${p.version}: its settings.py does not add to INSTALLED_APPS what this version leaves to it: ${p.apps.join(", ")}. Nothing was started.`,
    next: `Add ${p.apps.length === 1 ? "that app" : "those apps"} to INSTALLED_APPS there, as the settings.py of this version's own local_biomaid does; or choose in ${p.path} (source.ref) the version that the folder was made for.`,
  }),
  LOCAL_APPS_TWICE: (p: { folder: string; version: string; path: string; apps: string[]; name: string }) => ({
    what: `The local folder ${p.folder} was made for a later version of the application than ${p.version}: its settings.py adds to INSTALLED_APPS what is there already: ${p.apps.join(", ")}. Nothing was started.`,
    next: `Take ${p.apps.length === 1 ? "that app" : "those apps"} out of INSTALLED_APPS there, as in the settings.py of this version's own local_biomaid; or choose in ${p.path} (source.ref) the version that the folder was made for.`,
  }),
  LOCAL_BROKEN: (p: { folder: string; version: string; path: string; detail: string }) => ({
    what: `The settings of the local folder ${p.folder} stop with an error in version ${p.version} of the application: ${p.detail}. Nothing was started.`,
    next: `Correct its settings.py; or choose in ${p.path} (source.ref) the version that the folder was made for.`,
  }),
  LOCAL_CHECK_FAILED: (p: { exitStatus: number; lines: string[] }) => ({
    what: `The container that looks at the local folder failed (exit status ${p.exitStatus}); its last lines are above.`,
    next: "Check that the engine can read the local folder and settings.d, then run the same command again.",
  }),
  LOCAL_NOT_IN_SOURCE: (p: { source: string; local: string; known: string[]; suggestion: string | undefined }) => ({
    what: `${p.source} has no local folder "${p.local}".${p.suggestion === undefined ? "" : ` Did you mean "${p.suggestion}"?`}`,
    next: `It has: ${p.known.join(", ") || "none"}. A folder of this machine is written with a slash: ./site, /srv/site.`,
  }),
  LOCAL_EXISTS: (p: { folder: string; name: string }) => ({
    what: `There is a folder ${p.folder} already: it is not overwritten.`,
    next: `To use it: \`biomaid-compose config set ${p.name} application.local ./local\`. To have a new copy, move it away first.`,
  }),
  LOCAL_FROM_IMAGE: (p: { image: string; folder: string }) => ({
    what: `The instance runs a ready image, ${p.image}: there is no source to copy a local folder from.`,
    next: `Copy the folder from the code that the image was built from, to ${p.folder}, and set application.local to ./local.`,
  }),
  LOCAL_NOT_GIT: (p: { name: string; path: string }) => ({
    what: `The local folder of "${p.name}" does not come from a git repository (application.local in ${p.path}).`,
    next: `Name one: \`biomaid-compose config set ${p.name} application.local "{git: URL, ref: BRANCH}"\`. A folder is taken as it is at each \`up\`.`,
  }),
  LOCAL_CHECKOUT_EDITED: (p: { folder: string; files: string[]; git: string }) => ({
    what: `${p.folder} is a copy of a commit of ${p.git}, and was changed by hand: ${p.files.join(", ")}. Nothing was started.`,
    next: `Make the change in a clone of the repository and push it, then \`biomaid-compose local update NAME\`. To have the commit as it is again, remove the folder: \`rm -r ${p.folder}\`.`,
  }),
  DEPENDENCIES_UNKNOWN: (p: {
    path: string;
    setting: "application.groups" | "application.extras";
    name: string;
    suggestion: string | undefined;
    known: string[];
    source: string;
  }) => ({
    what: `${p.setting} in ${p.path} has "${p.name}", which pyproject.toml of ${p.source} does not have.${p.suggestion === undefined ? "" : ` Did you mean "${p.suggestion}"?`}`,
    next: `It has: ${p.known.join(", ") || "none"}.`,
  }),
  IMAGE_FIXED: (p: { path: string; setting: string; source: string }) => ({
    what: `${p.setting} in ${p.path} is of no use with a ready image (${p.source}): what is installed in it cannot be chosen any more.`,
    next: `Take ${p.setting} out; or have the image built here from its code: source.git or source.path.`,
  }),
  PYPROJECT_INVALID: (p: { source: string; line: number; column: number; detail: string }) => ({
    what: `pyproject.toml of ${p.source} cannot be read: line ${p.line}, column ${p.column}: ${p.detail}.`,
    next: "Correct the file there, or choose another branch, tag or commit (source.ref).",
  }),
  PYTHON_UNAVAILABLE: (p: {
    source: string;
    wanted: string;
    mode: "registry" | "packages";
    available: string[];
    others: string[];
  }) => ({
    what: `${p.source} wants Python ${p.wanted}; with base images from ${p.mode === "registry" ? "the registry" : "packages"} there is ${p.available.join(", ")}.`,
    next:
      p.others.length === 0
        ? "Choose another version of the application (source.ref), or a newer biomaid-compose."
        : `Set \`bases: registry\` in instance.yaml, which has ${p.others.join(", ")}; or choose another version of the application (source.ref).`,
  }),
  ORACLE_CLIENT_MISSING: (p: { file: string; path: string }) => ({
    what: `The Instant Client that application.oracle_client in ${p.path} names is not there: ${p.file}.`,
    next: "Download the Basic package for Linux (zip) from Oracle's site, put it there, then run the same command again.",
  }),
  ORACLE_CLIENT_INVALID: (p: { file: string; detail: string }) => ({
    what: `${p.file} is no Instant Client that this machine can use: ${p.detail}.`,
    next: "Give the zip file of the Basic (or Basic Light) package for Linux, for this machine's processor, as Oracle's site has it.",
  }),
  FOLDER_CLOSED: (p: { file: string; folder: string }) => ({
    what: `${p.file} cannot be read by the containers, which do not run as its owner. Nothing was started.`,
    next: `Open it to them: \`chmod -R a+rX ${shellWord(p.folder)}\`.`,
  }),
  HOST_FOLDER_MISSING: (p: { setting: string; folder: string; path: string }) => ({
    what: `${p.folder}, which ${p.setting} names, is not a folder of this machine. Nothing was started.`,
    next: `Create it, mount the share that it stands for, or correct ${p.path}.`,
  }),
  HOST_FOLDER_CLOSED: (p: { setting: string; folder: string }) => ({
    what: `${p.folder}, which ${p.setting} names, cannot be read by the containers, which do not run as its owner. Nothing was started.`,
    next: `Open it to them: \`chmod -R a+rX ${shellWord(p.folder)}\`.`,
  }),
  HOST_FOLDER_REFUSED: (p: { setting: string; folder: string; secrets: string; path: string }) => ({
    what: `${p.setting} cannot be ${p.folder}: the application would be able to read ${p.secrets}. Nothing was started.`,
    next: `Name a folder with nothing but the files in it, in ${p.path}; or keep the instances somewhere else (--home).`,
  }),
  SECRET_NOT_GIVEN: (p: { file: string }) => ({
    what: `The password file ${p.file} is not there.`,
    next: `Put the password, and nothing else, in it: \`cat > ${p.file}\`, the password, Enter, Ctrl-D. Then run the same command again.`,
  }),
  MAIL_NOT_SET: (p: { name: string; path: string }) => ({
    what: `The instance "${p.name}" has no mail server: its mails only go to the log.`,
    next: `Give it one in ${p.path}: \`mail: {host: …, from: …}\`, described in docs/configuration.md.`,
  }),
  MAIL_ADDRESS_NEEDED: (p: { name: string }) => ({
    what: "There is nobody to send the message to.",
    next: `Name an address: \`biomaid-compose mail test ${p.name} ADDRESS\`, or set application.admins.`,
  }),
  MAIL_NOT_APPLIED: (p: { name: string }) => ({
    what: `The mail settings, or the password file, have changed since "${p.name}" was started.`,
    next: `Apply them first: \`biomaid-compose up ${p.name}\`.`,
  }),
  MAIL_HOST_UNKNOWN: (p: { server: string; detail: string }) => ({
    what: `The name of the mail server ${p.server} is not known to the containers: ${p.detail}.`,
    next: "Check mail.host, and that this machine's DNS server knows it (`getent hosts`).",
  }),
  MAIL_UNREACHABLE: (p: { server: string; detail: string }) => ({
    what: `There is no connection to the mail server ${p.server}: ${p.detail}.`,
    next: "Check mail.host and mail.port, that mail.security is what the server expects there, and that no firewall stands between.",
  }),
  MAIL_TLS_FAILED: (p: { server: string; detail: string }) => ({
    what: `The mail server ${p.server} does not encrypt as mail.security says: ${p.detail}.`,
    next: "Servers have starttls on port 587 or 25 and tls on port 465: set mail.security and mail.port to what yours has.",
  }),
  MAIL_CERTIFICATE_REFUSED: (p: { server: string; detail: string }) => ({
    what: `The certificate of the mail server ${p.server} is not trusted: ${p.detail}.`,
    next: "Use the name in the certificate as mail.host; for an authority of the hospital's own, name its certificate with mail.ca_file.",
  }),
  MAIL_LOGIN_REFUSED: (p: { server: string; detail: string }) => ({
    what: `The mail server ${p.server} refuses the login: ${p.detail}.`,
    next: "Check mail.user and the file of mail.password_file, then run `up`; without a login at this server, take both out.",
  }),
  MAIL_MESSAGE_REFUSED: (p: { server: string; address: string; detail: string }) => ({
    what: `The mail server ${p.server} refuses the message to ${p.address}: ${p.detail}.`,
    next: "Check mail.from and the address, and whether the server lets this machine send for them: its administrator knows.",
  }),
  MAIL_ELSEWHERE: (p: { detail: string }) => ({
    what: `Mails do not go to a server: a file of settings.d has them handled by ${p.detail}.`,
    next: "Take EMAIL_BACKEND out of settings.d, then run `up`.",
  }),
  MAIL_TEST_FAILED: (p: { name: string; lines: string[] }) => ({
    what: "The container that was to send the message failed. Its last lines are above.",
    next: `See that the instance works: \`biomaid-compose manage ${p.name} -- check\`.`,
  }),
  MAIL_AUTHORITIES_INVALID: (p: { file: string; detail: string }) => ({
    what: `mail.ca_file: no certificates can be read from ${p.file} (${p.detail}).`,
    next: `Put the certificates of the authority there in PEM form: \`openssl x509 -in ${p.file} -noout -subject\` shows the first one.`,
  }),
  LDAP_AUTHORITIES_INVALID: (p: { file: string; detail: string }) => ({
    what: `ldap.ca_file: no certificates can be read from ${p.file} (${p.detail}).`,
    next: `Put the certificates of the authority there in PEM form: \`openssl x509 -in ${p.file} -noout -subject\` shows the first one.`,
  }),
  SETTING_NEEDS_OUTGOING: (p: { name: string; path: string; setting: string }) => ({
    what: `${p.path} has \`${p.setting}\`, but the application of "${p.name}" may not open connections to other machines.`,
    next: `Set application.outgoing to true there, or take \`${p.setting}\` out.`,
  }),
  DATABASE_TWICE: (p: { path: string }) => ({
    what: `${p.path} has both \`database\`, a server of yours, and volumes.database, a folder for the service db.`,
    next: "Take one of the two out.",
  }),
  DATABASE_AUTHORITIES_INVALID: (p: { file: string; detail: string }) => ({
    what: `database.ca_file: no certificates can be read from ${p.file} (${p.detail}).`,
    next: `Put the certificates of the authority there in PEM form: \`openssl x509 -in ${p.file} -noout -subject\` shows the first one.`,
  }),
  DATABASE_HOST_UNKNOWN: (p: { server: string; detail: string }) => ({
    what: `The name of the database server ${p.server} is not known to the containers: ${p.detail}. Nothing was changed.`,
    next: "Check database.host, and that this machine's DNS server knows it: containers do not read /etc/hosts. For PostgreSQL on this very machine: host.docker.internal.",
  }),
  DATABASE_UNREACHABLE: (p: { server: string; detail: string }) => ({
    what: `There is no connection to the database server ${p.server}: ${p.detail}. Nothing was changed.`,
    next: "Check database.host and database.port, that PostgreSQL listens on that address (listen_addresses), and that no firewall stands between: the connection comes from a container, on this machine from one of Docker's bridges.",
  }),
  DATABASE_TLS_FAILED: (p: { server: string; detail: string }) => ({
    what: `${p.server} does not encrypt as a PostgreSQL server does: ${p.detail}. Nothing was changed.`,
    next: "Have the server do it (ssl = on, ssl_cert_file, ssl_key_file), and check database.port. On a network that nobody else can listen to, database.tls can be disable.",
  }),
  DATABASE_CERTIFICATE_REFUSED: (p: { server: string; detail: string }) => ({
    what: `The certificate of the database server ${p.server} is not trusted: ${p.detail}. Nothing was changed.`,
    next: "For an authority of the hospital's own, name its certificate with database.ca_file; one that is out of date has to be renewed.",
  }),
  DATABASE_CERTIFICATE_NAME: (p: { server: string; host: string; detail: string }) => ({
    what: `The certificate of the database server ${p.server} is for another name: ${p.detail}. Nothing was changed.`,
    next: `Use a name of the certificate as database.host, or have one made with ${p.host} in it (subject alternative name).`,
  }),
  DATABASE_LOGIN_REFUSED: (p: { server: string; user: string; detail: string }) => ({
    what: `The database server ${p.server} refuses the login of ${p.user}: ${p.detail}. Nothing was changed.`,
    next: `Check database.user and the file of database.password_file; \`\\password ${p.user}\` in psql gives the role another one.`,
  }),
  DATABASE_NOT_LET_IN: (p: { server: string; user: string; database: string; detail: string }) => ({
    what: `pg_hba.conf of the database server ${p.server} does not let ${p.user} into ${p.database} from here: ${p.detail}. Nothing was changed.`,
    next: `Add a line there, \`hostssl ${p.database} ${p.user} ADDRESS scram-sha-256\`, with the address that the message shows; then \`SELECT pg_reload_conf()\`.`,
  }),
  DATABASE_MISSING: (p: { server: string; user: string; database: string; detail: string }) => ({
    what: `The database server ${p.server} has no database ${p.database}: ${p.detail}. Nothing was changed.`,
    next: `Have it made: \`CREATE DATABASE "${p.database}" OWNER "${p.user}" ENCODING 'UTF8' LOCALE 'fr_FR.UTF-8' TEMPLATE template0\`; or correct database.name.`,
  }),
  DATABASE_REFUSED: (p: { server: string; detail: string }) => ({
    what: `The database server ${p.server} refuses the connection: ${p.detail}. Nothing was changed.`,
    next: "Once the cause is removed, run the same command again. The server's log may say more.",
  }),
  DATABASE_TOO_OLD: (p: { found: string; oldest: string }) => ({
    what: `The database server has PostgreSQL ${p.found}, which is too old for BiomAid. Nothing was changed.`,
    next: `Use PostgreSQL ${p.oldest} or newer; BiomAid's guide installs 14.`,
  }),
  DATABASE_ENCODING: (p: { database: string; user: string; encoding: string }) => ({
    what: `The database ${p.database} is in ${p.encoding}, not in UTF8. Nothing was changed.`,
    next: `Make another one: \`CREATE DATABASE NAME OWNER "${p.user}" ENCODING 'UTF8' LOCALE 'fr_FR.UTF-8' TEMPLATE template0\`.`,
  }),
  DATABASE_READ_ONLY: (p: { database: string }) => ({
    what: `The database ${p.database} can only be read: the server is a standby, or default_transaction_read_only is on. Nothing was changed.`,
    next: "Name the primary server in database.host.",
  }),
  DATABASE_RIGHTS: (p: { database: string; user: string }) => ({
    what: `${p.user} may not make tables in the database ${p.database}. Nothing was changed.`,
    next: `Make it the owner: \`ALTER DATABASE "${p.database}" OWNER TO "${p.user}"\`, and, connected to that database, \`ALTER SCHEMA public OWNER TO "${p.user}"\`.`,
  }),
  DATABASE_FOREIGN: (p: { database: string; name: string; path: string }) => ({
    what: `The database ${p.database} belongs to another instance of BiomAid. Nothing was changed.`,
    next: `Give "${p.name}" one of its own in ${p.path}. If the other instance is gone, or this is a copy of its database: \`biomaid-compose up ${p.name} --other-data\`, once.`,
  }),
  DATABASE_CHECK_FAILED: (p: { name: string; lines: string[] }) => ({
    what: `The container that was to look at the database server of "${p.name}" failed. Its last lines are above.`,
    next: "Once the cause is removed, run the same command again.",
  }),
  DATABASE_ELSEWHERE: (p: { name: string; before: string; now: string; path: string }) => ({
    what: `The database of "${p.name}" is in ${p.before}, but ${p.path} now says ${p.now}. Nothing was changed.`,
    next: `Put the former setting back; or move the data (pg_dump, pg_restore: README.md, "A database server of yours"), then, once, \`biomaid-compose up ${p.name} --other-data\`, which starts with what is there. The former database stays as it is.`,
  }),
  FILES_ELSEWHERE: (p: {
    name: string;
    data: string;
    before: string;
    now: string;
    path: string;
    source: string;
    target: string;
    started: boolean;
  }) => ({
    what: `volumes.${p.data}: the data of "${p.name}" are in ${p.before}, but ${p.path} now says ${p.now}. Nothing was changed.`,
    next: p.started
      ? `Put the former setting back; or, to move the data: \`biomaid-compose up ${p.name} --other-data\`, \`biomaid-compose down ${p.name}\`, \`sudo rsync -a --delete "${p.source}/" "${p.target}/"\`, \`biomaid-compose up ${p.name}\`.`
      : `Put the former setting back; or, to move the data: \`biomaid-compose down ${p.name}\`, \`sudo mkdir -p "${p.target}"\`, \`sudo cp -a "${p.source}/." "${p.target}/"\`, \`biomaid-compose up ${p.name} --other-data\`. What is in ${p.before} stays there.`,
  }),
  VOLUME_FOLDER_MISSING: (p: { setting: string; folder: string; path: string; owner: string | undefined }) => ({
    what: `${p.setting}: there is no folder ${p.folder}. Nothing was changed.`,
    next: `Mount its disk; or make it: \`sudo mkdir -p "${p.folder}"\`${p.owner === undefined ? "" : ` and \`sudo chown ${p.owner} "${p.folder}"\``}; or correct ${p.path}.`,
  }),
  VOLUME_FOLDER_REFUSED: (p: { setting: string; folder: string; path: string }) => ({
    what: `${p.setting}: ${p.folder} is in the instance's own folder, or around it. Nothing was changed.`,
    next: `Name a folder in ${p.path} that is for these data alone.`,
  }),
  VOLUME_FOLDER_CLOSED: (p: { setting: string; folder: string; path: string; owner: string; detail: string }) => ({
    what: `${p.setting}: the container's user, ${p.owner} on this machine, cannot write to ${p.folder} (${p.detail}). Nothing was changed.`,
    next: `Give it to that user: \`sudo chown -R ${p.owner} "${p.folder}"\` and \`sudo chmod u+rwx "${p.folder}"\`; it must also get through the folders above, and past SELinux where there is it (docs/platforms.md). A disk that is mounted read-only, or an NFS export that does not know this user, has to be changed; or ${p.path}.`,
  }),
  VOLUME_FOLDER_FOREIGN: (p: { setting: string; folder: string; path: string; file: string }) => ({
    what: `${p.setting}: ${p.folder} belongs to another instance. Nothing was changed.`,
    next: `Name another folder in ${p.path}. If that instance is gone: \`sudo rm "${p.file}"\`, and run the command again.`,
  }),
  VOLUME_FOLDER_EMPTY: (p: { setting: string; folder: string; path: string; name: string }) => ({
    what: `${p.setting}: ${p.folder} is not the folder that "${p.name}" has had there: its mark is missing. Nothing was changed.`,
    next: `Mount the disk that it is on. If the data are lost, or you have put them back from a copy: \`biomaid-compose up ${p.name} --other-data\`, once; the path is in ${p.path}.`,
  }),
  SETTING_NEEDS_EXTRA: (p: { name: string; path: string; setting: string; extra: string; value: string }) => ({
    what: `${p.path} has \`${p.setting}\`, which needs BiomAid's extra ${p.extra}, and application.extras does not name it.`,
    next: `Have it installed: \`biomaid-compose config set ${p.name} application.extras '[${p.value}]'\`, before \`${p.setting}\` is set.`,
  }),
  LDAP_NOT_SET: (p: { name: string; path: string }) => ({
    what: `The instance "${p.name}" has no directory: people sign in by their local accounts.`,
    next: `Give it one in ${p.path}: \`ldap: {urls: […], search_base: …}\`, described in docs/configuration.md.`,
  }),
  LDAP_NOT_APPLIED: (p: { name: string }) => ({
    what: `The settings of the directory have changed since "${p.name}" was started.`,
    next: `Apply them first: \`biomaid-compose up ${p.name}\`.`,
  }),
  LDAP_HOST_UNKNOWN: (p: { server: string; detail: string; lines: string[] }) => ({
    what: `The name of the directory server ${p.server} is not known to the containers: ${p.detail}.`,
    next: "Check ldap.urls, and that this machine's DNS server knows the name (`getent hosts`).",
  }),
  LDAP_UNREACHABLE: (p: { server: string; detail: string; lines: string[] }) => ({
    what: `There is no connection to the directory server ${p.server}: ${p.detail}.`,
    next: "Check host and port in ldap.urls, that the server runs, and that no firewall stands between.",
  }),
  LDAP_TLS_FAILED: (p: { server: string; detail: string; lines: string[] }) => ({
    what: `The directory server ${p.server} does not encrypt as ldap.urls and ldap.security say: ${p.detail}.`,
    next: "Servers have starttls on port 389 (ldap://) and tls on port 636 (ldaps://): write in ldap.urls what yours has.",
  }),
  LDAP_CERTIFICATE_REFUSED: (p: { server: string; detail: string; lines: string[] }) => ({
    what: `The certificate of the directory server ${p.server} is not trusted: ${p.detail}.`,
    next: "Use the name in the certificate in ldap.urls; for an authority of the hospital's own, name its certificate with ldap.ca_file.",
  }),
  LDAP_BIND_REFUSED: (p: { server: string; user: string; detail: string; lines: string[] }) => ({
    what: `The directory server ${p.server} does not let "${p.user}" in: ${p.detail}.`,
    next: "Check ldap.bind_dn and the file of ldap.password_file, then run `up`; a server that answers nobody unknown needs both.",
  }),
  LDAP_BASE_NOT_FOUND: (p: { server: string; value: string; detail: string; lines: string[] }) => ({
    what: `The directory server ${p.server} has no entry "${p.value}", or does not show it: ${p.detail}.`,
    next: "Check ldap.search_base, and that the account of ldap.bind_dn may read there.",
  }),
  LDAP_SEARCH_REFUSED: (p: { server: string; detail: string; lines: string[] }) => ({
    what: `The directory server ${p.server} does not answer the search: ${p.detail}.`,
    next: "Check ldap.filter, and that the account of ldap.bind_dn may search below ldap.search_base.",
  }),
  LDAP_USER_NOT_FOUND: (p: { server: string; user: string; detail: string; lines: string[] }) => ({
    what: `The directory server ${p.server} has nobody for the login "${p.user}": ${p.detail} finds nothing.`,
    next: "Check the login, ldap.filter and ldap.search_base, and that the account of ldap.bind_dn may read people's entries.",
  }),
  LDAP_USER_AMBIGUOUS: (p: { server: string; user: string; detail: string; lines: string[] }) => ({
    what: `The directory server ${p.server} has several entries for the login "${p.user}", so that nobody can sign in by it: ${p.detail}.`,
    next: "Narrow ldap.search_base or ldap.filter until there is one: `(&(objectClass=person)(uid=%(user)s))`.",
  }),
  LDAP_PASSWORD_REFUSED: (p: { server: string; user: string; detail: string; lines: string[] }) => ({
    what: `The directory server ${p.server} refuses this password of "${p.user}": ${p.detail}.`,
    next: "Try again with the right one; some directories answer the same for accounts that are locked or have expired.",
  }),
  LDAP_USER_LOCAL: (p: { server: string; user: string; detail: string; lines: string[] }) => ({
    what: `The directory server ${p.server} has the login "${p.user}", but may not sign in as BiomAid's account of that name: ${p.detail}.`,
    next: "A local account signs in by its own password, an administrator always does. README.md, “Directory”, has how to hand one over to the directory.",
  }),
  LDAP_TEST_FAILED: (p: { name: string; lines: string[] }) => ({
    what: "The container that was to ask the directory failed. Its last lines are above.",
    next: `See that the instance works: \`biomaid-compose manage ${p.name} -- check\`.`,
  }),
  SECRET_EMPTY: (p: { file: string }) => ({
    what: `The secret ${p.file} is empty.`,
    next: "Restore it from a backup: a new one would not fit the existing data.",
  }),
  SECRET_MISSING: (p: { file: string }) => ({
    what: `The secret ${p.file} is gone, and the instance has a database that it belongs to. Nothing was changed.`,
    next: `Restore it from a backup. If there is none, put a new value there (\`openssl rand -hex 32 >"${p.file}"\`) and run the command again: a new secret_key signs everybody out; for a new database_password, the error that follows says how to make the database take it.`,
  }),
  SECRETS_EXPOSED: (p: { folder: string; mode: string }) => ({
    what: `Other users of this machine can look into ${p.folder} (mode ${p.mode}), which holds the instance's secrets. Nothing was changed.`,
    next: `Close it: \`chmod 700 "${p.folder}"\`, and run the command again. If somebody else may have read them, they are to be replaced. If the mode stays (a Windows drive under /mnt, a network share), keep the instances on a Linux file system (--home).`,
  }),
  REDIRECT_PORT_SAME: (p: { path: string; port: number }) => ({
    what: `In ${p.path}, web.tls.redirect_port is the web port itself (${p.port}), which speaks HTTPS.`,
    next: "Set it to the port that people reach by HTTP, usually 80; web.port is 443 in the profile production with web.tls.",
  }),
  HOST_PROXY_PUBLISHED: (p: { path: string; address: string }) => ({
    what: `web.trusted_proxies has "host", a proxy on this machine, but other machines reach the web port, too (web.address: ${p.address}).`,
    next: `Set web.address to 127.0.0.1 in ${p.path}, so that only programs of this machine come through that port; or take "host" out and name the addresses of proxies on other machines.`,
  }),
  TLS_FILE_MISSING: (p: { file: string; setting: string; path: string }) => ({
    what: `${p.file} does not exist (${p.setting}). Nothing was changed.`,
    next: `Put the file there, or correct the path in ${p.path}; a relative one begins at the folder of that file.`,
  }),
  CERTIFICATE_UNREADABLE: (p: { file: string }) => ({
    what: `${p.file} holds no readable certificate. Nothing was changed.`,
    next: `The file has to be in PEM format, with a line "-----BEGIN CERTIFICATE-----". To look at it: \`openssl x509 -in ${p.file} -noout -text\`; from DER: \`openssl x509 -inform der -in FILE\`; from PKCS #12: \`openssl pkcs12 -in FILE -nokeys\`.`,
  }),
  CERTIFICATE_ORDER: (p: { file: string }) => ({
    what: `The certificates of ${p.file} are in the wrong order. Nothing was changed.`,
    next: "Put the server's own certificate first, then the one of the authority that issued it, and so on: each is issued by the next.",
  }),
  CERTIFICATE_CHAIN: (p: { file: string; subject: string; issuer: string; found: string }) => ({
    what: `In ${p.file}, the certificate "${p.subject}" was issued by "${p.issuer}", but the one after it is "${p.found}". Nothing was changed.`,
    next: "Put the certificate of that issuer there; the authority publishes it. Leave out what belongs to another chain.",
  }),
  CERTIFICATE_EXPIRED: (p: { file: string; subject: string; date: string }) => ({
    what: `The certificate "${p.subject}" of ${p.file} has been out of date since ${p.date}. Nothing was changed.`,
    next: "Have it renewed, put the new one there and run the command again. If it should still be valid, check this machine's clock (`date`).",
  }),
  CERTIFICATE_NOT_YET: (p: { file: string; subject: string; date: string }) => ({
    what: `The certificate "${p.subject}" of ${p.file} is not valid before ${p.date}. Nothing was changed.`,
    next: "Use the former one until then. If it should be valid by now, check this machine's clock (`date`).",
  }),
  CERTIFICATE_NAMES: (p: { file: string; hosts: string[]; names: string[] }) => ({
    what: `The certificate ${p.file} is not for ${p.hosts.join(", ")}, but for ${p.names.join(", ") || "no name at all"}. Nothing was changed.`,
    next: "Have a certificate made for every name of web.hosts (as subject alternative name), or take out of web.hosts the names that nobody types.",
  }),
  KEY_UNREADABLE: (p: { file: string }) => ({
    what: `${p.file} holds no readable private key. Nothing was changed.`,
    next: 'The file has to be in PEM format, with a line "-----BEGIN PRIVATE KEY-----" (or RSA, or EC PRIVATE KEY). To look: `openssl pkey -noout -in` and the file.',
  }),
  KEY_ENCRYPTED: (p: { file: string }) => ({
    what: `The private key ${p.file} is encrypted: nobody could type its password when the server starts. Nothing was changed.`,
    next: `Write it without password into a file that only you can read: \`(umask 077; openssl pkey -in ${p.file} -out FILE)\`, and name that one in web.tls.key.`,
  }),
  KEY_MISMATCH: (p: { file: string; key: string }) => ({
    what: `The private key ${p.key} does not belong to the certificate ${p.file}. Nothing was changed.`,
    next: `Name the key that the certificate was asked for with. These two have to print the same: \`openssl x509 -in ${p.file} -noout -pubkey\` and \`openssl pkey -in ${p.key} -pubout\`.`,
  }),
  KEY_WEAK: (p: { file: string; bits: number; minimum: number }) => ({
    what: `The RSA key ${p.file} has ${p.bits} bits; browsers and OpenSSL take none below ${p.minimum}. Nothing was changed.`,
    next: "Have a certificate made for a new key, RSA with 2048 bits or more, or ECDSA P-256.",
  }),
  GENERATED_FILE_EDITED: (p: { files: string[]; folder: string }) => ({
    what: `${p.files.length === 1 ? "A generated file was" : "Generated files were"} edited by hand: ${p.files.join(", ")}. Nothing was changed.`,
    next: `Make the change in ${p.folder}/instance.yaml or compose.override.yaml, then delete ${p.files.length === 1 ? "the edited file" : "the edited files"} and run the command again.`,
  }),
  CONFIRMATION_NEEDED: (p: { name: string }) => ({
    what: `This deletes the database, the uploaded files and the logs of "${p.name}". Nothing was changed.`,
    next: "Type the instance's name when asked; in a script, add --yes.",
  }),
  DOCKER_MISSING: (_: Record<string, never>) => ({
    what: "The command `docker` was not found.",
    next: "Install Docker Engine 25 or newer with Compose: https://docs.docker.com/engine/install/. In a checkout of this tool, `./script/demo` does it.",
  }),
  ENGINE_UNREACHABLE: (p: { endpoint: string; detail: string }) => ({
    what: `The Docker engine does not answer at ${p.endpoint}: ${p.detail}`,
    next: "Start it (`systemctl start docker`), and check that your user may use it (`docker info`). If another engine is meant, see DOCKER_HOST and `docker context ls`.",
  }),
  ENGINE_ELSEWHERE: (p: { endpoint: string; folder: string }) => ({
    what: `The Docker engine at ${p.endpoint} does not see ${p.folder} of this machine, so that no container could mount it. Nothing was started.`,
    next: "If the engine is on another machine, run biomaid-compose there. If it is in a virtual machine, a container or a sandbox (snap), share the folder with it under the same path, or put the instances where it looks (--home).",
  }),
  LABEL_REFUSED: (p: { folder: string; lines: string[] }) => ({
    what: `The engine uses SELinux, and the files of ${p.folder} that containers read could not be labelled for them. What \`chcon\` said is above. Nothing was started.`,
    next: `Run the command as the owner of the files, on a file system that keeps labels (not NFS or vfat), or have an administrator label them: docs/platforms.md.`,
  }),
  ENGINE_TOO_OLD: (p: { found: string; oldest: string }) => ({
    what: `Docker Engine ${p.found} is too old.`,
    next: `Install version ${p.oldest} or newer: https://docs.docker.com/engine/install/.`,
  }),
  COMPOSE_MISSING: (_: Record<string, never>) => ({
    what: "`docker compose` is not installed.",
    next: "Install the Compose plugin: https://docs.docker.com/compose/install/.",
  }),
  COMPOSE_TOO_OLD: (p: { found: string; oldest: string }) => ({
    what: `Docker Compose ${p.found} is too old.`,
    next: `Install version ${p.oldest} or newer: https://docs.docker.com/compose/install/.`,
  }),
  BUILDX_MISSING: (_: Record<string, never>) => ({
    what: "`docker buildx` is not installed: images cannot be built without it.",
    next: "Install the buildx plugin: https://docs.docker.com/build/install-buildx/ (package docker-buildx-plugin or docker-buildx).",
  }),
  BUILDX_TOO_OLD: (p: { found: string; oldest: string }) => ({
    what: `Docker buildx ${p.found} is too old.`,
    next: `Install version ${p.oldest} or newer: https://docs.docker.com/build/install-buildx/.`,
  }),
  TOOL_MISSING: (p: { tool: string; package: string }) => ({
    what: `The command \`${p.tool}\` was not found.`,
    next: `Install the package ${p.package}.`,
  }),
  GIT_MISSING: (_: Record<string, never>) => ({ what: "The command `git` was not found.", next: "Install git." }),
  PACKAGES_TOOL_MISSING: (p: { tool: string }) => ({
    what: `The base images have to be made from packages here, which needs \`${p.tool}\`: that command was not found.`,
    next: `Install it (\`apt-get install ${p.tool}\`), or give this machine access to a container registry and set \`bases: registry\` in instance.yaml.`,
  }),
  SOURCE_UNREACHABLE: (p: { git: string; detail: string }) => ({
    what: `The repository ${p.git} cannot be read: ${p.detail}`,
    next: "Check the address, the network and the proxy (`git ls-remote`). To try the tool without that repository: --source sample.",
  }),
  SOURCE_REFUSED: (p: { path: string; lines: string[] }) => ({
    what: `git does not read ${p.path}.`,
    next: "If the folder belongs to another user, run the command as that user, or tell git to trust it with the command that git shows above (safe.directory). Otherwise do what git says.",
  }),
  SOURCE_KEY_MISSING: (p: { file: string }) => ({
    what: `The private key ${p.file} (source.key_file) is not there.`,
    next: `Put it there: \`cp KEY ${p.file}\`. To make one: \`ssh-keygen -t ed25519 -N "" -f ${p.file}\`, then have the git host take ${p.file}.pub as a deploy key, for reading only.`,
  }),
  SOURCE_WITHOUT_REFS: (p: { source: string }) => ({
    what: `The code is ${p.source}: it has no branches or tags.`,
    next: "Name a repository: `biomaid-compose refs --source URL`.",
  }),
  LOGIN_IN_URL: (p: { option: string }) => ({
    what: `${p.option}: a URL must not have a user name or a password in it, because it is shown in messages and logs.`,
    next: "Leave them out: git's own credentials are used (credential helper, ~/.netrc, ssh).",
  }),
  GIT_LOGIN_REFUSED: (p: { git: string; lines: string[] }) => ({
    what: `git is not let into ${p.git}, or there is no such repository. What it says is above.`,
    next: "By ssh: a key that the host knows, in ssh-agent, or a deploy key without passphrase in secrets/ (source.key_file). By https: a credential helper or ~/.netrc. To try what git is configured with: `git ls-remote` and the address.",
  }),
  GIT_HOST_UNKNOWN: (p: { git: string; host: string; port: number }) => ({
    what: `The host key of ${p.host} (port ${p.port}) is not known here, so ${p.git} was not asked for.`,
    next: `Get it: \`ssh-keyscan -p ${p.port} ${p.host} > known_hosts\`. Compare its fingerprint (\`ssh-keygen -lf known_hosts\`) with the one that the host publishes. Then add these lines to ~/.ssh/known_hosts or, with source.key_file, put the file into secrets/.`,
  }),
  GIT_HOST_CHANGED: (p: { git: string; host: string; port: number; lines: string[] }) => ({
    what: `The host key of ${p.host} (port ${p.port}) is another one than was known: somebody may stand in between. ${p.git} was not asked for.`,
    next: "Ask the host's administrator for its new fingerprint. If it is the one above, replace the old line in the file that ssh names there.",
  }),
  UPDATE_NEEDS_UPGRADE: (p: { name: string; version: string; lines: string[] }) => ({
    what: `${p.version} has migrations that the database of "${p.name}" has not had (see above). Nothing was changed.`,
    next: "They change the data for good: this takes an upgrade, with a backup before it. A coming version of biomaid-compose brings that command (`upgrade`). Until then the instance stays as it is.",
  }),
  UPDATE_TO_OLDER: (p: { name: string; version: string; lines: string[] }) => ({
    what: `${p.version} is older than the database of "${p.name}", which has had migrations that it does not know (see above). Nothing was changed.`,
    next: "Choose a newer version: `biomaid-compose refs` lists them. To go back for good, restore a backup from that time.",
  }),
  UPDATE_CHECK_FAILED: (p: { name: string; version: string; lines: string[] }) => ({
    what: `${p.version} does not get as far as its migrations, with the settings of "${p.name}". Its last lines are above. Nothing was changed.`,
    next: "See whether local/ and settings.d/ fit that version. After a change of instance.yaml or of biomaid-compose itself, run `up` first.",
  }),
  REF_NOT_FOUND: (p: { git: string; ref: string }) => ({
    what: `${p.git} has no branch, tag or commit "${p.ref}".`,
    next: `See what it has: \`biomaid-compose refs --source ${p.git}\`. A commit has to be given in full, with its 40 characters.`,
  }),
  SOURCE_NOT_BIOMAID: (p: { source: string; missing: string }) => ({
    what: `${p.source} is not BiomAid's code: ${p.missing} is not there.`,
    next: "Name the folder or repository that holds manage.py, pyproject.toml and poetry.lock.",
  }),
  IMAGE_MISSING: (p: { image: string }) => ({
    what: `The image ${p.image} is not on this machine, and it cannot be pulled.`,
    next: "Load or pull it first: `docker load`, `docker pull`.",
  }),
  LOCK_OUTDATED: (p: { source: string }) => ({
    what: `In the application's code (${p.source}), poetry.lock does not match pyproject.toml.`,
    next: "Run `poetry lock` in that code and commit the file, or choose another branch, tag or commit.",
  }),
  BUILD_FAILED: (p: { image: string; lines: string[] }) => ({
    what: `The image ${p.image} could not be built. The last lines of the build are above.`,
    next: "Once the cause is removed, run the same command again: what was built stays in the cache, it goes on from there.",
  }),
  BUILD_NETWORK: (p: { image: string; lines: string[] }) => ({
    what: `The image ${p.image} could not be built: the network failed during a download. The last lines of the build are above.`,
    next: "Check the network, the proxy (`env | grep -i proxy`) and the package mirrors, then run the same command again: what was built stays in the cache, it goes on from there. Where no container registry can be reached, `bases: packages` in instance.yaml does without one.",
  }),
  DOCS_MISSING: (p: { source: string; missing: string }) => ({
    what: `The application's code (${p.source}) has no documentation: ${p.missing} is not there.`,
    next: "Choose a branch, tag or commit that has one.",
  }),
  DOCS_NEED_CODE: (p: { name: string; image: string }) => ({
    what: `The instance "${p.name}" runs a ready image (${p.image}): there is no code here whose documentation could be built.`,
    next: "Build it with an instance whose source is a git repository or a folder: `biomaid-compose init` creates one, and it need not be started.",
  }),
  DOCS_FOLDER_TAKEN: (p: { folder: string }) => ({
    what: `${p.folder} holds something else than documentation that this command wrote. Nothing was changed.`,
    next: "Name a new or an empty folder with --output, or empty this one.",
  }),
  DOCS_FAILED: (p: { format: string; source: string; lines: string[] }) => ({
    what: `The documentation (${p.format}) of the application's code (${p.source}) could not be built. The last lines of the build are above. Nothing was changed.`,
    next: "See what they say of the files of docs/ or of the Poetry group doc; another branch, tag or commit may do better.",
  }),
  ENGINE_DISK_FULL: (p: { folder: string; lines: string[] }) => ({
    what: `The Docker engine has no space left on its disk (${p.folder}). The last lines of what failed are above.`,
    next: "See what takes the space (`docker system df`), make room (`docker builder prune` empties the cache of builds only), then run the same command again: what was already done is kept.",
  }),
  BASE_FAILED: (p: { image: string; detail: string }) => ({
    what: `The base image ${p.image} could not be made from packages: ${p.detail}`,
    next: "Check that apt and npm reach their mirrors on this machine (`apt-get update`, `npm ping`).",
  }),
  PORT_TAKEN: (p: PortTaken) => ({
    what: `Port ${p.port} of ${p.address} is already in use by ${portHolder(p)}.`,
    next: `Stop that one${p.instance === undefined ? "" : ` (\`biomaid-compose down ${p.instance}\`)`}, or choose another port: ${p.setting} in ${p.path}. To see who listens: \`sudo ss -ltnp 'sport = :${p.port}'\`.`,
  }),
  PORT_STUCK: (p: { address: string; port: number; path: string; process: number }) => ({
    what: `Port ${p.port} of ${p.address} is held by Docker (docker-proxy, process ${p.process}), but no container publishes it: the engine was killed in the middle of a start, or another engine has it.`,
    next: `Restart the engine (\`systemctl restart docker\`), then run the same command again; or choose another port: web.port in ${p.path}.`,
  }),
  PORT_PRIVILEGED: (p: { address: string; port: number; setting: string; path: string }) => ({
    what: `The Docker engine may not listen on port ${p.port} of ${p.address}: without root rights, ports below 1024 are closed to it.`,
    next: `Let it: \`echo net.ipv4.ip_unprivileged_port_start=${p.port} | sudo tee /etc/sysctl.d/50-biomaid.conf\`, then \`sudo sysctl --system\`; or choose a port from 1024 on: ${p.setting} in ${p.path}.`,
  }),
  NETWORKS_EXHAUSTED: (_: Record<string, never>) => ({
    what: "Docker has no address range left for another network.",
    next: "Remove the networks that nothing uses (`docker network prune`), or give Docker more address ranges: `default-address-pools` in /etc/docker/daemon.json.",
  }),
  SERVICE_FAILED: (p: { name: string; service: string; state: string; exitStatus: number; lines: string[] }) => ({
    what: `The service ${p.service} of "${p.name}" failed (${p.state}${p.exitStatus === 0 ? "" : `, exit status ${p.exitStatus}`}). Its last lines are above.`,
    next: `Its whole log: \`biomaid-compose logs ${p.name} ${p.service}\`. Once the cause is removed: \`biomaid-compose up ${p.name}\`.`,
  }),
  SERVICE_DISK_FULL: (p: { name: string; service: string; folder: string; lines: string[] }) => ({
    what: `The service ${p.service} of "${p.name}" has no space left on the disk of its volumes. Its last lines are above.`,
    next: `Make room on that disk (the engine's: ${p.folder}, unless compose.override.yaml puts the volumes elsewhere; \`docker system df -v\` shows what takes the space), then \`biomaid-compose up ${p.name}\`. What was committed is still there.`,
  }),
  STACK_FAILED: (p: { folder: string; lines: string[] }) => ({
    what: "Docker Compose could not start the services. Its last lines are above.",
    next: `To see it again: \`docker compose up\` in ${p.folder}.`,
  }),
  DOWN_FAILED: (p: { name: string; lines: string[] }) => ({
    what: `Docker Compose could not remove "${p.name}" completely. Its last lines are above.`,
    next: "Run the same command again.",
  }),
  NO_ANSWER: (p: { name: string; url: string; status: number | undefined }) => ({
    what: `The services are healthy, but ${p.url} ${p.status === undefined ? "does not answer" : `answers with HTTP status ${p.status}`}.`,
    next: `See \`biomaid-compose logs ${p.name} web app\`. Status 400 means that the name in the address is missing from web.hosts.`,
  }),
  JOBS_UNREADABLE: (p: { name: string; exitStatus: number; lines: string[] }) => ({
    what: `The history of the periodic tasks of "${p.name}" cannot be read (exit status ${p.exitStatus}). What the command said is above.`,
    next: `See \`biomaid-compose logs ${p.name} cron\`.`,
  }),
};

/** The port that could not be had, and what is known of who has it. */
export interface PortTaken {
  address: string;
  port: number;
  setting: string;
  path: string;
  container?: string | undefined;
  instance?: string | undefined;
  program?: string | undefined;
  process?: number | undefined;
}

function portHolder({ container, instance, program, process }: PortTaken): string {
  if (instance !== undefined) return `the instance "${instance}" (container ${container})`;
  if (container !== undefined) return `the container ${container}`;
  return program === undefined ? "another program" : `${program} (process ${process})`;
}

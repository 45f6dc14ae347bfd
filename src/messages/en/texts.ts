/** For what has its texts elsewhere. */
export const language: string = "en";

/** What is going on: shown with the time that it takes. */
export const steps = {
  registry: (image: string) => `Looking for ${image} in its registry`,
  debian: (image: string) => `Making ${image} from Debian packages`,
  postgresql: (_: string) => "Downloading PostgreSQL 14",
  pull: (image: string) => `Pulling ${image}`,
  source: (version: string) => `Fetching the application's code (${version})`,
  build: (image: string) => `Building ${image}`,
  database: (host: string) => `Looking at the database server ${host}`,
  docs: (format: string) => `Building the documentation (${format})`,
  start: (name: string) => `Starting ${name}`,
  migrations: (version: string) => `Comparing the migrations of ${version} with the database`,
  remove: (name: string) => `Removing the containers of ${name}`,
  removeAll: (name: string) => `Removing the containers and the data of ${name}`,
};

/** Comments of a new instance.yaml. */
export const instanceFile = {
  header: (profile: string) =>
    ` A BiomAid instance. Settings left out are those of the profile ${profile}:\n \`biomaid-compose config show NAME\` prints them all, \`biomaid-compose config schema\` what is allowed.`,
  footer: " After a change: `biomaid-compose up NAME`",
};

/** What `init` asks. */
export const questions = {
  introduction: "Enter takes what is proposed in brackets; Ctrl-C ends without writing anything.",
  line: (question: string, proposed: string) => (proposed === "" ? `${question} ` : `${question} [${proposed}] `),
  profile: (profiles: string) => `Profile, one of ${profiles}:`,
  source: "BiomAid's code, a git URL, a folder, image:NAME or sample:",
  ref: "Branch, tag or commit:",
  local: "The site's configuration, the name of a folder of the code, a path, or a git URL:",
  host: "Names under which people reach it, with spaces between them:",
  address: "Address of this machine to publish it on, 127.0.0.1 for this machine only:",
  tlsCertificate: "PEM file of its HTTPS certificate, Enter for plain HTTP:",
  tlsKey: "PEM file of the certificate's private key:",
  port: "Web port:",
  redirectPort: "Port that redirects HTTP to HTTPS, 80 for instance, Enter for none:",
  workers: "gunicorn processes:",
  mailHost: "Mail server (SMTP), Enter for none:",
  mailFrom: "Sender of the mails, an address or NAME <ADDRESS>:",
  mailSecurity: "Encryption, one of starttls, tls, none:",
  mailPort: "Port of the mail server:",
  mailUser: "Login at the mail server, Enter for none:",
  mailPasswordFile: "File of secrets/ that will hold its password:",
  mailCaFile: "PEM file of the authority of its certificate, Enter for the public ones:",
  admin: "Who is mailed when a request fails, NAME <ADDRESS>, semicolons between several, Enter for nobody:",
};

/** What can be wrong with one setting of instance.yaml. */
export const problems = {
  syntax: (p: { detail: string }) => `YAML syntax error: ${SYNTAX[p.detail] ?? p.detail}`,
  tooLong: (p: { maximum: number }) => `is longer than ${p.maximum} characters`,
  unknownKey: (p: { key: string; suggestion: string | undefined }) =>
    `is not a known setting${p.suggestion === undefined ? "" : `; did you mean "${p.suggestion}"?`}`,
  missing: (_: unknown) => "is required, but missing",
  wrongType: (p: { expected: string }) => `must be ${TYPES[p.expected] ?? p.expected}`,
  notAllowed: (p: { allowed: string[] }) =>
    `must be ${p.allowed.length === 1 ? "" : "one of: "}${p.allowed.join(", ")}`,
  empty: (_: unknown) => "must not be empty",
  tooSmall: (p: { minimum: number }) => `is below the minimum of ${p.minimum}`,
  tooLarge: (p: { maximum: number }) => `is above the maximum of ${p.maximum}`,
  badFormat: (p: { value: string }) => `has a value that is not allowed: ${p.value}`,
  rule: (p: { rule: string }) => RULES[p.rule] ?? p.rule,
};

/** The types of zod, in words. */
const TYPES: Record<string, string> = {
  string: "text (in quotes if YAML takes it for something else)",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a group of settings",
};

/** The commonest error codes of the YAML parser, in words. */
const SYNTAX: Record<string, string> = {
  BAD_ALIAS: "an alias (*) of something that has no anchor (&); put the value in quotes if the * is meant as text",
  BAD_INDENT: "wrong indentation, or something that was opened above is not closed",
  BAD_SCALAR_START: "a value that starts with this character must be in quotes",
  BLOCK_AS_IMPLICIT_KEY: "wrong indentation, or two settings on one line",
  DUPLICATE_KEY: "this setting is there twice",
  MISSING_CHAR: "a character is missing: a quote, a bracket, a comma, or the space after a colon",
  MULTILINE_IMPLICIT_KEY: "a setting must be on one line and end with a colon",
  MULTIPLE_DOCS: "the file must hold one YAML document only, without ---",
  RESOURCE_EXHAUSTION: "more nesting or more aliases (*) than a file of settings has",
  TAB_AS_INDENT: "indentation must be made of spaces, not of tabs",
  UNEXPECTED_TOKEN: "something that cannot stand here",
};

const RULES: Record<string, string> = {
  oneSource: "must have exactly one of git, path, image, sample",
  mailOrCatcher: "cannot be there together with mail: either the mails are sent, or they are caught",
  userWithPassword: "must have both user and password_file, or neither",
  needsEncryption: "cannot be none with a user or a ca_file: the password would be readable on the network",
  serverInvalid: "is not the address of a server",
  filterInvalid: "must be one LDAP filter in parentheses, with no other % than that of %(user)s",
  oneScheme: "must all be ldap:// or all be ldaps://",
  securityOfScheme: "must be tls with ldaps://, starttls or none with ldap://",
  authorityUnused: "has no use where security is none",
  bindWithPassword: "must have both bind_dn and password_file, or neither",
  ownSecret: "is the name of another secret of the instance",
  clientNeedsOracle: "is of no use without oracle in application.extras",
  localIsAddress: "is the address of a git repository, and not a folder: write {git: …} for that",
  refNeedsGit: "can only be used with git or path",
  keyNeedsSsh: "can only be used with a git address that is reached by ssh (ssh://… or git@host:path)",
  loginInUrl:
    "must not have a user name or a password in it: a URL is shown in messages and logs. Leave them out; git's own credentials are used (credential helper, ~/.netrc, ssh)",
  urlInvalid: "is not an address that a browser takes",
  tlsNeedsHttps: "must begin with https:// where there is web.tls",
  loopbackProxy:
    'is never the address that the web server sees: it is in a container; write "host" for a proxy on this machine',
  loopbackServer:
    "is the container's own address there, not this machine's; write host.docker.internal for this machine, and have the server listen on the address of Docker's bridge",
  authorityUnverified: "has no use where tls is not verify-full",
  foldersOverlap: "must not be one in the other",
  hostFolder:
    "must be the path of a folder from the root of this machine, without . or .. and no slash at its end; not below /proc, /sys, /dev or /run",
  everyoneTrusted: "would have everybody believed; name the proxies' own addresses",
};

export const conditions = {
  running: "running",
  starting: "starting",
  failing: "failing",
  down: "down",
  foreign: "taken",
  unknown: "unknown",
};

export const outcomes = {
  succeeded: "succeeded",
  failed: "failed",
  skipped: "skipped",
  running: "running",
  killed: "killed",
};

/** What a source can be set to, and what there is to say of it. */
export const refKinds = { tag: "release", branch: "branch" };
export const refNotes = {
  used: (name: string) => `that of ${name}`,
  locked: "locked commit",
  default: "default",
  development: "development: not to be used in production",
};

export const periods: Record<string, string> = {
  quarter_hourly: "every quarter of an hour",
  hourly: "hourly",
  daily: "daily",
  weekly: "weekly",
};

export const warnings = {
  foreign:
    "What runs under this name, or its data, belongs to an instance in another folder (--home): it is not shown here.",
  demoPublished: "Anybody who can reach this machine can sign in: the demo passwords are public (web.publish_demo).",
  oracleClientMissing:
    "The extra oracle is installed without Oracle's Instant Client: each connection to Oracle will fail (DPI-1047). Name its zip file in application.oracle_client.",
  databaseNotFrench:
    "The database does not sort in French (its collation is not fr_FR): names with accents are in another order than readers expect.",
  databaseOnNetwork:
    "volumes.database is on the file system of a network: PostgreSQL needs one that keeps what was written at any interruption (NFS: hard, sync), or the data can be lost.",
  documentationMissing:
    "The documentation is not built yet, and /documentation/ answers 404 (web.documentation): `biomaid-compose docs NAME`.",
  sample: "This is the bundled sample application, not BiomAid.",
  development:
    "This production instance takes its code from a branch under development (main, or the default branch where source.ref says nothing): not to be used in production. `biomaid-compose refs NAME` lists the releases.",
  belowMinimum:
    "This machine has less than the guide's minimum for a demonstration: 1 core, 2 GB of memory, 20 GB of disk.",
  belowRecommended:
    "This machine has less than the guide recommends for production: 4 cores, 8 GB of memory, 40 GB of disk.",
  limitsIgnored:
    "The Docker engine does not enforce limits of memory and processes (no control groups, as without root rights and without delegation): a runaway container can slow this machine down.",
  jobFailed: "A periodic task failed: see `biomaid-compose jobs NAME`.",
  certificateExpired: (file: string, date: string) =>
    `The certificate in service has been out of date since ${date}: browsers refuse it. Have ${file} renewed, then \`biomaid-compose up NAME\`.`,
  certificateExpires: (file: string, date: string) =>
    `The certificate in service is valid until ${date} only. Have ${file} renewed, then \`biomaid-compose up NAME\`.`,
  issuerMissing: (file: string, issuer: string) =>
    `${file} does not have the certificate of "${issuer}": browsers that do not know that authority already will refuse the connection. If it is an intermediate one, add its certificate at the end of the file.`,
};

/** What commands answer. */
export const answers = {
  error: "Error",
  warning: "Warning",
  /** A title and what it is about. */
  pair: (title: string, value: string) => `${title}: ${value}`,
  bug: { what: "this is a bug in biomaid-compose.", next: "Please report it with these details." },
  seconds: (count: string) => `${count} s`,
  created: (name: string, path: string) => `The instance ${name} is created: ${path}`,
  nextSuperuser: (name: string) =>
    `Next, the first administrator: \`biomaid-compose manage ${name} -- createsuperuser\``,
  nextPassword: (file: string) => `Next, put the password of the mail server in ${file}`,
  nextUp: (name: string) => `Next: \`biomaid-compose up ${name}\``,
  isUp: (name: string, version: string) => `BiomAid (${version}) is running as ${name}.`,
  sampleIsUp: (name: string) => `The bundled SAMPLE application, not BiomAid, is running as ${name}.`,
  mailsAt: (url: string) => `its mails are caught, read them at ${url}`,
  login: (username: string, password: string) => `sign in as ${username} with the password ${password}`,
  isDown: (name: string, folder: string) => `${name} is stopped. Its data and its folder ${folder} are kept.`,
  isGone: (name: string, folder: string) => `${name} is stopped and its data is deleted. Its folder ${folder} is kept.`,
  /** What `down --volumes` deletes. */
  deletes: { database: "the database", media: "the uploaded files", log: "the logs" },
  confirmDelete: (name: string, data: string) => `This deletes of ${name}: ${data}. Type its name to go on: `,
  keepsData: (places: string) => `Not touched: ${places}`,
  isPublished: (addresses: string) =>
    `Open to other machines: ${addresses}. Docker publishes ports past ufw and firewalld; to restrict them: web.address, or the chain DOCKER-USER (README.md, "Ports and firewalls"). This is said once.`,
  noInstances: (home: string) => `There is no instance in ${home}. To try BiomAid: \`biomaid-compose up demo\``,
  mailSent: (address: string, server: string) => `The mail server ${server} has taken the message to ${address}:`,
  askPassword: (login: string) => `Password of ${login} (Enter: do not try it): `,
  none: "none",
  keyRotated: (name: string) =>
    `${name} has a new secret key. From the next up on it signs with that; sessions and links of the former one stay valid until \`secrets forget\` or another rotation.`,
  formerKeyForgotten: (name: string) =>
    `The former secret key of ${name} is gone. From the next up on, whoever has not used BiomAid since the rotation has to sign in again, and the links mailed before it are void.`,
  noFormerKey: (name: string) => `${name} has no former secret key: nothing was changed`,
  localCopied: (from: string, version: string, folder: string) =>
    `${folder} is now a copy of ${from} (${version}), for you to adapt; instance.yaml names it.`,
  localKept: (ref: string, commit: string) => `${ref} is still ${commit}: nothing was changed.`,
  localMoved: (ref: string, before: string | null, commit: string) =>
    before === null ? `${ref} is ${commit}` : `${ref} was ${before}, and is now ${commit}`,
  nextUpdate: (name: string) => `Next: \`biomaid-compose update ${name}\``,
  lockedCommit: (name: string, ref: string, commit: string) => `${name} uses ${ref}, at the commit ${commit}.`,
  updated: (name: string, source: string, commits: string) => `${name} now runs ${source} (${commits}).`,
  updateCurrent: (name: string, source: string, commit: string) =>
    `Nothing new for ${name}: ${source} is still at ${commit}.`,
  updateAvailable: (name: string, source: string, commits: string) =>
    `An update without new migrations is there for ${name}: ${source} (${commits}). Nothing was changed.`,
  updateUnversioned: (name: string, source: string) =>
    `The code of ${name} is ${source}, without a branch or tag to follow: each \`up\` takes it as it is then.`,
  docsBuilt: (name: string, version: string, folder: string) =>
    `The documentation of ${name} (${version}) is in ${folder}`,
  docsOpened: (page: string) => `  To read it, open this in a browser: ${page}`,
  docsServed: (name: string, url: string) =>
    `  On the network: ${url} (if it is not there yet: \`biomaid-compose up ${name}\`)`,
  noJobs: "No periodic task has run yet.",
  settingChanged: (setting: string, value: string, file: string) => `${setting} is now ${value} in ${file}`,
  settingRemoved: (setting: string, value: string, file: string) =>
    `${setting} is now the profile's, ${value}: ${file} says nothing of it`,
  settingKept: (setting: string, value: string) => `${setting} was ${value} already: nothing was changed`,
  fileValid: (path: string) => `${path} is valid.`,
  unknown: "unknown",
};

/** What a test of the directory has done, on the server or servers named. */
export const ldapSteps = {
  connect: (server: string) => `${server} answers`,
  tls: (_: string) => "the connection is encrypted, and the certificate trusted",
  bind: (_: string) => "the account that searches is let in",
  base: (_: string) => "the search base is there",
  entry: (_: string) => "the login has one entry",
  password: (_: string) => "the password is right",
};

/** Why the directory may not sign in as an account. */
export const ldapReasons = {
  administrator: "it is an administrator's",
  local: "it is a local one",
  inactive: "it is not active",
  several: "there are several",
};

/** Titles of tables and of lists. */
export const titles = {
  instance: "INSTANCE",
  profile: "PROFILE",
  condition: "STATE",
  address: "ADDRESS",
  name: "NAME",
  kind: "KIND",
  commit: "COMMIT",
  note: "NOTE",
  service: "SERVICE",
  since: "SINCE",
  image: "IMAGE",
  period: "PERIOD",
  start: "START",
  duration: "DURATION",
  outcome: "OUTCOME",
  url: "Address",
  mails: "Mails",
  database: "Database",
  folder: "Folder",
  source: "Source",
  bases: "Base images",
};

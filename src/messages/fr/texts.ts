// The spaces before : ? ! ; and inside « » are no-break spaces (U+00A0, and the narrow U+202F), except in commands.

export const language: string = "fr";

/** What is going on: shown with the time that it takes. */
export const steps = {
  registry: (image: string) => `Recherche de ${image} dans son registre`,
  debian: (image: string) => `Création de ${image} à partir des paquets Debian`,
  postgresql: (_: string) => "Téléchargement de PostgreSQL 14",
  pull: (image: string) => `Téléchargement de ${image}`,
  source: (version: string) => `Récupération du code de l’application (${version})`,
  build: (image: string) => `Construction de ${image}`,
  database: (host: string) => `Examen du serveur de base de données ${host}`,
  docs: (format: string) => `Construction de la documentation (${format})`,
  start: (name: string) => `Démarrage de l’instance ${name}`,
  migrations: (version: string) => `Comparaison des migrations de ${version} avec celles de la base de données`,
  remove: (name: string) => `Suppression des conteneurs de l’instance ${name}`,
  removeAll: (name: string) => `Suppression des conteneurs et des données de l’instance ${name}`,
};

/** Comments of a new instance.yaml. */
export const instanceFile = {
  header: (profile: string) =>
    ` Une instance de BiomAid. Les paramètres omis sont ceux du profil ${profile} :\n \`biomaid-compose config show NOM\` les affiche tous, \`biomaid-compose config schema\` ce qui est admis.`,
  footer: " Après une modification : `biomaid-compose up NOM`",
};

/** What `init` asks. */
export const questions = {
  introduction: "Entrée accepte ce qui est proposé entre crochets ; Ctrl-C termine sans rien écrire.",
  line: (question: string, proposed: string) => (proposed === "" ? `${question} ` : `${question} [${proposed}] `),
  profile: (profiles: string) => `Profil, parmi ${profiles} :`,
  source: "Code de BiomAid : URL git, dossier, image:NOM ou sample :",
  ref: "Branche, tag ou commit :",
  local: "Configuration du site, le nom d’un dossier du code, un chemin ou une URL git :",
  host: "Noms sous lesquels on y accède, séparés par des espaces :",
  address: "Adresse de cette machine où la publier, 127.0.0.1 pour cette machine seulement :",
  tlsCertificate: "Fichier PEM de son certificat HTTPS, Entrée pour HTTP sans chiffrement :",
  tlsKey: "Fichier PEM de la clé privée du certificat :",
  port: "Port web :",
  redirectPort: "Port qui redirige HTTP vers HTTPS, 80 par exemple, Entrée pour aucun :",
  workers: "Nombre de processus gunicorn :",
  mailHost: "Serveur de messagerie (SMTP), Entrée pour aucun :",
  mailFrom: "Expéditeur des courriels, une adresse ou NOM <ADRESSE> :",
  mailSecurity: "Chiffrement, parmi starttls, tls, none :",
  mailPort: "Port du serveur de messagerie :",
  mailUser: "Identifiant sur ce serveur, Entrée pour aucun :",
  mailPasswordFile: "Fichier du dossier secrets/ qui contiendra son mot de passe :",
  mailCaFile: "Fichier PEM de l’autorité de son certificat, Entrée pour les autorités publiques :",
  admin:
    "À qui écrire quand une requête échoue, NOM <ADRESSE>, séparés par des points-virgules, Entrée pour personne :",
};

/** What can be wrong with one setting of instance.yaml. */
export const problems = {
  syntax: (p: { detail: string }) => `erreur de syntaxe YAML : ${SYNTAX[p.detail] ?? p.detail}`,
  tooLong: (p: { maximum: number }) => `dépasse ${p.maximum} caractères`,
  unknownKey: (p: { key: string; suggestion: string | undefined }) =>
    `n’est pas un paramètre connu${p.suggestion === undefined ? "" : ` ; vouliez-vous écrire « ${p.suggestion} » ?`}`,
  missing: (_: unknown) => "est obligatoire, mais absent",
  wrongType: (p: { expected: string }) => `doit être ${TYPES[p.expected] ?? p.expected}`,
  notAllowed: (p: { allowed: string[] }) =>
    p.allowed.length === 1 ? `doit valoir ${p.allowed.join()}` : `doit valoir l’un de : ${p.allowed.join(", ")}`,
  empty: (_: unknown) => "ne doit pas être vide",
  tooSmall: (p: { minimum: number }) => `est en dessous du minimum de ${p.minimum}`,
  tooLarge: (p: { maximum: number }) => `est au-dessus du maximum de ${p.maximum}`,
  badFormat: (p: { value: string }) => `a une valeur qui n’est pas admise : ${p.value}`,
  rule: (p: { rule: string }) => RULES[p.rule] ?? p.rule,
};

/** The types of zod, in words. */
const TYPES: Record<string, string> = {
  string: "un texte (entre guillemets si YAML y voit autre chose)",
  number: "un nombre",
  int: "un nombre entier",
  boolean: "true ou false",
  array: "une liste",
  object: "un groupe de paramètres",
};

/** The commonest error codes of the YAML parser, in words. */
const SYNTAX: Record<string, string> = {
  BAD_ALIAS:
    "un alias (*) sans ancre (&) correspondante ; mettez la valeur entre guillemets si l’astérisque fait partie du texte",
  BAD_INDENT: "indentation incorrecte, ou quelque chose d’ouvert plus haut n’est pas fermé",
  BAD_SCALAR_START: "une valeur qui commence par ce caractère doit être entre guillemets",
  BLOCK_AS_IMPLICIT_KEY: "indentation incorrecte, ou deux paramètres sur une même ligne",
  DUPLICATE_KEY: "ce paramètre figure deux fois",
  MISSING_CHAR: "il manque un caractère : un guillemet, un crochet, une virgule, ou l’espace après les deux-points",
  MULTILINE_IMPLICIT_KEY: "un paramètre doit tenir sur une ligne et être suivi de deux-points",
  MULTIPLE_DOCS: "le fichier ne doit contenir qu’un seul document YAML, sans ---",
  RESOURCE_EXHAUSTION: "plus d’imbrications ou d’alias (*) que n’en a un fichier de paramètres",
  TAB_AS_INDENT: "l’indentation doit être faite d’espaces et non de tabulations",
  UNEXPECTED_TOKEN: "quelque chose qui n’a pas sa place ici",
};

const RULES: Record<string, string> = {
  oneSource: "doit contenir un et un seul de ces paramètres : git, path, image, sample",
  mailOrCatcher: "ne va pas avec mail : les courriels sont soit envoyés, soit retenus",
  userWithPassword: "doit contenir à la fois user et password_file, ou aucun des deux",
  needsEncryption: "ne peut pas valoir none avec user ou ca_file : le mot de passe serait lisible sur le réseau",
  serverInvalid: "n’est pas l’adresse d’un serveur",
  filterInvalid: "doit être un filtre LDAP entre parenthèses, sans autre % que celui de %(user)s",
  oneScheme: "doivent tous être en ldap:// ou tous en ldaps://",
  securityOfScheme: "doit valoir tls avec ldaps://, starttls ou none avec ldap://",
  authorityUnused: "ne sert à rien quand security vaut none",
  bindWithPassword: "doit contenir à la fois bind_dn et password_file, ou aucun des deux",
  ownSecret: "est le nom d’un autre secret de l’instance",
  clientNeedsOracle: "ne sert à rien sans oracle dans application.extras",
  localIsAddress: "est l’adresse d’un dépôt git, et non un dossier : écrivez pour cela {git: …}",
  refNeedsGit: "ne s’emploie qu’avec git ou path",
  keyNeedsSsh: "ne s’emploie qu’avec une adresse git jointe par ssh (ssh://… ou git@hôte:chemin)",
  loginInUrl:
    "ne doit contenir ni identifiant ni mot de passe, car une URL figure dans les messages et les journaux. Retirez-les : git utilise ses propres identifiants (credential helper, ~/.netrc, ssh)",
  urlInvalid: "n’est pas une adresse qu’un navigateur accepte",
  tlsNeedsHttps: "doit commencer par https:// quand il y a web.tls",
  loopbackProxy:
    "n’est jamais l’adresse que voit le serveur web, qui est dans un conteneur ; pour un proxy de cette machine, écrivez « host »",
  loopbackServer:
    "y est l’adresse du conteneur lui-même, et non celle de cette machine ; pour cette machine, écrivez host.docker.internal, et faites écouter le serveur sur l’adresse du pont de Docker",
  authorityUnverified: "ne sert à rien quand tls ne vaut pas verify-full",
  foldersOverlap: "ne doivent pas être l’un dans l’autre",
  hostFolder:
    "doit être le chemin d’un dossier depuis la racine de cette machine, sans . ni .. ni barre oblique finale ; pas sous /proc, /sys, /dev ou /run",
  everyoneTrusted: "ferait croire tout le monde ; indiquez les adresses des proxys eux-mêmes",
};

export const conditions = {
  running: "en service",
  starting: "en cours de démarrage",
  failing: "en panne",
  down: "à l’arrêt",
  foreign: "nom déjà pris",
  unknown: "inconnu",
};

export const outcomes = {
  succeeded: "réussie",
  failed: "en échec",
  skipped: "non lancée",
  running: "en cours",
  killed: "interrompue",
};

/** What a source can be set to, and what there is to say of it. */
export const refKinds = { tag: "version", branch: "branche" };
export const refNotes = {
  used: (name: string) => `celle de ${name}`,
  locked: "commit retenu",
  default: "par défaut",
  development: "développement : à ne pas utiliser en production",
};

export const periods: Record<string, string> = {
  quarter_hourly: "tous les quarts d’heure",
  hourly: "toutes les heures",
  daily: "tous les jours",
  weekly: "toutes les semaines",
};

export const warnings = {
  foreign:
    "Ce qui est en service sous ce nom, ou ses données, appartient à une instance d’un autre dossier (--home) : rien n’en est affiché ici.",
  demoPublished:
    "Toute personne qui peut joindre cette machine peut se connecter : les mots de passe de démonstration sont publics (web.publish_demo).",
  oracleClientMissing:
    "L’extension oracle est installée sans l’Instant Client d’Oracle : toute connexion à Oracle échouera (DPI-1047). Indiquez son fichier zip dans application.oracle_client.",
  databaseNotFrench:
    "La base de données ne trie pas en français (sa collation n’est pas fr_FR) : les noms accentués ne sont pas à la place attendue.",
  databaseOnNetwork:
    "volumes.database est sur un système de fichiers en réseau : il faut à PostgreSQL un système qui conserve ce qui est écrit malgré toute interruption (NFS : hard, sync), sinon des données peuvent être perdues.",
  documentationMissing:
    "La documentation n’est pas encore construite, et /documentation/ répond 404 (web.documentation) : `biomaid-compose docs NOM`.",
  sample: "Ceci est l’application d’exemple fournie avec l’outil, et non BiomAid.",
  certificateExpired: (file: string, date: string) =>
    `Le certificat en service est périmé depuis le ${date} : les navigateurs le refusent. Faites renouveler ${file}, puis lancez \`biomaid-compose up NOM\`.`,
  certificateExpires: (file: string, date: string) =>
    `Le certificat en service n’est valable que jusqu’au ${date}. Faites renouveler ${file}, puis lancez \`biomaid-compose up NOM\`.`,
  issuerMissing: (file: string, issuer: string) =>
    `Le certificat de « ${issuer} » manque dans ${file} : les navigateurs qui ne connaissent pas déjà cette autorité refuseront la connexion. Si c’est une autorité intermédiaire, ajoutez son certificat à la fin du fichier.`,
  development:
    "Le code de cette instance de production vient d’une branche de développement (main, ou la branche par défaut si source.ref n’est pas indiqué) : à ne pas utiliser en production. `biomaid-compose refs NOM` liste les versions publiées.",
  belowMinimum:
    "Cette machine a moins que le minimum du guide pour une démonstration : 1 cœur, 2 Go de mémoire, 20 Go de disque.",
  belowRecommended:
    "Cette machine a moins que ce que le guide recommande pour la production : 4 cœurs, 8 Go de mémoire, 40 Go de disque.",
  limitsIgnored:
    "Le moteur Docker n’applique pas les limites de mémoire et de processus (pas de groupes de contrôle, comme sans droits de root ni délégation) : un conteneur qui s’emballe peut ralentir toute la machine.",
  jobFailed: "Une tâche périodique a échoué : voir `biomaid-compose jobs NOM`.",
};

/** What commands answer. */
export const answers = {
  error: "Erreur",
  warning: "Attention",
  /** A title and what it is about: French has a no-break space before the colon. */
  pair: (title: string, value: string) => `${title}\u00a0: ${value}`,
  bug: { what: "ceci est un bug de biomaid-compose.", next: "Merci de le signaler en joignant ces précisions." },
  seconds: (count: string) => `${count.replace(".", ",")} s`,
  created: (name: string, path: string) => `L’instance ${name} est créée : ${path}`,
  nextSuperuser: (name: string) =>
    `Ensuite, le premier administrateur : \`biomaid-compose manage ${name} -- createsuperuser\``,
  nextPassword: (file: string) => `Ensuite, placez le mot de passe du serveur de messagerie dans ${file}`,
  nextUp: (name: string) => `Ensuite : \`biomaid-compose up ${name}\``,
  isUp: (name: string, version: string) => `BiomAid (${version}) est en service : instance ${name}.`,
  sampleIsUp: (name: string) =>
    `L’application d’EXEMPLE fournie avec l’outil, et non BiomAid, est en service : instance ${name}.`,
  // Quoted: the demo's own password reads "introuvable".
  mailsAt: (url: string) => `ses courriels sont retenus ; pour les lire : ${url}`,
  login: (username: string, password: string) =>
    `pour se connecter : identifiant « ${username} », mot de passe « ${password} »`,
  isDown: (name: string, folder: string) =>
    `L’instance ${name} est arrêtée. Ses données et son dossier ${folder} sont conservés.`,
  isGone: (name: string, folder: string) =>
    `L’instance ${name} est arrêtée et ses données sont supprimées. Son dossier ${folder} est conservé.`,
  /** What `down --volumes` deletes. */
  deletes: { database: "la base de données", media: "les pièces jointes", log: "les journaux" },
  confirmDelete: (name: string, data: string) =>
    `Cette commande supprime, pour l’instance ${name} : ${data}. Saisissez son nom pour continuer : `,
  keepsData: (places: string) => `Laissé en place : ${places}`,
  isPublished: (addresses: string) =>
    `Accessible depuis d’autres machines : ${addresses}. Les ports que publie Docker ne sont filtrés ni par ufw ni par firewalld ; pour les restreindre : web.address, ou la chaîne DOCKER-USER (guide, « Ports et pare-feu »). Ce message ne sera pas répété.`,
  noInstances: (home: string) => `Aucune instance dans ${home}. Pour essayer BiomAid : \`biomaid-compose up demo\``,
  mailSent: (address: string, server: string) =>
    `Message destiné à ${address} accepté par le serveur de messagerie ${server} :`,
  askPassword: (login: string) => `Mot de passe de ${login} (Entrée : ne pas l’essayer) : `,
  none: "aucun",
  keyRotated: (name: string) =>
    `${name} a une nouvelle clé secrète, qui signera dès le prochain up ; sessions et liens de l’ancienne restent valables jusqu’à \`secrets forget\` ou au prochain changement.`,
  formerKeyForgotten: (name: string) =>
    `L’ancienne clé secrète de ${name} est oubliée. Dès le prochain up, qui n’a pas utilisé BiomAid depuis le changement devra se reconnecter, et les liens envoyés avant lui sont caducs.`,
  noFormerKey: (name: string) => `${name} n’a pas d’ancienne clé secrète : rien n’a été modifié`,
  localCopied: (from: string, version: string, folder: string) =>
    `${folder} est maintenant une copie de ${from} (${version}), à adapter ; instance.yaml l’indique.`,
  localKept: (ref: string, commit: string) => `${ref} est toujours ${commit} : rien n’a changé.`,
  localMoved: (ref: string, before: string | null, commit: string) =>
    before === null ? `${ref} est ${commit}` : `${ref} était ${before}, et est maintenant ${commit}`,
  nextUpdate: (name: string) => `Ensuite : \`biomaid-compose update ${name}\``,
  lockedCommit: (name: string, ref: string, commit: string) => `${name} utilise ${ref}, au commit ${commit}.`,
  updated: (name: string, source: string, commits: string) =>
    `L’instance ${name} est à jour de ${source} (${commits}).`,
  updateCurrent: (name: string, source: string, commit: string) =>
    `Rien de nouveau pour ${name} : ${source} en est toujours à ${commit}.`,
  updateAvailable: (name: string, source: string, commits: string) =>
    `Une mise à jour sans nouvelle migration est disponible pour ${name} : ${source} (${commits}). Rien n’a été modifié.`,
  updateUnversioned: (name: string, source: string) =>
    `Le code de ${name} est ${source}, sans branche ni tag à suivre : chaque \`up\` l’utilise tel qu’il est à ce moment.`,
  docsBuilt: (name: string, version: string, folder: string) =>
    `La documentation de ${name} (${version}) est dans ${folder}`,
  docsOpened: (page: string) => `  Pour la lire, ouvrir dans un navigateur : ${page}`,
  docsServed: (name: string, url: string) =>
    `  Sur le réseau : ${url} (s’il n’y a encore rien : \`biomaid-compose up ${name}\`)`,
  noJobs: "Aucune tâche périodique ne s’est encore exécutée.",
  settingChanged: (setting: string, value: string, file: string) => `${setting} vaut maintenant ${value} dans ${file}`,
  settingRemoved: (setting: string, value: string, file: string) =>
    `${setting} a maintenant la valeur du profil, ${value} : ${file} n’en dit plus rien`,
  settingKept: (setting: string, value: string) => `${setting} valait déjà ${value} : rien n’a été modifié`,
  fileValid: (path: string) => `${path} est valide.`,
  unknown: "à déterminer",
};

/** Why the directory may not sign in as an account. */
export const ldapReasons = {
  administrator: "c’est celui d’un administrateur",
  local: "c’est un compte local",
  inactive: "il est désactivé",
  several: "il y en a plusieurs",
};

/** What a test of the directory has done, on the server or servers named. */
export const ldapSteps = {
  connect: (server: string) => `${server} répond`,
  tls: (_: string) => "la connexion est chiffrée et le certificat reconnu",
  bind: (_: string) => "le compte de recherche est accepté",
  base: (_: string) => "la base de recherche existe",
  entry: (_: string) => "l’identifiant a une seule entrée",
  password: (_: string) => "le mot de passe est le bon",
};

/** Titles of tables and of lists. */
export const titles = {
  instance: "INSTANCE",
  profile: "PROFIL",
  condition: "ÉTAT",
  address: "ADRESSE",
  name: "NOM",
  kind: "NATURE",
  commit: "COMMIT",
  note: "REMARQUE",
  service: "SERVICE",
  since: "DEPUIS",
  image: "IMAGE",
  period: "PÉRIODE",
  start: "DÉBUT",
  duration: "DURÉE",
  outcome: "RÉSULTAT",
  url: "Adresse",
  mails: "Courriels",
  database: "Base de données",
  folder: "Dossier",
  source: "Source",
  bases: "Images de base",
};

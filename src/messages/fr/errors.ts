import type { Diagnostic } from "../../instance/diagnostics.ts";
import type { PortTaken } from "../en/errors.ts";
import { shellWord } from "../shell-word.ts";

// The spaces before : ? ! ; and inside « » are no-break spaces (U+00A0, and the narrow U+202F), except in commands.

/** For each error: what happened and where, and what to do next. */
export const errors = {
  USAGE: (p: { detail: string }) => ({ what: p.detail, next: "Voir `biomaid-compose --help`." }),
  SETTING_INVALID: (p: { option: string; value: string }) => ({
    what: `${p.option} : la valeur « ${p.value} » n’est pas admise.`,
    next: "Ajoutez --help à la commande pour voir ce qui est admis.",
  }),
  SETTING_UNKNOWN: (p: { setting: string; suggestion: string | undefined }) => ({
    what: `Il n’y a pas de paramètre « ${p.setting} ».${p.suggestion === undefined ? "" : ` Vouliez-vous écrire « ${p.suggestion} » ?`}`,
    next: "`biomaid-compose config show NOM` affiche ceux d’une instance, docs/fr/configuration.md les décrit tous.",
  }),
  SETTING_REFUSED: (p: { setting: string; file: string; path: string; diagnostics: Diagnostic[] }) => ({
    what: `${p.setting} n’a pas été modifié : ${p.file} ne serait plus valide (voir ci-dessus).`,
    next: "Donnez une valeur admise : docs/fr/configuration.md et `biomaid-compose config schema` indiquent lesquelles le sont. Une liste s’écrit [un, deux].",
  }),
  INTERRUPTED: (_: Record<string, never>) => ({
    what: "Commande interrompue.",
    next: "Relancez la même commande pour continuer : ce qui est déjà fait est conservé.",
  }),
  FILE_REFUSED: (p: { detail: string }) => ({
    what: `Le système refuse de lire ou d’écrire un fichier : ${p.detail}.`,
    next: "Vérifiez le propriétaire et les droits de ce fichier et de son dossier (`ls -ld`), et la place disponible (`df -h`).",
  }),
  FILE_NAME_UNREADABLE: (p: { folder: string; file: string }) => ({
    what: `${p.folder} contient un fichier dont le nom n’est pas en UTF-8 : ${p.file}.`,
    next: "Renommez-le (`convmv` convertit les noms de tout un dossier), ou retirez-le.",
  }),
  INSTANCE_NAME_INVALID: (p: { name: string }) => ({
    what: `« ${p.name} » ne peut pas être le nom d’une instance.`,
    next: "Utilisez de 1 à 31 lettres minuscules sans accent, chiffres ou tirets, en commençant par une lettre : demo, production, test-2.",
  }),
  INSTANCE_NOT_FOUND: (p: { name: string; home: string }) => ({
    what: `Il n’y a pas d’instance « ${p.name} » dans ${p.home}.`,
    next: `\`biomaid-compose list\` affiche celles qui existent ; \`biomaid-compose init ${p.name}\` crée celle-ci ; --home désigne un autre dossier d’instances.`,
  }),
  INSTANCE_EXISTS: (p: { name: string; path: string }) => ({
    what: `L’instance « ${p.name} » existe déjà : ${p.path}.`,
    next: `Modifiez ce fichier, puis lancez \`biomaid-compose up ${p.name}\`.`,
  }),
  INSTANCE_DIFFERS: (p: { name: string; path: string; setting: string; found: string }) => ({
    what: `L’instance « ${p.name} » existe déjà, avec une autre valeur de ${p.setting} : ${p.found}.`,
    next: `Modifiez ${p.setting} dans ${p.path}, ou retirez l’option de la commande.`,
  }),
  INSTANCE_FILE_INVALID: (p: { path: string; diagnostics: Diagnostic[] }) => ({
    what: `${p.path} n’est pas valide : ${p.diagnostics.length === 1 ? "1 erreur" : `${p.diagnostics.length} erreurs`}. Rien n’a été modifié.`,
    next: "Corrigez les lignes indiquées ci-dessus ; `biomaid-compose config schema` affiche tout ce qui est admis.",
  }),
  INSTANCE_FILE_ALIASES: (p: { path: string }) => ({
    what: `${p.path} contient des alias YAML (*) : une valeur qui figure à plusieurs endroits n’est pas modifiée par une commande.`,
    next: "Modifiez le fichier avec un éditeur, puis vérifiez-le : `biomaid-compose config validate NOM`.",
  }),
  INSTANCE_FILE_NEWER: (p: { path: string; version: number; supported: number }) => ({
    what: `${p.path} est au format ${p.version} ; cette version de biomaid-compose lit les formats jusqu’au ${p.supported}.`,
    next: "Installez la dernière version de biomaid-compose.",
  }),
  DISK_FULL: (p: { folder: string }) => ({
    what: `Il n’y a plus de place sur le disque de ${p.folder}.`,
    next: `Libérez de la place (\`df -h ${p.folder}\` indique le disque), puis relancez la même commande : ce qui est déjà fait est conservé.`,
  }),
  INSTANCE_BUSY: (p: { folder: string; process: string | undefined }) => ({
    what: `Une autre commande travaille sur ${p.folder}${p.process === undefined ? "" : ` (processus ${p.process})`}.`,
    next: `Attendez qu’elle se termine, puis réessayez.${p.process === undefined ? "" : ` Pour voir de laquelle il s’agit : \`ps -fp ${p.process}\`.`}`,
  }),
  INSTANCE_FOREIGN: (p: { name: string; project: string }) => ({
    what: `Les conteneurs ou les volumes du projet Compose ${p.project} appartiennent à une autre instance nommée « ${p.name} » : elle se trouve dans un autre dossier, ou son dossier a été supprimé. Rien n’a été modifié.`,
    next: `Désignez le dossier où se trouve cette instance (--home), ou choisissez un autre nom. Pour voir ses conteneurs et ses volumes : \`docker ps -a --filter label=com.docker.compose.project=${p.project}\` et \`docker volume ls --filter label=com.docker.compose.project=${p.project}\`.`,
  }),
  INSTANCE_DOWN: (p: { name: string }) => ({
    what: `L’instance « ${p.name} » est à l’arrêt.`,
    next: `Démarrez-la : \`biomaid-compose up ${p.name}\`.`,
  }),
  SERVICE_UNKNOWN: (p: { name: string; service: string; services: string[] }) => ({
    what: `« ${p.name} » n’a pas de service « ${p.service} ».`,
    next: `Ses services sont : ${p.services.join(", ")}.`,
  }),
  PROFILE_NEEDED: (p: { name: string; profiles: string[] }) => ({
    what: `« ${p.name} » n’est pas le nom d’un profil ; il faut donc en indiquer un pour la nouvelle instance.`,
    next: `Ajoutez --profile avec l’un de ces noms : ${p.profiles.join(", ")}.`,
  }),
  DEMO_PUBLISHED: (p: { name: string; path: string; setting: "web.address" | "web.url"; value: string }) => ({
    what: `L’instance « ${p.name} » a des utilisateurs de démonstration dont les mots de passe sont publics, issus de fixtures qu’elle charge ou a chargées un jour, et elle serait accessible depuis d’autres machines (${p.setting} : ${p.value}).`,
    next: `${p.setting === "web.url" ? "Retirez web.url de" : "Donnez à web.address la valeur 127.0.0.1 dans"} ${p.path} ; ou, si vous acceptez que n’importe qui puisse se connecter comme administrateur, donnez à web.publish_demo la valeur true. \`biomaid-compose down ${p.name} --volumes\` supprime ces utilisateurs, avec toutes les autres données.`,
  }),
  DEBUG_PUBLISHED: (p: { name: string; path: string; setting: "web.address" | "web.url"; value: string }) => ({
    what: `« ${p.name} » a application.debug et serait accessible depuis d’autres machines (${p.setting} : ${p.value}) : les pages d’erreur montrent les paramètres et les données de l’application.`,
    next: `${p.setting === "web.url" ? "Retirez web.url de" : "Donnez à web.address la valeur 127.0.0.1 dans"} ${p.path}, ou mettez-y application.debug à false. Depuis une autre machine, \`ssh -L\` amène le port sur la vôtre.`,
  }),
  DEBUG_NEEDED: (p: { path: string; setting: string }) => ({
    what: `${p.setting} demande application.debug, qui est à false dans ${p.path}.`,
    next: `Mettez-y application.debug à true, ou retirez ${p.setting}.`,
  }),
  RELOAD_NEEDS_FOLDER: (p: { path: string; source: string }) => ({
    what: `application.reload monte le dossier dans lequel on modifie le code ; la source est ${p.source}.`,
    next: `Dans ${p.path}, indiquez un dossier sans ref (\`source: {path: /home/moi/biomaid}\`), ou retirez application.reload.`,
  }),
  MAIL_PORT_SAME: (p: { path: string; port: number }) => ({
    what: `Dans ${p.path}, mail_catcher.port est aussi le port web (${p.port}).`,
    next: "Donnez-leur deux ports différents.",
  }),
  LOCK_MISSING: (p: { path: string }) => ({
    what: `${p.path} est absent : ce fichier indique quels conteneurs et quels volumes appartiennent à cette instance.`,
    next: "Restaurez-le depuis une sauvegarde.",
  }),
  LOCK_FILE_INVALID: (p: { path: string }) => ({
    what: `${p.path} est endommagé.`,
    next: "Restaurez-le depuis une sauvegarde. Il ne doit jamais être modifié à la main.",
  }),
  LOCAL_MISSING: (p: { folder: string; path: string; name: string }) => ({
    what: `application.local, dans ${p.path}, est un dossier qui n’existe pas : ${p.folder}.`,
    next: `Corrigez le chemin ; ou donnez à application.local le nom d’un dossier du code source, comme local_biomaid. \`biomaid-compose local copy ${p.name}\` crée ./local, copie de celui-ci.`,
  }),
  LOCAL_INCOMPLETE: (p: { folder: string; files: string[] }) => ({
    what: `Le dossier local ${p.folder} est incomplet : il y manque ${p.files.join(", ")}. Rien n’a été démarré.`,
    next: "Copiez ce qui manque depuis le local_biomaid de l’application, dans la même version.",
  }),
  LOCAL_APPS_MISSING: (p: { folder: string; version: string; path: string; apps: string[]; name: string }) => ({
    what: `Le dossier local ${p.folder} a été fait pour une version de l’application antérieure à ${p.version} : son settings.py n’ajoute pas à INSTALLED_APPS ce que cette version lui laisse : ${p.apps.join(", ")}. Rien n’a été démarré.`,
    next: `Ajoutez-y ${p.apps.length === 1 ? "cette application" : "ces applications"} à INSTALLED_APPS, comme le fait le settings.py du local_biomaid de cette version ; ou choisissez dans ${p.path} (source.ref) la version pour laquelle le dossier a été fait.`,
  }),
  LOCAL_APPS_TWICE: (p: { folder: string; version: string; path: string; apps: string[]; name: string }) => ({
    what: `Le dossier local ${p.folder} a été fait pour une version de l’application postérieure à ${p.version} : son settings.py ajoute à INSTALLED_APPS ce qui y est déjà : ${p.apps.join(", ")}. Rien n’a été démarré.`,
    next: `Retirez-y ${p.apps.length === 1 ? "cette application" : "ces applications"} d’INSTALLED_APPS, comme dans le settings.py du local_biomaid de cette version ; ou choisissez dans ${p.path} (source.ref) la version pour laquelle le dossier a été fait.`,
  }),
  LOCAL_BROKEN: (p: { folder: string; version: string; path: string; detail: string }) => ({
    what: `Les paramètres du dossier local ${p.folder} s’arrêtent sur une erreur avec la version ${p.version} de l’application : ${p.detail}. Rien n’a été démarré.`,
    next: `Corrigez son settings.py ; ou choisissez dans ${p.path} (source.ref) la version pour laquelle le dossier a été fait.`,
  }),
  LOCAL_CHECK_FAILED: (p: { exitStatus: number; lines: string[] }) => ({
    what: `Le conteneur qui examine le dossier local a échoué (code retour ${p.exitStatus}) ; ses dernières lignes sont ci-dessus.`,
    next: "Vérifiez que le moteur peut lire le dossier local et settings.d, puis relancez la même commande.",
  }),
  LOCAL_NOT_IN_SOURCE: (p: { source: string; local: string; known: string[]; suggestion: string | undefined }) => ({
    what: `${p.source} n’a pas de dossier local « ${p.local} ».${p.suggestion === undefined ? "" : ` Vouliez-vous dire « ${p.suggestion} » ?`}`,
    next: `Il a : ${p.known.join(", ") || "aucun"}. Un dossier de cette machine s’écrit avec une barre oblique : ./site, /srv/site.`,
  }),
  LOCAL_EXISTS: (p: { folder: string; name: string }) => ({
    what: `Le dossier ${p.folder} existe déjà : il n’est pas écrasé.`,
    next: `Pour l’utiliser : \`biomaid-compose config set ${p.name} application.local ./local\`. Pour avoir une nouvelle copie, déplacez-le d’abord.`,
  }),
  LOCAL_FROM_IMAGE: (p: { image: string; folder: string }) => ({
    what: `L’instance utilise une image déjà construite, ${p.image} : il n’y a pas de code d’où copier un dossier local.`,
    next: `Copiez le dossier depuis le code dont l’image est issue, vers ${p.folder}, et donnez à application.local la valeur ./local.`,
  }),
  LOCAL_NOT_GIT: (p: { name: string; path: string }) => ({
    what: `Le dossier local de « ${p.name} » ne vient pas d’un dépôt git (application.local dans ${p.path}).`,
    next: `Indiquez-en un : \`biomaid-compose config set ${p.name} application.local "{git: URL, ref: BRANCHE}"\`. Un dossier est pris tel quel à chaque \`up\`.`,
  }),
  LOCAL_CHECKOUT_EDITED: (p: { folder: string; files: string[]; git: string }) => ({
    what: `${p.folder} est la copie d’un commit de ${p.git}, et a été modifié à la main : ${p.files.join(", ")}. Rien n’a été démarré.`,
    next: `Faites la modification dans un clone du dépôt et poussez-la (push), puis \`biomaid-compose local update NOM\`. Pour retrouver le commit tel quel, supprimez le dossier : \`rm -r ${p.folder}\`.`,
  }),
  DEPENDENCIES_UNKNOWN: (p: {
    path: string;
    setting: "application.groups" | "application.extras";
    name: string;
    suggestion: string | undefined;
    known: string[];
    source: string;
  }) => ({
    what: `${p.setting}, dans ${p.path}, contient « ${p.name} », que le pyproject.toml de ${p.source} n’a pas.${p.suggestion === undefined ? "" : ` Vouliez-vous dire « ${p.suggestion} » ?`}`,
    next: `Il a : ${p.known.join(", ") || "aucun"}.`,
  }),
  IMAGE_FIXED: (p: { path: string; setting: string; source: string }) => ({
    what: `${p.setting}, dans ${p.path}, ne sert à rien avec une image déjà construite (${p.source}) : ce qui y est installé ne peut plus être choisi.`,
    next: `Retirez ${p.setting} ; ou faites construire l’image ici à partir de son code : source.git ou source.path.`,
  }),
  PYPROJECT_INVALID: (p: { source: string; line: number; column: number; detail: string }) => ({
    what: `Le pyproject.toml de ${p.source} est illisible : ligne ${p.line}, colonne ${p.column} : ${p.detail}.`,
    next: "Corrigez ce fichier, ou choisissez une autre branche, un autre tag ou un autre commit (source.ref).",
  }),
  PYTHON_UNAVAILABLE: (p: {
    source: string;
    wanted: string;
    mode: "registry" | "packages";
    available: string[];
    others: string[];
  }) => ({
    what: `${p.source} demande Python ${p.wanted} ; avec des images de base issues ${p.mode === "registry" ? "du registre" : "de paquets"}, il y a ${p.available.join(", ")}.`,
    next:
      p.others.length === 0
        ? "Choisissez une autre version de l’application (source.ref), ou un biomaid-compose plus récent."
        : `Ajoutez \`bases: registry\` dans instance.yaml, qui a ${p.others.join(", ")} ; ou choisissez une autre version de l’application (source.ref).`,
  }),
  ORACLE_CLIENT_MISSING: (p: { file: string; path: string }) => ({
    what: `L’Instant Client qu’indique application.oracle_client, dans ${p.path}, est absent : ${p.file}.`,
    next: "Téléchargez le paquet Basic pour Linux (zip) sur le site d’Oracle, placez-le à cet endroit, puis relancez la même commande.",
  }),
  ORACLE_CLIENT_INVALID: (p: { file: string; detail: string }) => ({
    what: `${p.file} n’est pas un Instant Client utilisable sur cette machine : ${p.detail}.`,
    next: "Donnez le fichier zip du paquet Basic (ou Basic Light) pour Linux, pour le processeur de cette machine, tel que le site d’Oracle le fournit.",
  }),
  FOLDER_CLOSED: (p: { file: string; folder: string }) => ({
    what: `${p.file} est illisible pour les conteneurs, qui ne s’exécutent pas sous le compte de son propriétaire. Rien n’a été démarré.`,
    next: `Donnez-leur le droit de lecture : \`chmod -R a+rX ${shellWord(p.folder)}\`.`,
  }),
  HOST_FOLDER_MISSING: (p: { setting: string; folder: string; path: string }) => ({
    what: `${p.folder}, que désigne ${p.setting}, n’est pas un dossier de cette machine. Rien n’a été démarré.`,
    next: `Créez-le, montez le partage qu’il représente, ou corrigez ${p.path}.`,
  }),
  HOST_FOLDER_CLOSED: (p: { setting: string; folder: string }) => ({
    what: `${p.folder}, que désigne ${p.setting}, est illisible pour les conteneurs, qui ne s’exécutent pas sous le compte de son propriétaire. Rien n’a été démarré.`,
    next: `Donnez-leur le droit de lecture : \`chmod -R a+rX ${shellWord(p.folder)}\`.`,
  }),
  HOST_FOLDER_REFUSED: (p: { setting: string; folder: string; secrets: string; path: string }) => ({
    what: `${p.setting} ne peut pas être ${p.folder} : l’application pourrait lire ${p.secrets}. Rien n’a été démarré.`,
    next: `Désignez dans ${p.path} un dossier qui ne contient que ces fichiers, ou placez les instances ailleurs (--home).`,
  }),
  SECRET_NOT_GIVEN: (p: { file: string }) => ({
    what: `Le fichier de mot de passe ${p.file} est absent.`,
    next: `Placez-y le mot de passe, et rien d’autre : \`cat > ${p.file}\`, le mot de passe, Entrée, Ctrl-D. Puis relancez la même commande.`,
  }),
  MAIL_NOT_SET: (p: { name: string; path: string }) => ({
    what: `L’instance « ${p.name} » n’a pas de serveur de messagerie : ses messages ne vont que dans le journal.`,
    next: `Indiquez-en un dans ${p.path} : \`mail: {host: …, from: …}\`, décrit dans docs/fr/configuration.md.`,
  }),
  MAIL_ADDRESS_NEEDED: (p: { name: string }) => ({
    what: "Le message n’a pas de destinataire.",
    next: `Indiquez une adresse : \`biomaid-compose mail test ${p.name} ADRESSE\`, ou renseignez application.admins.`,
  }),
  MAIL_NOT_APPLIED: (p: { name: string }) => ({
    what: `Les paramètres de messagerie ou le fichier du mot de passe ont changé depuis le démarrage de « ${p.name} ».`,
    next: `Appliquez-les d’abord : \`biomaid-compose up ${p.name}\`.`,
  }),
  MAIL_HOST_UNKNOWN: (p: { server: string; detail: string }) => ({
    what: `Le nom du serveur de messagerie ${p.server} est inconnu des containers : ${p.detail}.`,
    next: "Vérifiez mail.host, et que le serveur DNS de cette machine le connaît (`getent hosts`).",
  }),
  MAIL_UNREACHABLE: (p: { server: string; detail: string }) => ({
    what: `Aucune connexion au serveur de messagerie ${p.server} : ${p.detail}.`,
    next: "Vérifiez mail.host et mail.port, que mail.security est ce que le serveur y attend, et qu’aucun pare-feu ne s’interpose.",
  }),
  MAIL_TLS_FAILED: (p: { server: string; detail: string }) => ({
    what: `Le serveur de messagerie ${p.server} ne chiffre pas comme l’indique mail.security : ${p.detail}.`,
    next: "Les serveurs proposent starttls sur le port 587 ou 25 et tls sur le port 465 : donnez à mail.security et mail.port les valeurs du vôtre.",
  }),
  MAIL_CERTIFICATE_REFUSED: (p: { server: string; detail: string }) => ({
    what: `Le certificat du serveur de messagerie ${p.server} n’est pas reconnu : ${p.detail}.`,
    next: "Utilisez dans mail.host le nom que porte le certificat ; si l’autorité est propre à l’établissement, indiquez son certificat avec mail.ca_file.",
  }),
  MAIL_LOGIN_REFUSED: (p: { server: string; detail: string }) => ({
    what: `Le serveur de messagerie ${p.server} refuse l’identification : ${p.detail}.`,
    next: "Vérifiez mail.user et le fichier de mail.password_file, puis lancez `up` ; si ce serveur ne demande pas d’identification, retirez les deux.",
  }),
  MAIL_MESSAGE_REFUSED: (p: { server: string; address: string; detail: string }) => ({
    what: `Le serveur de messagerie ${p.server} refuse le message destiné à ${p.address} : ${p.detail}.`,
    next: "Vérifiez mail.from et l’adresse, et si le serveur laisse cette machine envoyer en leur nom : son administrateur le sait.",
  }),
  MAIL_ELSEWHERE: (p: { detail: string }) => ({
    what: `Les messages ne vont pas à un serveur : un fichier de settings.d les confie à ${p.detail}.`,
    next: "Retirez EMAIL_BACKEND de settings.d, puis lancez `up`.",
  }),
  MAIL_TEST_FAILED: (p: { name: string; lines: string[] }) => ({
    what: "Le container qui devait envoyer le message a échoué. Ses dernières lignes sont ci-dessus.",
    next: `Voyez si l’instance fonctionne : \`biomaid-compose manage ${p.name} -- check\`.`,
  }),
  MAIL_AUTHORITIES_INVALID: (p: { file: string; detail: string }) => ({
    what: `mail.ca_file : aucun certificat lisible dans ${p.file} (${p.detail}).`,
    next: `Placez-y les certificats de l’autorité, au format PEM : \`openssl x509 -in ${p.file} -noout -subject\` affiche le premier.`,
  }),
  LDAP_AUTHORITIES_INVALID: (p: { file: string; detail: string }) => ({
    what: `ldap.ca_file : aucun certificat lisible dans ${p.file} (${p.detail}).`,
    next: `Placez-y les certificats de l’autorité au format PEM : \`openssl x509 -in ${p.file} -noout -subject\` montre le premier.`,
  }),
  SETTING_NEEDS_OUTGOING: (p: { name: string; path: string; setting: string }) => ({
    what: `${p.path} contient \`${p.setting}\`, mais l’application de « ${p.name} » ne peut pas ouvrir de connexions vers d’autres machines.`,
    next: `Donnez-y la valeur true à application.outgoing, ou retirez \`${p.setting}\`.`,
  }),
  DATABASE_TWICE: (p: { path: string }) => ({
    what: `${p.path} contient à la fois \`database\`, un serveur à vous, et volumes.database, un dossier pour le service db.`,
    next: "Retirez l’un des deux.",
  }),
  DATABASE_AUTHORITIES_INVALID: (p: { file: string; detail: string }) => ({
    what: `database.ca_file : aucun certificat lisible dans ${p.file} (${p.detail}).`,
    next: `Placez-y les certificats de l’autorité au format PEM : \`openssl x509 -in ${p.file} -noout -subject\` affiche le premier.`,
  }),
  DATABASE_HOST_UNKNOWN: (p: { server: string; detail: string }) => ({
    what: `Le nom du serveur de base de données ${p.server} est inconnu des conteneurs : ${p.detail}. Rien n’a été modifié.`,
    next: "Vérifiez database.host, et que le serveur DNS de cette machine le connaît : les conteneurs ne lisent pas /etc/hosts. Pour un PostgreSQL de cette machine même : host.docker.internal.",
  }),
  DATABASE_UNREACHABLE: (p: { server: string; detail: string }) => ({
    what: `Aucune connexion avec le serveur de base de données ${p.server} : ${p.detail}. Rien n’a été modifié.`,
    next: "Vérifiez database.host et database.port, que PostgreSQL écoute sur cette adresse (listen_addresses) et qu’aucun pare-feu ne s’interpose : la connexion vient d’un conteneur, donc, sur cette machine, d’un des ponts de Docker.",
  }),
  DATABASE_TLS_FAILED: (p: { server: string; detail: string }) => ({
    what: `${p.server} ne chiffre pas comme le fait un serveur PostgreSQL : ${p.detail}. Rien n’a été modifié.`,
    next: "Activez le chiffrement sur le serveur (ssl = on, ssl_cert_file, ssl_key_file) et vérifiez database.port. Sur un réseau que personne d’autre ne peut écouter, database.tls peut valoir disable.",
  }),
  DATABASE_CERTIFICATE_REFUSED: (p: { server: string; detail: string }) => ({
    what: `Le certificat du serveur de base de données ${p.server} n’est pas reconnu : ${p.detail}. Rien n’a été modifié.`,
    next: "Pour une autorité propre à l’établissement, indiquez son certificat avec database.ca_file ; un certificat périmé est à renouveler.",
  }),
  DATABASE_CERTIFICATE_NAME: (p: { server: string; host: string; detail: string }) => ({
    what: `Le certificat du serveur de base de données ${p.server} est établi pour un autre nom : ${p.detail}. Rien n’a été modifié.`,
    next: `Indiquez dans database.host un nom du certificat, ou faites-en établir un qui contienne ${p.host} (subject alternative name).`,
  }),
  DATABASE_LOGIN_REFUSED: (p: { server: string; user: string; detail: string }) => ({
    what: `Le serveur de base de données ${p.server} refuse l’identification de ${p.user} : ${p.detail}. Rien n’a été modifié.`,
    next: `Vérifiez database.user et le fichier de database.password_file ; dans psql, \`\\password ${p.user}\` donne un autre mot de passe au rôle.`,
  }),
  DATABASE_NOT_LET_IN: (p: { server: string; user: string; database: string; detail: string }) => ({
    what: `Le fichier pg_hba.conf du serveur ${p.server} ne laisse pas ${p.user} accéder à ${p.database} depuis cette machine : ${p.detail}. Rien n’a été modifié.`,
    next: `Ajoutez-y une ligne, \`hostssl ${p.database} ${p.user} ADRESSE scram-sha-256\`, avec l’adresse qu’indique le message ; puis \`SELECT pg_reload_conf()\`.`,
  }),
  DATABASE_MISSING: (p: { server: string; user: string; database: string; detail: string }) => ({
    what: `Le serveur ${p.server} n’a pas de base de données ${p.database} : ${p.detail}. Rien n’a été modifié.`,
    next: `Faites-la créer : \`CREATE DATABASE "${p.database}" OWNER "${p.user}" ENCODING 'UTF8' LOCALE 'fr_FR.UTF-8' TEMPLATE template0\` ; ou corrigez database.name.`,
  }),
  DATABASE_REFUSED: (p: { server: string; detail: string }) => ({
    what: `Le serveur de base de données ${p.server} refuse la connexion : ${p.detail}. Rien n’a été modifié.`,
    next: "Une fois la cause supprimée, relancez la même commande. Le journal du serveur en dit peut-être plus.",
  }),
  DATABASE_TOO_OLD: (p: { found: string; oldest: string }) => ({
    what: `Le serveur de base de données est un PostgreSQL ${p.found}, trop ancien pour BiomAid. Rien n’a été modifié.`,
    next: `Utilisez PostgreSQL ${p.oldest} ou plus récent ; le guide de BiomAid installe la version 14.`,
  }),
  DATABASE_ENCODING: (p: { database: string; user: string; encoding: string }) => ({
    what: `La base de données ${p.database} est en ${p.encoding} et non en UTF8. Rien n’a été modifié.`,
    next: `Créez-en une autre : \`CREATE DATABASE NOM OWNER "${p.user}" ENCODING 'UTF8' LOCALE 'fr_FR.UTF-8' TEMPLATE template0\`.`,
  }),
  DATABASE_READ_ONLY: (p: { database: string }) => ({
    what: `La base de données ${p.database} est en lecture seule : le serveur est un réplica, ou default_transaction_read_only est activé. Rien n’a été modifié.`,
    next: "Indiquez le serveur principal dans database.host.",
  }),
  DATABASE_RIGHTS: (p: { database: string; user: string }) => ({
    what: `${p.user} n’a pas le droit de créer de tables dans la base de données ${p.database}. Rien n’a été modifié.`,
    next: `Faites-en le propriétaire : \`ALTER DATABASE "${p.database}" OWNER TO "${p.user}"\` et, connecté à cette base, \`ALTER SCHEMA public OWNER TO "${p.user}"\`.`,
  }),
  DATABASE_FOREIGN: (p: { database: string; name: string; path: string }) => ({
    what: `La base de données ${p.database} appartient à une autre instance de BiomAid. Rien n’a été modifié.`,
    next: `Donnez à « ${p.name} » sa propre base dans ${p.path}. Si l’autre instance n’existe plus, ou si c’est une copie de sa base : \`biomaid-compose up ${p.name} --other-data\`, une seule fois.`,
  }),
  DATABASE_CHECK_FAILED: (p: { name: string; lines: string[] }) => ({
    what: `Le conteneur chargé d’examiner le serveur de base de données de « ${p.name} » a échoué. Ses dernières lignes figurent ci-dessus.`,
    next: "Une fois la cause supprimée, relancez la même commande.",
  }),
  DATABASE_ELSEWHERE: (p: { name: string; before: string; now: string; path: string }) => ({
    what: `La base de données de « ${p.name} » est dans ${p.before}, mais ${p.path} indique maintenant ${p.now}. Rien n’a été modifié.`,
    next: `Rétablissez l’ancien paramètre ; ou déplacez les données (pg_dump, pg_restore : voir « Serveur PostgreSQL existant » dans le guide), puis lancez, une seule fois, \`biomaid-compose up ${p.name} --other-data\`, qui démarre avec ce qui s’y trouve. L’ancienne base reste telle quelle.`,
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
    what: `volumes.${p.data} : les données de « ${p.name} » sont dans ${p.before}, mais ${p.path} indique maintenant ${p.now}. Rien n’a été modifié.`,
    next: p.started
      ? `Rétablissez l’ancien paramètre ; ou, pour déplacer les données : \`biomaid-compose up ${p.name} --other-data\`, \`biomaid-compose down ${p.name}\`, \`sudo rsync -a --delete "${p.source}/" "${p.target}/"\`, \`biomaid-compose up ${p.name}\`.`
      : `Rétablissez l’ancien paramètre ; ou, pour déplacer les données : \`biomaid-compose down ${p.name}\`, \`sudo mkdir -p "${p.target}"\`, \`sudo cp -a "${p.source}/." "${p.target}/"\`, \`biomaid-compose up ${p.name} --other-data\`. Ce qui est dans ${p.before} y reste.`,
  }),
  VOLUME_FOLDER_MISSING: (p: { setting: string; folder: string; path: string; owner: string | undefined }) => ({
    what: `${p.setting} : le dossier ${p.folder} n’existe pas. Rien n’a été modifié.`,
    next: `Montez son disque ; ou créez-le : \`sudo mkdir -p "${p.folder}"\`${p.owner === undefined ? "" : ` et \`sudo chown ${p.owner} "${p.folder}"\``} ; ou corrigez ${p.path}.`,
  }),
  VOLUME_FOLDER_REFUSED: (p: { setting: string; folder: string; path: string }) => ({
    what: `${p.setting} : ${p.folder} est dans le dossier de l’instance, ou le contient. Rien n’a été modifié.`,
    next: `Indiquez dans ${p.path} un dossier réservé à ces données.`,
  }),
  VOLUME_FOLDER_CLOSED: (p: { setting: string; folder: string; path: string; owner: string; detail: string }) => ({
    what: `${p.setting} : l’utilisateur du conteneur, ${p.owner} sur cette machine, ne peut pas écrire dans ${p.folder} (${p.detail}). Rien n’a été modifié.`,
    next: `Donnez-lui ce dossier : \`sudo chown -R ${p.owner} "${p.folder}"\` et \`sudo chmod u+rwx "${p.folder}"\` ; il doit aussi pouvoir traverser les dossiers situés au-dessus, et SELinux s’il est actif le permettre (docs/fr/plateformes.md). Un disque monté en lecture seule, ou un partage NFS qui ignore cet utilisateur, est à corriger ; sinon ${p.path}.`,
  }),
  VOLUME_FOLDER_FOREIGN: (p: { setting: string; folder: string; path: string; file: string }) => ({
    what: `${p.setting} : ${p.folder} appartient à une autre instance. Rien n’a été modifié.`,
    next: `Indiquez un autre dossier dans ${p.path}. Si cette instance n’existe plus : \`sudo rm "${p.file}"\`, puis relancez la commande.`,
  }),
  VOLUME_FOLDER_EMPTY: (p: { setting: string; folder: string; path: string; name: string }) => ({
    what: `${p.setting} : ${p.folder} n’est pas le dossier que « ${p.name} » avait là : sa marque manque. Rien n’a été modifié.`,
    next: `Montez le disque où il se trouve. Si les données sont perdues, ou remises en place depuis une copie : \`biomaid-compose up ${p.name} --other-data\`, une seule fois ; le chemin est dans ${p.path}.`,
  }),
  SETTING_NEEDS_EXTRA: (p: { name: string; path: string; setting: string; extra: string; value: string }) => ({
    what: `${p.path} contient \`${p.setting}\`, qui demande l’extension (extra) ${p.extra} de BiomAid, absente de application.extras.`,
    next: `Faites-la installer : \`biomaid-compose config set ${p.name} application.extras '[${p.value}]'\`, avant de renseigner \`${p.setting}\`.`,
  }),
  LDAP_NOT_SET: (p: { name: string; path: string }) => ({
    what: `L’instance « ${p.name} » n’a pas d’annuaire : on s’y connecte avec les comptes locaux.`,
    next: `Indiquez-en un dans ${p.path} : \`ldap: {urls: […], search_base: …}\`, décrit dans docs/fr/configuration.md.`,
  }),
  LDAP_NOT_APPLIED: (p: { name: string }) => ({
    what: `Les paramètres de l’annuaire ont changé depuis le démarrage de « ${p.name} ».`,
    next: `Appliquez-les d’abord : \`biomaid-compose up ${p.name}\`.`,
  }),
  LDAP_HOST_UNKNOWN: (p: { server: string; detail: string; lines: string[] }) => ({
    what: `Les conteneurs ne connaissent pas le nom du serveur d’annuaire ${p.server} : ${p.detail}.`,
    next: "Vérifiez ldap.urls, et que le serveur DNS de cette machine connaît ce nom (`getent hosts`).",
  }),
  LDAP_UNREACHABLE: (p: { server: string; detail: string; lines: string[] }) => ({
    what: `Aucune connexion au serveur d’annuaire ${p.server} : ${p.detail}.`,
    next: "Vérifiez l’hôte et le port dans ldap.urls, que le serveur fonctionne, et qu’aucun pare-feu ne s’interpose.",
  }),
  LDAP_TLS_FAILED: (p: { server: string; detail: string; lines: string[] }) => ({
    what: `Le serveur d’annuaire ${p.server} ne chiffre pas comme l’indiquent ldap.urls et ldap.security : ${p.detail}.`,
    next: "Les serveurs proposent starttls sur le port 389 (ldap://) et tls sur le port 636 (ldaps://) : écrivez dans ldap.urls ce que propose le vôtre.",
  }),
  LDAP_CERTIFICATE_REFUSED: (p: { server: string; detail: string; lines: string[] }) => ({
    what: `Le certificat du serveur d’annuaire ${p.server} n’est pas reconnu : ${p.detail}.`,
    next: "Utilisez dans ldap.urls le nom que porte le certificat ; si l’autorité est propre à l’établissement, indiquez son certificat avec ldap.ca_file.",
  }),
  LDAP_BIND_REFUSED: (p: { server: string; user: string; detail: string; lines: string[] }) => ({
    what: `Le serveur d’annuaire ${p.server} n’accepte pas « ${p.user} » : ${p.detail}.`,
    next: "Vérifiez ldap.bind_dn et le fichier de ldap.password_file, puis lancez `up` ; un serveur qui ne répond pas aux inconnus demande les deux.",
  }),
  LDAP_BASE_NOT_FOUND: (p: { server: string; value: string; detail: string; lines: string[] }) => ({
    what: `Le serveur d’annuaire ${p.server} n’a pas d’entrée « ${p.value} », ou ne la montre pas : ${p.detail}.`,
    next: "Vérifiez ldap.search_base, et que le compte de ldap.bind_dn peut y lire.",
  }),
  LDAP_SEARCH_REFUSED: (p: { server: string; detail: string; lines: string[] }) => ({
    what: `Le serveur d’annuaire ${p.server} ne répond pas à la recherche : ${p.detail}.`,
    next: "Vérifiez ldap.filter, et que le compte de ldap.bind_dn peut chercher sous ldap.search_base.",
  }),
  LDAP_USER_NOT_FOUND: (p: { server: string; user: string; detail: string; lines: string[] }) => ({
    what: `Le serveur d’annuaire ${p.server} n’a personne pour l’identifiant « ${p.user} » : ${p.detail} ne trouve rien.`,
    next: "Vérifiez l’identifiant, ldap.filter et ldap.search_base, et que le compte de ldap.bind_dn peut lire les entrées des personnes.",
  }),
  LDAP_USER_AMBIGUOUS: (p: { server: string; user: string; detail: string; lines: string[] }) => ({
    what: `Le serveur d’annuaire ${p.server} a plusieurs entrées pour l’identifiant « ${p.user} », qui ne permet donc pas de se connecter : ${p.detail}.`,
    next: "Restreignez ldap.search_base ou ldap.filter jusqu’à n’en avoir qu’une : `(&(objectClass=person)(uid=%(user)s))`.",
  }),
  LDAP_PASSWORD_REFUSED: (p: { server: string; user: string; detail: string; lines: string[] }) => ({
    what: `Le serveur d’annuaire ${p.server} refuse ce mot de passe de « ${p.user} » : ${p.detail}.`,
    next: "Recommencez avec le bon ; certains annuaires répondent de même pour un compte verrouillé ou expiré.",
  }),
  LDAP_USER_LOCAL: (p: { server: string; user: string; detail: string; lines: string[] }) => ({
    what: `Le serveur d’annuaire ${p.server} connaît l’identifiant « ${p.user} », mais n’ouvre pas le compte de BiomAid qui porte ce nom : ${p.detail}.`,
    next: "Un compte local s’ouvre avec son propre mot de passe, celui d’un administrateur toujours. La section « Annuaire » du guide dit comment en confier un à l’annuaire.",
  }),
  LDAP_TEST_FAILED: (p: { name: string; lines: string[] }) => ({
    what: "Le conteneur qui devait interroger l’annuaire a échoué. Ses dernières lignes sont affichées au-dessus.",
    next: `Vérifiez que l’instance fonctionne : \`biomaid-compose manage ${p.name} -- check\`.`,
  }),
  SECRET_EMPTY: (p: { file: string }) => ({
    what: `Le secret ${p.file} est vide.`,
    next: "Restaurez-le depuis une sauvegarde : un nouveau secret ne correspondrait pas aux données existantes.",
  }),
  SECRET_MISSING: (p: { file: string }) => ({
    what: `Le secret ${p.file} a disparu, et l’instance a une base de données à laquelle il correspond. Rien n’a été modifié.`,
    next: `Restaurez-le depuis une sauvegarde. À défaut, mettez-y une nouvelle valeur (\`openssl rand -hex 32 >"${p.file}"\`) et relancez la commande : une nouvelle secret_key déconnecte tout le monde ; pour un nouveau database_password, l’erreur qui suivra indique comment le faire accepter par la base.`,
  }),
  SECRETS_EXPOSED: (p: { folder: string; mode: string }) => ({
    what: `D’autres utilisateurs de cette machine ont accès à ${p.folder} (mode ${p.mode}), qui contient les secrets de l’instance. Rien n’a été modifié.`,
    next: `Fermez-le : \`chmod 700 "${p.folder}"\`, puis relancez la commande. Si quelqu’un d’autre a pu les lire, il faut les remplacer. Si le mode ne change pas (disque Windows sous /mnt, partage réseau), placez les instances sur un système de fichiers Linux (--home).`,
  }),
  REDIRECT_PORT_SAME: (p: { path: string; port: number }) => ({
    what: `Dans ${p.path}, web.tls.redirect_port est le port web lui-même (${p.port}), qui parle HTTPS.`,
    next: "Indiquez le port que l’on atteint en HTTP, en général 80 ; avec web.tls, web.port vaut 443 dans le profil production.",
  }),
  HOST_PROXY_PUBLISHED: (p: { path: string; address: string }) => ({
    what: `web.trusted_proxies contient « host », un proxy de cette machine, mais d’autres machines atteignent aussi le port web (web.address : ${p.address}).`,
    next: `Mettez 127.0.0.1 dans web.address (${p.path}), pour que seuls les programmes de cette machine passent par ce port ; ou retirez « host » et indiquez les adresses des proxys qui sont sur d’autres machines.`,
  }),
  TLS_FILE_MISSING: (p: { file: string; setting: string; path: string }) => ({
    what: `${p.file} n’existe pas (${p.setting}). Rien n’a été modifié.`,
    next: `Placez-y le fichier, ou corrigez le chemin dans ${p.path} ; un chemin relatif part du dossier de ce fichier.`,
  }),
  CERTIFICATE_UNREADABLE: (p: { file: string }) => ({
    what: `${p.file} ne contient pas de certificat lisible. Rien n’a été modifié.`,
    next: `Le fichier doit être au format PEM, avec une ligne « -----BEGIN CERTIFICATE----- ». Pour le voir : \`openssl x509 -in ${p.file} -noout -text\` ; depuis DER : \`openssl x509 -inform der -in FICHIER\` ; depuis PKCS #12 : \`openssl pkcs12 -in FICHIER -nokeys\`.`,
  }),
  CERTIFICATE_ORDER: (p: { file: string }) => ({
    what: `Les certificats de ${p.file} ne sont pas dans le bon ordre. Rien n’a été modifié.`,
    next: "Placez d’abord celui du serveur, puis celui de l’autorité qui l’a émis, et ainsi de suite : chacun est émis par le suivant.",
  }),
  CERTIFICATE_CHAIN: (p: { file: string; subject: string; issuer: string; found: string }) => ({
    what: `Dans ${p.file}, le certificat « ${p.subject} » a été émis par « ${p.issuer} », mais celui qui le suit est « ${p.found} ». Rien n’a été modifié.`,
    next: "Placez-y le certificat de cet émetteur, que l’autorité publie, et retirez ce qui vient d’une autre chaîne.",
  }),
  CERTIFICATE_EXPIRED: (p: { file: string; subject: string; date: string }) => ({
    what: `Le certificat « ${p.subject} » de ${p.file} est périmé depuis ${p.date}. Rien n’a été modifié.`,
    next: "Faites-le renouveler, placez le nouveau au même endroit et relancez la commande. S’il devrait être encore valable, vérifiez l’horloge de cette machine (`date`).",
  }),
  CERTIFICATE_NOT_YET: (p: { file: string; subject: string; date: string }) => ({
    what: `Le certificat « ${p.subject} » de ${p.file} n’est pas valable avant ${p.date}. Rien n’a été modifié.`,
    next: "Gardez l’ancien jusque-là. S’il devrait être déjà valable, vérifiez l’horloge de cette machine (`date`).",
  }),
  CERTIFICATE_NAMES: (p: { file: string; hosts: string[]; names: string[] }) => ({
    what: `Le certificat ${p.file} n’est pas établi pour ${p.hosts.join(", ")}, mais pour ${p.names.join(", ") || "aucun nom"}. Rien n’a été modifié.`,
    next: "Faites établir un certificat pour tous les noms de web.hosts (« subject alternative name »), ou retirez de web.hosts les noms que personne ne saisit.",
  }),
  KEY_UNREADABLE: (p: { file: string }) => ({
    what: `${p.file} ne contient pas de clé privée lisible. Rien n’a été modifié.`,
    next: "Le fichier doit être au format PEM, avec une ligne « -----BEGIN PRIVATE KEY----- » (ou RSA, ou EC PRIVATE KEY). Pour le vérifier : `openssl pkey -noout -in`, suivi du fichier.",
  }),
  KEY_ENCRYPTED: (p: { file: string }) => ({
    what: `La clé privée ${p.file} est chiffrée : personne ne pourrait saisir son mot de passe au démarrage du serveur. Rien n’a été modifié.`,
    next: `Écrivez-la sans mot de passe dans un fichier que vous seul pouvez lire : \`(umask 077; openssl pkey -in ${p.file} -out FICHIER)\`, et indiquez ce dernier dans web.tls.key.`,
  }),
  KEY_MISMATCH: (p: { file: string; key: string }) => ({
    what: `La clé privée ${p.key} n’est pas celle du certificat ${p.file}. Rien n’a été modifié.`,
    next: `Indiquez la clé avec laquelle le certificat a été demandé. Ces deux commandes doivent afficher la même chose : \`openssl x509 -in ${p.file} -noout -pubkey\` et \`openssl pkey -in ${p.key} -pubout\`.`,
  }),
  KEY_WEAK: (p: { file: string; bits: number; minimum: number }) => ({
    what: `La clé RSA ${p.file} a ${p.bits} bits ; les navigateurs et OpenSSL n’en acceptent pas de moins de ${p.minimum}. Rien n’a été modifié.`,
    next: "Faites établir un certificat pour une nouvelle clé, RSA de 2048 bits ou plus, ou ECDSA P-256.",
  }),
  GENERATED_FILE_EDITED: (p: { files: string[]; folder: string }) => ({
    what: `${p.files.length === 1 ? "Un fichier généré a été modifié" : "Des fichiers générés ont été modifiés"} à la main : ${p.files.join(", ")}. Rien n’a été écrasé.`,
    next: `Reportez la modification dans ${p.folder}/instance.yaml ou compose.override.yaml, puis supprimez ${p.files.length === 1 ? "le fichier modifié" : "les fichiers modifiés"} et relancez la commande.`,
  }),
  CONFIRMATION_NEEDED: (p: { name: string }) => ({
    what: `Cette commande supprime la base de données, les pièces jointes et les journaux de « ${p.name} ». Rien n’a été modifié.`,
    next: "Saisissez le nom de l’instance lorsqu’il est demandé ; dans un script, ajoutez --yes.",
  }),
  DOCKER_MISSING: (_: Record<string, never>) => ({
    what: "La commande `docker` est introuvable.",
    next: "Installez Docker Engine 25 ou plus récent, avec Compose : https://docs.docker.com/engine/install/. Dans un clone du dépôt de cet outil, `./script/demo` s’en charge.",
  }),
  ENGINE_UNREACHABLE: (p: { endpoint: string; detail: string }) => ({
    what: `Le moteur Docker ne répond pas à l’adresse ${p.endpoint} : ${p.detail}`,
    next: "Démarrez-le (`systemctl start docker`) et vérifiez que votre utilisateur a le droit de s’en servir (`docker info`). Si c’est un autre moteur qui est attendu, voyez DOCKER_HOST et `docker context ls`.",
  }),
  ENGINE_ELSEWHERE: (p: { endpoint: string; folder: string }) => ({
    what: `Le moteur Docker de l’adresse ${p.endpoint} ne voit pas le dossier ${p.folder} de cette machine : aucun conteneur ne pourrait le monter. Rien n’a été démarré.`,
    next: "Si le moteur est sur une autre machine, lancez biomaid-compose là-bas. S’il est dans une machine virtuelle, un conteneur ou un bac à sable (snap), partagez ce dossier avec lui sous le même chemin, ou placez les instances là où il les voit (--home).",
  }),
  LABEL_REFUSED: (p: { folder: string; lines: string[] }) => ({
    what: `Le moteur utilise SELinux, et les fichiers de ${p.folder} que lisent les conteneurs n’ont pas pu être étiquetés pour eux. Ce que \`chcon\` a dit est ci-dessus. Rien n’a été démarré.`,
    next: `Lancez la commande sous le nom du propriétaire des fichiers, sur un système de fichiers qui conserve les étiquettes (ni NFS, ni vfat), ou faites-les étiqueter par un administrateur : docs/fr/plateformes.md.`,
  }),
  ENGINE_TOO_OLD: (p: { found: string; oldest: string }) => ({
    what: `Docker Engine ${p.found} est trop ancien.`,
    next: `Installez la version ${p.oldest} ou une plus récente : https://docs.docker.com/engine/install/.`,
  }),
  COMPOSE_MISSING: (_: Record<string, never>) => ({
    what: "`docker compose` n’est pas installé.",
    next: "Installez le plugin Compose : https://docs.docker.com/compose/install/.",
  }),
  COMPOSE_TOO_OLD: (p: { found: string; oldest: string }) => ({
    what: `Docker Compose ${p.found} est trop ancien.`,
    next: `Installez la version ${p.oldest} ou une plus récente : https://docs.docker.com/compose/install/.`,
  }),
  BUILDX_MISSING: (_: Record<string, never>) => ({
    what: "`docker buildx` n’est pas installé : sans lui, les images ne peuvent pas être construites.",
    next: "Installez le plugin buildx : https://docs.docker.com/build/install-buildx/ (paquet docker-buildx-plugin ou docker-buildx).",
  }),
  BUILDX_TOO_OLD: (p: { found: string; oldest: string }) => ({
    what: `Docker buildx ${p.found} est trop ancien.`,
    next: `Installez la version ${p.oldest} ou une plus récente : https://docs.docker.com/build/install-buildx/.`,
  }),
  TOOL_MISSING: (p: { tool: string; package: string }) => ({
    what: `La commande \`${p.tool}\` est introuvable.`,
    next: `Installez le paquet ${p.package}.`,
  }),
  GIT_MISSING: (_: Record<string, never>) => ({ what: "La commande `git` est introuvable.", next: "Installez git." }),
  PACKAGES_TOOL_MISSING: (p: { tool: string }) => ({
    what: `Les images de base doivent être créées ici à partir de paquets, ce qui demande \`${p.tool}\` : cette commande est introuvable.`,
    next: `Installez-la (\`apt-get install ${p.tool}\`), ou donnez à cette machine l’accès à un registre d’images et ajoutez \`bases: registry\` dans instance.yaml.`,
  }),
  SOURCE_UNREACHABLE: (p: { git: string; detail: string }) => ({
    what: `Impossible de lire le dépôt ${p.git} : ${p.detail}`,
    next: "Vérifiez l’adresse, le réseau et le proxy (`git ls-remote`). Pour essayer l’outil sans ce dépôt : --source sample.",
  }),
  SOURCE_REFUSED: (p: { path: string; lines: string[] }) => ({
    what: `git refuse de lire ${p.path}.`,
    next: "Si le dossier appartient à un autre utilisateur, lancez la commande sous son nom, ou dites à git de lui faire confiance avec la commande que git affiche ci-dessus (safe.directory). Sinon, suivez ce que git indique.",
  }),
  SOURCE_KEY_MISSING: (p: { file: string }) => ({
    what: `La clé privée ${p.file} (source.key_file) est absente.`,
    next: `Placez-la à cet endroit : \`cp CLE ${p.file}\`. Pour en créer une : \`ssh-keygen -t ed25519 -N "" -f ${p.file}\`, puis déclarez ${p.file}.pub chez l’hébergeur du dépôt (« deploy key », en lecture seule).`,
  }),
  SOURCE_WITHOUT_REFS: (p: { source: string }) => ({
    what: `Le code est ${p.source} : il n’a ni branche ni tag.`,
    next: "Indiquez un dépôt : `biomaid-compose refs --source URL`.",
  }),
  LOGIN_IN_URL: (p: { option: string }) => ({
    what: `${p.option} : une URL ne doit contenir ni identifiant ni mot de passe, car elle figure dans les messages et les journaux.`,
    next: "Retirez-les : git utilise ses propres identifiants (credential helper, ~/.netrc, ssh).",
  }),
  GIT_LOGIN_REFUSED: (p: { git: string; lines: string[] }) => ({
    what: `L’accès à ${p.git} est refusé à git, ou ce dépôt n’existe pas. Ce qu’il en dit est affiché au-dessus.`,
    next: "En ssh : une clé connue de l’hébergeur, dans ssh-agent, ou une « deploy key » sans phrase secrète dans secrets/ (source.key_file). En https : un « credential helper » ou ~/.netrc. Pour essayer ce dont git dispose : `git ls-remote` et l’adresse.",
  }),
  GIT_HOST_UNKNOWN: (p: { git: string; host: string; port: number }) => ({
    what: `La clé d’hôte de ${p.host} (port ${p.port}) n’est pas connue ici : ${p.git} n’a pas été lu.`,
    next: `Récupérez-la : \`ssh-keyscan -p ${p.port} ${p.host} > known_hosts\`. Comparez son empreinte (\`ssh-keygen -lf known_hosts\`) à celle que publie l’hébergeur. Ajoutez ensuite ces lignes à ~/.ssh/known_hosts ou, avec source.key_file, placez ce fichier dans secrets/.`,
  }),
  GIT_HOST_CHANGED: (p: { git: string; host: string; port: number; lines: string[] }) => ({
    what: `La clé d’hôte de ${p.host} (port ${p.port}) n’est plus celle qui était connue : quelqu’un s’interpose peut-être. ${p.git} n’a pas été lu.`,
    next: "Demandez la nouvelle empreinte à l’administrateur de cet hôte. Si c’est celle qui est affichée au-dessus, remplacez l’ancienne ligne dans le fichier que ssh indique.",
  }),
  UPDATE_NEEDS_UPGRADE: (p: { name: string; version: string; lines: string[] }) => ({
    what: `${p.version} apporte des migrations que la base de données de « ${p.name} » n’a pas reçues (voir au-dessus). Rien n’a été modifié.`,
    next: "Elles modifient les données de façon définitive : il faut une mise à niveau, précédée d’une sauvegarde. Une prochaine version de biomaid-compose apportera cette commande (`upgrade`). D’ici là, l’instance reste comme elle est.",
  }),
  UPDATE_TO_OLDER: (p: { name: string; version: string; lines: string[] }) => ({
    what: `${p.version} est plus ancien que la base de données de « ${p.name} », qui a reçu des migrations qu’il ne connaît pas (voir au-dessus). Rien n’a été modifié.`,
    next: "Choisissez une version plus récente : `biomaid-compose refs` en donne la liste. Pour revenir vraiment en arrière, restaurez une sauvegarde de cette époque.",
  }),
  UPDATE_CHECK_FAILED: (p: { name: string; version: string; lines: string[] }) => ({
    what: `${p.version} s’arrête avant ses migrations, avec les paramètres de « ${p.name} ». Ses dernières lignes sont au-dessus. Rien n’a été modifié.`,
    next: "Vérifiez que local/ et settings.d/ conviennent à cette version. Après une modification de instance.yaml ou de biomaid-compose lui-même, lancez d’abord `up`.",
  }),
  REF_NOT_FOUND: (p: { git: string; ref: string }) => ({
    what: `${p.git} n’a ni branche, ni tag, ni commit « ${p.ref} ».`,
    next: `Pour voir ce qu’il contient : \`biomaid-compose refs --source ${p.git}\`. Un commit doit être donné en entier, avec ses 40 caractères.`,
  }),
  SOURCE_NOT_BIOMAID: (p: { source: string; missing: string }) => ({
    what: `${p.source} n’est pas le code de BiomAid : ${p.missing} ne s’y trouve pas.`,
    next: "Indiquez le dossier ou le dépôt qui contient manage.py, pyproject.toml et poetry.lock.",
  }),
  IMAGE_MISSING: (p: { image: string }) => ({
    what: `L’image ${p.image} n’est pas sur cette machine et ne peut pas être téléchargée.`,
    next: "Chargez-la ou téléchargez-la d’abord : `docker load`, `docker pull`.",
  }),
  LOCK_OUTDATED: (p: { source: string }) => ({
    what: `Dans le code de l’application (${p.source}), poetry.lock ne correspond pas à pyproject.toml.`,
    next: "Lancez `poetry lock` dans ce code et validez le fichier (commit), ou choisissez une autre branche, un autre tag ou un autre commit.",
  }),
  BUILD_FAILED: (p: { image: string; lines: string[] }) => ({
    what: `L’image ${p.image} n’a pas pu être construite. Les dernières lignes de la construction sont ci-dessus.`,
    next: "Une fois la cause éliminée, relancez la même commande : ce qui est construit reste en cache, elle reprendra à cet endroit.",
  }),
  BUILD_NETWORK: (p: { image: string; lines: string[] }) => ({
    what: `L’image ${p.image} n’a pas pu être construite : le réseau a fait défaut pendant un téléchargement. Les dernières lignes de la construction sont ci-dessus.`,
    next: "Vérifiez le réseau, le proxy (`env | grep -i proxy`) et les miroirs de paquets, puis relancez la même commande : ce qui est construit reste en cache, elle reprendra à cet endroit. Si aucun registre de conteneurs n’est joignable, `bases: packages` dans instance.yaml permet de s’en passer.",
  }),
  DOCS_MISSING: (p: { source: string; missing: string }) => ({
    what: `Le code de l’application (${p.source}) n’a pas de documentation : ${p.missing} n’y est pas.`,
    next: "Choisir une branche, un tag ou un commit qui en a une.",
  }),
  DOCS_NEED_CODE: (p: { name: string; image: string }) => ({
    what: `L’instance « ${p.name} » exécute une image toute faite (${p.image}) : il n’y a pas ici de code dont on puisse construire la documentation.`,
    next: "La construire avec une instance dont la source est un dépôt git ou un dossier : `biomaid-compose init` la crée, et il n’est pas nécessaire de la démarrer.",
  }),
  DOCS_FOLDER_TAKEN: (p: { folder: string }) => ({
    what: `${p.folder} contient autre chose que de la documentation écrite par cette commande. Rien n’a été modifié.`,
    next: "Indiquer un dossier nouveau ou vide avec --output, ou vider celui-ci.",
  }),
  DOCS_FAILED: (p: { format: string; source: string; lines: string[] }) => ({
    what: `La documentation (${p.format}) du code de l’application (${p.source}) n’a pas pu être construite. Les dernières lignes de la construction sont affichées ci-dessus. Rien n’a été modifié.`,
    next: "Voir ce qu’elles disent des fichiers de docs/ ou du groupe doc de Poetry ; une autre branche, un autre tag ou un autre commit peut convenir.",
  }),
  ENGINE_DISK_FULL: (p: { folder: string; lines: string[] }) => ({
    what: `Le moteur Docker n’a plus de place sur son disque (${p.folder}). Les dernières lignes de ce qui a échoué sont ci-dessus.`,
    next: "Voyez ce qui occupe la place (`docker system df`), libérez-en (`docker builder prune` ne vide que le cache des constructions), puis relancez la même commande : ce qui est déjà fait est conservé.",
  }),
  BASE_FAILED: (p: { image: string; detail: string }) => ({
    what: `L’image de base ${p.image} n’a pas pu être créée à partir de paquets : ${p.detail}`,
    next: "Vérifiez que apt et npm joignent leurs miroirs depuis cette machine (`apt-get update`, `npm ping`).",
  }),
  PORT_TAKEN: (p: PortTaken) => ({
    what: `Le port ${p.port} de l’adresse ${p.address} est déjà utilisé par ${portHolder(p)}.`,
    next: `Arrêtez l’utilisateur actuel du port${p.instance === undefined ? "" : ` (\`biomaid-compose down ${p.instance}\`)`}, ou choisissez un autre port : ${p.setting} dans ${p.path}. Pour voir qui l’écoute : \`sudo ss -ltnp 'sport = :${p.port}'\`.`,
  }),
  PORT_STUCK: (p: { address: string; port: number; path: string; process: number }) => ({
    what: `Le port ${p.port} de l’adresse ${p.address} est retenu par Docker (docker-proxy, processus ${p.process}), mais aucun conteneur ne le publie : le moteur a été tué pendant un démarrage, ou un autre moteur l’utilise.`,
    next: `Redémarrez le moteur (\`systemctl restart docker\`), puis relancez la même commande ; ou choisissez un autre port : web.port dans ${p.path}.`,
  }),
  PORT_PRIVILEGED: (p: { address: string; port: number; setting: string; path: string }) => ({
    what: `Le moteur Docker n’a pas le droit d’écouter le port ${p.port} de l’adresse ${p.address} : sans les droits de root, les ports inférieurs à 1024 lui sont fermés.`,
    next: `Accordez-le-lui : \`echo net.ipv4.ip_unprivileged_port_start=${p.port} | sudo tee /etc/sysctl.d/50-biomaid.conf\`, puis \`sudo sysctl --system\` ; ou choisissez un port à partir de 1024 : ${p.setting} dans ${p.path}.`,
  }),
  NETWORKS_EXHAUSTED: (_: Record<string, never>) => ({
    what: "Docker n’a plus de plage d’adresses libre pour créer un réseau.",
    next: "Supprimez les réseaux inutilisés (`docker network prune`), ou donnez à Docker d’autres plages : `default-address-pools` dans /etc/docker/daemon.json.",
  }),
  SERVICE_FAILED: (p: { name: string; service: string; state: string; exitStatus: number; lines: string[] }) => ({
    what: `Le service ${p.service} de « ${p.name} » a échoué (état Docker : ${p.state}${p.exitStatus === 0 ? "" : `, code de sortie : ${p.exitStatus}`}). Ses dernières lignes sont ci-dessus.`,
    next: `Son journal complet : \`biomaid-compose logs ${p.name} ${p.service}\`. Une fois la cause éliminée : \`biomaid-compose up ${p.name}\`.`,
  }),
  SERVICE_DISK_FULL: (p: { name: string; service: string; folder: string; lines: string[] }) => ({
    what: `Le service ${p.service} de « ${p.name} » n’a plus de place sur le disque de ses volumes. Ses dernières lignes sont ci-dessus.`,
    next: `Libérez de la place sur ce disque (celui du moteur, ${p.folder}, sauf si compose.override.yaml place les volumes ailleurs ; \`docker system df -v\` montre ce qui l’occupe), puis lancez \`biomaid-compose up ${p.name}\`. Les données déjà enregistrées sont conservées.`,
  }),
  STACK_FAILED: (p: { folder: string; lines: string[] }) => ({
    what: "Docker Compose n’a pas pu démarrer les services. Ses dernières lignes sont ci-dessus.",
    next: `Pour revoir l’erreur : \`docker compose up\` dans ${p.folder}.`,
  }),
  DOWN_FAILED: (p: { name: string; lines: string[] }) => ({
    what: `Docker Compose n’a pas pu arrêter « ${p.name} » complètement. Ses dernières lignes sont ci-dessus.`,
    next: "Relancez la même commande.",
  }),
  NO_ANSWER: (p: { name: string; url: string; status: number | undefined }) => ({
    what: `Les services fonctionnent, mais ${p.url} ${p.status === undefined ? "ne répond pas" : `répond avec le code HTTP ${p.status}`}.`,
    next: `Voir \`biomaid-compose logs ${p.name} web app\`. Le code 400 signifie que le nom figurant dans l’adresse manque dans web.hosts.`,
  }),
  JOBS_UNREADABLE: (p: { name: string; exitStatus: number; lines: string[] }) => ({
    what: `L’historique des tâches périodiques de « ${p.name} » est illisible (code de sortie : ${p.exitStatus}). Ce que la commande a dit est ci-dessus.`,
    next: `Voir \`biomaid-compose logs ${p.name} cron\`.`,
  }),
};

function portHolder({ container, instance, program, process }: PortTaken): string {
  if (instance !== undefined) return `l’instance « ${instance} » (conteneur ${container})`;
  if (container !== undefined) return `le conteneur ${container}`;
  return program === undefined ? "un autre programme" : `${program} (processus ${process})`;
}

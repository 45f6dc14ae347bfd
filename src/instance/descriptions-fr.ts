/** What each setting is, in French; the schema itself has the English. */
export const DESCRIPTIONS_FR: Record<string, string> = {
  version: "Format de ce fichier",
  profile: "Paramètres de départ de l’instance",
  source: "Origine du code de BiomAid : un et un seul de git, path, image, sample",
  "source.git": "URL d’un dépôt git",
  "source.path": "Un dossier de cette machine, géré par git ou non",
  "source.image": "Une image de l’application, déjà construite",
  "source.sample": "L’application d’exemple fournie avec biomaid-compose",
  "source.ref": "Branche, tag ou commit, avec git et path",
  "source.key_file": "Fichier du dossier secrets/ qui contient la clé privée SSH de git (« deploy key »)",
  application: "L’application Django",
  "application.local":
    "Le dossier de configuration du site : le nom de l’un de ceux du code, le chemin d’un autre (./local : celui de l’instance), ou un dépôt git",
  "application.local.git": "URL du dépôt git de la configuration du site",
  "application.local.ref": "Sa branche, son tag ou son commit ; sa branche par défaut sinon",
  "application.local.key_file": "Fichier de secrets/ contenant sa clé SSH privée, une clé de déploiement",
  "application.groups": "Groupes de Poetry du pyproject.toml du code, installés en plus de main",
  "application.extras": "Extensions (extras) de Poetry du pyproject.toml du code",
  "application.oracle_client":
    "Fichier zip de l’Instant Client d’Oracle (Basic) pour l’extension oracle, à partir du dossier de l’instance",
  "application.fixtures": "Jeux de données chargés une fois dans une base vide",
  "application.workers": "Nombre de processus gunicorn ; auto : selon les cœurs et la mémoire de la machine",
  "application.timeout": "Durée maximale d’une requête, en secondes",
  "application.debug": "DEBUG de Django, et ce que BiomAid montre avec lui ; seulement sur la machine elle-même",
  "application.debug_toolbar": "Django Debug Toolbar, que le groupe Poetry dev installe",
  "application.reload":
    "Si la source est montée au lieu d’être copiée dans l’image, et chaque modification servie aussitôt",
  "application.jobs": "Si les tâches périodiques de BiomAid s’exécutent selon leur calendrier",
  "application.language": "LANGUAGE_CODE de Django",
  "application.time_zone": "TIME_ZONE de Django, et fuseau horaire des tâches périodiques",
  "application.log_level": "Niveau à partir duquel les messages de l’application sont écrits dans le journal",
  "application.admins": "À qui écrire quand une requête échoue ; ADMINS de Django",
  "application.admins.name": "Nom",
  "application.admins.email": "Adresse de courriel",
  "application.outgoing": "Si l’application peut ouvrir des connexions vers d’autres machines (messagerie, annuaire)",
  "application.paths":
    "Dossiers de cette machine d’où des tables sont importées, sous les noms que leur donne le dossier local",
  "application.attachment_roots":
    "Dossiers de cette machine dont les fichiers sont des pièces jointes, sous les noms que leur donne l’application",
  web: "Ce que le réseau voit de l’instance",
  "web.hosts": "Noms sous lesquels on accède à l’instance ; le premier figure dans les courriels",
  "web.address": "Adresse de cette machine où le port web est publié",
  "web.port": "Port web publié",
  "web.upload_limit": "Taille maximale d’une requête, en Mo",
  "web.url":
    "Adresse que l’on tape, quand ce n’est pas celle que donnent hosts, port et tls : celle d’un proxy placé devant",
  "web.tls": "HTTPS ; sans lui, le port web parle HTTP",
  "web.tls.certificate": "Fichier PEM : le certificat, puis ceux des autorités qui l’ont émis",
  "web.tls.key": "Fichier PEM de la clé privée du certificat, non chiffrée",
  "web.tls.redirect_port": "Port publié qui redirige HTTP vers HTTPS",
  "web.tls.hsts":
    "Durée en secondes pendant laquelle les navigateurs doivent s’en tenir à HTTPS (HSTS) ; irrévocable avant son terme",
  "web.trusted_proxies":
    "Adresses (ou blocs CIDR) des proxys placés devant, dont les en-têtes X-Forwarded-* sont crus ; host : cette machine",
  "web.documentation":
    "Servir à tous, sous /documentation/, la documentation HTML construite par `biomaid-compose docs`",
  "web.publish_demo":
    "Accepter qu’une instance dont les mots de passe sont publics soit publiée ailleurs que sur la machine elle-même",
  media: "Fichiers déposés",
  "media.access":
    "À qui sont envoyés les fichiers déposés et les pièces jointes : signed-in (personnes connectées) ou public (quiconque a l’URL)",
  mail: "Le serveur qui envoie les courriels de l’instance ; sans lui, ils ne vont que dans le journal",
  "mail.host": "Le serveur SMTP ; host.docker.internal désigne cette machine",
  "mail.port": "Son port ; par défaut 25, 587 (starttls) ou 465 (tls)",
  "mail.security": "Chiffrement de la connexion ; starttls par défaut",
  "mail.user": "Identifiant sur le serveur SMTP",
  "mail.password_file": "Fichier du dossier secrets/ qui contient le mot de passe",
  "mail.from": "Expéditeur de tous les messages : une adresse, ou NOM <ADRESSE>",
  "mail.ca_file":
    "Fichier PEM des autorités qui valident le certificat du serveur ; chemin à partir du dossier de l’instance",
  mail_catcher:
    "Tous les courriels de l’instance sont gardés pour être lus dans un navigateur, et aucun n’est envoyé ; à la place de mail",
  "mail_catcher.port": "Port de 127.0.0.1 où les lire",
  database: "Un serveur PostgreSQL existant qui a la base de données, à la place du service db",
  "database.host": "Le serveur PostgreSQL ; host.docker.internal désigne cette machine",
  "database.port": "Son port ; 5432 par défaut",
  "database.name": "La base de données ; biomaid par défaut",
  "database.user": "Le rôle qui en est propriétaire ; biomaid par défaut",
  "database.password_file": "Fichier du dossier secrets/ qui contient le mot de passe du rôle",
  "database.tls":
    "verify-full (par défaut) : chiffré, avec contrôle du certificat et du nom du serveur ; require : chiffré, quel que soit le serveur qui répond ; disable : lisible par quiconque sur le réseau",
  "database.ca_file":
    "Fichier PEM des autorités qui valident le certificat du serveur ; chemin à partir du dossier de l’instance",
  volumes: "Dossiers de cette machine à la place des volumes de Docker",
  "volumes.media": "Dossier des pièces jointes, par son chemin absolu",
  "volumes.database": "Dossier de la base de données du service db, par son chemin absolu",
  ldap: "L’annuaire (LDAP, Active Directory) avec lequel on peut se connecter",
  "ldap.urls":
    "Serveurs de l’annuaire, ldap://HÔTE ou ldaps://HÔTE, suivi du port (:PORT) si ce n’est pas 389 ou 636 (host.docker.internal désigne cette machine) ; le suivant est interrogé quand l’un ne répond pas",
  "ldap.security":
    "Chiffrement des connexions ; par défaut tls avec ldaps:// et starttls avec ldap:// ; avec none, tous les mots de passe sont lisibles sur le réseau",
  "ldap.bind_dn": "Compte qui fait les recherches ; sans lui, elles sont anonymes",
  "ldap.password_file": "Fichier du dossier secrets/ qui contient son mot de passe",
  "ldap.search_base": "Entrée sous laquelle les personnes sont cherchées",
  "ldap.filter":
    "Filtre LDAP qui trouve la personne, %(user)s étant l’identifiant saisi ; par défaut (uid=%(user)s) ; (sAMAccountName=%(user)s) pour Active Directory",
  "ldap.attributes": "Où l’annuaire range ce que BiomAid sait des personnes",
  "ldap.attributes.first_name": "Attribut du prénom ; givenName par défaut",
  "ldap.attributes.last_name": "Attribut du nom ; sn par défaut",
  "ldap.attributes.email": "Attribut de l’adresse de courriel ; mail par défaut",
  "ldap.ca_file":
    "Fichier PEM des autorités qui valident les certificats des serveurs ; chemin à partir du dossier de l’instance",
  "ldap.timeout": "Durée en secondes laissée à un serveur pour accepter la connexion ou répondre ; 5 par défaut",
  gmao: "La base Oracle de la GMAO, que lisent certaines pages de BiomAid",
  "gmao.host": "Le serveur Oracle ; host.docker.internal désigne cette machine",
  "gmao.port": "Son port ; 1521 par défaut",
  "gmao.name": "Identifiant (SID) de la base",
  "gmao.user": "Identifiant de connexion à la base",
  "gmao.password_file": "Fichier du dossier secrets/ qui contient son mot de passe",
  bases: "Origine des images de base : un registre, ou les miroirs de paquets de cette machine",
};

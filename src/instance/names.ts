// Apart from the schema, which takes longer to load than all the rest of `--help`.

export const PROFILE_NAMES = ["demo", "production", "development", "ci"] as const;
export type ProfileName = (typeof PROFILE_NAMES)[number];

export const BASES_MODES = ["auto", "registry", "packages"] as const;

export const LOG_LEVELS = ["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"] as const;

/** libpq's sslmode (PostgreSQL manual, 34.19.3), without the modes that do not do what they seem to. */
export const DATABASE_TLS = ["verify-full", "require", "disable"] as const;

export const CONNECTION_SECURITY = ["none", "starttls", "tls"] as const;

export const MEDIA_ACCESS = ["signed-in", "public"] as const;

/** What is meant as the address of a git repository, right or wrong, and never as a folder: a URL, or ssh's USER@HOST:PATH. */
export const GIT_ADDRESS = /^([a-z+]+:\/\/|[^/\s]+@[^/\s]+:)/;

/** A Compose project is `biomaid-<name>`; the length keeps the names of its networks and volumes readable. */
export const INSTANCE_NAME = /^[a-z][a-z0-9-]{0,30}$/;

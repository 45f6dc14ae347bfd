/** The parts of the Compose specification that the stack uses. */
export interface ComposeFile {
  name: string;
  services: Record<string, Service>;
  networks: Record<string, Network>;
  volumes: Record<string, Volume>;
  secrets: Record<string, { file: string }>;
}

export interface Service {
  image: string;
  /** Only started by its name, as by `docker compose run`. */
  profiles?: string[];
  entrypoint?: string[];
  command?: string[];
  user: string;
  init: true;
  restart: "no" | "unless-stopped";
  pull_policy: "never";
  read_only: true;
  cap_drop: ["ALL"];
  security_opt: string[];
  mem_limit: string;
  pids_limit: number;
  environment?: Record<string, string>;
  depends_on?: Record<string, { condition: "service_healthy" | "service_completed_successfully" }>;
  secrets?: string[];
  volumes?: (BindMount | VolumeMount)[];
  tmpfs?: string[];
  networks: string[];
  extra_hosts?: string[];
  ports?: Port[];
  healthcheck?: Healthcheck;
  stop_signal?: string;
  stop_grace_period?: string;
  shm_size?: string;
  labels: Record<string, string>;
  logging: { driver: "json-file"; options: Record<string, string> };
}

export interface BindMount {
  type: "bind";
  source: string;
  target: string;
  read_only?: true;
  bind: { create_host_path: false };
}

export interface VolumeMount {
  type: "volume";
  source: string;
  target: string;
  read_only?: true;
}

export interface Port {
  target: number;
  published: string;
  host_ip: string;
  protocol: "tcp";
}

export interface Healthcheck {
  test: string[];
  interval: string;
  timeout: string;
  retries: number;
  start_period: string;
  start_interval: string;
}

export interface Network {
  internal?: true;
  driver_opts?: Record<string, string>;
  labels: Record<string, string>;
}

export interface Volume {
  name: string;
  labels: Record<string, string>;
}

import Dockerode from "dockerode";
import { execa } from "execa";

const docker = new Dockerode();

/** A container of a Compose project, as the engine sees it. */
export interface Container {
  id: string;
  service: string;
  state: string;
  startedAt: string;
  image: string;
  environment: string[];
  labels: Record<string, string>;
  ports: string[];
}

const ofProject = (project: string) => ({ label: [`com.docker.compose.project=${project}`] });

/** Every container of a project, those that ended and one-off ones included. */
export async function containersOf(project: string): Promise<Container[]> {
  const found = await docker.listContainers({ all: true, filters: ofProject(project) });
  const containers = found.map(async ({ Id }) => {
    const details = await docker
      .getContainer(Id)
      .inspect()
      .catch((error: { statusCode?: number }) => {
        // It went between the two questions.
        if (error.statusCode === 404) return undefined;
        throw error;
      });
    if (details === undefined) return [];
    const { Config, State, NetworkSettings } = details;
    return {
      id: Id,
      service: Config.Labels["com.docker.compose.service"] ?? "",
      state: State.Status,
      startedAt: State.StartedAt,
      image: Config.Image,
      environment: Config.Env,
      labels: Config.Labels,
      ports: Object.values(NetworkSettings.Ports).flatMap((bindings) =>
        (bindings ?? []).map(({ HostIp, HostPort }) => `${HostIp}:${HostPort}`),
      ),
    };
  });
  return (await Promise.all(containers)).flat();
}

/** Identity and start of the long-running services: they stay the same when nothing is made again nor restarted. */
export function identities(services: Record<string, Container>): Record<string, [string, string]> {
  const lasting = Object.values(services).filter(({ service }) => service !== "init");
  return Object.fromEntries(lasting.map(({ service, id, startedAt }) => [service, [id, startedAt]]));
}

/** What a container has printed since a moment. */
export async function outputOf(id: string, since: Date): Promise<string> {
  const { all } = await execa("docker", ["logs", "--since", since.toISOString(), id], { all: true });
  return all;
}

export async function volumesOf(project: string): Promise<string[]> {
  const { Volumes } = await docker.listVolumes({ filters: ofProject(project) });
  return (Volumes ?? []).map(({ Name }) => Name).sort();
}

export async function networksOf(project: string): Promise<string[]> {
  const networks = await docker.listNetworks({ filters: ofProject(project) });
  return networks.map(({ Name }) => Name).sort();
}

/** Removes all that a project has, whatever state it is in. */
export async function removeProject(project: string): Promise<void> {
  const containers = await docker.listContainers({ all: true, filters: ofProject(project) });
  await Promise.all(containers.map(({ Id }) => gone(docker.getContainer(Id).remove({ force: true, v: true }))));
  for (const name of await volumesOf(project)) await gone(docker.getVolume(name).remove());
  for (const name of await networksOf(project)) await gone(docker.getNetwork(name).remove());
}

/** Removes a container, whatever it does. */
export async function removeContainer(id: string): Promise<void> {
  await gone(docker.getContainer(id).remove({ force: true, v: true }));
}

/** Removes the tag of an image that only one test used. */
export async function removeImage(tag: string): Promise<void> {
  await gone(docker.getImage(tag).remove());
}

/** 404: it went by itself. */
async function gone(removal: Promise<unknown>): Promise<void> {
  await removal.catch((error: { statusCode?: number }) => {
    if (error.statusCode !== 404) throw error;
  });
}

import type { Compose } from "../adapters/compose.ts";
import type { DockerEngine } from "../adapters/docker.ts";
import type { ProcessRunner } from "../adapters/process.ts";
import type { Messages, StepName } from "../messages/messages.ts";

/** What every operation works with. */
export interface Context {
  home: string;
  /** Where git repositories are kept. */
  cache: string;
  environment: NodeJS.ProcessEnv;
  processes: ProcessRunner;
  /** Connects at the first call. */
  docker(): Promise<DockerEngine>;
  /** @param folder an instance's, which has the instance's name */
  compose(folder: string): Compose;
  progress: Progress;
  messages: Messages;
  /** The version of biomaid-compose. */
  generator: string;
}

/** Tells people what is going on and for how long. */
export interface Progress {
  /** @param work may report what it is at, in the words of the program that it runs */
  step<T>(name: StepName, subject: string, work: (detail: (text: string) => void) => Promise<T>): Promise<T>;
}

import { basename } from "node:path";
import { createCompose } from "../adapters/compose.ts";
import type { DockerEngine } from "../adapters/docker.ts";
import { createProcessRunner } from "../adapters/process.ts";
import { packageVersion } from "../files/assets.ts";
import { projectName } from "../instance/instance.ts";
import { cacheFolder, homeFolder } from "../instance/paths.ts";
import type { Messages } from "../messages/messages.ts";
import type { Context } from "../operations/context.ts";
import { createOutput, type Output } from "./output.ts";
import { createProgress } from "./progress.ts";

/** The options that every command has. */
export interface GlobalOptions {
  json?: boolean;
  home?: string;
  verbose?: boolean;
}

export interface Session {
  context: Context;
  output: Output;
}

/** @param interruption aborted by Ctrl-C */
export async function openSession(
  options: GlobalOptions,
  messages: Messages,
  interruption: AbortSignal,
): Promise<Session> {
  const output = createOutput(messages, options.json ?? false);
  const processes = createProcessRunner((program, args, cwd) => {
    if (options.verbose) output.note(`${cwd === undefined ? "" : `${cwd} `}$ ${[program, ...args].join(" ")}`);
  }, interruption);
  const environment = process.env;
  let engine: Promise<DockerEngine> | undefined;
  const context: Context = {
    home: homeFolder(options.home, environment),
    cache: cacheFolder(environment),
    environment,
    processes,
    docker() {
      // Loading dockerode takes longer than all the rest of a command that needs no engine.
      engine ??= import("../adapters/docker.ts").then(({ connectDocker }) =>
        connectDocker(processes, environment, interruption),
      );
      return engine;
    },
    compose: (folder) => createCompose(processes, environment, folder, projectName(basename(folder))),
    progress: createProgress(messages, { plain: options.verbose ?? false }),
    messages,
    generator: packageVersion(),
  };
  return { context, output };
}

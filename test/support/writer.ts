import { setTimeout } from "node:timers/promises";
import type { TestInstance } from "./instance.ts";
import { application } from "./source.ts";

/** Milliseconds between two attempts: many rows a second, and no busy loop while nothing answers. */
const PAUSE = 20;
/** Milliseconds for one attempt. */
const TIMEOUT = 10_000;

/** Writes one row after another, each under a name of its own, and remembers those that were acknowledged. */
export class Writer implements AsyncDisposable {
  readonly acknowledged: string[] = [];
  /** Attempts that were not acknowledged: whether those rows are there, nobody knows. */
  failed = 0;
  #running = true;
  readonly #work: Promise<void>;
  readonly #add: (label: string) => Promise<boolean>;

  /** @param add writes a row; tells whether it is committed */
  constructor(add: (label: string) => Promise<boolean>) {
    this.#add = add;
    this.#work = this.#write();
  }

  async #write(): Promise<void> {
    for (let count = 1; this.#running; count++) {
      const label = `row ${count}`;
      if (await this.#add(label).catch(() => false)) this.acknowledged.push(label);
      else this.failed++;
      await setTimeout(PAUSE);
    }
  }

  /** Resolves when so many more rows are acknowledged. */
  async progress(count: number, seconds: number): Promise<void> {
    const [wanted, deadline] = [this.acknowledged.length + count, Date.now() + seconds * 1000];
    while (this.acknowledged.length < wanted) {
      if (Date.now() > deadline) throw new Error(`no ${count} rows were written within ${seconds} s`);
      await setTimeout(PAUSE);
    }
  }

  async stop(): Promise<void> {
    this.#running = false;
    await this.#work;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

/** Rows through the application where it is the sample; into a table of our own where it is BiomAid. */
export async function startWriter(instance: TestInstance): Promise<Writer> {
  if (application.isSample) {
    return new Writer(async (label) => {
      const body = new URLSearchParams({ label });
      const headers = { "user-agent": "writer" };
      const signal = AbortSignal.timeout(TIMEOUT);
      return (await instance.get("/x/sample/rows/", { method: "POST", headers, body, signal })).status === 201;
    });
  }
  await instance.sql("create table sample_row (label text)");
  return new Writer((label) => insertInContainer(instance, label));
}

/** Straight into the table, from within the database's container. */
async function insertInContainer(instance: TestInstance, label: string): Promise<boolean> {
  const insert = `insert into sample_row (label) values ('${label}')`;
  const psql = ["psql", "-U", "postgres", "-d", "biomaid", "-c", insert];
  return (await instance.compose("exec", "-T", "db", ...psql)).stdout.includes("INSERT 0 1");
}

/** Those of the acknowledged rows that are not in the database. */
export async function lostRows(instance: TestInstance, writer: Writer): Promise<string[]> {
  // Those that come while the question is under way are not in its answer.
  const acknowledged = [...writer.acknowledged];
  const found = new Set((await instance.sql("select label from sample_row")).split("\n"));
  return acknowledged.filter((label) => !found.has(label));
}

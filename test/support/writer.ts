import { randomBytes } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { execa } from "execa";
import { expect } from "vitest";
import type { TestInstance } from "./instance.ts";
import { application } from "./source.ts";

/** Milliseconds between two attempts: many rows a second, and no busy loop while nothing answers. */
const PAUSE = 20;
/** Milliseconds for one attempt. */
const TIMEOUT = 10_000;

/** Where rows are written. */
export interface Table {
  /** Writes a row; tells whether it is committed. */
  add(label: string): Promise<boolean>;
  /** The labels of all rows, one a line. */
  labels(): Promise<string>;
}

/** Writes one row after another, each under a name of its own, and remembers those that were acknowledged. */
export class Writer implements AsyncDisposable {
  readonly acknowledged: string[] = [];
  /** Attempts that were not acknowledged: whether those rows are there, nobody knows. */
  failed = 0;
  readonly #id = randomBytes(4).toString("hex");
  #running = true;
  readonly #work: Promise<void>;
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
    this.#work = this.#write();
  }

  async #write(): Promise<void> {
    for (let count = 1; this.#running; count++) {
      const label = `row ${count} of ${this.#id}`;
      if (await this.#table.add(label).catch(() => false)) this.acknowledged.push(label);
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

  /** Those of the acknowledged rows that are not in the database. */
  async lost(): Promise<string[]> {
    // Those that come while the question is under way are not in its answer.
    const acknowledged = [...this.acknowledged];
    const found = new Set((await this.#table.labels()).split("\n"));
    return acknowledged.filter((label) => !found.has(label));
  }

  /** Fails unless rows are written again after a fault, and all that were acknowledged are there. */
  async expectNothingLost(): Promise<void> {
    await this.progress(3, 30);
    expect(await this.lost()).toEqual([]);
  }

  async stop(): Promise<void> {
    this.#running = false;
    await this.#work;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

/** Rows through the application where it is the sample, which has to answer by now; else straight into the database. */
export function startWriter(instance: TestInstance): Writer {
  if (!application.isSample) return startDatabaseWriter(instance);
  return new Writer({
    async add(label) {
      const body = new URLSearchParams({ label });
      const headers = { "user-agent": "writer" };
      const signal = AbortSignal.timeout(TIMEOUT);
      return (await instance.get("/x/sample/rows/", { method: "POST", headers, body, signal })).status === 201;
    },
    labels: () => psql(instance, "select label from sample_row"),
  });
}

/** Rows straight into the database, whatever else runs: from the moment on that it first answers. */
export function startDatabaseWriter(instance: TestInstance): Writer {
  return new Writer(ownTable((query) => psql(instance, query)));
}

/**
 * A table that neither the application nor its migrations know of, made with the first row.
 *
 * @param query runs SQL; gives what psql prints, unaligned and without titles
 */
export function ownTable(query: (sql: string) => Promise<string>): Table {
  return {
    async add(label) {
      const table = "create table if not exists written (label text)";
      return (await query(`${table}; insert into written values ('${label}')`)).includes("INSERT 0 1");
    },
    labels: () => query("select label from written"),
  };
}

/** Within the database's container: beside the CLI, whose faults these are, and beside the files of its folder. */
async function psql({ project }: TestInstance, sql: string): Promise<string> {
  const command = ["psql", "-U", "postgres", "-d", "biomaid", "-Atc", sql];
  const { stdout } = await execa("docker", ["exec", `${project}-db-1`, ...command], { timeout: TIMEOUT });
  return stdout;
}

import { expect } from "vitest";
import type { RunningService } from "./running-service.ts";

/** What the kernel says of the processes, whatever compose.yaml asked for. */
export async function expectUnprivileged(
  service: RunningService,
  pids: number[],
  uid: number,
  gid: number,
): Promise<void> {
  for (const pid of [1, ...pids]) {
    const status = await service.read("cat", `/proc/${pid}/status`);
    expect(status).toMatch(new RegExp(`^Uid:\t${uid}\t${uid}\t${uid}\t${uid}$`, "m"));
    expect(status).toMatch(new RegExp(`^Gid:\t${gid}\t${gid}\t${gid}\t${gid}$`, "m"));
    expect(status).toMatch(/^CapPrm:\t0+$/m);
    expect(status).toMatch(/^CapEff:\t0+$/m);
    expect(status).toMatch(/^CapBnd:\t0+$/m);
    expect(status).toMatch(/^NoNewPrivs:\t1$/m);
  }
  const { stderr } = await service.exec(["touch", "/usr/x"], { user: "0" });
  expect(stderr).toMatch(/Read-only file system/);
}

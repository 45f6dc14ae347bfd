import { mkdir } from "node:fs/promises";
import { asRoot } from "./root.ts";

/** A file system of its own with little room in it. */
export interface SmallDisk extends AsyncDisposable {
  path: string;
  /** @param size as mount(8) takes it: `64m` */
  resize(size: string): Promise<void>;
}

/** @param size as mount(8) takes it: `64m` */
export async function smallDisk(path: string, size: string): Promise<SmallDisk> {
  await mkdir(path, { recursive: true });
  await asRoot("mount", "-t", "tmpfs", "-o", `size=${size},mode=1777`, "tmpfs", path);
  return {
    path,
    resize: async (larger) => {
      await asRoot("mount", "-o", `remount,size=${larger}`, path);
    },
    // Lazily: a program that was killed may still be on its way out of it.
    [Symbol.asyncDispose]: async () => {
      await asRoot("umount", "--lazy", path);
    },
  };
}

import { posix } from "node:path";
import type { Page } from "playwright-core";
import type { TestInstance } from "./instance.ts";
import { application } from "./source.ts";

/**
 * Puts a file among the instance's uploads: through the sample's page for that; in BiomAid, whose forms want a whole
 * purchase request around a file, through Django's storage.
 *
 * @param page signed in
 * @returns the file's path at the web server
 */
export async function upload(instance: TestInstance, page: Page, name: string, content: string): Promise<string> {
  if (application.isSample) {
    await page.goto(`${instance.url}/x/dem/documents/`);
    await page.locator('input[name="file"]').setInputFiles({ name, mimeType: "", buffer: Buffer.from(content) });
    await page.locator('button[type="submit"]').click();
    return (await page.locator("#documents a").filter({ hasText: name }).getAttribute("href")) ?? "";
  }
  const python = [
    "import base64, sys",
    "from django.core.files.base import ContentFile",
    "from django.core.files.storage import default_storage",
    `default_storage.save(${JSON.stringify(name)}, ContentFile(base64.b64decode("${Buffer.from(content).toString("base64")}")))`,
  ];
  await instance.cli(["manage", instance.name, "--", "shell", "-c", python.join("\n")]);
  return posix.join("/media", name);
}

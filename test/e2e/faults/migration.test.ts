import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startInstance } from "../../support/instance.ts";
import { application, copyApplication } from "../../support/source.ts";
import { startWriter } from "../../support/writer.ts";

const AGENT = { "user-agent": "test" };

/** The next migration of the sample's application `sample`: work on the data, then a fault or none. */
function migration(fault: string): string {
  return `from django.db import migrations

def fail(apps, schema_editor):
    ${fault}

class Migration(migrations.Migration):
    dependencies = (("sample", "0002_switch"),)
    operations = (
        migrations.RunSQL("CREATE TABLE sample_added (word text)"),
        migrations.RunSQL("UPDATE sample_row SET label = 'migrated' WHERE label = 'before'"),
        migrations.RunPython(fail),
    )
`;
}

// BiomAid's own migrations are not ours to change.
if (application.isSample) {
  test("a migration that fails halfway leaves the data as they were, for the previous release or for the mended one", async () => {
    await using instance = await startInstance();
    for (let count = 0; count < 3; count++) {
      const body = new URLSearchParams({ label: "before" });
      const answer = await instance.get("/x/sample/rows/", { method: "POST", headers: AGENT, body });
      expect(answer.status).toBe(201);
    }
    await using writer = startWriter(instance);
    await writer.progress(5, 30);
    const source = join(instance.home, "source");
    await copyApplication(source);
    const file = join(source, "sample", "migrations", "0003_added.py");
    await writeFile(file, migration("raise RuntimeError('halfway, on purpose')"));
    await instance.set("source", { path: source });

    const { stderr } = await instance.cli(["up", instance.name], { exitStatus: 1 });
    expect(stderr).toContain("[SERVICE_FAILED]");
    expect(stderr).toContain("The service init");
    expect(stderr).toContain("halfway, on purpose");
    expect(await instance.sql("select count(*) from sample_row where label = 'before'")).toBe("3");
    expect(await instance.sql("select to_regclass('sample_added') is null")).toBe("t");
    // Neither release may write meanwhile: visitors see the page that reloads itself.
    expect((await instance.get("/")).status).toBe(502);
    const { stdout } = await instance.cli(["status", instance.name, "--json"]);
    expect(JSON.parse(stdout).condition).toBe("failing");

    await instance.set("source", { sample: true });
    await instance.cli(["up", instance.name]);
    expect(await (await instance.get("/x/sample/rows/?label=before", { headers: AGENT })).json()).toEqual({ count: 3 });
    await writer.expectNothingLost();

    await writeFile(file, migration("pass"));
    await instance.set("source", { path: source });
    await instance.cli(["up", instance.name]);
    expect(await instance.sql("select count(*) from sample_row where label = 'migrated'")).toBe("3");
    expect(await instance.sql("select to_regclass('sample_added') is null")).toBe("f");
    await writer.expectNothingLost();
  });
}

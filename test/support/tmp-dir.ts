import { writeFile } from "node:fs/promises";
import { recipeDigest } from "../../src/operations/build-images.ts";
import { packagesBases } from "../../src/release/bases.ts";
import { Authority } from "./certificates.ts";
import { startDirectory } from "./directory.ts";

const authority = await Authority.create();
await writeFile("/tmp/w/hldap-home/hldap-real/authority.pem", authority.root.certificate);
const P = "d1rectory-of-the-tests";
const d = await startDirectory(
  packagesBases(await recipeDigest("base")),
  process.argv[2] ?? "",
  ["directory", "elsewhere"],
  await authority.chain({ names: ["directory"] }),
  [
    { uid: "claire", password: P, givenName: "Claire", sn: "Élan", mail: "claire@chu.example" },
    { uid: "root", password: P, mail: "x@y.example" },
    { uid: "couranth", password: P },
    { uid: "thief", password: P, mail: "admin-mail@chu.example" },
  ],
);
await authority[Symbol.asyncDispose]();
console.log(d.id);
process.on("SIGTERM", async () => {
  await d[Symbol.asyncDispose]();
  process.exit(0);
});
setInterval(() => {}, 1000);

// Bundles the tests (Node 20 cannot read TypeScript) and hands them to Node's own runner.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const web = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const folders = [join(web, "client", "test"), join(web, "src", "test")];
const tests = folders.flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith(".test.ts"))
    .map((name) => join(folder, name)),
);
const outdir = mkdtempSync(join(tmpdir(), "arogya-web-"));
try {
  await build({
    entryPoints: tests,
    outdir,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    format: "esm",
    sourcemap: "inline",
    tsconfig: join(web, "tsconfig.json"),
    logLevel: "warning",
  });
  const files = readdirSync(outdir, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".mjs"));
  const result = spawnSync(process.execPath, ["--test", "--enable-source-maps", ...files.map((name) => join(outdir, name))], {
    stdio: "inherit",
  });
  process.exitCode = result.status ?? 1;
} finally {
  rmSync(outdir, { recursive: true, force: true });
}

// Builds the style sheets and scripts into build/assets, once, at set-up. Nothing is fetched at run time.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as sass from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const out = process.argv[2] ?? join(here, "..", "build", "assets");
const modules = join(here, "node_modules");
const importers = [new sass.NodePackageImporter(here)];

// A map that is not shipped stops the manifest storage: take the line out that asks for it.
const withoutMap = (text) => text.replace(/\/[/*][#@] ?sourceMappingURL=\S*( \*\/)?/g, "");

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });

for (const name of ["site", "office"]) {
  const { css } = sass.compile(join(here, "scss", `${name}.scss`), { importers, style: "compressed", quietDeps: true });
  writeFileSync(join(out, `${name}.css`), css);
}

const scripts = {
  "govuk-frontend.min.js": join(modules, "govuk-frontend/dist/govuk/govuk-frontend.min.js"),
  "accessible-autocomplete.min.js": join(modules, "accessible-autocomplete/dist/accessible-autocomplete.min.js"),
  "site.js": join(here, "js/site.js"),
  "lookup.js": join(here, "js/lookup.js"),
};
for (const [name, source] of Object.entries(scripts)) {
  writeFileSync(join(out, name), withoutMap(readFileSync(source, "utf8")));
}
cpSync(join(here, "LICENCES.txt"), join(out, "LICENCES.txt"));

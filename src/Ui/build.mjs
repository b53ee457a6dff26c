// Bundles the page into the folder given: index.html, and files named by their content, which browsers may keep for ever.
// Everything is stored compressed, as it is sent.
import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const target = process.argv[2];
const base = '/api/ui/'; // where the function serves the files
const here = fileURLToPath(new URL('.', import.meta.url));

const { outputFiles } = await build({
  absWorkingDir: here,
  entryPoints: { app: 'app/main.jsx' },
  outdir: here,
  write: false,
  bundle: true,
  minify: true,
  format: 'esm',
  target: ['chrome111', 'firefox114', 'safari16.4'],
  jsx: 'automatic',
  jsxImportSource: 'preact',
  legalComments: 'inline', // the licences of what is bundled
  logLevel: 'warning',
});

const files = new Map();
const named = (name, content) => {
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 10);
  const unique = name.replace(/(\.\w+)$/, `-${hash}$1`);
  files.set(unique, content);
  return base + unique;
};

const addresses = { 'icon.svg': named('icon.svg', await readFile(join(here, 'app/icon.svg'))) };
for (const file of outputFiles) {
  const name = relative(here, file.path);
  addresses[name] = named(name, file.contents);
}

const html = await readFile(join(here, 'app/index.html'), 'utf8');
files.set('index.html', Buffer.from(html.replace(/\{([\w.]+)\}/g, (_, name) => addresses[name])));

await rm(target, { recursive: true, force: true });
await mkdir(target, { recursive: true });
for (const [name, content] of files) {
  await writeFile(join(target, `${name}.gz`), gzipSync(content, { level: 9 }));
}

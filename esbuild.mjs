// Builds every bundle into dist/. `--watch` rebuilds on change, `--production` minifies and leaves source maps out.
// `--page=<folder>` builds the chat page alone, into that folder.
// The metafile of each bundle goes to out/meta/<bundle>.json: the size budget, the notices and the benches read it. That of
// a page alone is named after its folder.

import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';

const root = dirname(fileURLToPath(import.meta.url));
process.chdir(root);
const production = process.argv.includes('--production');
const watch = process.argv.includes('--watch');
const pageFolder = process.argv.find((option) => option.startsWith('--page='))?.slice('--page='.length);
const webviewFolder = pageFolder === undefined ? 'dist/webview' : relative(root, pageFolder).replaceAll('\\', '/');

/**
 * Turns `import('./compose.ts')` into a load of the neighbouring bundle at run time, so that the extension stays small and
 * the source keeps its types. Only dynamic imports: a static one would have to be bundled, and shows up in the size.
 */
function lazyBundle(source, bundle) {
  return {
    name: `lazy:${bundle}`,
    setup(build) {
      build.onResolve({ filter: new RegExp(`/${source.replace('.', '\\.')}$`) }, ({ kind }) =>
        kind === 'dynamic-import' ? { path: `./${bundle}`, external: true } : undefined,
      );
    },
  };
}

/**
 * The page uses the lexer of `marked` alone. Its bundle ends with one object that ties in everything else (parser,
 * renderer, options) and so can't be shaken off: that end is left out.
 */
const lexerOfMarked = {
  name: 'lexer-of-marked',
  setup(build) {
    build.onLoad({ filter: /[\\/]marked[\\/]lib[\\/]marked\.esm\.js$/ }, async ({ path }) => {
      const whole = await readFile(path, 'utf8');
      const end = /var (\w+)=new \w+;function \w+\(\w+,\w+\)\{return \1\.parse\([\s\S]*\b(\w+) as Lexer\b[\s\S]*$/;
      const contents = whole.replace(end, 'export{$2 as Lexer};');
      if (contents === whole)
        throw new Error(`${path} is built in another way by now: see lexerOfMarked in esbuild.mjs`);
      return { contents };
    });
  },
};

/**
 * We read with zod and never write a schema as JSON Schema, but each schema has a method for it that ties in all that it
 * takes (16 KB in each bundle): it throws here.
 */
const zodWithoutJsonSchema = {
  name: 'zod-without-json-schema',
  setup(build) {
    build.onLoad(
      { filter: /[\\/]zod[\\/]v4[\\/]core[\\/](to-json-schema|json-schema-processors)\.js$/ },
      async ({ path }) => {
        const whole = await readFile(path, 'utf8');
        const found = whole.matchAll(/^export (?:(?:const|function) (\w+)|\{ \w+ as (\w+) \})/gm);
        const names = [...found].map(([, own, renamed]) => own ?? renamed);
        if (names.length === 0)
          throw new Error(`${path} is built in another way by now: see zodWithoutJsonSchema in esbuild.mjs`);
        return {
          contents: [
            `const leftOut = () => { throw new Error('JSON Schema is left out of this bundle: see esbuild.mjs'); };`,
            // What makes a method may be called; the method itself not.
            ...names.map(
              (name) => `export const ${name} = ${name.startsWith('create') ? '() => leftOut' : 'leftOut'};`,
            ),
          ].join('\n'),
        };
      },
    );
  },
};

const shared = {
  bundle: true,
  logLevel: 'warning',
  metafile: true,
  minify: production,
  sourcemap: production ? false : 'linked',
  legalComments: 'none',
  define: { 'process.env.NODE_ENV': production ? '"production"' : '"development"' },
};

// A CommonJS bundle has no import.meta: some packages create their `require` from it.
const commonJs = {
  ...shared,
  platform: 'node',
  format: 'cjs',
  target: 'node22',
  mainFields: ['module', 'main'],
  plugins: [zodWithoutJsonSchema],
  define: { ...shared.define, 'import.meta.url': '__importMetaUrl' },
  banner: { js: "const __importMetaUrl=require('url').pathToFileURL(__filename).href;" },
  // `import()` becomes `require`: the editor's extension host hooks only the latter.
  supported: { 'dynamic-import': false },
};

/** @type {Record<string, import('esbuild').BuildOptions>} */
const bundles = {
  extension: {
    ...commonJs,
    entryPoints: { extension: 'src/extension.ts' },
    outdir: 'dist',
    outExtension: { '.js': '.cjs' },
    external: ['vscode', './core.cjs', './page-messages.cjs'],
    plugins: [
      zodWithoutJsonSchema,
      lazyBundle('compose.ts', 'core.cjs'),
      lazyBundle('protocol/schema/index.ts', 'page-messages.cjs'),
    ],
  },
  // The validators of what a page says, with zod: a window that shows no chat never reads them.
  'page-messages': {
    ...commonJs,
    entryPoints: { 'page-messages': 'src/protocol/schema/index.ts' },
    outdir: 'dist',
    outExtension: { '.js': '.cjs' },
  },
  core: {
    ...commonJs,
    entryPoints: { core: 'src/compose.ts' },
    outdir: 'dist',
    outExtension: { '.js': '.cjs' },
  },
  cli: {
    ...commonJs,
    entryPoints: { cli: 'src/cli.ts' },
    outdir: 'dist',
    outExtension: { '.js': '.cjs' },
  },
  // The program starts on Node 20 and decides there what runs cli.cjs.
  bin: {
    ...commonJs,
    target: 'node20',
    entryPoints: { 'codex-lanes': 'src/bin.ts' },
    outdir: 'dist',
    outExtension: { '.js': '.cjs' },
    banner: { js: `#!/usr/bin/env node\n${commonJs.banner.js}` },
  },
  practice: {
    ...commonJs,
    entryPoints: { practice: 'src/practice/index.ts' },
    outdir: 'dist',
    outExtension: { '.js': '.cjs' },
  },
  webview: {
    ...shared,
    platform: 'browser',
    format: 'esm',
    target: 'es2022',
    splitting: true,
    jsx: 'automatic',
    jsxImportSource: 'preact',
    entryPoints: { main: 'webview/main.tsx' },
    plugins: [lexerOfMarked],
    outdir: webviewFolder,
    chunkNames: 'chunks/[name]-[hash]',
    assetNames: '[name]',
    loader: { '.ttf': 'file' },
  },
};

const chosen = pageFolder === undefined ? bundles : { webview: bundles.webview };

async function finish(name, { metafile }) {
  const saved = pageFolder === undefined ? name : basename(pageFolder);
  await mkdir('out/meta', { recursive: true });
  await writeFile(`out/meta/${saved}.json`, JSON.stringify(metafile));
  if (name === 'webview') await finishWebview(metafile);
}

/** Chunk names carry a hash: what an earlier build left behind would go into the package. */
async function finishWebview(metafile) {
  const font = `${webviewFolder}/codicon.ttf`;
  const tables = (await readdir('webview/words')).map((file) => `${webviewFolder}/words/${file}`);
  await mkdir(`${webviewFolder}/words`, { recursive: true });
  await copyFile('node_modules/@vscode/codicons/dist/codicon.ttf', font);
  for (const table of tables) await copyFile(`webview/words/${basename(table)}`, table);
  const written = new Set([...Object.keys(metafile.outputs), font, ...tables]);
  for (const entry of await readdir(webviewFolder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name).replaceAll('\\', '/');
    if (entry.isFile() && !written.has(path)) await rm(path, { force: true });
  }
}

/** Licenses of every package of which a byte is in a bundle, found through the metafiles. */
async function writeNotices(metafiles) {
  const packages = new Set(['node_modules/@vscode/codicons']);
  for (const { outputs } of metafiles) {
    for (const { inputs } of Object.values(outputs)) {
      for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
        const folder = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0];
        if (folder && bytesInOutput > 0) packages.add(folder);
      }
    }
  }
  const notices = [];
  for (const folder of [...packages].sort()) {
    const { name, version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
    const files = (await readdir(folder)).filter((file) => /^(licen[cs]e|notice|copying)/i.test(file)).sort();
    const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
    notices.push([`${name} ${version} (${license ?? 'see below'})`, ...texts.map((text) => text.trim())].join('\n\n'));
  }
  const rule = `\n\n${'-'.repeat(80)}\n\n`;
  const head = 'Lanes for Codex contains the following third-party software.';
  await writeFile('dist/THIRD_PARTY_NOTICES.txt', `${[head, ...notices].join(rule)}\n`);
}

/** The lines that the editor's build task waits for (.vscode/tasks.json). */
let building = 0;

function reporting(name) {
  return {
    name: 'report',
    setup(build) {
      build.onStart(() => {
        building += 1;
        console.log(`[build] ${name} started`);
      });
      build.onEnd(async (result) => {
        if (result.metafile) await finish(name, result);
        building -= 1;
        console.log(`[build] ${name} ended, ${result.errors.length} errors`);
        if (building === 0) console.log('[build] all finished');
      });
    },
  };
}

if (watch) {
  const contexts = await Promise.all(
    Object.entries(chosen).map(([name, options]) =>
      esbuild.context({ ...options, plugins: [...(options.plugins ?? []), reporting(name)] }),
    ),
  );
  await Promise.all(contexts.map((context) => context.watch()));
} else {
  try {
    const metafiles = await Promise.all(
      Object.entries(chosen).map(async ([name, options]) => {
        const result = await esbuild.build(options);
        await finish(name, result);
        return result.metafile;
      }),
    );
    if (pageFolder === undefined) await writeNotices(metafiles);
    const sizes = metafiles
      .flatMap(({ outputs }) => Object.entries(outputs))
      .filter(([path]) => !path.endsWith('.map'));
    for (const [path, { bytes }] of sizes)
      console.log(`${path.padEnd(44)} ${(bytes / 1000).toFixed(1).padStart(8)} KB`);
  } catch {
    // esbuild has printed the errors already.
    process.exitCode = 1;
  }
}

// What the VSIX holds: everything a user needs, from the named places only, and no Codex binary.

/** What a user needs beside what package.json names. vsce renames the license and lowers the case of the pages. */
const required = [
  'package.json',
  'package.nls.json',
  'package.nls.de.json',
  'l10n/bundle.l10n.de.json',
  'readme.md',
  'changelog.md',
  'LICENSE.txt',
  'bin/codex-lanes',
  'bin/codex-lanes.cmd',
  'dist/THIRD_PARTY_NOTICES.txt',
  'dist/core.cjs',
  'dist/page-messages.cjs',
  'dist/cli.cjs',
  'dist/webview/main.js',
  'dist/webview/main.css',
  'dist/webview/codicon.ttf',
  'dist/webview/words/en.json',
  'dist/webview/words/de.json',
];

/** The only places a file may come from. */
const allowed = [
  /^(package(\.nls(\.[\w-]+)?)?\.json|readme\.md|changelog\.md|LICENSE\.txt)$/,
  /^bin\/codex-lanes(\.cmd)?$/,
  /^dist\/(extension|core|page-messages|cli|codex-lanes)\.cjs$/,
  /^dist\/THIRD_PARTY_NOTICES\.txt$/,
  /^dist\/webview\/(main\.(js|css)|codicon\.ttf|words\/[\w-]+\.json|chunks\/[\w-]+\.(js|css))$/,
  /^l10n\/[\w.-]+\.json$/,
  /^media\/(?!readme\/)/,
];

/** Nothing of ours is this big; the Codex binary is 300 times that. */
const largestFile = 1_000_000;

/** Files that package.json names: icon, entry points, walkthrough pictures. */
function namedFiles(value) {
  if (typeof value === 'string')
    return /^(\.\/)?(media|dist)\/\S+\.\w+$/.test(value) ? [value.replace(/^\.\//, '')] : [];
  return value && typeof value === 'object' ? Object.values(value).flatMap(namedFiles) : [];
}

/**
 * @param {ReadonlyMap<string, number>} files bytes by path from the extension's root
 * @param {Record<string, unknown>} manifest its package.json
 * @returns {string[]} what is missing, what does not belong there and what is too large; empty when all is well
 */
export function contentProblems(files, manifest) {
  const { contributes, icon, main, bin } = manifest;
  const wanted = new Set([...required, ...namedFiles({ contributes, icon, main, bin })]);
  const missing = [...wanted].filter((path) => !files.has(path)).map((path) => `${path} is missing`);
  const strange = [...files.keys()]
    .filter(
      (path) => !allowed.some((pattern) => pattern.test(path)) || /(^|\/)(node_modules|codex(\.exe)?)(\/|$)/.test(path),
    )
    .map((path) => `${path} does not belong into the package`);
  const large = [...files]
    .filter(([, bytes]) => bytes > largestFile)
    .map(([path, bytes]) => `${path} has ${bytes} bytes`);
  return [...missing, ...strange, ...large];
}

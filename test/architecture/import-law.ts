import { builtinModules } from 'node:module';
import { posix } from 'node:path';
import type { Layer } from './law.ts';
import { law, layers } from './law.ts';
import type { Reference } from './specifiers.ts';
import { readReferences } from './specifiers.ts';

export interface Violation {
  readonly file: string;
  readonly line: number;
  /** What is broken, in words that name the row. */
  readonly rule: string;
}

export interface Report {
  readonly violations: readonly Violation[];
  /** Product files read, by layer: a layer that exists and counts 0 was not checked. */
  readonly seen: ReadonlyMap<Layer, number>;
}

type ModuleReference = Extract<Reference, { kind: 'module' }>;

const singleFiles: Readonly<Record<string, Layer>> = {
  'src/compose.ts': 'compose',
  'src/cli.ts': 'cli',
  'src/extension.ts': 'extension',
  'src/bin.ts': 'bin',
};

/** Checks a set of sources, by their path from the root with `/`, against the law. */
export function checkImportLaw(sources: ReadonlyMap<string, string>): Report {
  const violations: Violation[] = [];
  const seen = new Map<Layer, number>();
  const edges = new Map<string, { readonly to: string; readonly line: number }[]>();

  for (const [file, source] of sources) {
    const layer = layerOf(file);
    if (!layer) {
      violations.push({ file, line: 1, rule: 'every file belongs to a layer of the table' });
      continue;
    }
    const isTest = isTestFile(file);
    if (!isTest) seen.set(layer, (seen.get(layer) ?? 0) + 1);
    for (const reference of readReferences(file, source)) {
      const { line } = reference;
      const report = (rule: string) => violations.push({ file, line, rule });
      if (reference.kind === 'clock') {
        if (!isTest && law[layer].timeless)
          report(`${layer} takes time only as data or through Clock: ${reference.text}`);
        continue;
      }
      if (reference.kind === 'unreadable') {
        if (!isTest) report(`${reference.text} cannot be checked: name the module in an import`);
        continue;
      }
      const target = resolveLocal(file, reference.specifier);
      if (target === undefined) {
        if (!isTest) checkPackage(layer, reference, report);
        continue;
      }
      if (target.endsWith('.css')) {
        if (!law[layer].css) report(`${layer} may not import style sheets: ${reference.specifier}`);
        continue;
      }
      if (target.endsWith('.json')) {
        const ours = layerOf(target) === layer && reference.typeOnly;
        if (!ours) report(`only the type of data may be imported, and in its own layer: ${reference.specifier}`);
        continue;
      }
      // The program is told at run time which bundle to start.
      if (layer === 'bin' && reference.specifier === './cli.cjs') continue;
      if (!sources.has(target)) {
        if (!isTest) report(`${reference.specifier} is no source of the product`);
        continue;
      }
      edges.set(file, [...(edges.get(file) ?? []), { to: target, line }]);
      checkDoor(file, target, report);
      if (!isTest) checkLayer(file, layer, target, reference, report);
    }
  }
  return { violations: [...violations, ...findCycles(edges)], seen };
}

export function layerOf(file: string): Layer | undefined {
  if (file.startsWith('webview/')) return 'webview';
  const single = singleFiles[file.replace('.test.', '.')];
  if (single) return single;
  const parts = file.split('/').slice(1, -1);
  const nested = parts.slice(0, 2).join('/');
  return layers.find((layer) => layer === nested) ?? layers.find((layer) => layer === parts[0]);
}

/** The folder whose `index.ts` is the only way in. */
function roomOf(file: string): string {
  const [top = '', first = '', second] = file.split('/');
  if (top === 'webview') return top;
  const nested = `${first}/${second}`;
  const hasRooms = first === 'lanes' || first === 'host' || layers.some((layer) => layer === nested);
  const isFolder = second !== undefined && file.split('/').length > 3;
  return hasRooms && isFolder ? `${top}/${nested}` : `${top}/${first}`;
}

function isTestFile(file: string): boolean {
  return /\.test\.tsx?$|\/testing\//.test(file);
}

function resolveLocal(file: string, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  return posix.join(posix.dirname(file), specifier);
}

function checkPackage(layer: Layer, { specifier }: ModuleReference, report: (rule: string) => void): void {
  const row = law[layer];
  if (specifier.startsWith('node:') || builtinModules.includes(specifier)) {
    if (!row.builtins) report(`${layer} may not import Node.js builtins: ${specifier}`);
    return;
  }
  const name = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
  if (!row.packages.includes(name)) report(`${layer} may not import the package ${name}`);
}

function checkDoor(file: string, target: string, report: (rule: string) => void): void {
  const from = roomOf(file);
  const to = roomOf(target);
  const inside = from === to || from.startsWith(`${to}/`);
  const isDoor = target === `${to}/index.ts` || target in singleFiles;
  if (!inside && !isDoor && !isTestFile(target)) report(`${to} is entered through its index.ts, not ${target}`);
}

function checkLayer(
  file: string,
  layer: Layer,
  target: string,
  reference: ModuleReference,
  report: (rule: string) => void,
): void {
  if (isTestFile(target)) report(`the product may not import test code: ${target}`);
  const row = law[layer];
  const other = layerOf(target);
  if (!other) return;
  if (other === layer) {
    if (row.strangers && roomOf(file) !== roomOf(target)) {
      report(`${layer} do not know each other: ${roomOf(file)} may not import ${roomOf(target)}`);
    }
    return;
  }
  if (row.typesOnly?.includes(other)) {
    if (!reference.typeOnly) report(`${layer} may import only types of ${other}: ${reference.specifier}`);
  } else if (!row.layers.includes(other)) {
    report(`${layer} may not import ${other}: ${reference.specifier}`);
  }
}

/** Depth-first search; each cycle is reported once, at the edge that closes it. */
function findCycles(
  edges: ReadonlyMap<string, readonly { readonly to: string; readonly line: number }[]>,
): readonly Violation[] {
  const violations: Violation[] = [];
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): void => {
    path.push(file);
    for (const { to, line } of edges.get(file) ?? []) {
      const start = path.indexOf(to);
      if (start >= 0) {
        violations.push({ file, line, rule: `files may not form a cycle: ${[...path.slice(start), to].join(' -> ')}` });
      } else if (!done.has(to)) visit(to);
    }
    path.pop();
    done.add(file);
  };
  for (const file of edges.keys()) if (!done.has(file)) visit(file);
  return violations;
}

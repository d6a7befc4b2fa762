import { parseSync, Visitor } from 'oxc-parser';

/** One place where a file names another module, or reaches for something that its layer may forbid. */
export type Reference =
  | {
      readonly kind: 'module';
      readonly line: number;
      readonly specifier: string;
      /** True when nothing of it is left at run time; `import { type A }` still loads the module. */
      readonly typeOnly: boolean;
    }
  | { readonly kind: 'unreadable'; readonly line: number; readonly text: string }
  | { readonly kind: 'clock'; readonly line: number; readonly text: string };

const timers = new Set(['setTimeout', 'setInterval', 'setImmediate']);

/**
 * Reads every import, export-from, dynamic import, `require`, `import('x').T`, and `/// <reference>` of a TypeScript source,
 * and every use of timers and the wall clock.
 *
 * @throws when the source does not parse: an unread file must not pass as a clean one.
 */
export function readReferences(path: string, source: string): readonly Reference[] {
  const parsed = parseSync(path, source, { lang: path.endsWith('x') ? 'tsx' : 'ts' });
  const error = parsed.errors[0];
  if (error) throw new Error(`${path}: ${error.message}`);

  const found: Reference[] = [];
  const lineAt = (offset: number) => source.slice(0, offset).split('\n').length;
  const add = (at: number, specifier: string, typeOnly: boolean) =>
    found.push({ kind: 'module', line: lineAt(at), specifier, typeOnly });
  const clock = (at: number, text: string) => found.push({ kind: 'clock', line: lineAt(at), text });
  const load = (at: number, argument: { type: string; value?: unknown } | undefined, text: string) => {
    if (argument?.type === 'Literal' && typeof argument.value === 'string') add(at, argument.value, false);
    else found.push({ kind: 'unreadable', line: lineAt(at), text });
  };

  for (const comment of parsed.comments) {
    const text = comment.value.trim();
    if (text.startsWith('/ <reference')) {
      found.push({ kind: 'unreadable', line: lineAt(comment.start), text: `//${text}` });
    }
  }

  new Visitor({
    ImportDeclaration(node) {
      add(node.start, node.source.value, node.importKind === 'type');
    },
    ExportNamedDeclaration(node) {
      if (node.source) add(node.start, node.source.value, node.exportKind === 'type');
    },
    ExportAllDeclaration(node) {
      add(node.start, node.source.value, node.exportKind === 'type');
    },
    TSImportType(node) {
      add(node.start, node.source.value, true);
    },
    TSImportEqualsDeclaration(node) {
      if (node.moduleReference.type === 'TSExternalModuleReference') {
        add(node.start, node.moduleReference.expression.value, node.importKind === 'type');
      }
    },
    ImportExpression(node) {
      load(node.start, node.source, 'import(…)');
    },
    CallExpression(node) {
      const { callee } = node;
      const argument = node.arguments[0];
      if (callee.type === 'Identifier' && callee.name === 'require') load(node.start, argument, 'require(…)');
      if (callee.type === 'MemberExpression' && !callee.computed) {
        const text = `${callee.object.type === 'Identifier' ? callee.object.name : '…'}.${callee.property.name}`;
        if (text === 'require.resolve') load(node.start, argument, text);
        if (text === 'Date.now' || text === 'performance.now') clock(node.start, text);
        if (text.startsWith('globalThis.') && timers.has(callee.property.name)) clock(node.start, text);
      }
      if (callee.type === 'CallExpression' && callee.callee.type === 'Identifier') {
        if (callee.callee.name === 'createRequire') load(node.start, argument, 'createRequire(…)(…)');
      }
      if (callee.type === 'Identifier' && timers.has(callee.name)) clock(node.start, callee.name);
    },
    NewExpression(node) {
      if (node.callee.type === 'Identifier' && node.callee.name === 'Date' && node.arguments.length === 0) {
        clock(node.start, 'new Date()');
      }
    },
  }).visit(parsed.program);
  return found.sort((a, b) => a.line - b.line);
}

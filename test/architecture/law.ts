/**
 * Who may import whom: the table of ARCHITECTURE.md as data, one row a layer. A row that is wrong is changed here and there,
 * with the reason. What a row does not name is forbidden.
 */

export const layers = [
  'model',
  'model/schema',
  'protocol',
  'protocol/schema',
  'routing',
  'ports',
  'base',
  'node',
  'engine',
  'runtime',
  'tools',
  'changes',
  'transcript',
  'lanes',
  'plugins',
  'native-api',
  'practice',
  'compose',
  'host',
  'webview',
  'cli',
  'extension',
  'bin',
] as const;

export type Layer = (typeof layers)[number];

export interface Row {
  /** Other layers whose door may be imported. A layer's own rooms follow the door rule instead. */
  readonly layers: readonly Layer[];
  /** npm packages, with everything below their name. */
  readonly packages: readonly string[];
  /** Whether Node.js builtins may be imported. */
  readonly builtins: boolean;
  /** Layers of which only types may be imported: nothing of them is left in the bundle. */
  readonly typesOnly?: readonly Layer[];
  /** Time comes as data or through the Clock port: no timers and no wall clock here. */
  readonly timeless?: true;
  /** Rooms of this layer that must not know each other at all, not even through their doors. */
  readonly strangers?: true;
  /** Style sheets may be imported. */
  readonly css?: true;
}

/** Rooms that do I/O: they all stand on the same ground. `zod`: wire types are validated where they arrive. */
const ground = ['model', 'model/schema', 'ports', 'base', 'node'] as const;

export const law: Readonly<Record<Layer, Row>> = {
  model: { layers: [], packages: [], builtins: false, timeless: true },
  'model/schema': { layers: ['model'], packages: ['zod'], builtins: false, timeless: true },
  protocol: { layers: ['model'], packages: [], builtins: false, timeless: true },
  // Of its own, so that the webview can know the messages without their validators.
  'protocol/schema': {
    layers: ['model', 'model/schema', 'protocol'],
    packages: ['zod'],
    builtins: false,
    timeless: true,
  },
  routing: { layers: ['model'], packages: [], builtins: false, timeless: true },
  ports: { layers: ['model'], packages: [], builtins: false, timeless: true },
  base: { layers: [], packages: ['eventsource-parser'], builtins: false },
  // model: the one error class.
  node: { layers: ['model', 'base'], packages: ['execa'], builtins: true },
  engine: { layers: ['model', 'ports', 'routing', 'base'], packages: [], builtins: false, timeless: true },
  runtime: { layers: ground, packages: ['zod', 'smol-toml'], builtins: true },
  tools: { layers: ground, packages: ['zod'], builtins: true },
  changes: { layers: ground, packages: ['zod'], builtins: true },
  transcript: { layers: ground, packages: ['zod'], builtins: true },
  lanes: { layers: [...ground, 'runtime'], packages: ['zod'], builtins: true, strangers: true },
  plugins: { layers: [...ground, 'runtime'], packages: ['zod'], builtins: true },
  'native-api': { layers: [...ground, 'runtime'], packages: ['zod'], builtins: true },
  // An independent oracle: it must not share a line with the lanes it tests.
  practice: { layers: ['base'], packages: [], builtins: true },
  compose: {
    layers: [
      'model',
      'model/schema',
      'protocol',
      'protocol/schema',
      'routing',
      'ports',
      'base',
      'node',
      'engine',
      'runtime',
      'tools',
      'changes',
      'transcript',
      'lanes',
      'plugins',
      'native-api',
      'practice',
    ],
    packages: [],
    builtins: true,
  },
  host: {
    layers: ['model', 'model/schema', 'protocol', 'protocol/schema', 'routing', 'base'],
    packages: ['vscode'],
    builtins: false,
    // `App` and what its signatures name; the value comes from the extension.
    typesOnly: ['compose'],
  },
  webview: {
    layers: ['model', 'protocol', 'base'],
    packages: [
      'preact',
      '@preact/signals',
      'marked',
      'lowlight',
      'highlight.js',
      '@tanstack/virtual-core',
      '@vscode/codicons',
    ],
    builtins: false,
    css: true,
  },
  cli: {
    // ports: it fills what the editor fills elsewhere.
    // lanes, model/schema: its debug door reads kept streams by the lanes' own code and checks the lines that come of it.
    layers: [
      'compose',
      'model',
      'model/schema',
      'ports',
      'routing',
      'base',
      'node',
      'runtime',
      'transcript',
      'lanes',
      'plugins',
      'native-api',
    ],
    packages: [],
    builtins: true,
  },
  // Hands the host the one file call that the editor's API lacks: a path with its links resolved.
  extension: { layers: ['compose', 'host'], packages: ['vscode'], builtins: true },
  // Starts on Node 20, where nothing else of ours may even be parsed.
  bin: { layers: [], packages: [], builtins: true },
};

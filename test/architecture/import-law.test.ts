import { describe, expect, test } from 'vitest';
import { checkImportLaw, layerOf } from './import-law.ts';
import type { Layer } from './law.ts';
import { law, layers } from './law.ts';
import { readTree } from './tree.ts';

/** The tree in small: enough for every planted import to have something real to point at. */
const house: Readonly<Record<string, string>> = {
  'src/model/index.ts': '',
  'src/model/fold.ts': '',
  'src/model/schema/index.ts': "import * as z from 'zod';\nexport type { Turn } from '../index.ts';",
  'src/protocol/index.ts': "export type { Turn } from '../model/index.ts';",
  'src/protocol/schema/index.ts': "import '../../model/schema/index.ts';\nimport '../index.ts';",
  'src/routing/index.ts': '',
  'src/ports/index.ts': '',
  'src/base/index.ts': "import { createParser } from 'eventsource-parser';",
  'src/node/index.ts': "import { execa } from 'execa';\nimport { open } from 'node:fs/promises';",
  'src/engine/index.ts': "import type { Lane } from '../ports/index.ts';",
  'src/runtime/index.ts': "import { parse } from 'smol-toml';",
  'src/tools/index.ts': '',
  'src/changes/index.ts': '',
  'src/transcript/index.ts': '',
  'src/lanes/exec/index.ts': "import '../../runtime/index.ts';\nimport './wire.ts';",
  'src/lanes/exec/wire.ts': '',
  'src/lanes/responses/index.ts': '',
  'src/plugins/index.ts': '',
  'src/native-api/index.ts': '',
  'src/practice/index.ts': "import 'node:http';\nimport '../base/index.ts';",
  'src/compose.ts': "import './lanes/exec/index.ts';",
  'src/cli.ts': "import './compose.ts';",
  'src/extension.ts': "import './host/index.ts';\nawait import('./compose.ts');",
  'src/bin.ts': "import { createRequire } from 'node:module';\ncreateRequire(import.meta.url)('./cli.cjs');",
  'src/host/index.ts': "import './chat/index.ts';",
  'src/host/context.ts': "import type { App } from '../compose.ts';",
  'src/host/chat/index.ts': "import './view.ts';\nimport '../context.ts';",
  'src/host/chat/view.ts': "import * as vscode from 'vscode';",
  'webview/main.tsx': "import './main.css';\nimport { render } from 'preact/hooks';\nimport './state/fold.ts';",
  'webview/state/fold.ts': "import '../../src/model/index.ts';",
};

function report(planted: Readonly<Record<string, string>>) {
  return checkImportLaw(new Map(Object.entries({ ...house, ...planted }))).violations;
}

/** One violation a row, at least: `[file, line of code, words of the rule]`. The code is planted in line 2. */
const plantedByRow: Readonly<Record<Layer, readonly (readonly [file: string, code: string, rule: string])[]>> = {
  model: [
    ['src/model/bad.ts', "import 'node:fs';", 'model may not import Node.js builtins: node:fs'],
    ['src/model/bad.ts', "export * from './schema/index.ts';", 'model may not import model/schema'],
    ['src/model/bad.ts', 'export const at = Date.now();', 'model takes time only as data or through Clock: Date.now'],
  ],
  'model/schema': [
    [
      'src/model/schema/bad.ts',
      "import type { Lane } from '../../ports/index.ts';",
      'model/schema may not import ports',
    ],
  ],
  protocol: [['src/protocol/bad.ts', "import * as z from 'zod';", 'protocol may not import the package zod']],
  'protocol/schema': [
    ['src/protocol/schema/bad.ts', "import '../../routing/index.ts';", 'protocol/schema may not import routing'],
  ],
  routing: [['src/routing/bad.ts', "import '../engine/index.ts';", 'routing may not import engine']],
  ports: [['src/ports/bad.ts', "type E = import('../engine/index.ts').Engine;", 'ports may not import engine']],
  base: [['src/base/bad.ts', "import '../model/index.ts';", 'base may not import model']],
  node: [['src/node/bad.ts', "import '../ports/index.ts';", 'node may not import ports']],
  engine: [
    ['src/engine/bad.ts', "import { randomUUID } from 'crypto';", 'engine may not import Node.js builtins: crypto'],
    ['src/engine/bad.ts', 'setTimeout(() => {}, 1);', 'engine takes time only as data or through Clock: setTimeout'],
    ['src/engine/bad.ts', "import '../lanes/exec/index.ts';", 'engine may not import lanes'],
  ],
  runtime: [['src/runtime/bad.ts', "import '../lanes/exec/index.ts';", 'runtime may not import lanes']],
  tools: [['src/tools/bad.ts', "import '../runtime/index.ts';", 'tools may not import runtime']],
  changes: [['src/changes/bad.ts', "import * as vscode from 'vscode';", 'changes may not import the package vscode']],
  transcript: [['src/transcript/bad.ts', "import '../engine/index.ts';", 'transcript may not import engine']],
  lanes: [
    ['src/lanes/exec/bad.ts', "import '../responses/index.ts';", 'lanes do not know each other'],
    ['src/lanes/exec/bad.ts', "import '../../tools/index.ts';", 'lanes may not import tools'],
  ],
  plugins: [['src/plugins/bad.ts', "import '../lanes/exec/index.ts';", 'plugins may not import lanes']],
  'native-api': [
    ['src/native-api/bad.ts', "const v = require('vscode');", 'native-api may not import the package vscode'],
  ],
  practice: [['src/practice/bad.ts', "import '../model/index.ts';", 'practice may not import model']],
  compose: [['src/compose.ts', "import './host/index.ts';", 'compose may not import host']],
  host: [
    ['src/host/bad.ts', "import { compose } from '../compose.ts';", 'host may import only types of compose'],
    ['src/host/bad.ts', "import { type App } from '../compose.ts';", 'host may import only types of compose'],
    ['src/host/bad.ts', "await import('../compose.ts');", 'host may import only types of compose'],
    ['src/host/bad.ts', "import '../engine/index.ts';", 'host may not import engine'],
  ],
  webview: [
    ['webview/bad.tsx', "import '../src/model/schema/index.ts';", 'webview may not import model/schema'],
    ['webview/bad.tsx', "import { z } from 'zod';", 'webview may not import the package zod'],
  ],
  cli: [['src/cli.ts', "import './host/index.ts';", 'cli may not import host']],
  extension: [['src/extension.ts', "import './engine/index.ts';", 'extension may not import engine']],
  bin: [['src/bin.ts', "import './base/index.ts';", 'bin may not import base']],
};

describe('a planted violation is reported', () => {
  for (const layer of layers) {
    test.each(plantedByRow[layer])(`${layer}: %s %s`, (file, code, rule) => {
      const found = report({ [file]: `// planted below\n${code}` });
      expect(found).toContainEqual({ file, line: 2, rule: expect.stringContaining(rule) });
    });
  }

  test('every row has one', () => {
    expect(layers.filter((layer) => plantedByRow[layer].length === 0)).toEqual([]);
  });
});

test('the house without a planted file is clean', () => {
  expect(report({})).toEqual([]);
});

test.each([
  ['src/tools/bad.ts', "import '../model/fold.ts';", 'src/model is entered through its index.ts'],
  ['src/compose.ts', "import './lanes/exec/wire.ts';", 'src/lanes/exec is entered through its index.ts'],
  ['src/host/bad.ts', "import './chat/view.ts';", 'src/host/chat is entered through its index.ts'],
  ['src/tools/bad.ts', "await import('../model/' + name);", 'import(…) cannot be checked'],
  ['src/tools/bad.ts', '/// <reference types="vscode" />', 'cannot be checked'],
  ['src/tools/bad.ts', "import '../missing/index.ts';", '../missing/index.ts is no source of the product'],
  ['src/model/bad.ts', "import '../../test/fakes/clock.ts';", 'is no source of the product'],
  ['webview/bad.ts', "import words from './words/en.json';", 'only the type of data may be imported'],
  ['src/host/bad.ts', "import type words from '../../webview/words/en.json';", 'only the type of data'],
  ['src/model/bad.ts', "import './bad.css';", 'model may not import style sheets'],
  ['src/elsewhere/bad.ts', '', 'every file belongs to a layer'],
])('%s: %s', (file, code, rule) => {
  expect(report({ [file]: code })).toContainEqual({ file, line: 1, rule: expect.stringContaining(rule) });
});

test('the product may not lean on test code; a test may import packages of its own', () => {
  const found = report({
    'src/ports/testing/clock.ts': "import { vi } from 'vitest';",
    'src/tools/read.test.ts': "import { expect } from 'vitest';\nimport '../ports/testing/clock.ts';",
    'src/tools/read.ts': "import '../ports/testing/clock.ts';",
    'src/compose.test.ts': "import { expect } from 'vitest';\nimport './compose.ts';",
  });
  expect(found).toEqual([
    { file: 'src/tools/read.ts', line: 1, rule: expect.stringContaining('may not import test code') },
  ]);
});

test('a cycle between files is reported, type imports included', () => {
  const found = report({
    'src/tools/a.ts': "export { b } from './b.ts';",
    'src/tools/b.ts': "import type { A } from './a.ts';",
  });
  expect(found).toEqual([
    {
      file: 'src/tools/b.ts',
      line: 1,
      rule: expect.stringContaining('src/tools/a.ts -> src/tools/b.ts -> src/tools/a.ts'),
    },
  ]);
});

test('a source that does not parse is an error, not a clean file', () => {
  expect(() => report({ 'src/tools/bad.ts': 'import {' })).toThrow('src/tools/bad.ts');
});

test('no row names a layer that names it back', () => {
  for (const layer of layers) for (const other of law[layer].layers) expect(law[other].layers).not.toContain(layer);
});

test('the real tree obeys, and every layer that exists was read', () => {
  const tree = readTree();
  const { violations, seen } = checkImportLaw(tree);
  expect(violations).toEqual([]);
  const product = [...tree.keys()].filter((path) => !/\.test\.|\/testing\//.test(path));
  expect([...seen.values()].reduce((sum, files) => sum + files, 0)).toBe(product.length);
  expect([...seen.keys()].sort()).toEqual([...new Set(product.map(layerOf))].sort());
});

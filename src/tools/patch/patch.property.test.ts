import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyHunks } from './apply.ts';
import { parsePatch } from './parse.ts';
import type { FilePatch, Hunk } from './patch.ts';
import { printCodex, reversed } from './testing/print.ts';
import { unifiedDiff } from './unified-diff.ts';

const seeded = { seed: 7, numRuns: 400 };

/** Words that repeat, so that the same lines stand in several places. */
const word = fc.constantFrom(
  '',
  '}',
  '  return 1;',
  'a',
  'b',
  '\tc',
  'ä→',
  '𝒳',
  '-- x',
  '++ y',
  '@@ z',
  '\\',
  '*** End Patch',
  ' d ',
  '# e',
);
const line = fc.oneof(
  { weight: 4, arbitrary: word },
  fc.string({ maxLength: 12 }).map((text) => text.replaceAll(/[\r\n]/g, '.')),
);
const end = fc.constantFrom('\n', '\r\n');

const textOf = (ends: fc.Arbitrary<string>, lines = line) =>
  fc
    .tuple(fc.array(fc.tuple(lines, ends), { maxLength: 40 }), fc.boolean())
    .map(([all, feed]) =>
      all.map(([text, after], index) => (feed || index < all.length - 1 ? text + after : text)).join(''),
    );

/** A text and what random edits make of it. */
const pairOf = (ends: fc.Arbitrary<string>, lines = line) =>
  fc
    .tuple(
      textOf(ends, lines),
      fc.array(fc.tuple(fc.nat(40), fc.nat(3), fc.array(fc.tuple(lines, ends), { maxLength: 3 })), { maxLength: 5 }),
      fc.boolean(),
    )
    .map(([before, edits, cutsFeed]) => {
      const all = before.split(/(?<=\n)/).filter((one) => one !== '');
      for (const [at, gone, come] of edits)
        all.splice(at % (all.length + 1), gone, ...come.map(([text, after]) => text + after));
      const after = all
        .map((one, index) => (index < all.length - 1 && !one.endsWith('\n') ? `${one}\n` : one))
        .join('');
      return { before, after: cutsFeed ? after.replace(/\r?\n$/, '') : after };
    });

const hunksOf = (patch: string): readonly Hunk[] => {
  const parsed = parsePatch(patch);
  if (!parsed.ok) throw new Error(`${JSON.stringify(parsed.problem)}\n${patch}`);
  const [file] = parsed.files;
  if (file?.kind !== 'update') throw new Error(`no update:\n${patch}`);
  return file.hunks;
};

test('a unified diff makes the new text of the old one, and undone the old one of the new, byte by byte', async () => {
  await fc.assert(
    fc.property(fc.oneof(pairOf(end), pairOf(fc.constant('\n')), pairOf(fc.constant('\r\n'))), ({ before, after }) => {
      const diff = unifiedDiff({ path: 'dir/f "ü".txt', before, after });
      if (before === after) {
        expect(diff).toBe('');
        return;
      }
      const hunks = hunksOf(diff);
      expect(applyHunks(before, hunks)).toEqual({ ok: true, text: after });
      expect(applyHunks(after, reversed(hunks))).toEqual({ ok: true, text: before });
    }),
    seeded,
  );
});

test('the same in Codex’s grammar, which says nothing of line ends: they stay', async () => {
  // Each line another one, as Codex's grammar has no numbers to choose between places.
  const numbered = fc.tuple(fc.uuid(), word).map(([id, text]) => `${id} ${text}`);
  const pairs = fc.tuple(pairOf(fc.constant('\n'), numbered), end, fc.boolean());
  let changed = 0;
  await fc.assert(
    fc.property(pairs, ([{ before, after }, one, feed]) => {
      // It can't say either that the end of the last line changes, and an empty file has none.
      const ended = (text: string): string =>
        (feed ? text.replace(/(?<=[^\n])$/, '\n') : text.replace(/\n+$/, '')).replaceAll('\n', one);
      const [old, young] = [ended(before), ended(after)];
      if (old === '' || young === '' || old === young) return;
      // A file of one line without an end does not show which one it would have.
      if (!old.includes(one) || !young.includes(one)) return;
      changed += 1;
      const hunks = hunksOf(unifiedDiff({ path: 'f', before: old, after: young })).map((hunk) => ({
        ...hunk,
        at: 0,
        start: null,
        lastEnds: null,
        toEnd: false,
        lines: hunk.lines.map(({ op, text }) => ({ op, text: text.replace(/\r$/, '') })),
      }));
      const print = (all: readonly Hunk[]): readonly Hunk[] =>
        hunksOf(printCodex([{ kind: 'update', at: 0, path: 'f', moveTo: null, hunks: all }]));
      expect(applyHunks(old, print(hunks))).toEqual({ ok: true, text: young });
      expect(applyHunks(young, print(reversed(hunks)))).toEqual({ ok: true, text: old });
    }),
    seeded,
  );
  expect(changed).toBeGreaterThan(100);
});

const path = fc.stringMatching(/^[a-zäß0-9_"\\ ]{1,8}$/).map((name) => `dir/${name}x`);
const patchLine = fc.record({ op: fc.constantFrom(' ' as const, '-' as const, '+' as const), text: line });
const codexHunk = fc.record({
  at: fc.constant(0),
  anchors: fc.array(
    line.filter((text) => text.trim() !== '' && !text.startsWith('-')),
    { maxLength: 2 },
  ),
  start: fc.constant(null),
  lines: fc.array(patchLine, { minLength: 1, maxLength: 6 }),
  toEnd: fc.boolean(),
  lastEnds: fc.constant(null),
});
const codexFile = fc.oneof(
  fc.record({
    kind: fc.constant('add' as const),
    at: fc.constant(0),
    path,
    text: fc.array(line).map((all) => all.map((one) => `${one}\n`).join('')),
    executable: fc.constant(false),
  }),
  fc.record({ kind: fc.constant('delete' as const), at: fc.constant(0), path, hunks: fc.constant(null) }),
  fc.record({
    kind: fc.constant('update' as const),
    at: fc.constant(0),
    path,
    moveTo: fc.option(path.map((one) => `new/${one}`)),
    hunks: fc.array(codexHunk, { minLength: 1, maxLength: 3 }),
  }),
);

test('what is written in Codex’s grammar is read as it was meant', async () => {
  const unplaced = (files: readonly FilePatch[]) =>
    files.map((file) => ({
      ...file,
      at: 0,
      ...('hunks' in file && file.hunks !== null ? { hunks: file.hunks.map((hunk) => ({ ...hunk, at: 0 })) } : {}),
    }));
  const patches = fc.uniqueArray(codexFile, {
    minLength: 1,
    maxLength: 4,
    selector: (file) => file.path.replaceAll('\\', '/'),
  });
  await fc.assert(
    fc.property(patches, (files) => {
      const moved = files.flatMap((file) => (file.kind === 'update' && file.moveTo !== null ? [file.moveTo] : []));
      fc.pre(
        new Set(
          [...moved, ...files.map((file) => file.path)].map((one) => one.replaceAll('\\', '/').replaceAll(/\/+/g, '/')),
        ).size ===
          moved.length + files.length,
      );
      const parsed = parsePatch(printCodex(files));
      expect(parsed.ok ? unplaced(parsed.files) : parsed).toEqual(files);
    }),
    seeded,
  );
});

test('a patch touches only the lines that it names', async () => {
  await fc.assert(
    fc.property(pairOf(end), ({ before, after }) => {
      if (before === after) return;
      const [hunk] = hunksOf(unifiedDiff({ path: 'f', before, after }));
      const applied = applyHunks(before, hunk === undefined ? [] : [hunk]);
      const from = Math.max((hunk?.start ?? 1) - 1, 0);
      const olds = hunk?.lines.filter(({ op }) => op !== '+').length ?? 0;
      const lines = before.split(/(?<=\n)/);
      if (!applied.ok) throw new Error(applied.words);
      expect(applied.text.startsWith(lines.slice(0, from).join(''))).toBe(true);
      expect(applied.text.endsWith(lines.slice(from + olds).join(''))).toBe(true);
    }),
    seeded,
  );
});

test('whatever is given, nothing is thrown', async () => {
  const piece = fc.oneof(
    word,
    fc.string(),
    fc.constantFrom(
      '*** Begin Patch',
      '*** End Patch',
      '*** Update File: f',
      '*** Add File: g',
      '*** Delete File: f',
      '*** Move to: h',
      '*** End of File',
      '@@',
      '@@ a',
      '@@ -1,2 +1,3 @@',
      '@@ -0,0 +1 @@',
      '--- a/f',
      '+++ b/f',
      '+++ /dev/null',
      '--- /dev/null',
      'diff --git a/f b/f',
      'diff --git "a/\\303" b',
      'rename from f',
      'rename to g',
      'new file mode 100644',
      '\\ No newline at end of file',
      '+x',
      '-a',
      ' b',
      '\r',
      '```',
      "<<'EOF'",
      'EOF',
    ),
  );
  let read = 0;
  await fc.assert(
    fc.property(fc.array(piece, { maxLength: 14 }), fc.boolean(), textOf(end), (pieces, isEnveloped, text) => {
      const parsed = parsePatch(
        (isEnveloped ? ['*** Begin Patch', '*** Update File: z', ...pieces, '*** End Patch'] : pieces).join('\n'),
      );
      if (!parsed.ok) {
        expect(parsed.problem.words).not.toBe('');
        return;
      }
      read += 1;
      for (const file of parsed.files) if ('hunks' in file && file.hunks !== null) applyHunks(text, file.hunks);
    }),
    { seed: 7, numRuns: 3000 },
  );
  expect(read).toBeGreaterThan(30);
});

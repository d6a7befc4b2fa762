import type { FilePatch, Hunk } from '../patch.ts';

/** A patch in Codex's grammar. What that can't say (line ends, modes, numbers) is left out. */
export function printCodex(files: readonly FilePatch[]): string {
  return ['*** Begin Patch', ...files.flatMap(fileLines), '*** End Patch', ''].join('\n');
}

function fileLines(file: FilePatch): readonly string[] {
  switch (file.kind) {
    case 'add':
      return [
        `*** Add File: ${file.path}`,
        ...file.text
          .split('\n')
          .slice(0, -1)
          .map((line) => `+${line}`),
      ];
    case 'delete':
      return [`*** Delete File: ${file.path}`];
    case 'update':
      return [
        `*** Update File: ${file.path}`,
        ...(file.moveTo === null ? [] : [`*** Move to: ${file.moveTo}`]),
        ...file.hunks.flatMap(hunkLines),
      ];
  }
}

function hunkLines({ anchors, lines, toEnd }: Hunk): readonly string[] {
  return [
    ...(anchors.length === 0 ? ['@@'] : anchors.map((anchor) => `@@ ${anchor}`)),
    ...lines.map(({ op, text }) => op + text),
    ...(toEnd ? ['*** End of File'] : []),
  ];
}

/** What undoes a patch of hunks: each run of lines that change is told the other way round. */
export function reversed(hunks: readonly Hunk[]): readonly Hunk[] {
  const swap = { ' ': ' ', '-': '+', '+': '-' } as const;
  let shift = 0;
  return hunks.map((hunk) => {
    const lines: Hunk['lines'][number][] = [];
    let come: Hunk['lines'][number][] = [];
    for (const { op, text } of hunk.lines) {
      // Codex writes what goes before what comes.
      if (op === '-') come.push({ op: '+', text });
      else if (op === '+') lines.push({ op: swap[op], text });
      else {
        lines.push(...come, { op, text });
        come = [];
      }
    }
    lines.push(...come);
    const [stay, gone, added] = [count(hunk, ' '), count(hunk, '-'), count(hunk, '+')];
    // Of no lines a diff names the one before.
    const first = (hunk.start ?? 0) - (stay + gone > 0 ? 1 : 0) + shift;
    const start = hunk.start === null ? null : first + (stay + added > 0 ? 1 : 0);
    shift += added - gone;
    const lastEnds = hunk.lastEnds === null ? null : { before: hunk.lastEnds.after, after: hunk.lastEnds.before };
    return { ...hunk, lines, start, lastEnds };
  });
}

function count({ lines }: Hunk, op: string): number {
  return lines.filter((line) => line.op === op).length;
}

/** Lines `from` (and `gone` of them) of the old text became lines `at` (and `come` of them) of the new one. */
export type Difference = {
  readonly from: number;
  readonly gone: number;
  readonly at: number;
  readonly come: number;
};

/** Beyond this many lines that differ the rest between the first and the last difference counts as one. */
const mostSteps = 1000;
/** The same for long texts: steps times lines. */
const mostWork = 20_000_000;

/** The least that differs between two lists of lines (Myers, "An O(ND) Difference Algorithm"). */
export function differences(old: readonly string[], young: readonly string[]): readonly Difference[] {
  let head = 0;
  while (head < old.length && head < young.length && old[head] === young[head]) head += 1;
  let tail = 0;
  const most = Math.min(old.length, young.length) - head;
  while (tail < most && old[old.length - 1 - tail] === young[young.length - 1 - tail]) tail += 1;
  const [gone, come] = [old.length - head - tail, young.length - head - tail];
  if (gone === 0 && come === 0) return [];
  const whole = [{ from: head, gone, at: head, come }];
  if (gone === 0 || come === 0) return whole;
  const trace = search(old.slice(head, head + gone), young.slice(head, head + come));
  return trace === null ? whole : walkBack(trace, gone, come, head);
}

/** For each number of steps the furthest old line on each diagonal; null = it takes too many. */
function search(old: readonly string[], young: readonly string[]): readonly Int32Array[] | null {
  const trace: Int32Array[] = [];
  let furthest = new Int32Array(3);
  const most = Math.min(mostSteps, mostWork / (old.length + young.length));
  for (let steps = 0; steps <= most; steps += 1) {
    const now = new Int32Array(2 * steps + 3);
    for (let diagonal = -steps; diagonal <= steps; diagonal += 2) {
      let x = startOf(furthest, steps, diagonal);
      let y = x - diagonal;
      while (x < old.length && y < young.length && old[x] === young[y]) {
        x += 1;
        y += 1;
      }
      now[diagonal + steps + 1] = x;
      if (x >= old.length && y >= young.length) return [...trace, now];
    }
    trace.push(now);
    furthest = now;
  }
  return null;
}

/** Where a diagonal begins after one more step. @param before what {@link search} kept of one step less */
function startOf(before: Int32Array, steps: number, diagonal: number): number {
  if (steps === 0) return 0;
  const [left = 0, right = 0] = [before[diagonal - 1 + steps], before[diagonal + 1 + steps]];
  return isDown(steps, diagonal, left, right) ? right : left + 1;
}

function isDown(steps: number, diagonal: number, left: number, right: number): boolean {
  return diagonal === -steps || (diagonal !== steps && left < right);
}

function walkBack(trace: readonly Int32Array[], oldEnd: number, youngEnd: number, head: number): readonly Difference[] {
  const found: { from: number; gone: number; at: number; come: number }[] = [];
  let [x, y] = [oldEnd, youngEnd];
  for (let steps = trace.length - 1; steps > 0; steps -= 1) {
    const before = trace[steps - 1] ?? new Int32Array(0);
    const diagonal = x - y;
    const [left = 0, right = 0] = [before[diagonal - 1 + steps], before[diagonal + 1 + steps]];
    const down = isDown(steps, diagonal, left, right);
    // Where the step began: an inserted line below, a removed line to the right.
    const from = down ? right : left;
    const at = from - (down ? diagonal + 1 : diagonal - 1);
    const [gone, come] = down ? [0, 1] : [1, 0];
    const next = found.at(-1);
    if (next !== undefined && next.from === head + from + gone && next.at === head + at + come) {
      next.from -= gone;
      next.at -= come;
      next.gone += gone;
      next.come += come;
    } else found.push({ from: head + from, gone, at: head + at, come });
    [x, y] = [from, at];
  }
  return found.reverse();
}

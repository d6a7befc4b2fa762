import { engineOnFakes } from '../../../test/fakes/engine.ts';
import type { Activity } from '../../engine/index.ts';
import type { SubmitResult, ThreadId } from '../../model/index.ts';
import { createTranscript } from '../../transcript/index.ts';

/** What the process says of itself at its end. */
export type FullDisk = {
  readonly id: ThreadId;
  readonly first: SubmitResult;
  /** After the turn. */
  readonly told: Activity;
  readonly again: SubmitResult;
  /** How many events were shown. */
  readonly sent: number;
};

/** A process of its own under a limit of file sizes: one turn that says more than fits, then a prompt that does not fit either. */
const [folder = ''] = process.argv.slice(2);
const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const t = engineOnFakes({
  store: createTranscript({ folder, secrets: () => [], label: 'a test', log }),
  scripts: [
    async (_turn, io, end) => {
      while (!io.signal.aborted) {
        io.emit({ kind: 'warning', source: 'process', text: 'x'.repeat(5000) });
        await new Promise((next) => setImmediate(next));
      }
      return { outcome: 'interrupted', facts: end().facts };
    },
  ],
});
const id = t.engine.create('/w');
const first = await t.prompt(id, 'one');
await t.until(t.idle(id));
const told = t.engine.activity(id);
const again = await t.prompt(id, 'two '.repeat(25_000));
await t.engine.close();
const said: FullDisk = { id, first, told, again, sent: t.sent.length };
process.stdout.write(JSON.stringify(said));

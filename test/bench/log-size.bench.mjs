// What a thread costs on disk: bytes of its log by bytes of the text it shows, at the pace at which models write.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ask, configureCodex, notMeasurable, openApp, openBenchFolder, openEndpoint } from './app.mjs';
import { median } from './interleaved.mjs';

export const name = 'log-size';

const goal = 3;
const asked = [
  { lane: 'api', prompt: 'long answer', metric: 'api, a long answer' },
  { lane: 'codex-native', prompt: 'long answer', metric: 'exec, a long answer' },
];

export async function run() {
  const note = notMeasurable();
  if (note) return asked.map(({ metric }) => ({ metric, value: undefined, unit: 'ratio', goal, note }));
  const folder = openBenchFolder();
  const endpoint = await openEndpoint('natural');
  try {
    configureCodex(folder, endpoint.url);
    const rows = [];
    for (const { lane, prompt, metric } of asked) {
      const app = openApp({ folder, lane, url: endpoint.url });
      try {
        const { threadId } = await ask(app, folder.workspace, prompt);
        const log = readFileSync(join(folder.dataHome, 'threads', threadId, 'events.jsonl'));
        const { rows: shown } = await app.threads.view(threadId);
        const text = shown.filter(({ kind }) => kind === 'text').map((row) => Buffer.byteLength(row.text));
        const bytes = text.reduce((sum, length) => sum + length, 0);
        rows.push({ metric, value: log.length / bytes, unit: 'ratio', goal });
        const deltas = log
          .toString('utf8')
          .split('\n')
          .filter((line) => line.includes('"isDelta":true'));
        if (deltas.length === 0) continue;
        const around = deltas.map((line) => Buffer.byteLength(line) - Buffer.byteLength(JSON.parse(line).text));
        rows.push({ metric: 'api, bytes around the text of a delta', value: median(around), unit: 'bytes' });
      } finally {
        await app.close();
      }
    }
    return rows;
  } finally {
    endpoint.close();
    folder.remove();
  }
}

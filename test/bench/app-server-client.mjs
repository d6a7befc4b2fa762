// The least that can be done with `codex app-server`: one process, a thread and a turn at a time, no checks, no log.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline/promises';

/**
 * @param {{ codex: string, cwd: string, env: Record<string, string> }} options
 * @returns {Promise<{ firstText: (prompt: string) => Promise<number>, close: () => Promise<void> }>} `firstText` runs a turn
 *   on a new thread and gives the time of its first delta on the system's monotonic clock, in milliseconds
 */
export async function openClient({ codex, cwd, env }) {
  const child = spawn(codex, ['app-server'], { cwd, env, stdio: ['pipe', 'pipe', 'ignore'] });
  const gone = new Promise((resolve) => child.once('close', resolve));
  const waiting = new Map();
  let ids = 0;
  let onTold = () => {};
  createInterface(child.stdout).on('line', (line) => {
    const message = JSON.parse(line);
    if (message.method !== undefined) return void onTold(message);
    const { resolve, reject } = waiting.get(message.id);
    waiting.delete(message.id);
    if (message.error) reject(new Error(JSON.stringify(message.error)));
    else resolve(message.result);
  });
  const say = (message) => child.stdin.write(`${JSON.stringify(message)}\n`);
  const request = (method, params) =>
    new Promise((resolve, reject) => {
      ids += 1;
      waiting.set(ids, { resolve, reject });
      say({ id: ids, method, params });
    });
  await request('initialize', {
    clientInfo: { name: 'bench', title: 'bench', version: '0.0.0' },
    capabilities: { experimentalApi: true, requestAttestation: false },
  });
  say({ method: 'initialized' });
  return {
    firstText: async (text) => {
      const { thread } = await request('thread/start', { cwd });
      const first = new Promise((resolve, reject) => {
        let at;
        onTold = ({ method, params }) => {
          if (method === 'item/agentMessage/delta') at ??= Number(process.hrtime.bigint()) / 1e6;
          if (method !== 'turn/completed') return;
          if (at === undefined) reject(new Error(`the turn said nothing: ${JSON.stringify(params)}`));
          else resolve(at);
        };
      });
      await request('turn/start', { threadId: thread.id, input: [{ type: 'text', text, text_elements: [] }], cwd });
      const at = await first;
      await request('thread/unsubscribe', { threadId: thread.id });
      return at;
    },
    close: () => {
      child.stdin.end();
      return gone;
    },
  };
}

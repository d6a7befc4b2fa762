// An endpoint that says when it wrote the first piece of an answer, in a process of its own.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline/promises';

const script = `
const { createServer } = require('node:http');
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
let answers = 0;
createServer((request, response) => {
  if (request.method !== 'POST') return response.writeHead(404).end();
  request.resume().on('end', async () => {
    answers += 1;
    const id = 'resp_' + answers;
    const item_id = 'msg_' + answers;
    const message = (status, content) => ({ type: 'message', id: item_id, role: 'assistant', status, content });
    const write = (event) => response.write('event: ' + event.type + '\\ndata: ' + JSON.stringify(event) + '\\n\\n');
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    write({ type: 'response.created', response: { id } });
    write({ type: 'response.output_item.added', output_index: 0, item: message('in_progress', []) });
    await pause(30);
    const at = Number(process.hrtime.bigint()) / 1e6;
    for (let index = 0; index < 8; index += 1) {
      write({ type: 'response.output_text.delta', item_id, output_index: 0, content_index: 0, delta: 'word ' });
      await pause(20);
    }
    const text = 'word '.repeat(8);
    const item = message('completed', [{ type: 'output_text', text, annotations: [] }]);
    write({ type: 'response.output_item.done', output_index: 0, item });
    const usage = { input_tokens: 1, output_tokens: 8, total_tokens: 9 };
    write({ type: 'response.completed', response: { id, usage } });
    response.end();
    console.log(at);
  });
}).listen(0, '127.0.0.1', function () {
  console.log(this.address().port);
});
process.stdin.resume().on('end', () => process.exit());`;

/**
 * @returns {Promise<{ url: string, firstAt: () => Promise<number>, close: () => void }>} `firstAt`: when the first delta of
 *   the next answer that was not asked about was written, on the system's monotonic clock, in milliseconds
 */
export async function openDeltas() {
  const child = spawn(process.execPath, ['--eval', script], { stdio: ['pipe', 'pipe', 'inherit'] });
  const told = [];
  const waiting = [];
  createInterface(child.stdout).on('line', (line) => {
    const next = waiting.shift();
    if (next === undefined) told.push(Number(line));
    else next(Number(line));
  });
  const next = () => {
    const first = told.shift();
    return first === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(first);
  };
  const port = await next();
  return { url: `http://127.0.0.1:${port}/v1`, firstAt: next, close: () => child.stdin.end() };
}

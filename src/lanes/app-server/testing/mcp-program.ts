/**
 * An MCP server on stdio whose tools ask the user through their client before they answer with what they were told:
 * `form` asks for values, `page` for a visit to a page. `write` asks nothing, and says that it changes something, so that
 * the client asks.
 */
import { LfSplitter } from '../../../base/index.ts';

type Message = {
  readonly id?: string | number;
  readonly method?: string;
  readonly params?: { readonly name?: string };
  readonly result?: unknown;
};

const noArguments = { type: 'object', properties: {} } as const;
const tools = [
  { name: 'form', description: 'asks for a form', inputSchema: noArguments, annotations: { readOnlyHint: true } },
  { name: 'page', description: 'asks for a visit', inputSchema: noArguments, annotations: { readOnlyHint: true } },
  { name: 'write', description: 'changes something', inputSchema: noArguments, annotations: { readOnlyHint: false } },
];

const form = {
  mode: 'form',
  message: 'Where to?',
  requestedSchema: {
    type: 'object',
    properties: {
      name: { type: 'string', title: 'Name' },
      copies: { type: 'integer', title: 'Copies', minimum: 1 },
      paper: { type: 'string', enum: ['a4', 'a5'], enumNames: ['A4', 'A5'] },
      colour: { type: 'boolean', title: 'Colour' },
    },
    required: ['name', 'copies'],
  },
};
const page = { mode: 'url', message: 'Agree there', url: 'https://example.org/agree', elicitationId: 'e1' };

let questions = 0;
/** What answers a tool call when the user has answered, by the id of the question. */
const waiting = new Map<string, string | number>();

const send = (message: object): void =>
  void process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
const say = (id: string | number, text: string): void => send({ id, result: { content: [{ type: 'text', text }] } });

function ask(call: string | number, params: object): void {
  questions += 1;
  waiting.set(`q${questions}`, call);
  send({ id: `q${questions}`, method: 'elicitation/create', params });
}

function hear(line: string): void {
  const message: Message = JSON.parse(line);
  const { id, method, params } = message;
  if (id === undefined) return;
  const call = waiting.get(String(id));
  if (method === undefined && call !== undefined) {
    waiting.delete(String(id));
    say(call, `told: ${JSON.stringify(message.result ?? message)}`);
  } else if (method === 'initialize') {
    const serverInfo = { name: 'tiny', version: '1.0.0' };
    send({ id, result: { protocolVersion: '2025-11-25', capabilities: { tools: {} }, serverInfo } });
  } else if (method === 'tools/list') {
    send({ id, result: { tools } });
  } else if (method === 'tools/call') {
    if (params?.name === 'form') ask(id, form);
    else if (params?.name === 'page') ask(id, page);
    else say(id, 'written');
  } else {
    send({ id, result: {} });
  }
}

const lines = new LfSplitter({ onLine: hear });
for await (const chunk of process.stdin) lines.push(chunk);

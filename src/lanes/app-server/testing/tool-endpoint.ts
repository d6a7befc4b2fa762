import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as z from 'zod';

const bodySchema = z.object({
  input: z.array(
    z.looseObject({
      type: z.string(),
      role: z.string().optional(),
      content: z.array(z.looseObject({ text: z.string().optional() })).nullish(),
      output: z.unknown().optional(),
    }),
  ),
});

/** A model of the test's own: it calls the tool that the prompt names, then says what came of it. */
export type ToolEndpoint = {
  /** Ends in `/v1`. */
  readonly url: string;
  /** The last request, as it came. */
  readonly heard: () => string;
  readonly close: () => Promise<void>;
};

/** The prompt: `call <tool> <arguments as JSON>`, or `call <namespace>/<tool> …`; `quietly call …` keeps the outcome to itself. */
const prompt = /^(?<quietly>quietly )?call (?:(?<namespace>\S+)\/)?(?<name>\S+) (?<args>\{.*\})$/;

export async function startToolEndpoint(): Promise<ToolEndpoint> {
  let heard = '';
  let answers = 0;
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    if (request.method !== 'POST') {
      response.writeHead(404).end();
      return;
    }
    heard = Buffer.concat(parts).toString('utf8');
    const { input } = bodySchema.parse(JSON.parse(heard));
    answers += 1;
    const item = answerTo(input, answers);
    const id = `resp_${answers}`;
    const usage = { input_tokens: 1, output_tokens: 1, total_tokens: 2 };
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const event of [
      { type: 'response.created', response: { id } },
      { type: 'response.output_item.done', output_index: 0, item },
      { type: 'response.completed', response: { id, usage } },
    ]) {
      response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
    }
    response.end();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    heard: () => heard,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

function answerTo(input: z.infer<typeof bodySchema>['input'], number: number): object {
  const at = input.findLastIndex(({ type, role, content }) => {
    return type === 'message' && role === 'user' && content?.some(({ text }) => prompt.test(text ?? '')) === true;
  });
  const asked = input[at]?.content?.map(({ text }) => prompt.exec(text ?? '')?.groups).find((found) => found);
  const outcome = input.slice(at + 1).find(({ type }) => type === 'function_call_output');
  if (asked !== undefined && outcome === undefined) {
    const { namespace, name, args } = asked;
    const call = { type: 'function_call', id: `fc_${number}`, call_id: `call_${number}`, name, arguments: args };
    return namespace === undefined ? call : { ...call, namespace };
  }
  const told = asked?.quietly === undefined ? textOf(outcome?.output ?? 'No tool was named.') : 'It is done.';
  const content = [{ type: 'output_text', text: told, annotations: [] }];
  return { type: 'message', id: `msg_${number}`, role: 'assistant', status: 'completed', content };
}

const textOf = (output: unknown): string => (typeof output === 'string' ? output : JSON.stringify(output));

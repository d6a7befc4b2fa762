import { createHash } from 'node:crypto';
import type { Fields } from './fields.ts';
import { isFields, list, text } from './fields.ts';
import { wantedSchema } from './format.ts';
import { ANSWERS, checkPairs } from './pairs.ts';
import { Refusal } from './refusal.ts';
import { checkSealed } from './sealed.ts';
import type { OfferedTool } from './tool-table.ts';
import { hostedTools, offeredTools } from './tool-table.ts';

/** A call of this turn that the client has answered. */
export interface AnsweredCall {
  /** What the script wanted with it; carried in the call id, because the endpoint remembers nothing. */
  readonly label: string;
  readonly output: string;
}

/** What a request asks, as far as a script needs it. */
export interface Asked {
  readonly model: string;
  readonly stream: boolean;
  /** The whole last user message, then each of its parts from last to first: the first one a script knows wins. */
  readonly prompts: readonly string[];
  /** Answered calls since that message, oldest first. */
  readonly calls: readonly AnsweredCall[];
  readonly tools: readonly OfferedTool[];
  /** Types of the tools that the endpoint is to run itself. */
  readonly hostedTools: readonly string[];
  /** What the user said before the last message, oldest first. */
  readonly earlier: readonly string[];
  /** The images of the last message and of the calls since, each by kind and size. */
  readonly images: readonly string[];
  /** The JSON Schema that the answer is to fit, or null. */
  readonly schema: Fields | null;
  /** The `<cwd>` that the client states, or null. */
  readonly cwd: string | null;
  /** The id of the answer whose conversation the endpoint kept, or null. */
  readonly previous: string | null;
  /** Hex digest of all that matters in the request; ids are made from it, so that equal requests get equal answers. */
  readonly seed: string;
  /** An estimate: one token for four characters of input. */
  readonly inputTokens: number;
  readonly wantsEncryptedReasoning: boolean;
  /** Request fields that the answer repeats. */
  readonly echo: Fields;
}

/**
 * Reads a `POST /v1/responses` body, with all of its conversation in it. `previous`: the answer that it names, where that is kept.
 * @throws Refusal 400 when a field that the script needs is missing or has the wrong type, when calls and their answers don't
 *   match, or sealed reasoning was not carried
 */
export function readAsked(body: unknown, previous: string | null = null): Asked {
  if (!isFields(body)) throw new Refusal(400, 'invalid_type', 'The request body must be a JSON object.');
  const model = text(body.model);
  if (model === null || model === '') throw missing('model', 'a string');
  if (text(body.previous_response_id) !== null) {
    throw new Refusal(
      400,
      'previous_response_not_found',
      'The practice endpoint keeps nothing between requests: send the whole conversation as input.',
      { param: 'previous_response_id' },
    );
  }
  const items = inputItems(body.input);
  const at = items.findLastIndex(isPrompt);
  const parts = at < 0 ? [] : messageParts(items[at]);
  checkPairs(items);
  if (body.store === false) checkSealed(items.slice(at + 1));
  const instructions = text(body.instructions) ?? '';
  const tools = body.tool_choice === 'none' ? [] : offeredTools(body.tools);
  const hosted = body.tool_choice === 'none' ? [] : hostedTools(body.tools);
  const names = [...tools.map((tool) => tool.name), ...hosted];
  const schema = wantedSchema(body);
  const content = JSON.stringify([
    ...[model, instructions, items.map(withoutIds), names],
    ...(schema === null ? [] : [schema]),
  ]);
  return {
    model,
    stream: body.stream === true,
    prompts: [parts.join('\n'), ...(parts.length > 1 ? parts.toReversed() : [])].map((part) => part.trim()),
    calls: answeredCalls(items.slice(at + 1)),
    tools,
    hostedTools: hosted,
    earlier: items.slice(0, Math.max(0, at)).flatMap((item) => (isPrompt(item) ? [messageParts(item).join('\n')] : [])),
    images: items.slice(Math.max(0, at)).flatMap(imagesIn),
    schema,
    cwd: statedFolder(items, instructions),
    previous,
    seed: createHash('sha256').update(content).digest('hex'),
    inputTokens: Math.ceil(content.length / 4),
    wantsEncryptedReasoning: list(body.include).includes('reasoning.encrypted_content'),
    echo: body,
  };
}

function missing(param: string, kind: string): Refusal {
  return new Refusal(400, 'missing_required_parameter', `"${param}" must be ${kind}.`, { param });
}

function inputItems(input: unknown): readonly Fields[] {
  if (typeof input === 'string') return [{ type: 'message', role: 'user', content: input }];
  if (!Array.isArray(input)) throw missing('input', 'a string or a list of items');
  return input.map((item, index) => {
    if (!isFields(item)) throw missing(`input[${index}]`, 'an object');
    return item;
  });
}

function isMessage(item: Fields): boolean {
  return item.type === 'message' || (item.type === undefined && item.role !== undefined);
}

function messageParts(item: Fields | undefined): readonly string[] {
  if (item === undefined) return [];
  const content = item.content;
  if (typeof content === 'string') return [content];
  return list(content).flatMap((part) => (isFields(part) && typeof part.text === 'string' ? [part.text] : []));
}

/** Codex sends its context (environment, AGENTS.md, notices) as user messages too: wrapped whole in one tag, or headed. */
function isPrompt(item: Fields): boolean {
  if (!isMessage(item) || item.role !== 'user') return false;
  const whole = messageParts(item).join('\n').trim();
  return !/^<([a-z_]+)>[\s\S]*<\/\1>$/.test(whole) && !whole.startsWith('# AGENTS.md instructions');
}

function statedFolder(items: readonly Fields[], instructions: string): string | null {
  // Only where a client speaks, never a tool output: a file that a command prints must not move the sandbox.
  const spoken = items
    .filter((item) => isMessage(item) && item.role !== 'assistant')
    .map((item) => messageParts(item).join('\n'))
    .filter((whole) => whole.includes('<environment_context>'));
  for (const whole of [...spoken.toReversed(), instructions]) {
    const found = /<cwd>([^<]+)<\/cwd>/.exec(whole)?.[1];
    if (found !== undefined) return unescapeXml(found.trim());
  }
  return null;
}

function unescapeXml(value: string): string {
  const marks: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };
  return value.replace(/&(lt|gt|quot|apos|amp);/g, (whole, name: string) => marks[name] ?? whole);
}

function answeredCalls(items: readonly Fields[]): readonly AnsweredCall[] {
  return items.flatMap((item) => {
    const type = text(item.type) ?? '';
    const label = /^call_([a-z]+)_/.exec(text(item.call_id) ?? '')?.[1];
    if (!Object.values(ANSWERS).some(({ output }) => output === type) || label === undefined) return [];
    return [
      {
        label,
        output: type === 'shell_call_output' ? commandsOutput(item.output) : outputText(item.output, item.status),
      },
    ];
  });
}

/** In the form in which other clients tell a command's end: that of the first one that failed, else of the last. */
function commandsOutput(output: unknown): string {
  const commands = list(output).filter(isFields);
  const codes = commands.map(({ outcome }) => {
    if (!isFields(outcome) || (outcome.type !== 'exit' && outcome.type !== 'timeout'))
      throw missing('input', 'outcomes');
    return typeof outcome.exit_code === 'number' ? outcome.exit_code : 1;
  });
  const said = commands.map(({ stdout, stderr }) => `${text(stdout) ?? ''}${text(stderr) ?? ''}`).join('\n');
  return JSON.stringify({ output: said, metadata: { exit_code: codes.find((code) => code !== 0) ?? 0 } });
}

/** `status`: of an answer that tells it beside its words. */
function outputText(output: unknown, status: unknown): string {
  if (status === 'failed') return `failed\n${text(output) ?? ''}`;
  if (typeof output === 'string') return output;
  if (isFields(output)) return text(output.content) ?? JSON.stringify(output);
  return list(output)
    .map((part) => (isFields(part) ? (text(part.text) ?? '') : ''))
    .join('\n');
}

/** Images stand in the content of messages, and in the output of calls. */
function imagesIn(item: Fields): readonly string[] {
  return [...list(item.content), ...list(item.output)].flatMap((part) => {
    const url = isFields(part) && part.type === 'input_image' ? text(part.image_url) : null;
    const [, kind, data] = /^data:([\w/+.-]+);base64,(.*)$/s.exec(url ?? '') ?? [];
    if (url === null) return [];
    return [kind === undefined ? 'one by its address' : `${kind}, ${Buffer.from(data ?? '', 'base64').length} bytes`];
  });
}

/** Item ids are random in some clients; the answer must not depend on them. */
function withoutIds(item: Fields): Fields {
  const { id: _id, encrypted_content: _sealed, ...rest } = item;
  return rest;
}

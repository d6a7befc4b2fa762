import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { outputItems, responseId } from './answer.ts';
import type { Asked } from './asked.ts';
import { readAsked } from './asked.ts';
import { readJson } from './body.ts';
import type { WireEvent } from './events.ts';
import { completedResource, incompleteResource, streamEvents } from './events.ts';
import type { AskedFault, Fault } from './fault.ts';
import { contextMessage, FAULT_TEXT, FINE_TEXT, faultIn, REFUSAL_TEXT } from './fault.ts';
import { isFields, text } from './fields.ts';
import { refuseStrangers } from './guard.ts';
import { KeptAnswers } from './kept-answers.ts';
import { PRACTICE_HEADER, PRACTICE_LABEL } from './label.ts';
import { limitHeaders, limitsIn } from './limits.ts';
import type { Quirk } from './quirks.ts';
import { refuseQuirks } from './quirks.ts';
import { Refusal } from './refusal.ts';
import { isInside } from './sandbox.ts';
import type { Scene, Step } from './scene.ts';
import { finish } from './scene.ts';
import { nextStep } from './script.ts';
import { Strikes } from './strikes.ts';

const LOOPBACK = '127.0.0.1';
const DEFAULT_MAX_BODY_BYTES = 16 * 1024 * 1024;
const MODELS = ['gpt-5.5', 'practice'];

export interface PracticeOptions {
  /** 0 or absent: any free port. */
  readonly port?: number;
  /** Only `127.0.0.1` is accepted. */
  readonly host?: string;
  /** Folders in which (and below which) tools may be used. None: text only. */
  readonly workspaces?: readonly string[];
  /** `natural` (default) takes 15 to 30 ms a chunk; `instant` none. */
  readonly pace?: 'instant' | 'natural';
  /** Limit for a request body, in bytes, packed and unpacked. Default 16 MiB. */
  readonly maxBodyBytes?: number;
  /** What it lacks, as other servers do: a request that uses it is refused in their words. */
  readonly quirks?: readonly Quirk[];
  /** Tokens, at four characters each: `GET /models` tells it as vLLM does, and a longer request is refused. */
  readonly contextWindow?: number;
}

export interface PracticeServer {
  /** Base URL for clients: `http://127.0.0.1:PORT/v1`. */
  readonly url: string;
  readonly port: number;
  /** Ends open answers and stops listening. */
  close(): Promise<void>;
}

interface Settings {
  readonly port: number;
  readonly workspaces: readonly string[];
  readonly pace: 'instant' | 'natural';
  readonly maxBodyBytes: number;
  readonly strikes: Strikes;
  readonly kept: KeptAnswers;
  readonly quirks: readonly Quirk[];
  readonly contextWindow: number | null;
}

/**
 * Starts the practice endpoint on loopback.
 * @throws RangeError when asked to bind to anything else; the error of `listen` when the port is taken
 */
export async function startPractice(options: PracticeOptions = {}): Promise<PracticeServer> {
  if (options.host !== undefined && options.host !== LOOPBACK) {
    throw new RangeError(`The practice endpoint binds to ${LOOPBACK} only, not to "${options.host}".`);
  }
  let port = options.port ?? 0;
  const strikes = new Strikes();
  const kept = new KeptAnswers();
  const server = createServer((request, response) => {
    const settings: Settings = {
      port,
      workspaces: options.workspaces ?? [],
      pace: options.pace ?? 'natural',
      maxBodyBytes: options.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES,
      strikes,
      kept,
      quirks: options.quirks ?? [],
      contextWindow: options.contextWindow ?? null,
    };
    response.setHeader(PRACTICE_HEADER, 'offline');
    answer(request, response, settings).catch((error: unknown) => sendFailure(response, error));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, LOOPBACK, resolve);
  });
  port = (server.address() as AddressInfo).port;
  return {
    url: `http://${LOOPBACK}:${port}/v1`,
    port,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(request: IncomingMessage, response: ServerResponse, settings: Settings): Promise<void> {
  refuseStrangers(request, settings.port);
  const path = (request.url ?? '/').split('?', 1)[0];
  switch (path) {
    case '/v1/models':
      allow(request, 'GET');
      return sendJson(response, 200, modelList(settings));
    case '/v1/responses':
      allow(request, 'POST');
      return await respond(request, response, settings);
    default:
      throw new Refusal(404, 'not_found', `The practice endpoint has no route ${path}.`);
  }
}

function allow(request: IncomingMessage, method: string): void {
  if (request.method === method) return;
  throw new Refusal(405, 'method_not_allowed', `Use ${method} here.`, { headers: { allow: method } });
}

function modelList({ contextWindow }: Settings): unknown {
  const window = contextWindow === null ? {} : { max_model_len: contextWindow };
  const data = MODELS.map((id) => ({ id, object: 'model', created: 0, owned_by: PRACTICE_LABEL, ...window }));
  return { object: 'list', data };
}

async function respond(request: IncomingMessage, response: ServerResponse, settings: Settings): Promise<void> {
  const sent = await readJson(request, settings.maxBodyBytes);
  refuseQuirks(sent, settings.quirks);
  const keeps = settings.quirks.includes('stored-only');
  const body = keeps ? settings.kept.whole(sent) : sent;
  const asked = readAsked(body, keeps && isFields(sent) ? text(sent.previous_response_id) : null);
  const limits = limitsIn(asked.prompts);
  const wanted = faultIn(asked.prompts);
  const fault = fullWindow(asked, settings) ?? dueFault(asked, wanted, settings.strikes);
  if (fault instanceof Refusal) throw fault;
  if (limits !== null) {
    for (const [name, value] of Object.entries(limitHeaders(limits))) response.setHeader(name, value);
  }
  const scene = { asked, tied: tiedHands(asked, settings.workspaces), windows: process.platform === 'win32' };
  const items = outputItems(asked, stepOf(scene, wanted, fault));
  const broken = fault === 'refusal' ? null : fault;
  if (keeps && broken === null && !settings.quirks.includes('forgets-answers')) {
    settings.kept.keep(responseId(asked), asked.echo.input, items);
  }
  if (asked.stream) return await sendStream(response, streamEvents(asked, items, broken), broken, settings.pace);
  switch (broken?.kind) {
    case undefined:
      return sendJson(response, 200, completedResource(asked, items));
    case 'incomplete':
      return sendJson(response, 200, incompleteResource(asked, items));
    case 'context':
      throw new Refusal(400, 'context_length_exceeded', contextMessage(broken), { param: 'input' });
    case 'cut':
      response.destroy();
      return;
    case 'hang':
      return;
  }
}

/** The models `practice-4k`, `practice-16k` and so on have a window of so many thousand tokens. */
function fullWindow(asked: Asked, { contextWindow }: Settings): Fault | null {
  const limit = contextWindow ?? Number(/^practice-(\d{1,4})k$/.exec(asked.model)?.[1] ?? 'NaN') * 1000;
  return asked.inputTokens > limit ? { kind: 'context', limit } : null;
}

function dueFault(asked: Asked, wanted: AskedFault | null, strikes: Strikes): AskedFault['fault'] | null {
  if (wanted === null || (wanted.after !== null && asked.calls.length === 0)) return null;
  return wanted.once && !strikes.next(asked) ? null : wanted.fault;
}

function stepOf(scene: Scene, wanted: AskedFault | null, fault: Fault | 'refusal' | null): Step {
  if (fault === 'refusal') return { ...finish(REFUSAL_TEXT), refused: true };
  if (fault !== null) return finish(FAULT_TEXT);
  if (wanted === null) return nextStep(scene);
  if (wanted.after === null) return finish(FINE_TEXT);
  return nextStep({ ...scene, asked: { ...scene.asked, prompts: [wanted.after] } });
}

function tiedHands(asked: Asked, workspaces: readonly string[]): string | null {
  if (asked.cwd !== null && isInside(asked.cwd, workspaces)) return null;
  return workspaces.length === 0
    ? 'this endpoint was started without a sample workspace, so it only answers in words.'
    : 'I only run commands and change files in the sample workspace.';
}

async function sendStream(
  response: ServerResponse,
  events: Iterable<WireEvent>,
  fault: Fault | null,
  pace: Settings['pace'],
): Promise<void> {
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' });
  let sequence = 0;
  for (const event of events) {
    if (pace === 'natural' && event.type.endsWith('.delta')) await pause(15 + ((sequence * 7) % 16), gone.signal);
    if (gone.signal.aborted) return;
    const line = JSON.stringify({ ...event, sequence_number: sequence });
    sequence += 1;
    if (!response.write(`event: ${event.type}\ndata: ${line}\n\n`)) await drained(response);
  }
  // A hanging answer ends only when the client or close() ends it.
  if (fault?.kind === 'hang') return;
  // Ending the socket, not the response: what was written arrives, the chunked body stays unfinished.
  if (fault?.kind === 'cut') response.socket?.end();
  else response.end();
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(milliseconds, undefined, { signal });
  } catch {
    // The client is gone; the caller sees it by the signal.
  }
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    response.once('drain', resolve);
    response.once('close', resolve);
  });
}

function sendFailure(response: ServerResponse, error: unknown): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const message = error instanceof Error ? error.message : String(error);
  const refusal = error instanceof Refusal ? error : new Refusal(500, 'internal_error', message);
  for (const [name, value] of Object.entries(refusal.headers)) response.setHeader(name, value);
  // What is left of a body that was not read would be taken for the next request.
  response.setHeader('connection', 'close');
  sendJson(response, refusal.status, refusal.body());
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

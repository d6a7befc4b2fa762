import * as z from 'zod';

/** Both sides may use both; ours are numbers. */
export type RpcId = string | number;

/** A line of the app-server, as far as the envelope goes: what is inside is checked by whoever wants it. */
export type Incoming =
  | { readonly kind: 'answer'; readonly id: RpcId; readonly result: unknown }
  | {
      readonly kind: 'refusal';
      readonly id: RpcId;
      readonly code: number;
      readonly message: string;
      readonly data: unknown;
    }
  | { readonly kind: 'request'; readonly id: RpcId; readonly method: string; readonly params: unknown }
  | {
      readonly kind: 'notification';
      readonly method: string;
      readonly params: unknown;
      readonly emittedAtMs: number | null;
    }
  /** `id`: of the request that it would answer, where that much can be read. */
  | { readonly kind: 'strange'; readonly why: string; readonly id: RpcId | null };

const rpcId = z.union([z.string(), z.number()]);

/** JSON-RPC 2.0 without its `jsonrpc` member (contract codex-runtime, section 4). */
const envelope = z.object({
  id: rpcId.nullish().catch(undefined),
  method: z.string().optional(),
  params: z.unknown().optional(),
  result: z.unknown().optional(),
  error: z.object({ code: z.number(), message: z.string(), data: z.unknown().optional() }).nullish(),
  emittedAtMs: z.number().nullish().catch(null),
});

/** Reads one line. Never throws: what is no message is said to be strange. */
export function readMessage(line: string): Incoming {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return { kind: 'strange', why: 'a line that is not JSON', id: null };
  }
  const read = envelope.safeParse(json);
  if (!read.success) {
    const id = rpcId.safeParse(typeof json === 'object' && json !== null && 'id' in json ? json.id : null);
    return { kind: 'strange', why: 'a line that is no message', id: id.success ? id.data : null };
  }
  const { id, method, params, error } = read.data;
  if (method !== undefined) {
    if (id !== undefined && id !== null) return { kind: 'request', id, method, params };
    return { kind: 'notification', method, params, emittedAtMs: read.data.emittedAtMs ?? null };
  }
  if (id === undefined || id === null) return { kind: 'strange', why: 'a message without a method or an id', id: null };
  if (error) return { kind: 'refusal', id, code: error.code, message: error.message, data: error.data };
  if (typeof json === 'object' && json !== null && 'result' in json) {
    return { kind: 'answer', id, result: read.data.result };
  }
  return { kind: 'strange', why: 'an answer without a result', id };
}

/** What can be told of a line from its first bytes, when the rest was too much to keep. */
export function headOf(start: string): { readonly id: RpcId | null; readonly method: string | null } {
  // Only what stands before the first value that is an object or a list: within that, the same names mean something else.
  const head = /^\s*\{[^{[]*/.exec(start)?.[0] ?? '';
  const id = /"id"\s*:\s*(-?\d+|"(?:[^"\\]|\\.)*")/.exec(head)?.[1];
  const method = /"method"\s*:\s*"([\w/]+)"/.exec(head)?.[1];
  return { id: id === undefined ? null : idOf(id), method: method ?? null };
}

function idOf(text: string): RpcId | null {
  try {
    return rpcId.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

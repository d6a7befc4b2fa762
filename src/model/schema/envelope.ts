import * as z from 'zod';
import type { ItemId, NativeThreadId, RequestId, ThreadId, TurnId } from '../index.ts';

/** An id of ours: the brand is for the compiler alone, so the cast changes nothing. */
export function id<T extends string>(): z.ZodType<T, string> {
  return z.string().min(1) as unknown as z.ZodType<T, string>;
}

export const transport = z.enum(['responses', 'exec', 'app-server', 'import']);
export const laneSelection = z.enum(['auto', 'api', 'codex-native']);
export const runnableLane = z.enum(['api', 'codex-native']);

const envelopeShape = {
  v: z.literal(1),
  seq: z.int().min(1),
  at: z.iso.datetime(),
  provider: z.enum(['codex', 'openai', 'anthropic', 'gemini']),
  laneId: z.enum(['api', 'codex-native', 'anthropic', 'gemini']),
  transport,
  threadId: id<ThreadId>(),
  nativeThreadId: id<NativeThreadId>().exactOptional(),
  turnId: id<TurnId>().exactOptional(),
  itemId: id<ItemId>().exactOptional(),
  requestId: id<RequestId>().exactOptional(),
  aboutTurnId: id<TurnId>().exactOptional(),
};

/** What every event bears, whatever its kind. */
export const envelopeSchema = z.object({ ...envelopeShape, kind: z.string().min(1) });

/** An event of a known kind: the envelope and its own fields; fields that nobody knows are kept. */
export function event<K extends string, S extends z.core.$ZodLooseShape>(kind: K, shape: S) {
  // The compiler sees a spread of a generic as an intersection; a field of the body replaces the envelope's.
  type Shape = Omit<typeof envelopeShape, keyof S> & { readonly kind: z.ZodLiteral<K> } & S;
  return z.looseObject({ ...envelopeShape, kind: z.literal(kind), ...shape } as Shape);
}

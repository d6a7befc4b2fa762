/** Names of the things that events are about. Branded, so that one id can't be passed for another. */
declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** A thread of ours. */
export type ThreadId = Branded<'ThreadId'>;
/** One turn of a thread: from a prompt to its terminal event. */
export type TurnId = Branded<'TurnId'>;
/** One item of a turn. Lanes prefix a provider's id with the turn, since exec restarts its ids with each process. */
export type ItemId = Branded<'ItemId'>;
/** The runtime's own name of a thread (a Codex session, a stored response chain). */
export type NativeThreadId = Branded<'NativeThreadId'>;
/** What a door sent to ask for a turn; echoed in its reply. */
export type RequestId = Branded<'RequestId'>;
export type ApprovalId = Branded<'ApprovalId'>;

export const threadId = (text: string): ThreadId => text as ThreadId;
export const turnId = (text: string): TurnId => text as TurnId;
export const itemId = (text: string): ItemId => text as ItemId;
export const nativeThreadId = (text: string): NativeThreadId => text as NativeThreadId;
export const requestId = (text: string): RequestId => text as RequestId;

/** What runs a turn. The last two are known to readers of old or foreign logs; no lane of ours bears them yet. */
export type LaneId = 'api' | 'codex-native' | 'anthropic' | 'gemini';
/** A lane that this product can run. */
export type RunnableLaneId = 'api' | 'codex-native';
/** What a user may choose. */
export type LaneSelection = 'auto' | RunnableLaneId;
export type ProviderId = 'codex' | 'openai' | 'anthropic' | 'gemini';
/** How a lane reaches its provider. */
export type Transport = 'responses' | 'exec' | 'app-server' | 'import';

export const laneSelections: readonly LaneSelection[] = ['auto', 'api', 'codex-native'];

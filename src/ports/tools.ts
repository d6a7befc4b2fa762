import type { CommandCount, ItemId, LaneEvent, ThreadId } from '../model/index.ts';
import type { LaneTurn, TurnIo } from './lane.ts';

/** A tool as the model is told of it. */
export type ToolSpec = {
  readonly name: string;
  /** Words for the model. */
  readonly description: string;
  /** The arguments as JSON Schema, `additionalProperties` false at each level. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /**
   * It also takes free text instead of JSON, where the endpoint has such tools; `argument` names the parameter that the text
   * is then the value of. Left out: JSON alone.
   */
  readonly freeform?: {
    readonly argument: string;
    readonly grammar: { readonly syntax: 'lark'; readonly definition: string };
  };
  /** Calls of one answer may run side by side. */
  readonly parallel: boolean;
};

export type ToolCall = {
  /** Of the normalized item that the tool tells of itself; unique within the thread. */
  readonly itemId: ItemId;
  readonly name: string;
  /** As the model wrote it: JSON, not yet checked. Of a freeform call, `{[argument]: text}`. */
  readonly input: string;
};

/** A part of what a tool hands to the model. */
export type ToolPart =
  | { readonly type: 'text'; readonly text: string }
  /** `data:` URL of an image. */
  | { readonly type: 'image'; readonly url: string };

export type ToolOutcome = {
  readonly parts: readonly ToolPart[];
  readonly status: 'completed' | 'failed' | 'declined';
  /** How a command ended, for an endpoint that is told so beside the words. Left out = it was none, or did not run. */
  readonly ended?: { readonly exitCode: number | null; readonly timedOut: boolean };
  /** The user ends the turn with it. Left out = it goes on. */
  readonly endsTurn?: boolean;
};

/** What a tool may do to the outside of itself: a part of the turn's own. */
export type ToolIo = Pick<TurnIo, 'approvals' | 'beforeChange' | 'signal'> & {
  readonly emit: (event: LaneEvent) => void;
};

/** The tools of one turn. */
export type ToolSession = {
  readonly specs: readonly ToolSpec[];
  /**
   * Runs one call and tells its item, from its start to its end. Never rejects but for the signal: what the model asked
   * wrongly is said to it, with the names of what is wrong.
   */
  readonly call: (call: ToolCall, io: ToolIo) => Promise<ToolOutcome>;
  /** How many commands ran where, so far. */
  readonly commands: () => CommandCount;
  /** Ends what still runs of the turn, with all that it started. Never rejects. */
  readonly end: () => Promise<void>;
};

/** Opens the tools of a turn; null = it has none (switched off, no folder). `open` never rejects. */
export type Tools = {
  readonly open: (turn: LaneTurn) => Promise<ToolSession | null>;
  /** Whether a turn in that folder has any, as far as that can be told without looking at the disk. */
  readonly offered: (cwd: string | null) => boolean;
};

/** A part of the instructions of a turn. */
export type InstructionPart = {
  /** Where it comes from: a path, or our own name for it. */
  readonly source: string;
  /** In UTF-8 bytes. */
  readonly bytes: number;
};

/** What a model is told before the conversation: what is fixed, and the `AGENTS.md` files from the user's to the folder's. */
export type ComposedInstructions = {
  readonly text: string;
  readonly parts: readonly InstructionPart[];
  /** What did not fit into the budget: dropped whole, the largest optional one first. */
  readonly dropped: readonly InstructionPart[];
  /** What could not be read, each in a sentence. */
  readonly problems: readonly string[];
};

/** The instructions of a turn. */
export type Instructions = {
  /** Equal turns get equal texts. Never rejects. */
  readonly compose: (turn: LaneTurn, tools: ToolSession | null) => Promise<ComposedInstructions>;
  /** What the user is to be told of them in this turn; empty while it is what this thread was told last. */
  readonly news: (threadId: ThreadId, composed: ComposedInstructions) => readonly LaneEvent[];
};

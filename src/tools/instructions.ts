import type { LaneEvent, ThreadId } from '../model/index.ts';
import type {
  ComposedInstructions,
  InstructionPart,
  Instructions,
  LaneTurn,
  ToolSession,
  WorkspaceFiles,
} from '../ports/index.ts';
import { readAgentsFiles } from './agents-files.ts';
import { environment, houseRules, toolNotes } from './house-rules.ts';

export type InstructionsDeps = {
  /** Codex's own folder, where the user's `AGENTS.md` is. */
  readonly codexHome: () => string;
  readonly decode: WorkspaceFiles['decode'];
  readonly trusted: () => boolean;
  /** Default: of this process. */
  readonly platform?: NodeJS.Platform;
};

/** Most UTF-8 bytes of what a model is told before the conversation: as much as Codex takes of `AGENTS.md` files. */
const instructionsBudget = 32 * 1024;

/** What the composed text is made of. */
export type DraftPart = {
  readonly source: string;
  /** Null = too large for any budget: dropped, with the bytes that it has. */
  readonly text: string | null;
  readonly bytes: number;
  readonly isOptional: boolean;
};

/**
 * Composes what a model is told before the conversation. Equal turns get equal texts, since an endpoint caches what a
 * request begins with: what changes rarely comes first, and neither date nor branch is in it.
 */
export function createInstructions(deps: InstructionsDeps): Instructions {
  const { codexHome, decode, trusted, platform = process.platform } = deps;
  /** What each thread was told last. */
  const told = new Map<ThreadId, string>();
  return {
    compose: async (turn, tools) => {
      if (turn.cwd === null) return fitted([fixed('Lanes for Codex', houseRules(turn, tools))], []);
      const agents = await readAgentsFiles({
        ...{ codexHome: codexHome(), cwd: turn.cwd, trusted: trusted(), decode },
      });
      return fitted([...ours(turn, turn.cwd, tools, platform), ...agents.found.map(agentsPart)], agents.problems);
    },
    news: (threadId, { dropped, problems }) => {
      const events = newsOf(dropped, problems);
      const now = JSON.stringify(events);
      if (events.length === 0) told.delete(threadId);
      if (events.length === 0 || told.get(threadId) === now) return [];
      told.set(threadId, now);
      return events;
    },
  };
}

function ours(turn: LaneTurn, cwd: string, tools: ToolSession | null, platform: string): readonly DraftPart[] {
  const notes = tools === null ? '' : toolNotes(tools);
  return [
    fixed('Lanes for Codex', houseRules(turn, tools)),
    ...(notes === '' ? [] : [{ ...fixed('tool notes', `How the tools go together:\n${notes}`), isOptional: true }]),
    fixed('environment', environment(cwd, { addDirs: turn.addDirs, platform })),
  ];
}

function fixed(source: string, text: string): DraftPart {
  return { source, text, bytes: Buffer.byteLength(text), isOptional: false };
}

function agentsPart({ source, text, bytes }: { source: string; text: string | null; bytes: number }): DraftPart {
  if (text === null) return { source, text, bytes, isOptional: true };
  // A folder may have any name; the line of its heading stays one line.
  const block = `# ${source.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, '�')}\n\n<INSTRUCTIONS>\n${text}\n</INSTRUCTIONS>`;
  return { ...fixed(source, block), isOptional: true };
}

const between = '\n\n';

/**
 * Joins the parts within the budget: while they are too long, the largest optional one is dropped whole; of equal ones,
 * that which stands first, since the later one is nearer to the work. What can't be dropped stays, also over the budget.
 */
export function fitted(
  parts: readonly DraftPart[],
  problems: readonly string[],
  budget: number = instructionsBudget,
): ComposedInstructions {
  const dropped: DraftPart[] = parts.filter(({ text }) => text === null);
  dropped.sort((a, b) => b.bytes - a.bytes);
  let kept = parts.filter(({ text }) => text !== null);
  const size = () => kept.reduce((sum, { bytes }) => sum + bytes, between.length * Math.max(0, kept.length - 1));
  while (size() > budget) {
    const optional = kept.filter(({ isOptional }) => isOptional);
    const largest = optional.find(({ bytes }) => bytes === Math.max(...optional.map((one) => one.bytes)));
    if (largest === undefined) break;
    kept = kept.filter((part) => part !== largest);
    dropped.push(largest);
  }
  const named = ({ source, bytes }: DraftPart): InstructionPart => ({ source, bytes });
  return {
    text: kept.map(({ text }) => text).join(between),
    parts: kept.map(named),
    dropped: dropped.map(named),
    problems,
  };
}

function newsOf(dropped: readonly InstructionPart[], problems: readonly string[]): readonly LaneEvent[] {
  const list = dropped.map(({ source, bytes }) => `${source} (${Math.ceil(bytes / 1024)} KB)`).join(', ');
  return [
    ...(dropped.length === 0 ? [] : [{ kind: 'system_notice', code: 'instructions_dropped', text: list } as const]),
    ...problems.map((text) => ({ kind: 'warning', source: 'config', code: 'instructions', text }) as const),
  ];
}

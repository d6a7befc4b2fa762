import type { Token, Tokens } from 'marked';
import { Lexer } from 'marked';
import { appendToFence } from './open-fence.ts';

/** One top-level block. Its identity changes when its content does, so a view repaints only what changed. */
export type Block = {
  readonly token: Token;
  /** Where it begins in the text, in characters, with each line break as one. */
  readonly at: number;
};

type Links = Lexer['tokens']['links'];
type InlineRun = { src: string; tokens: Token[] };
/** What is needed to lex a block's inline part again once more `[ref]:` definitions are known. */
type Lexed = { block: Block; readonly runs: readonly InlineRun[]; readonly hasReference: boolean };

/** Deepest run of `>` or list marks on a line that the lexer is given: marked recurses once a level. */
const maxNesting = 64;
const tooDeep = new RegExp(`^(?:[ \\t]*(?:>|[-*+](?=[ \\t])|\\d{1,9}[.)](?=[ \\t]))){${maxNesting}}`, 'm');

/**
 * Splits a growing Markdown text into top-level blocks and lexes only its tail. A block is settled, i.e. never lexed
 * again, once a blank line ends it and two more blocks follow: from there on no later text can change it. The rule
 * comes from measurements; a property test holds the result against a lexer that sees the whole text.
 * Never throws: what the lexer can't take is one block of plain text.
 */
export class BlockSplitter {
  #text = '';
  #tail = '';
  /** Where the tail begins in the text. */
  #tailAt = 0;
  readonly #settled: Lexed[] = [];
  readonly #settledLinks: Links = Object.create(null);
  #lexedTail: Lexed[] = [];
  #linkSignature = '';
  /** Settled and tail blocks in order; a new array after each update that changed something. */
  blocks: readonly Block[] = [];

  /** Takes the whole text so far. A text that does not continue the last one starts over. */
  update(text: string): void {
    if (text === this.#text) return;
    if (text.startsWith(this.#text)) {
      this.#append(text.slice(this.#text.length), text);
    } else {
      this.#reset();
      this.#append(text, text);
    }
  }

  #reset(): void {
    this.#text = '';
    this.#tail = '';
    this.#tailAt = 0;
    this.#settled.length = 0;
    this.#lexedTail = [];
    this.#linkSignature = '';
    for (const name of Object.keys(this.#settledLinks)) delete this.#settledLinks[name];
  }

  #append(delta: string, whole: string): void {
    // A `\r` at the end may be half of a line break: it becomes `\n` now and swallows the next one.
    const halfBreak = this.#text.endsWith('\r') && delta.startsWith('\n');
    const added = (halfBreak ? delta.slice(1) : delta).replace(/\r\n?/g, '\n');
    this.#text = whole;
    if (added === '') return;
    const last = this.#lexedTail.at(-1);
    const longer = last === undefined ? null : appendToFence(last.block.token, added);
    if (last !== undefined && longer !== null) {
      this.#tail += added;
      last.block = { token: longer, at: last.block.at };
    } else {
      this.#tail += added;
      this.#lexTail();
    }
    this.blocks = [...this.#settled, ...this.#lexedTail].map((lexed) => lexed.block);
  }

  #lexTail(): void {
    const links: Links = Object.assign(Object.create(null), this.#settledLinks);
    const lexed = lexBlocks(this.#tail, links, this.#tailAt);
    const settledCount = settleable(lexed.tokens, this.#tail);
    const keep = lexed.blocks;
    this.#lexedTail = keep;
    if (settledCount > 0) this.#settle(lexed.tokens.slice(0, settledCount), keep);
    const signature = JSON.stringify(links);
    if (signature !== this.#linkSignature) {
      this.#linkSignature = signature;
      for (const block of this.#settled) relex(block, links);
    }
  }

  #settle(tokens: readonly Token[], blocks: Lexed[]): void {
    const visible = tokens.filter((token) => token.type !== 'space');
    this.#settled.push(...blocks.slice(0, visible.length));
    this.#lexedTail = blocks.slice(visible.length);
    const length = tokens.reduce((sum, token) => sum + token.raw.length, 0);
    this.#tail = this.#tail.slice(length);
    this.#tailAt += length;
    for (const token of tokens) collectLinks(token, this.#settledLinks);
  }
}

/** The whole text at once, as the splitter shows it. */
export function lexWhole(text: string): readonly Token[] {
  return lexBlocks(text.replace(/\r\n?/g, '\n'), Object.create(null)).blocks.map((lexed) => lexed.block.token);
}

function lexBlocks(src: string, links: Links, at = 0): { readonly tokens: readonly Token[]; readonly blocks: Lexed[] } {
  if (tooDeep.test(src)) return plain(src, at);
  try {
    const lexer = new Lexer({ gfm: true, breaks: false });
    lexer.tokens.links = links;
    const tokens = lexer.blockTokens(src, lexer.tokens);
    const queue = lexer.inlineQueue;
    for (const run of queue) inline(lexer, run);
    return { tokens, blocks: withRuns(tokens, queue, at) };
  } catch {
    // marked overflows the stack or gives up on some hostile input: the reader still sees the text.
    return plain(src, at);
  }
}

function plain(src: string, at: number): { readonly tokens: readonly Token[]; readonly blocks: Lexed[] } {
  const token: Tokens.Text = { type: 'text', raw: src, text: src };
  return { tokens: [token], blocks: [{ block: { token, at }, runs: [], hasReference: false }] };
}

/** The queue is in document order: each run belongs to the block whose token tree holds its array. */
function withRuns(tokens: readonly Token[], queue: readonly InlineRun[], start: number): Lexed[] {
  const blocks: Lexed[] = [];
  let end = start;
  for (const token of tokens) {
    const at = end;
    end += token.raw.length;
    if (token.type === 'space') continue;
    const hasReference = token.raw.includes('[');
    const arrays = hasReference ? arraysOf(token) : null;
    const runs = arrays === null ? [] : queue.filter((run) => arrays.has(run.tokens));
    blocks.push({ block: { token, at }, runs, hasReference });
  }
  return blocks;
}

function arraysOf(value: unknown, found = new Set<unknown>()): Set<unknown> {
  if (Array.isArray(value)) found.add(value);
  if (typeof value === 'object' && value !== null) for (const part of Object.values(value)) arraysOf(part, found);
  return found;
}

/** Inline parts of a settled block once more, in place, with what is known of `[ref]:` now. */
function relex(lexed: Lexed, links: Links): void {
  if (!lexed.hasReference) return;
  const lexer = new Lexer({ gfm: true, breaks: false });
  lexer.tokens.links = links;
  for (const run of lexed.runs) {
    // A task's box is put in front by the block lexer, the rest came from here.
    const box = run.tokens.filter((token) => token.type === 'checkbox');
    run.tokens.length = 0;
    run.tokens.push(...box);
    inline(lexer, run);
  }
  lexed.block = { ...lexed.block };
}

function inline(lexer: Lexer, run: InlineRun): void {
  lexer.state.inRawBlock = false;
  try {
    lexer.inlineTokens(run.src, run.tokens);
  } catch {
    run.tokens.length = 0;
    run.tokens.push({ type: 'text', raw: run.src, text: run.src });
  }
}

/** How many tokens from the start no later text can change. */
function settleable(tokens: readonly Token[], src: string): number {
  let after = 0;
  let index = tokens.length;
  while (index > 0 && after < 2) {
    index--;
    if (tokens[index]?.type !== 'space') after++;
  }
  if (after < 2) return 0;
  // `index` is the second block from the end: look back for the last boundary that a blank line makes.
  while (index > 0 && !endsWithBlankLine(tokens, index)) index--;
  if (index === 0) return 0;
  const raw = tokens.map((token) => token.raw).join('');
  return raw === src ? index : 0;
}

function endsWithBlankLine(tokens: readonly Token[], end: number): boolean {
  const last = tokens[end - 1]?.raw ?? '';
  const before = tokens[end - 2]?.raw ?? '';
  return /\n[ \t]*\n$/.test(before.slice(-200) + last.slice(-200));
}

function collectLinks(token: Token, links: Links): void {
  if (token.type === 'def') {
    const { tag, href, title } = token as Tokens.Def;
    links[tag] ??= { href, title };
    return;
  }
  const children = token.type === 'list' ? (token as Tokens.List).items : 'tokens' in token ? (token.tokens ?? []) : [];
  for (const child of children) collectLinks(child, links);
}

import type { ComponentChildren, JSX } from 'preact';
import { Component } from 'preact';
import { useEffect, useReducer, useRef } from 'preact/hooks';
import type { CodeLine } from './code-line.ts';
import { ColourQueue } from './colour-queue.ts';
import { useNearby } from './nearby.ts';

/** Lines to a chunk: one text node of 100 KB costs a frame of 145 ms each time it grows. */
const chunkLines = 50;
/** Lines of one text that get colours: each costs a few nodes. */
const maxColoured = 400;

const queue = new ColourQueue(async () => (await import('./highlighter.ts')).highlight);

/** Code, in colours once it is `settled` and in sight. Before that, and in a language that nobody knows, in one. */
export function CodeText(props: {
  readonly text: string;
  readonly language: string | null;
  readonly settled: boolean;
}): JSX.Element {
  const { text, settled } = props;
  const language = props.language?.toLowerCase() ?? null;
  const element = useRef<HTMLElement>(null);
  const nearby = useNearby(element);
  const [, again] = useReducer((count: number) => count + 1, 0);
  const wanted = language !== null && settled && nearby && ColourQueue.takes(text);
  const known = wanted ? queue.known(text, language) : null;
  useEffect(() => {
    if (!wanted || known !== undefined) return undefined;
    return queue.ask(text, language, () => again(undefined));
  }, [wanted, known === undefined, text, language]);
  return (
    <code ref={element}>
      {chunksOf(text).map((chunk, index) => (
        <Chunk key={index} text={chunk} lines={colouredPart(known ?? null, index)} />
      ))}
    </code>
  );
}

function colouredPart(lines: readonly CodeLine[] | null, chunk: number): readonly CodeLine[] | null {
  const start = chunk * chunkLines;
  return lines === null || start >= maxColoured ? null : lines.slice(start, start + chunkLines);
}

type ChunkProps = { readonly text: string; readonly lines: readonly CodeLine[] | null };

class Chunk extends Component<ChunkProps> {
  override shouldComponentUpdate(next: ChunkProps): boolean {
    const { text, lines } = this.props;
    return next.text !== text || next.lines?.[0] !== lines?.[0];
  }

  override render({ text, lines }: ChunkProps): JSX.Element {
    if (lines === null) return <span>{text}</span>;
    return (
      <span>{lines.map((line, index) => [index === 0 ? null : '\n', ...line.map(runOf)]).concat(lastBreak(text))}</span>
    );
  }
}

function runOf({ text, token }: CodeLine[number], key: number): ComponentChildren {
  if (token === null) return text;
  return (
    <span key={key} class={`tok-${token}`}>
      {text}
    </span>
  );
}

/** A chunk ends with its line break, which stands between the lines of two chunks. */
const lastBreak = (text: string): ComponentChildren[][] => (text.endsWith('\n') ? [['\n']] : []);

function chunksOf(text: string): readonly string[] {
  const chunks: string[] = [];
  let start = 0;
  let lines = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
    lines++;
    if (lines < chunkLines) continue;
    chunks.push(text.slice(start, at + 1));
    start = at + 1;
    lines = 0;
  }
  if (start < text.length) chunks.push(text.slice(start));
  return chunks;
}

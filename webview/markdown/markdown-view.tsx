import type { JSX } from 'preact';
import { Component } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useReducer } from 'preact/hooks';
import type { BlockPart } from './block-parts.ts';
import { BlockView } from './block-view.tsx';
import { DocumentCache, MarkdownDocument } from './markdown-document.ts';
import { TextScopeProvider } from './text-scope.ts';

const cache = new DocumentCache(200);
/** Blocks to a group: a group whose blocks are settled is skipped as one when the text grows. */
const groupSize = 40;
const wholeText = [0, Number.POSITIVE_INFINITY] as const;

/**
 * Markdown as it arrives. `id` names the text across redraws; `open` = more may come. `range`: draws what begins from one
 * character of the text up to another, where all of it would be too much for the page.
 */
export function MarkdownView(props: {
  readonly id: string;
  readonly text: string;
  readonly open: boolean;
  readonly range?: readonly [number, number];
}): JSX.Element {
  const { id, text, open, range = wholeText } = props;
  const [, again] = useReducer((count: number) => count + 1, 0);
  const scope = useMemo(() => ({ id, growing: open }), [id, open]);
  if (!MarkdownDocument.takes(text)) return <div class="prose plain">{text.slice(...range)}</div>;
  const document = cache.get(id);
  const wait = document.update(text, open, performance.now());
  return (
    <div class="prose">
      <TextScopeProvider value={scope}>
        {groups(document.parts(range)).map((parts, index) => (
          <BlockGroup key={index} parts={parts} />
        ))}
      </TextScopeProvider>
      <Clock document={document} wait={wait} again={() => again(undefined)} />
    </div>
  );
}

/** Measures the drawing and comes back for text that had to wait. Last child, so that its effect runs after the blocks are in the page. */
function Clock(props: {
  readonly document: MarkdownDocument;
  readonly wait: number;
  readonly again: () => void;
}): null {
  const { document, wait, again } = props;
  useLayoutEffect(() => {
    if (wait === 0) document.drawn(performance.now());
  });
  useEffect(() => {
    if (wait === 0) return undefined;
    const timer = setTimeout(again, wait);
    return () => clearTimeout(timer);
  });
  return null;
}

type GroupProps = { readonly parts: readonly BlockPart[] };

class BlockGroup extends Component<GroupProps> {
  override shouldComponentUpdate(next: GroupProps): boolean {
    const { parts } = this.props;
    return next.parts.length !== parts.length || next.parts.some((part, index) => part !== parts[index]);
  }

  override render({ parts }: GroupProps): JSX.Element {
    return (
      <>
        {parts.map((part, index) => (
          <BlockSlot key={index} part={part} />
        ))}
      </>
    );
  }
}

type SlotProps = { readonly part: BlockPart };

class BlockSlot extends Component<SlotProps> {
  override shouldComponentUpdate(next: SlotProps): boolean {
    return next.part !== this.props.part;
  }

  override render({ part }: SlotProps): JSX.Element {
    const block = <BlockView token={part.token} depth={0} />;
    return part.continues ? <div class="continues">{block}</div> : block;
  }
}

function groups(parts: readonly BlockPart[]): readonly (readonly BlockPart[])[] {
  const result: (readonly BlockPart[])[] = [];
  for (let start = 0; start < parts.length; start += groupSize) result.push(parts.slice(start, start + groupSize));
  return result;
}

import type { JSX } from 'preact';
import { Component } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useReducer } from 'preact/hooks';
import type { Block } from './block-splitter.ts';
import { BlockView } from './block-view.tsx';
import { DocumentCache, MarkdownDocument } from './markdown-document.ts';
import { TextScopeProvider } from './text-scope.ts';

const cache = new DocumentCache(200);
/** Blocks to a group: a group whose blocks are settled is skipped as one when the text grows. */
const groupSize = 40;

/** Markdown as it arrives. `id` names the text across redraws; `open` = more may come. */
export function MarkdownView(props: {
  readonly id: string;
  readonly text: string;
  readonly open: boolean;
}): JSX.Element {
  const { id, text, open } = props;
  const [, again] = useReducer((count: number) => count + 1, 0);
  const scope = useMemo(() => ({ id, growing: open }), [id, open]);
  if (!MarkdownDocument.takes(text)) return <div class="prose plain">{text}</div>;
  const document = cache.get(id);
  const startedAt = performance.now();
  const wait = document.update(text, open, startedAt);
  return (
    <div class="prose">
      <TextScopeProvider value={scope}>
        {groups(document.blocks).map((blocks, index) => (
          <BlockGroup key={index} blocks={blocks} />
        ))}
      </TextScopeProvider>
      <Clock document={document} startedAt={startedAt} wait={wait} again={() => again(undefined)} />
    </div>
  );
}

/** Measures the drawing and comes back for text that had to wait. Last child, so that its effect runs after the blocks are in the page. */
function Clock(props: {
  readonly document: MarkdownDocument;
  readonly startedAt: number;
  readonly wait: number;
  readonly again: () => void;
}): null {
  const { document, startedAt, wait, again } = props;
  useLayoutEffect(() => {
    if (wait > 0) return;
    const now = performance.now();
    document.spent(now - startedAt, now);
  });
  useEffect(() => {
    if (wait === 0) return undefined;
    const timer = setTimeout(again, wait);
    return () => clearTimeout(timer);
  });
  return null;
}

type GroupProps = { readonly blocks: readonly Block[] };

class BlockGroup extends Component<GroupProps> {
  override shouldComponentUpdate(next: GroupProps): boolean {
    const { blocks } = this.props;
    return next.blocks.length !== blocks.length || next.blocks.some((block, index) => block !== blocks[index]);
  }

  override render({ blocks }: GroupProps): JSX.Element {
    return (
      <>
        {blocks.map((block, index) => (
          <BlockSlot key={index} block={block} />
        ))}
      </>
    );
  }
}

type SlotProps = { readonly block: Block };

class BlockSlot extends Component<SlotProps> {
  override shouldComponentUpdate(next: SlotProps): boolean {
    return next.block !== this.props.block;
  }

  override render({ block }: SlotProps): JSX.Element {
    return <BlockView token={block.token} depth={0} />;
  }
}

function groups(blocks: readonly Block[]): readonly (readonly Block[])[] {
  const result: (readonly Block[])[] = [];
  for (let start = 0; start < blocks.length; start += groupSize) result.push(blocks.slice(start, start + groupSize));
  return result;
}

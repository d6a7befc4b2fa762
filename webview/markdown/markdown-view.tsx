import type { JSX } from 'preact';
import { Component } from 'preact';
import type { BlockPart } from './block-parts.ts';
import { BlockView } from './block-view.tsx';
import { withoutLooseMarks } from './loose-marks.ts';
import { DocumentCache, MarkdownDocument } from './markdown-document.ts';
import { TextScopeProvider } from './text-scope.ts';

const cache = new DocumentCache(200);
/** Blocks to a group: a group whose blocks are settled is skipped as one when the text grows. */
const groupSize = 40;
const wholeText = [0, Number.POSITIVE_INFINITY] as const;

type MarkdownProps = {
  readonly id: string;
  readonly text: string;
  readonly open: boolean;
  readonly range?: readonly [number, number];
};

/**
 * Markdown as it arrives. `id` names the text across redraws; `open` = more may come. `range`: draws what begins from one
 * character of the text up to another, where all of it would be too much for the page. A class, since it looks at what
 * came before it decides to draw: most stretches of a text that grows stay as they are.
 */
export class MarkdownView extends Component<MarkdownProps> {
  #parts: readonly BlockPart[] = [];
  #scope = { id: '', growing: false };
  #timer: ReturnType<typeof setTimeout> | undefined;
  #drawn = false;

  override shouldComponentUpdate(next: MarkdownProps): boolean {
    const { id, open, range = wholeText } = this.props;
    const [from, to] = next.range ?? wholeText;
    if (next.id !== id || next.open !== open || range[0] !== from || range[1] !== to) return true;
    return !MarkdownDocument.takes(next.text) || !sameParts(this.#look(next), this.#parts);
  }

  override componentDidMount(): void {
    this.#tellCost();
  }

  override componentDidUpdate(): void {
    this.#tellCost();
  }

  override componentWillUnmount(): void {
    clearTimeout(this.#timer);
  }

  override render({ id, text, open, range = wholeText }: MarkdownProps): JSX.Element {
    if (!MarkdownDocument.takes(text)) return <div class="prose plain">{text.slice(...range)}</div>;
    if (this.#scope.id !== id || this.#scope.growing !== open) this.#scope = { id, growing: open };
    this.#parts = this.#look(this.props);
    return (
      <div class="prose">
        <TextScopeProvider value={this.#scope}>
          {groups(open && range[1] >= text.length ? closedParts(this.#parts) : this.#parts).map((parts, index) => (
            <BlockGroup key={index} parts={parts} />
          ))}
        </TextScopeProvider>
      </div>
    );
  }

  /** Takes the text in and says what is to be drawn of it. Comes back for text that had to wait. */
  #look({ id, text, open, range = wholeText }: MarkdownProps): readonly BlockPart[] {
    const document = cache.get(id);
    const wait = document.update(text, open, performance.now());
    this.#drawn = wait === 0;
    clearTimeout(this.#timer);
    if (wait > 0) this.#timer = setTimeout(() => this.setState({}), wait);
    return document.parts(range);
  }

  /** What the blocks cost, which are in the page by now. */
  #tellCost(): void {
    const { id, text } = this.props;
    if (this.#drawn && MarkdownDocument.takes(text)) cache.get(id).drawn(performance.now());
  }
}

/** The parts of a text that grows, its end without marks that only what is to come makes something of. */
function closedParts(parts: readonly BlockPart[]): readonly BlockPart[] {
  const last = parts.at(-1);
  return last === undefined ? parts : [...parts.slice(0, -1), { ...last, token: withoutLooseMarks(last.token) }];
}

function sameParts(some: readonly BlockPart[], others: readonly BlockPart[]): boolean {
  return some.length === others.length && some.every((part, index) => part === others[index]);
}

type GroupProps = { readonly parts: readonly BlockPart[] };

class BlockGroup extends Component<GroupProps> {
  override shouldComponentUpdate(next: GroupProps): boolean {
    return !sameParts(next.parts, this.props.parts);
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

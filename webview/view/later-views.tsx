import type { ComponentProps, FunctionComponent, JSX } from 'preact';
import { useEffect, useReducer } from 'preact/hooks';
import { BareOutput } from './bare-output.tsx';

type Views = typeof import('./rare-views.ts').rareViews;
type Name = keyof Views;

let views: Views | null = null;
let coming: Promise<void> | null = null;

/**
 * Fetches the views that no page needs to stand. The page asks for them as soon as it is drawn: what the reader opens is
 * there at once, as if it had come with the page.
 */
export function loadLaterViews(): Promise<void> {
  coming ??= import('./rare-views.ts').then(({ rareViews }) => {
    views = rareViews;
  });
  return coming;
}

/** A view of that script; `Meanwhile` stands in for it, at about its height, where it is to be seen before it has come. */
function later<N extends Name>(
  name: N,
  Meanwhile: FunctionComponent<ComponentProps<Views[N]>> | null = null,
): FunctionComponent<ComponentProps<Views[N]>> {
  return function Later(props): JSX.Element | null {
    const [, redraw] = useReducer((drawn: number) => drawn + 1, 0);
    const missing = views === null;
    useEffect(() => {
      let gone = false;
      // It may have come since this was drawn.
      if (missing) void loadLaterViews().then(() => gone || redraw(undefined));
      return () => {
        gone = true;
      };
    }, []);
    const View = (views?.[name] ?? Meanwhile) as FunctionComponent<ComponentProps<Views[N]>> | null;
    return View === null ? null : <View {...props} />;
  };
}

export const ApprovalAnswer = later('ApprovalAnswer');
export const CallBody = later('CallBody');
export const CommandPlace = later('CommandPlace');
export const DiffPane = later('DiffPane');
export const FailureHelp = later('FailureHelp');
export const JsonPane = later('JsonPane');
export const LimitsNote = later('LimitsNote');
export const OutputPane = later('OutputPane', BareOutput);
export const ProgressBox = later('ProgressBox');
export const QueuedWays = later('QueuedWays');
export const ReceiptFacts = later('ReceiptFacts');
export const SendQuestionNote = later('SendQuestionNote');
export const SendWays = later('SendWays');
export const WorktreeBar = later('WorktreeBar');

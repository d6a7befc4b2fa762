import { ApprovalAnswer } from './approval-answer.tsx';
import { CallBody } from './call-body.tsx';
import { CommandPlace } from './command-place.tsx';
import { DiffPane } from './diff-pane.tsx';
import { FailureHelp } from './failure-help.tsx';
import { JsonPane } from './json-pane.tsx';
import { LimitsNote } from './limits-note.tsx';
import { OutputPane } from './output-pane.tsx';
import { ProgressBox } from './progress-box.tsx';
import { ReceiptFacts } from './receipt-facts.tsx';
import { SendQuestionNote } from './send-question-note.tsx';
import { QueuedWays, SendWays } from './send-ways.tsx';
import { WorktreeBar } from './worktree-bar.tsx';

// What few pages show at once, in one script of its own (see later-views.tsx): with several, the bundler would cut what they
// share with the page into as many files, and the page would begin with more of them.
export { FindBar } from '../find/index.ts';
export { Outline } from '../outline/index.ts';
export { ShortcutsList } from './shortcuts-list.tsx';

/** Those that `later-views.tsx` draws, by name. */
export const rareViews = {
  ApprovalAnswer,
  CallBody,
  CommandPlace,
  DiffPane,
  FailureHelp,
  JsonPane,
  LimitsNote,
  OutputPane,
  ProgressBox,
  QueuedWays,
  ReceiptFacts,
  SendQuestionNote,
  SendWays,
  WorktreeBar,
};

// What few pages show at once, in one script of its own (see later-views.tsx): with several, the bundler would cut what they
// share with the page into as many files, and the page would begin with more of them.
export { FindBar } from '../find/index.ts';
export { Outline } from '../outline/index.ts';
export { ApprovalAnswer } from './approval-answer.tsx';
export { DiffPane } from './diff-pane.tsx';
export { JsonPane } from './json-pane.tsx';
export { LimitsNote } from './limits-note.tsx';
export { OutputPane } from './output-pane.tsx';
export { ProgressBox } from './progress-box.tsx';
export { ReceiptFacts } from './receipt-facts.tsx';
export { SendQuestionNote } from './send-question-note.tsx';
export { QueuedWays, SendWays } from './send-ways.tsx';
export { ShortcutsList } from './shortcuts-list.tsx';
export { WorktreeBar } from './worktree-bar.tsx';

// What few pages show at once, in a script of its own: see later-views.tsx.
export { DiffPane } from './diff-pane.tsx';
export { JsonPane } from './json-pane.tsx';
export { OutputPane } from './output-pane.tsx';
export { ProgressBox } from './progress-box.tsx';
export { ReceiptFacts } from './receipt-facts.tsx';

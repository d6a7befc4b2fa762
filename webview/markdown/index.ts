export { MarkdownView } from './markdown-view.tsx';
export { type PageActions, PageActionsProvider, usePageActions } from './page-actions.ts';
export type { SafeLink } from './safe-link.ts';

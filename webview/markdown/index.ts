export { MarkdownView } from './markdown-view.tsx';
export { type PageActions, PageActionsProvider, usePageActions } from './page-actions.ts';
export { plainTexts } from './plain-text.ts';
export type { SafeLink } from './safe-link.ts';
export { safeLink } from './safe-link.ts';

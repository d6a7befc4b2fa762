export { loadLaterViews } from './later-views.tsx';
export { Page } from './page.tsx';

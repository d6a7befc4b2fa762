export { keepFocus } from './keep-focus.ts';
export { listenToKeys } from './keyboard.ts';
export { Page } from './page.tsx';

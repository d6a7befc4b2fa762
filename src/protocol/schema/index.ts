export { readFromWebview } from './from-webview.ts';

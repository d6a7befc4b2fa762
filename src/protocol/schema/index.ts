export { readFromWebview } from './from-webview.ts';
export { readReply } from './reply.ts';

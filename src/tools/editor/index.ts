export { createEditorTools } from './editor-tools.ts';
export { lookingTools } from './looking-tools.ts';

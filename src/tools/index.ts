export { createEditorTools } from './editor/index.ts';
export { createInstructions } from './instructions.ts';
export { plainFiles } from './plain-files.ts';
export { createTools, type ToolsDeps } from './session.ts';

export { applyPatchTool } from './apply-patch.ts';

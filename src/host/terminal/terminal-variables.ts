import type { EditorNode } from '../context.ts';

/** What the editor's terminals get: where `codex-lanes` lies, and the Node.js that it runs on. */
export type TerminalVariable = { readonly name: string; readonly how: 'prepend' | 'replace'; readonly value: string };

export function terminalVariables(extensionFolder: string, node: EditorNode): readonly TerminalVariable[] {
  const windows = node.platform === 'win32';
  const folder = `${extensionFolder}${windows ? '\\' : '/'}bin`;
  return [
    { name: 'PATH', how: 'prepend', value: `${folder}${windows ? ';' : ':'}` },
    { name: 'CODEX_LANES_NODE', how: 'replace', value: node.path },
  ];
}

import type { WorkspaceFiles } from '../ports/index.ts';

/** Files where there is no editor: UTF-8 with and without a mark, and nothing is held. */
export function plainFiles(): WorkspaceFiles {
  return {
    decode: async (_path, bytes) => {
      if (bytes.includes(0)) return null;
      const marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
      try {
        const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
        return { text, encoding: marked ? 'utf8bom' : 'utf8' };
      } catch {
        return null;
      }
    },
    encode: async (_path, { text, encoding }) => {
      if (encoding !== 'utf8' && encoding !== 'utf8bom') return null;
      return new TextEncoder().encode(encoding === 'utf8bom' ? `\uFEFF${text}` : text);
    },
    held: async () => null,
    replace: async () => ({ kind: 'refused', why: 'No editor has this file open.' }),
    ripgrep: () => [],
  };
}

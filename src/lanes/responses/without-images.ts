import type { InputItem } from './request.ts';

/** The same items for an endpoint that takes no images: each is a word that there was one. */
export function withoutImages(input: readonly InputItem[]): readonly InputItem[] {
  return input.map((item) => ({
    ...item,
    ...(Array.isArray(item.content) ? { content: item.content.map(inWords) } : {}),
    ...(Array.isArray(item.output) ? { output: item.output.map(inWords) } : {}),
  }));
}

function inWords(part: unknown): unknown {
  const isImage = typeof part === 'object' && part !== null && Reflect.get(part, 'type') === 'input_image';
  return isImage ? { type: 'input_text', text: '[An image stood here. This endpoint takes none.]' } : part;
}

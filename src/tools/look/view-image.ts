import * as z from 'zod';
import { readReal } from '../paths/index.ts';
import type { Tool } from '../tool.ts';
import { asToolCall, said, wrongArguments } from '../tool.ts';
import { imageTypeOf } from './magic.ts';
import type { OpenPlace } from './place.ts';

/** In bytes. */
const largest = 10 * 1024 * 1024;
const pathWords = 'Relative to the workspace, or absolute.';

/** What `view_image` takes. */
export const imageArguments = z.strictObject({ path: z.string().describe(pathWords) });

/** An image of the workspace, handed to the model. */
export function viewImageTool(openPlace: OpenPlace): Tool {
  return {
    spec: {
      name: 'view_image',
      description: 'Shows you an image file (PNG, JPEG, GIF, WebP; 10 MB at most).',
      parameters: {
        type: 'object',
        properties: { path: { type: 'string', description: pathWords } },
        required: ['path'],
        additionalProperties: false,
      },
      parallel: true,
    },
    run: (given, call, io) =>
      asToolCall(call, given, io, async () => {
        const read = imageArguments.safeParse(given);
        if (!read.success) return wrongArguments(call.name, read.error);
        const opened = await openPlace(read.data.path, call, io);
        if (opened.kind === 'shut') return opened.outcome;
        const { name, real } = opened.at;
        const found = await readReal(real, largest);
        if (found.kind === 'refused') return said(`${name}: ${found.why}`, 'failed');
        const type = imageTypeOf(found.bytes);
        if (type === null) return said(`${name} is no PNG, JPEG, GIF or WebP image.`, 'failed');
        const url = `data:${type};base64,${Buffer.from(found.bytes).toString('base64')}`;
        const words = `${name} (${type}, ${found.bytes.length} bytes)`;
        return {
          parts: [
            { type: 'text', text: words },
            { type: 'image', url },
          ],
          status: 'completed',
        };
      }),
  };
}

import type { LaneEvent } from '../../model/index.ts';
import { messageOf } from '../../model/index.ts';
import type { ResponsesLaneDeps } from './deps.ts';
import type { Answer, AskedCall } from './normalize.ts';
import { imageType } from './prompt-files.ts';

/** Characters of the largest image that is kept, in base64: 20 MB. */
const longestImage = 28_000_000;

/** A call that was asked for and did not run. */
export function notRun({ name, input, itemId }: AskedCall, why: string): LaneEvent {
  const result = `Not run: ${why}.`;
  return { kind: 'tool_call', phase: 'completed', name, arguments: fromJson(input), result, status: 'failed', itemId };
}

/** The end of an image's item: where it is kept, never the image itself. Never rejects. */
export async function keptImage(
  { itemId, args, base64 }: Answer['images'][number],
  keep: ResponsesLaneDeps['keepImage'],
): Promise<LaneEvent> {
  const call = {
    kind: 'tool_call',
    phase: 'completed',
    name: 'image_generation_call',
    arguments: args,
    itemId,
  } as const;
  const lost = (why: string): LaneEvent => ({ ...call, result: `The image was not kept: ${why}.`, status: 'failed' });
  if (keep === undefined) return lost('nothing here keeps images');
  if (base64.length > longestImage) return lost('it is larger than 20 MB');
  const bytes = Buffer.from(base64, 'base64');
  const type = imageType(bytes);
  if (type === null) return lost('it is no PNG, JPEG, GIF or WebP');
  try {
    return { ...call, result: { path: await keep(bytes, type), bytes: bytes.length }, status: 'completed' };
  } catch (error) {
    return lost(messageOf(error));
  }
}

/** What is no JSON stays text. */
function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

import * as z from 'zod';
import type { ModelFact } from '../../model/index.ts';

/** Most that is read of an answer, in bytes: OpenAI's own list is 20 KB. */
const maxBody = 1024 * 1024;
const maxModels = 200;
/** In characters; a longer id is none. */
const maxId = 128;

const list = z.object({ data: z.array(z.unknown()) });
const entry = z.object({
  id: z
    .string()
    .min(1)
    .max(maxId)
    .regex(/^\P{Cc}+$/u),
});

/** The models of an endpoint's `GET /models` answer. What is no list, too long or cut off is no models: never an error. */
export async function modelsIn(response: Response): Promise<readonly ModelFact[]> {
  let value: unknown;
  try {
    value = JSON.parse(await textOf(response));
  } catch {
    return [];
  }
  const read = list.safeParse(value);
  if (!read.success) return [];
  const ids = new Set(read.data.data.flatMap((one) => entry.safeParse(one).data?.id ?? []));
  return [...ids].slice(0, maxModels).map((id) => ({ id, label: id, description: '' }));
}

async function textOf(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let size = 0;
  for await (const bytes of response.body ?? []) {
    size += bytes.length;
    // Leaving the loop cancels the body.
    if (size > maxBody) return '';
    text += decoder.decode(bytes, { stream: true });
  }
  return text;
}

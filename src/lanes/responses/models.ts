import * as z from 'zod';
import type { ApiModel, ModelAbility } from '../../model/index.ts';

/** Most that is read of an answer, in bytes: OpenAI's own list is 20 KB, OpenRouter's with all its facts 1 MB. */
const maxBody = 4 * 1024 * 1024;
const maxModels = 500;
/** In characters; a longer id is none. */
const maxId = 128;
const maxDescription = 200;

const list = z.object({ data: z.array(z.unknown()) });
const word = z
  .string()
  .min(1)
  .max(maxId)
  .regex(/^\P{Cc}+$/u);
const tokens = z.int().positive().max(1_000_000_000).nullish().catch(null);
const flag = z.boolean().nullish().catch(null);
const words = z.array(z.string()).nullish().catch(null);

/** What servers say of a model beyond OpenAI's own fields; whatever has another shape is not said. */
const entry = z.looseObject({
  id: word,
  name: word.nullish().catch(null),
  description: z.string().nullish().catch(null),
  // LM Studio: as it is loaded, which may be less than what it could be.
  loaded_context_length: tokens,
  // vLLM, SGLang
  max_model_len: tokens,
  // Groq
  context_window: tokens,
  // OpenRouter, Together
  context_length: tokens,
  // Mistral, LM Studio
  max_context_length: tokens,
  top_provider: z.looseObject({ context_length: tokens }).nullish().catch(null),
  supported_parameters: words,
  architecture: z.looseObject({ input_modalities: words }).nullish().catch(null),
  capabilities: z.looseObject({ function_calling: flag, vision: flag, reasoning: flag }).nullish().catch(null),
});
type Entry = z.infer<typeof entry>;

/** The models of an endpoint's `GET /models` answer. What is no list, too long or cut off is no models: never an error. */
export async function modelsIn(response: Response): Promise<readonly ApiModel[]> {
  let value: unknown;
  try {
    value = JSON.parse(await textOf(response));
  } catch {
    return [];
  }
  const read = list.safeParse(value);
  if (!read.success) return [];
  const models = new Map<string, ApiModel>();
  for (const one of read.data.data) {
    const { data } = entry.safeParse(one);
    if (data !== undefined && !models.has(data.id)) models.set(data.id, modelOf(data));
  }
  return [...models.values()].slice(0, maxModels);
}

function modelOf(told: Entry): ApiModel {
  const { id, name, description } = told;
  const contextWindow = windowOf(told);
  const takes = abilitiesOf(told);
  return {
    id,
    label: name ?? id,
    description: (description ?? '')
      .replaceAll(/[\s\p{Cc}]+/gu, ' ')
      .trim()
      .slice(0, maxDescription),
    ...(contextWindow === null ? {} : { contextWindow }),
    ...(Object.keys(takes).length === 0 ? {} : { takes }),
  };
}

/** What holds where it is served counts before what the model could hold. */
function windowOf(told: Entry): number | null {
  const served = told.loaded_context_length ?? told.max_model_len ?? told.top_provider?.context_length;
  return served ?? told.context_window ?? told.context_length ?? told.max_context_length ?? null;
}

function abilitiesOf({ supported_parameters: parameters, architecture, capabilities }: Entry) {
  const modalities = architecture?.input_modalities;
  const takes: Partial<Record<ModelAbility, boolean>> = {};
  const tell = (ability: ModelAbility, is: boolean | null | undefined): void => {
    if (typeof is === 'boolean') takes[ability] = is;
  };
  tell('effort', capabilities?.reasoning);
  tell('tools', capabilities?.function_calling);
  tell('images', capabilities?.vision);
  if (parameters) {
    tell('effort', parameters.includes('reasoning') || parameters.includes('reasoning_effort'));
    tell('verbosity', parameters.includes('verbosity'));
    tell('tools', parameters.includes('tools'));
  }
  if (modalities) tell('images', modalities.includes('image'));
  return takes;
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

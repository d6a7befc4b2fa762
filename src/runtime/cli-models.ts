import * as z from 'zod';
import type { ModelFact } from '../model/index.ts';
import type { ShortRun } from '../node/index.ts';
import { jsonIn } from './json-in-noise.ts';

/** `codex debug models --bundled` of 0.169: only what a picker needs of it. */
const wireModel = z.object({
  slug: z.string().min(1),
  display_name: z.string().nullish(),
  description: z.string().nullish(),
  visibility: z.string().nullish(),
  priority: z.number().nullish(),
});
const wireCatalogue = z.object({ models: z.array(z.unknown()) });

/** The models that a build offers in its own picker, best first; an entry that can't be read is left out. */
export function readModels(run: ShortRun): readonly ModelFact[] {
  if (run.exitCode !== 0) return [];
  const catalogue = wireCatalogue.safeParse(jsonIn(run.stdout));
  if (!catalogue.success) return [];
  return catalogue.data.models
    .flatMap((entry) => {
      const { data } = wireModel.safeParse(entry);
      return data === undefined || data.visibility !== 'list' ? [] : [data];
    })
    .toSorted((a, b) => (a.priority ?? Number.MAX_SAFE_INTEGER) - (b.priority ?? Number.MAX_SAFE_INTEGER))
    .map(({ slug, display_name, description }) => ({
      id: slug,
      label: display_name || slug,
      description: description ?? '',
    }));
}

import type { Script } from '../scene.ts';
import { finish, handsTied } from '../scene.ts';

/** 16 by 16, a chequered pattern. */
const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAAAAAA6mKC9AAAAH0lEQVR42mMwMDAwuHDhwgUYzUCGADIHRJMjMEjcAQAFDIAB2GkrGgAAAABJRU5ErkJggg==';

/** `draw`: a picture, as the endpoint's own tool makes one. */
export const draw: Script = () => ({ ...finish('Here is a small picture.'), hosted: { do: 'draw', png: PNG } });

/** `search the web [for <words>]`: the endpoint's own search, where the client offers it. Nothing is looked up. */
export const searchWeb: Script = (scene, match) => {
  if (!scene.asked.hostedTools.some((type) => type.startsWith('web_search'))) return handsTied(scene, 'search the web');
  const query = (match[1] ?? 'leap years').trim();
  const words = `I looked for “${query}” and found nothing, for this endpoint has no network.`;
  return { ...finish(words), hosted: { do: 'search', query } };
};

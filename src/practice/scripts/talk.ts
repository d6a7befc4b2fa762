import type { Script } from '../scene.ts';
import { finish } from '../scene.ts';

const LONGEST_QUOTE = 80;

/** Sums up the conversation, as clients ask for when their window fills. */
export const summary: Script = ({ asked }) => {
  const quoted = asked.earlier.map((prompt) => {
    const line = prompt.replaceAll(/\s+/g, ' ').trim();
    return `- ${line.length > LONGEST_QUOTE ? `${line.slice(0, LONGEST_QUOTE)}…` : line}`;
  });
  return finish(`Summary of the conversation so far. The user asked, in this order:\n\n${quoted.join('\n')}`);
};

/** `what do you see`: the images of this turn, by kind and size. */
export const whatISee: Script = ({ asked }) => {
  if (asked.images.length === 0) return finish('I see no image.');
  const listed = asked.images.map((image) => `- ${image}`).join('\n');
  return finish(`I see ${asked.images.length === 1 ? 'one image' : `${asked.images.length} images`}:\n\n${listed}`);
};

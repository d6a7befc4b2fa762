import { bundleSizes } from './bundle-sizes.mjs';
import { firstPaint } from './first-paint.mjs';
import { idle } from './idle.mjs';
import { longAnswer } from './long-answer.mjs';
import { memory } from './memory.mjs';
import { noise } from './noise.mjs';
import { streaming } from './streaming.mjs';
import { tenThousand } from './ten-thousand.mjs';

/** One after the other: two at once would measure each other. */
export const inOrder = [noise, firstPaint, streaming, longAnswer, tenThousand, memory, idle, bundleSizes];

import { approvalScenes } from './approval-scenes.ts';
import { itemScenes } from './item-scenes.ts';
import { pageScenes } from './page-scenes.ts';
import type { Scene } from './scene.ts';
import { turnScenes } from './turn-scenes.ts';

/** Every kind of item and of line in every state, and every state of what stands around them. */
export const scenes: readonly Scene[] = [...itemScenes, ...turnScenes, ...approvalScenes, ...pageScenes];

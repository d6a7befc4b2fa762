export { plainPath } from './folder-facts.ts';
export type { Glance } from './glance.ts';
export { FolderGlance } from './glance.ts';
export { promptsFor } from './prompts.ts';
export { welcomeOf } from './welcome.ts';

export { isSecret } from './protected-names.ts';
export { readReal } from './read-real.ts';
export { mayBeLookedAt, type ResolvedPath, type Roots, resolvePath } from './resolve-path.ts';

export { isSecret } from './protected-names.ts';
export { readReal } from './read-real.ts';
export { type ResolvedPath, type Roots, resolvePath } from './resolve-path.ts';

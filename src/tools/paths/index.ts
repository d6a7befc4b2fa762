export { type ResolvedPath, type Roots, resolvePath } from './resolve-path.ts';

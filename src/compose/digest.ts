import { createHash } from 'node:crypto';
import type { Digest } from '../model/index.ts';

/** SHA-256. */
export function newDigest(): Digest {
  const hash = createHash('sha256');
  return {
    update: (text) => {
      hash.update(text);
    },
    hex: () => hash.digest('hex'),
  };
}

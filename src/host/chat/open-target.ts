/** Where a link of the chat may lead; null = nowhere, it is not opened. */
export function linkTarget(url: string): { readonly kind: 'web' | 'mail'; readonly shown: string } | null {
  if (!URL.canParse(url)) return null;
  const { protocol, href } = new URL(url);
  if (protocol === 'http:' || protocol === 'https:') return { kind: 'web', shown: href };
  return protocol === 'mailto:' ? { kind: 'mail', shown: href } : null;
}

/** True for a path that starts at a root, on any platform. */
export function isAbsolute(path: string): boolean {
  return /^(?:[\\/]|[A-Za-z]:[\\/])/.test(path);
}

/** True when `path` is `folder` or lies in it. Both with links resolved. */
export function liesIn(path: string, folder: string): boolean {
  const parts = segments(path);
  return segments(folder).every((segment, index) => parts[index] === segment);
}

function segments(path: string): readonly string[] {
  const parts = path.split(/[\\/]/).filter((part) => part !== '');
  // A drive letter may be written either way.
  return parts.map((part, index) => (index === 0 && /^[A-Za-z]:$/.test(part) ? part.toLowerCase() : part));
}

/** About how many characters a chunk has: a few words, as models send them. */
const CHUNK_CHARACTERS = 14;
/** A long text gets longer chunks instead of more of them, so that 20 KB still take only seconds. */
const MOST_CHUNKS = 240;

/** Splits a text for streaming. Joined again it is the same text; no chunk ends inside a surrogate pair. */
export function* chunks(text: string): Generator<string> {
  const size = Math.max(CHUNK_CHARACTERS, Math.ceil(text.length / MOST_CHUNKS));
  let start = 0;
  while (start < text.length) {
    let end = Math.min(text.length, start + size);
    const space = text.lastIndexOf(' ', end);
    if (end < text.length && space > start) end = space;
    if (isHighSurrogate(text.charCodeAt(end - 1)) && end < text.length) end += 1;
    yield text.slice(start, end);
    start = end;
  }
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

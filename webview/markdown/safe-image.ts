/** Longest address of an image that is shown, in characters: about 1 MB of bytes. */
const maxLength = 1_400_000;
const start = /^data:image\/(?:png|jpeg|gif|webp);base64,/;

/**
 * The address of an image that the message holds itself; null for any other. Loading one from elsewhere would tell who
 * reads, and an SVG is a document of its own.
 */
export function safeImage(href: string): string | null {
  const head = start.exec(href)?.[0];
  if (head === undefined || href.length > maxLength) return null;
  return /^[A-Za-z0-9+/]+={0,2}$/.test(href.slice(head.length)) ? href : null;
}

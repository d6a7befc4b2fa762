import { expect, test } from 'vitest';
import { maxImageBytes } from '../../protocol/index.ts';
import { readImage } from './image-data.ts';

const t = (text: string, ...args: unknown[]) => text.replace('{0}', String(args[0]));
const heads = {
  'image/png': '\u0089PNG\r\n\u001a\n0000',
  'image/jpeg': '\u00ff\u00d8\u00ff\u00e0 more',
  'image/gif': 'GIF89a more',
  'image/webp': 'RIFF\u0001\u0002\u0003\u0004WEBPVP8 ',
} as const;
type Mime = keyof typeof heads;
const url = (mime: string, text: string) => `data:${mime};base64,${btoa(text)}`;

test.each(Object.keys(heads) as Mime[])('%s is read as it is', (mime) => {
  const image = readImage(url(mime, heads[mime]), mime, t);
  expect(image).toMatchObject({ ok: true, mime });
  expect(image.ok && String.fromCharCode(...image.bytes)).toBe(heads[mime]);
});

test.each([
  ['another kind of image', url('image/png', heads['image/gif']), 'image/png', 'The image is not what it says'],
  ['a text', url('image/webp', 'RIFF only'), 'image/webp', 'The image is not what it says'],
  ['nothing', url('image/png', ''), 'image/png', 'The image is not what it says'],
  ['a kind that is none of ours', url('image/svg+xml', '<svg/>'), 'image/svg+xml', 'Only PNG'],
  ['a type beside the one in the address', url('image/gif', heads['image/png']), 'image/png', 'could not be read'],
  ['no base64', 'data:image/png;base64,§§§', 'image/png', 'could not be read'],
  ['no data address', 'https://example.com/a.png', 'image/png', 'could not be read'],
  ['too much', url('image/png', heads['image/png'] + 'x'.repeat(maxImageBytes)), 'image/png', 'larger than 10 MB'],
])('%s is refused', (_, dataUrl, mime, why) => {
  const image = readImage(dataUrl, mime, t);
  expect(image.ok ? 'taken' : image.message).toContain(why);
});

test('the largest that is allowed is taken', () => {
  const text = heads['image/png'].padEnd(maxImageBytes, 'x');
  expect(readImage(url('image/png', text), 'image/png', t).ok).toBe(true);
});

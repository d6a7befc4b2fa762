import { expect, test } from 'vitest';
import { safeImage } from './safe-image.ts';

const png = 'data:image/png;base64,iVBORw0KGgo=';

test.each([[png], ['data:image/jpeg;base64,AAAA'], ['data:image/gif;base64,AAAA'], ['data:image/webp;base64,AA==']])(
  '%s is shown',
  (href) => {
    expect(safeImage(href)).toBe(href);
  },
);

test.each([
  'https://example.com/a.png',
  'data:image/svg+xml;base64,AAAA',
  'data:image/svg+xml,<svg onload=alert(1)>',
  'data:text/html;base64,AAAA',
  'data:image/png,AAAA',
  'data:image/png;base64,',
  'data:image/png;base64,AA"onerror=',
  'a.png',
  `data:image/png;base64,${'A'.repeat(1_400_000)}`,
])('%.60s is not', (href) => {
  expect(safeImage(href)).toBeNull();
});

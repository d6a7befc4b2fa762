import { expect, test } from 'vitest';
import { chatPage } from './page.ts';

const page = chatPage({
  viewId: 'v',
  place: 'tab',
  nonce: 'n0',
  source: 'https://files.test',
  script: 'https://files.test/main.js',
  style: 'https://files.test/main.css',
  language: 'de-AT',
  direction: 'ltr',
  strings: { send: `"><script>alert('x')</script>&` },
});

test('the policy lets our own script run and nothing else', () => {
  expect(page).toContain("default-src 'none'");
  expect(page).toContain("script-src 'nonce-n0'");
  expect(page).toContain("require-trusted-types-for 'script'; trusted-types 'none'");
  expect(page).toContain('img-src data:;');
  expect(page).not.toContain('unsafe');
});

test('it says where it stands', () => {
  expect(page).toContain('data-place="tab"');
});

test('it says its language, and which way that is read', () => {
  expect(page).toContain('<html lang="de-AT" dir="ltr">');
});

test('words can not break out of their attribute', () => {
  expect(page.match(/<script/g)).toHaveLength(1);
  expect(page).toContain('data-strings="{&quot;send&quot;:&quot;\\&quot;>&lt;script>');
});

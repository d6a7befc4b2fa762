import { expect, test } from 'vitest';
import { fileMention, safeLink } from './safe-link.ts';

const url = (address: string, host: string) => ({ kind: 'url', url: address, host });
const file = (path: string, line: number | null = null, column: number | null = null) => ({
  kind: 'file',
  path,
  line,
  column,
});

test.each([
  ['https://example.com/a?b=c#d', url('https://example.com/a?b=c#d', 'example.com')],
  ['HTTP://EXAMPLE.com:8080', url('http://example.com:8080/', 'example.com:8080')],
  ['https://user@evil.example/', url('https://user@evil.example/', 'evil.example')],
  ['mailto:a@example.com', url('mailto:a@example.com', 'a@example.com')],
  ['src/a.ts', file('src/a.ts')],
  ['./src/a.ts:12', file('./src/a.ts', 12)],
  ['src/a.ts:12:4', file('src/a.ts', 12, 4)],
  ['src/a.ts:12-14', file('src/a.ts', 12)],
  ['src/a.ts:0', file('src/a.ts', 1)],
  ['src/a.ts#L12', file('src/a.ts', 12)],
  ['src/a.ts#L12-L20', file('src/a.ts', 12)],
  ['a.ts:12', file('a.ts', 12)],
  ['README', file('README')],
  ['with%20space/a.ts', file('with space/a.ts')],
  ['/abs/a.ts:3', file('/abs/a.ts', 3)],
  ['C:\\src\\a.ts:3', file('C:\\src\\a.ts', 3)],
  ['', null],
  ['#heading', null],
  ['?query', null],
  ['//host/share', null],
  ['\\\\host\\share', null],
  ['%2F%2Fhost/share', null],
  ['javascript:alert(1)', null],
  ['JaVaScRiPt:alert(1)', null],
  ['java\nscript:alert(1)', null],
  ['\u0001javascript:alert(1)', null],
  ['javascript:1', null],
  ['data:text/html,x', null],
  ['vbscript:x', null],
  ['command:workbench.action.quit', null],
  ['command%3Aworkbench.action.quit', null],
  ['vscode://file/etc/passwd', null],
  ['vscode-insiders:x', null],
  ['file:///etc/passwd', null],
  ['blob:https://a', null],
  ['ftp://a.b/c', null],
  ['https:example.com', null],
  ['https://', null],
  ['http://[', null],
  ['tel:123', null],
  ['localhost:3000', null],
  ['src/\u202egnp.ts', null],
  ['src/%E2%80%AEgnp.ts', null],
  ['~/x', null],
])('%j', (href, expected) => {
  expect(safeLink(href)).toEqual(expected);
});

test.each([
  ['src/a.ts', file('src/a.ts')],
  ['src/a.ts:12', file('src/a.ts', 12)],
  ['a.ts:12', file('a.ts', 12)],
  ['a.ts:12:3', file('a.ts', 12, 3)],
  ['a.ts#L12', file('a.ts', 12)],
  ['npm test', null],
  ['a.ts', null],
  ['foo()', null],
  ['and/or', null],
  ['javascript:alert.x:1', null],
  ['https://a.b/c.d', null],
])('code span %j', (code, expected) => {
  expect(fileMention(code)).toEqual(expected);
});

import { expect, test } from 'vitest';
import type { DoctorCheck } from '../../model/index.ts';
import { doctorMarkdown } from './doctor-markdown.ts';

const t = (text: string, ...args: readonly unknown[]) =>
  text.replace(/\{(\d)\}/g, (_, index) => String(args[Number(index)]));

const check = (id: string, status: string, more: Partial<DoctorCheck> = {}): DoctorCheck => ({
  id,
  status,
  summary: `about ${id}`,
  details: [],
  remediation: null,
  ...more,
});

test('what needs the reader comes first, with what helps; then what is well', () => {
  const checks = [
    check('config', 'ok', { details: ['model: <default>'] }),
    check('git', 'ok'),
    check('network', 'warning', { remediation: 'Set HTTPS_PROXY.', details: ['ping: 3 s', 'dns: ok'] }),
    check('auth', 'fail', { summary: 'no credentials', remediation: 'Run codex login.' }),
    check('later', 'skipped'),
  ];
  const report = { kind: 'report', overall: 'fail', version: 'codex-cli 0.169.0', checks } as const;
  expect(doctorMarkdown(report, 'asked at noon', t)).toBe(
    `# Codex Doctor

**✗ Failed** · codex\\-cli 0\\.169\\.0 · asked at noon

1 failed · 1 with a warning · 1 other · 2 well

## ✗ Failed: no credentials

auth

**What helps**: Run codex login\\.

## ⚠ Warning: about network

network

**What helps**: Set HTTPS\\_PROXY\\.

- ping\\: 3 s
- dns\\: ok

## • skipped: about later

later

## What is well

- ✓ **config**: about config
- ✓ **git**: about git

### config

- model\\: \\<default\\>
`,
  );
});

test('a report without checks, and no report, are pages too', () => {
  const empty = doctorMarkdown({ kind: 'report', overall: '', version: null, checks: [] }, 'at noon', t);
  expect(empty).toContain('0 failed · 0 with a warning · 0 well');
  const failed = doctorMarkdown({ kind: 'failed', why: 'exit code 2', hint: '' }, 'at noon', t);
  expect(failed).toBe('# Codex Doctor\n\n✗ **Codex could not be asked**: exit code 2\n\nat noon\n');
});

test('nothing that Codex says becomes markup', () => {
  const evil = '![x](https://example.com/x.png)\n# <b>';
  const report = {
    kind: 'report',
    overall: evil,
    version: evil,
    checks: [check(evil, evil, { details: [evil] })],
  } as const;
  const page = doctorMarkdown(report, 'at noon', t);
  expect(page).not.toContain('![');
  expect(page).not.toContain('<b>');
  expect(page.match(/^#+ /gm)).toEqual(['# ', '## ']);
});

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import type { ChatPage } from './chat-page.ts';
import type { ThemeName } from './themes.ts';

type Axe = {
  run(): Promise<{
    violations: { id: string; impact: string; nodes: { html: string; failureSummary: string }[] }[];
  }>;
};

const source = readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** The same in each theme that is given, by its name; the page keeps the last. */
export async function findingsIn(
  chat: ChatPage,
  names: readonly ThemeName[],
): Promise<Readonly<Partial<Record<ThemeName, readonly string[]>>>> {
  const found: Partial<Record<ThemeName, readonly string[]>> = {};
  for (const name of names) {
    await chat.wear(name);
    const serious = await seriousFindings(chat.page);
    if (serious.length > 0) found[name] = serious;
  }
  return found;
}

/** What axe finds serious or critical on the page as it stands; empty = nothing. */
export async function seriousFindings(page: Page): Promise<readonly string[]> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(await source);
  return page.evaluate(async () => {
    const { violations } = await (window as unknown as { axe: Axe }).axe.run();
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.html} ${node.failureSummary}`).join('\n')}`);
  });
}

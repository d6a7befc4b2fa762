import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Check } from '../gallery/in-page.ts';
import type { Picture } from '../gallery/pictures.ts';
import { indexOf, takePictures } from '../gallery/pictures.ts';
import type { Scene } from '../gallery/scene.ts';
import { scenes } from '../gallery/scenes.ts';
import type { Stage } from '../gallery/stage.ts';
import { looks, openStage } from '../gallery/stage.ts';

// Every kind of row in every state, in each theme and at each width. `npm run gallery` takes the pictures, too.

const folder = join(import.meta.dirname, '../../out/gallery');
const withPictures = process.env.GALLERY_PICTURES === '1';
const pictures: Picture[] = [];
let stage: Stage;
beforeAll(async () => {
  if (withPictures) await mkdir(folder, { recursive: true });
  stage = await openStage();
});
afterAll(async () => {
  if (withPictures) {
    await writeFile(join(folder, 'index.html'), indexOf(pictures));
    console.log(`${pictures.length} scenes, ${pictures.length * 2} pictures: ${join(folder, 'index.html')}`);
  }
  await stage.close();
});

/** In milliseconds: a kind is up to 15 scenes in six frames, on a machine that does something else, too. */
const enough = 120_000;

/** What each frame is looked at for: colours in each theme, boxes wherever they stand differently. */
const checks: readonly (readonly [index: number, Check])[] = [
  ...looks.flatMap(({ width }, index) => (width === 400 ? [[index, 'faint'] as const] : [])),
  // Light themes stand as dark ones do; high contrast has lines where they have none.
  ...looks.flatMap(({ theme }, index) =>
    theme.includes('light') ? [] : [[index, 'overlaps'] as const, [index, 'clipped'] as const],
  ),
  [0, 'hardCoded'],
];

/** Everything that is wrong with a scene, by the look that it is wrong in. */
async function wrongWith(scene: Scene): Promise<readonly string[]> {
  await stage.show(scene);
  const found = (await stage.look(checks)).map(({ number, check, finding }) => {
    const look = looks[number];
    return `${check} in ${look?.theme} at ${look?.width} px: ${finding}`;
  });
  const serious = await stage.axe();
  return [...found, ...serious.map((finding) => `axe: ${finding}`)];
}

const kinds = [...new Set(scenes.map(kindOf))];

function kindOf({ id }: Scene): string {
  return id.split('/')[0] ?? id;
}

test.each(kinds)(
  '%s',
  async (kind) => {
    const wrong: Record<string, readonly string[]> = {};
    const snapshots: string[] = [];
    for (const scene of scenes.filter((other) => kindOf(other) === kind)) {
      const found = await wrongWith(scene);
      if (found.length > 0) wrong[scene.id] = found;
      const part = stage.frame(0).locator(scene.whole === true ? 'body' : '.log');
      snapshots.push(`# ${scene.id}\n${await part.ariaSnapshot()}`);
      if (withPictures) pictures.push(await takePictures(stage, scene, folder));
    }
    expect.soft(wrong).toEqual({});
    await expect(`${snapshots.join('\n\n')}\n`).toMatchFileSnapshot(
      `../gallery/golden/${kind.replaceAll(' ', '-')}.yml`,
    );
  },
  enough,
);

const planted: readonly (readonly [what: string, Check | 'axe', plant: () => void])[] = [
  [
    'figures that lie over their command',
    'overlaps',
    () =>
      document.querySelector<HTMLElement>('.command .figures')?.style.setProperty('transform', 'translateX(-200px)'),
  ],
  [
    'words that end at an edge',
    'clipped',
    () => {
      const words = document.querySelector<HTMLElement>('.ask-text');
      if (words !== null) words.style.cssText = 'white-space: nowrap; width: 120px; overflow: hidden';
    },
  ],
  [
    'words that are too pale',
    'faint',
    () => document.querySelector<HTMLElement>('.prose')?.style.setProperty('color', '#555'),
  ],
  [
    'a colour of its own',
    'hardCoded',
    () => document.querySelector<HTMLElement>('.prose')?.style.setProperty('color', '#123456'),
  ],
  [
    'a button without a name',
    'axe',
    () => {
      document.querySelector('.icon-button')?.removeAttribute('title');
      document.querySelector('.icon-button')?.replaceChildren();
    },
  ],
];

test.each(planted)('%s fail the check %s', async (_, check, plant) => {
  const dates = scenes.find(({ id }) => id === 'page/a finished turn');
  if (dates === undefined) throw new Error('The scene to plant in is gone.');
  const look = () => (check === 'axe' ? stage.axe() : stage.look([[0, check]]));
  await stage.show({ ...dates, id: `planted/${check}` });
  expect(await look()).toEqual([]);
  await stage.frame(0).evaluate(plant);
  expect(await look()).not.toEqual([]);
});

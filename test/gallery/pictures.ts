import { join } from 'node:path';
import type { Scene } from './scene.ts';
import type { Stage } from './stage.ts';
import { looks, stageHeight } from './stage.ts';

/** Of a picture, in CSS pixels: the hugest scenes show their end. */
const mostHeight = 3000;

/** The pictures of a scene: every theme, and every width. Names are of files beside the index. */
export type Picture = { readonly id: string; readonly themes: string; readonly widths: string };

/** Takes both pictures of the scene that is shown, as high as all of it is. */
export async function takePictures({ page, setHeight }: Stage, { id }: Scene, folder: string): Promise<Picture> {
  const hidden = await page.evaluate(() =>
    [...document.querySelectorAll('iframe')].map(({ contentDocument }) => {
      const log = contentDocument?.querySelector('.log') ?? null;
      return log === null ? 0 : log.scrollHeight - log.clientHeight;
    }),
  );
  const height = Math.min(mostHeight, stageHeight + Math.max(...hidden));
  if (height > stageHeight) await setHeight(height);
  const file = id.replaceAll(/[^a-z0-9]+/gi, '-');
  const themes = looks.slice(0, 4).reduce((sum, { width }) => sum + width, 0);
  const widths = looks.slice(4).reduce((sum, { width }) => sum + width, 0);
  const take = async (name: string, x: number, width: number): Promise<string> => {
    await page.screenshot({ path: join(folder, name), clip: { x, y: 0, width, height } });
    return name;
  };
  const picture = {
    id,
    themes: await take(`${file}.themes.png`, 0, themes),
    widths: await take(`${file}.widths.png`, themes, widths),
  };
  if (height > stageHeight) await setHeight(stageHeight);
  return picture;
}

/** A page of all pictures, by kind. */
export function indexOf(pictures: readonly Picture[]): string {
  const kinds = [...new Set(pictures.map(({ id }) => id.split('/')[0] ?? id))];
  const figures = (kind: string) =>
    pictures
      .filter(({ id }) => id.startsWith(`${kind}/`))
      .map(
        ({ id, themes, widths }) =>
          `<figure id="${id}"><figcaption>${id}</figcaption><img src="${themes}" alt="${id} in each theme" loading="lazy"><img src="${widths}" alt="${id} at each width" loading="lazy"></figure>`,
      )
      .join('\n');
  const links = kinds.map((kind) => `<a href="#${kind}">${kind}</a>`).join(' · ');
  return `<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Gallery</title>
<style>body { font: 14px system-ui; background: #777; color: #fff } a { color: inherit } img { display: block; max-width: 100%; margin: 4px 0 } figure { margin: 0 0 32px }</style>
<h1>Gallery</h1><nav>${links}</nav>
${kinds.map((kind) => `<h2 id="${kind}">${kind}</h2>\n${figures(kind)}`).join('\n')}</html>
`;
}

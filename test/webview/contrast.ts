import type { Page } from 'playwright-core';

type Contrast = { readonly what: string; readonly ratio: number };

/**
 * Contrast of the elements' text with what is behind them, by WCAG; from pixels, since colours are oklch. `highlight`: of
 * their words where they are marked with it.
 */
export const contrast = (page: Page, selector: string, highlight?: string): Promise<readonly Contrast[]> =>
  page.locator(selector).evaluateAll((elements, mark) => {
    const canvas = document.createElement('canvas');
    const context = canvas.getContext('2d', { willReadFrequently: true });
    if (context === null) throw new Error('no canvas');
    const pixel = (...colours: readonly string[]) => {
      context.clearRect(0, 0, 1, 1);
      for (const colour of colours) {
        context.fillStyle = colour;
        context.fillRect(0, 0, 1, 1);
      }
      return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3);
    };
    const luminance = (rgb: readonly number[]) => {
      const [r = 0, g = 0, b = 0] = rgb.map((value) => {
        const part = value / 255;
        return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const behind = (element: Element): string[] => {
      const above = element.parentElement === null ? [] : behind(element.parentElement);
      return [...above, getComputedStyle(element).backgroundColor];
    };
    return elements.map((element) => {
      const marked = mark === undefined ? null : getComputedStyle(element, `::highlight(${mark})`);
      const grounds = [...behind(element), ...(marked === null ? [] : [marked.backgroundColor])];
      const { color } = marked ?? getComputedStyle(element);
      const pair = [luminance(pixel(...grounds)), luminance(pixel(...grounds, color))];
      const [dark = 0, light = 0] = pair.sort((a, b) => a - b);
      return { what: `${element.className} ${element.textContent}`, ratio: (light + 0.05) / (dark + 0.05) };
    });
  }, highlight);

// Charts of block characters: they take the colour and the font of the page that they stand in, and can be copied.

const heights = '▁▂▃▄▅▆▇█';
const widths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** One column a value, as high as its share of the largest; a value above nothing is seen, nothing is a dot. */
export function columns(values: readonly number[]): string {
  const most = Math.max(0, ...values);
  const column = (value: number) => heights[Math.max(0, Math.ceil((value / most) * heights.length) - 1)] ?? '';
  return values.map((value) => (value <= 0 ? '·' : column(value))).join('');
}

/** As long as its share of the largest, in eighths of a character; a value above nothing is seen. */
export function bar(value: number, most: number, length: number): string {
  if (value <= 0 || most <= 0) return '';
  const eighths = Math.max(1, Math.round((Math.min(value, most) / most) * length * 8));
  return '█'.repeat(Math.floor(eighths / 8)) + widths[eighths % 8];
}

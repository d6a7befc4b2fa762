/** Whether the caret stands in the first line that is drawn of the text. */
export function isAtFirstLine(area: HTMLTextAreaElement): boolean {
  const { value, selectionStart, selectionEnd } = area;
  if (selectionStart !== selectionEnd) return false;
  return (
    selectionStart === 0 || (!value.slice(0, selectionStart).includes('\n') && fits(area, value.split('\n', 1)[0]))
  );
}

/** Whether the caret stands in the last line that is drawn of the text. */
export function isAtLastLine(area: HTMLTextAreaElement): boolean {
  const { value, selectionStart, selectionEnd } = area;
  if (selectionStart !== selectionEnd) return false;
  return (
    selectionEnd === value.length || (!value.slice(selectionEnd).includes('\n') && fits(area, value.split('\n').at(-1)))
  );
}

/** Whether a line of the text is drawn as one. */
function fits(area: HTMLTextAreaElement, line = ''): boolean {
  const style = getComputedStyle(area);
  const canvas = new OffscreenCanvas(1, 1).getContext('2d');
  if (canvas === null) return false;
  canvas.font = style.font;
  const room = area.clientWidth - Number.parseFloat(style.paddingLeft) - Number.parseFloat(style.paddingRight);
  return canvas.measureText(line).width < room;
}

/** Text for a place that turns `$(name)` into an icon: shown as it is, on one line. */
export function plainLabel(text: string): string {
  return text.replace(/\s+/g, ' ').trim().replaceAll('$(', '\\$(');
}

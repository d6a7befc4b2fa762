// The themes that every view is looked at in, and the class by which the workbench shows that one is on.

/** @type {Readonly<Record<string, { label: string, marker: string }>>} */
export const themes = {
  light: { label: 'Light Modern', marker: 'vs' },
  dark: { label: 'Dark Modern', marker: 'vs-dark' },
  'high-contrast': { label: 'Dark High Contrast', marker: 'hc-black' },
  'high-contrast-light': { label: 'Light High Contrast', marker: 'hc-light' },
};

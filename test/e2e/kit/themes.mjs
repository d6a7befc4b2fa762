// The themes that every view is looked at in, and the class by which the workbench shows that one is on.

/** @type {Readonly<Record<string, { setting: string, marker: string }>>} */
export const themes = {
  'light-modern': { setting: 'Light Modern', marker: 'vs' },
  'dark-modern': { setting: 'Dark Modern', marker: 'vs-dark' },
  'high-contrast': { setting: 'Default High Contrast', marker: 'hc-black' },
  'high-contrast-light': { setting: 'Default High Contrast Light', marker: 'hc-light' },
};

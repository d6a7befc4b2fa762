// What a test window starts with: user settings and the built-in extensions that are worth their start-up time.

/** User settings of every window; a caller's settings win. */
export const defaultSettings = {
  'telemetry.telemetryLevel': 'off',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'workbench.settings.enableNaturalLanguageSearch': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'window.commandCenter': false,
  'chat.disableAIFeatures': true,
  'npm.autoDetect': 'off',
  'typescript.disableAutomaticTypeAcquisition': true,
  'update.mode': 'none',
};

/**
 * Built-in extensions of a test window: about a quarter less start-up than all 90 of them. `github-authentication` stays
 * in because each start waits five seconds for it when it is missing.
 */
export const leanBuiltins = [
  'theme-defaults',
  'theme-seti',
  'configuration-editing',
  'diff',
  'git',
  'git-base',
  'github-authentication',
  'javascript',
  'json',
  'json-language-features',
  'markdown-basics',
  'markdown-language-features',
  'media-preview',
  'merge-conflict',
  'shellscript',
  'typescript-basics',
  'typescript-language-features',
];

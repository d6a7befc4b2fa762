/** The editor's `l10n.t` as far as pure files need it: `{0}` and so on stand for the arguments. */
export type Translate = (message: string, ...args: (string | number | boolean)[]) => string;

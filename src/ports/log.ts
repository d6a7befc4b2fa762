/** The product's log (a LogOutputChannel in the editor, stderr in the CLI). Never carries prompts, model text or secrets. */
export type Log = {
  readonly debug: (message: string) => void;
  readonly info: (message: string) => void;
  readonly warn: (message: string) => void;
  readonly error: (message: string, error?: unknown) => void;
};

/** What a piece of code is, as far as a colour tells it. Each is a class name of `style/code.css`. */
export type Token =
  | 'comment'
  | 'keyword'
  | 'string'
  | 'number'
  | 'function'
  | 'type'
  | 'name'
  | 'tag'
  | 'added'
  | 'removed';

export type CodeRun = { readonly text: string; readonly token: Token | null };

/** One line without its line break. */
export type CodeLine = readonly CodeRun[];

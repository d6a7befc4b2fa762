import { env, Uri, workspace } from 'vscode';
import type { HostLog } from '../log/index.ts';

/** The chat page's words by key; an object holds the plural forms of one. The page knows what to do with both. */
export type PageWords = Readonly<Record<string, unknown>>;

export type PageLanguage = {
  /** A BCP 47 tag: numbers, times and screen readers go by it. */
  readonly tag: string;
  readonly direction: 'ltr' | 'rtl';
};

/** The languages that the page has words in. */
const languages = { en: 'ltr', de: 'ltr' } as const satisfies Readonly<Record<string, PageLanguage['direction']>>;

export type Translated = keyof typeof languages;

/** Which words the page is given in an editor of the language `editor`; where there are none, English ones. */
export function translationFor(editor: string): PageLanguage & { readonly words: Translated } {
  const [base = ''] = editor.toLowerCase().split('-');
  const words = Object.keys(languages).find((known): known is Translated => known === base) ?? 'en';
  // `de-AT` keeps Austrian figures; a tag of another language would promise words that are not there.
  return { words, tag: words === base ? editor : words, direction: languages[words] };
}

/** Reads the page's words from the extension's folder. Where they can't be read the page shows their keys. */
export async function readPageWords(built: Uri, log: HostLog): Promise<PageLanguage & { readonly strings: PageWords }> {
  const { words, tag, direction } = translationFor(env.language);
  const file = Uri.joinPath(built, 'words', `${words}.json`);
  try {
    const strings: PageWords = JSON.parse(new TextDecoder().decode(await workspace.fs.readFile(file)));
    return { tag, direction, strings };
  } catch (error) {
    log.error('The words of the chat view could not be read', error);
    return { tag, direction, strings: {} };
  }
}

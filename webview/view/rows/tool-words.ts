import type { RowOf } from '../../../src/model/index.ts';
import { t } from '../../strings.ts';
import { visible } from '../visible.ts';

/** What a call of a tool did, as a reader would say it. */
export type ToolWords = {
  readonly icon: string;
  readonly verb: string;
  /** Code, unless it is nothing of a file: the tool's name where it has no words here. */
  readonly object: string;
  readonly figure: string | null;
};

/** By the tool's name; one that is not known, or has other arguments, is shown by its name. */
export function toolWords({ name, arguments: given, result }: RowOf<'tool'>, isRunning: boolean): ToolWords {
  const path = text(given, 'path');
  // Each answer of these begins with a line that says how much it is.
  const head = typeof result === 'string' ? (result.split('\n', 1)[0] ?? '') : '';
  const words = (icon: string, [running, done]: readonly [string, string], object: string, figure: string | null) => ({
    ...{ icon, verb: isRunning ? running : done, object: visible(object), figure },
  });
  // What the turn's end, or its limits, kept from running.
  if (head.startsWith('Not run:')) return words('circle-slash', [t('notRun'), t('notRun')], name, null);
  switch (name) {
    case 'read_file':
      return words('file', [t('reading'), t('read')], path ?? name, linesOf(head));
    case 'list_files':
      return words(
        'list-tree',
        [t('listing'), t('listed')],
        path ?? '.',
        counted('filesCount', head, /: (\d+) files?$/),
      );
    case 'search_files': {
      const where = path === null ? '' : ` · ${path}`;
      const object = `${text(given, 'pattern') ?? name}${where}`;
      const matches = head === 'No match.' ? t('matchesCount', 0) : counted('matchesCount', head, /^(\d+) match/);
      return words('search', [t('searching'), t('searched')], object, matches);
    }
    case 'view_image':
      return words('file-media', [t('lookingAt'), t('lookedAt')], path ?? name, null);
    case 'workspace_problems':
      return words('warning', [t('lookingAt'), t('lookedAt')], path ?? t('toolProblems'), null);
    case 'editor_open_files':
      return words('files', [t('lookingAt'), t('lookedAt')], t('toolOpenFiles'), null);
    case 'editor_selection':
      return words('list-selection', [t('lookingAt'), t('lookedAt')], t('toolSelection'), null);
    // The endpoint's own, by the name of its item.
    case 'image_generation_call':
      return words('file-media', [t('makingImage'), t('madeImage')], '', null);
    default:
      return words('tools', [t('using'), t('used')], name, null);
  }
}

/** The file that an image of an answer is kept in; null = it is of another tool, or was not kept. */
export function imageOf({ name, result }: RowOf<'tool'>): string | null {
  return name === 'image_generation_call' ? text(result, 'path') : null;
}

/** A model may have written anything. */
function text(given: unknown, name: string): string | null {
  if (typeof given !== 'object' || given === null) return null;
  const value = (given as Readonly<Record<string, unknown>>)[name];
  return typeof value === 'string' && value !== '' ? value : null;
}

function linesOf(head: string): string | null {
  const [, first, last, all] = /: lines (\d+)-(\d+) of (\d+)/.exec(head) ?? [];
  if (first === undefined || last === undefined) return null;
  return first === '1' && last === all ? t('linesCount', Number(all)) : t('linesFromTo', first, last, all ?? '');
}

function counted(words: 'filesCount' | 'matchesCount', head: string, form: RegExp): string | null {
  const found = form.exec(head)?.[1];
  return found === undefined ? null : t(words, Number(found));
}

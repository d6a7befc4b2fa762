import type { JSX } from 'preact';
import type { RowOf } from '../../../src/model/index.ts';
import { MarkdownView } from '../../markdown/index.ts';

export function TextRow({ row }: { readonly row: RowOf<'text'> }): JSX.Element {
  return <MarkdownView id={`${row.turnId ?? ''}:${row.key}`} text={row.text} open={row.open} />;
}

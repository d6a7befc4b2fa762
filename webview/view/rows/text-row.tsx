import type { JSX } from 'preact';
import type { RowOf } from '../../../src/model/index.ts';
import { MarkdownView } from '../../markdown/index.ts';
import type { Slice } from '../../state/index.ts';
import { rangeOf } from '../../state/index.ts';

/** An answer, or a slice of a long one. */
export function TextRow(props: {
  readonly row: RowOf<'text'> | RowOf<'reasoning'>;
  readonly slice: Slice | null;
}): JSX.Element {
  const { row, slice } = props;
  const range = slice === null ? {} : { range: rangeOf(slice) };
  return <MarkdownView id={`${row.turnId ?? ''}:${row.key}`} text={row.text} open={row.open} {...range} />;
}

import type { JSX } from 'preact';
import type { RowOf } from '../../src/model/index.ts';
import { t } from '../strings.ts';
import { AttachmentName } from './attachments.tsx';
import { JsonPane } from './json-pane.tsx';
import { imageOf } from './rows/tool-words.ts';

/** What a call of a tool was given and gave back; of an image the file that opens it. */
export function CallBody({ row }: { readonly row: RowOf<'mcp'> | RowOf<'tool'> }): JSX.Element {
  const image = row.kind === 'tool' ? imageOf(row) : null;
  const error = row.kind === 'mcp' ? row.error : null;
  const result =
    row.kind === 'tool' ? row.result : row.result && (row.result.structuredContent ?? textOf(row.result.content));
  return (
    <>
      {image !== null && (
        <div class="chips">
          <span class="chip">
            <AttachmentName file={{ kind: 'image', path: image, label: t('openImage') }} />
          </span>
        </div>
      )}
      {row.arguments !== null && <JsonPane label={t('toolArguments')} value={row.arguments} />}
      {error !== null && <JsonPane label={t('toolError')} value={error} />}
      {result !== null && image === null && <JsonPane label={t('toolResult')} value={result} />}
    </>
  );
}

/** Text parts as they are, everything else as data. */
function textOf(content: readonly unknown[]): unknown {
  const texts = content.map((part) =>
    typeof part === 'object' && part !== null && 'text' in part && typeof part.text === 'string' ? part.text : null,
  );
  return texts.every((text) => text !== null) ? texts.join('\n') : content;
}

import type { JSX } from 'preact';
import type { RowOf } from '../../../src/model/index.ts';
import { t } from '../../strings.ts';
import { Disclosure } from '../disclosure.tsx';
import { CallBody, JsonPane } from '../later-views.tsx';
import type { Standing } from '../row-head.tsx';
import { RowHead, StandingIcon, standingOf } from '../row-head.tsx';
import { visible } from '../visible.ts';
import { imageOf, toolWords } from './tool-words.ts';

/** A call of an MCP server's tool. */
export function McpRow({ row }: { readonly row: RowOf<'mcp'> }): JSX.Element {
  const standing = standingOf(row);
  const name = visible(`${row.server}.${row.tool}`);
  return (
    <Disclosure
      rowKey={row.key}
      class="mcp"
      head={
        <RowHead
          icon={<StandingIcon standing={standing} done="tools" />}
          verb={standing === 'running' ? t('calling') : t('called')}
          object={<code>{name}</code>}
          title={name}
          figures={failedWords(standing)}
        />
      }
      body={() => <CallBody row={row} />}
    />
  );
}

/** A call of a tool of ours. */
export function ToolRow({ row }: { readonly row: RowOf<'tool'> }): JSX.Element {
  const standing = standingOf(row);
  const { icon, verb, object, figure } = toolWords(row, standing === 'running');
  return (
    <Disclosure
      rowKey={row.key}
      class="tool"
      openByDefault={imageOf(row) !== null}
      head={
        <RowHead
          icon={<StandingIcon standing={standing} done={icon} />}
          verb={verb}
          object={object === '' ? undefined : <code>{object}</code>}
          title={[...new Set([visible(row.name), object])].filter(Boolean).join(': ')}
          figures={row.status === 'declined' ? t('declined') : (failedWords(standing) ?? figure)}
        />
      }
      body={() => <CallBody row={row} />}
    />
  );
}

export function WebSearchRow({ row }: { readonly row: RowOf<'web-search'> }): JSX.Element {
  const standing = standingOf(row);
  return (
    <Disclosure
      rowKey={row.key}
      class="web-search"
      head={
        <RowHead
          icon={<StandingIcon standing={standing} done="globe" />}
          verb={standing === 'running' ? t('searching') : t('searched')}
          object={visible(row.query)}
          title={visible(row.query)}
          figures={failedWords(standing)}
        />
      }
      body={null}
    />
  );
}

export function SubagentRow({ row }: { readonly row: RowOf<'subagent'> }): JSX.Element {
  const standing = standingOf(row);
  return (
    <Disclosure
      rowKey={row.key}
      class="subagent"
      head={
        <RowHead
          icon={<StandingIcon standing={standing} done="type-hierarchy-sub" />}
          verb={standing === 'running' ? t('delegatingTo') : t('delegated')}
          object={visible(row.prompt ?? row.tool)}
          title={visible(row.prompt ?? row.tool)}
          figures={failedWords(standing)}
        />
      }
      body={() => (
        <>
          {row.prompt !== null && <JsonPane label={t('subagentPrompt')} value={row.prompt} />}
          {row.receivers.length > 0 && <JsonPane label={t('subagentReceivers')} value={row.receivers.join('\n')} />}
          {row.states !== null && <JsonPane label={t('toolState')} value={row.states} />}
        </>
      )}
    />
  );
}

function failedWords(standing: Standing): JSX.Element | null {
  if (standing === 'failed') return <span class="error">{t('failed')}</span>;
  return standing === 'cut-off' ? <span>{t('didNotFinish')}</span> : null;
}

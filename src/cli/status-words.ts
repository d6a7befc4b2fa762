import type { BackendOption, StampedStatus } from '../model/index.ts';
import { badges, labelOf, optionOf, runtimeLine } from '../routing/index.ts';
import { inColumns, joined } from './columns.ts';

/** The status document in words, for a terminal. */
export function statusWords({ document, inputs }: StampedStatus): string {
  const { codex } = document.providers;
  const labelled = (id: Parameters<typeof optionOf>[1]): string => optionOf(codex, id)?.label ?? id;
  const { selectedBackendId: selected, resolvedBackendId: resolved } = codex;
  return [
    runtimeLine(document).english,
    '',
    ...inColumns([
      ['Selected', `${labelled(selected)} (${inputs.selectedSource})`],
      ['Resolved', resolved === null ? 'no lane' : labelled(resolved)],
      ['Status', joined([codex.statusMessage, codex.detailMessage])],
      ['Credential', `${codex.backend?.authMethodDetail ?? codex.authMethod ?? 'none'}, ${codex.verificationState}`],
      ['Endpoint', codex.backend?.endpointLabel ?? null],
      ...codex.externalRuntimeDiagnostics.map(
        ({ label, statusMessage, detailMessage }) => [label, joined([statusMessage, detailMessage])] as const,
      ),
    ]),
    '',
    'Lanes',
    ...inColumns(
      codex.availableBackends.map((option) => [labelOf(codex, option).english, optionWords(option)] as const),
      '  ',
    ),
  ].join('\n');
}

function optionWords(option: BackendOption): string {
  const marks = badges(option).map(({ english }) => english);
  const said = joined([option.statusMessage, option.detailMessage]) ?? option.state;
  return marks.length === 0 ? said : `${said} [${marks.join(', ')}]`;
}

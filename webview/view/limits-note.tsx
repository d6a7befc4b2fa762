import type { JSX } from 'preact';
import type { Words } from '../../src/protocol/index.ts';
import { Icon } from './icon.tsx';

/** A limit that is nearly used up, said before a long task; it keeps nobody from sending. */
export function LimitsNote({ limits }: { readonly limits: Words }): JSX.Element {
  return (
    <div class="limits" id="limits" title={limits.tooltip}>
      <Icon name={limits.icon} />
      <span>{limits.label}</span>
      <span class="sr-only">. {limits.tooltip}</span>
    </div>
  );
}

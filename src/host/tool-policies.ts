import type { ToolPolicy } from '../model/index.ts';
import { toolPolicies } from '../model/index.ts';
import type { Translate } from './translate.ts';

/** `icon` is a codicon's name. */
type Words = { readonly icon: string; readonly label: string; readonly tooltip: string };

/** What each policy of the API lane's tools lets the model do unasked, and what holds its commands. */
export function policyWords(policy: ToolPolicy, t: Translate): Words {
  switch (policy) {
    case 'read-only':
      return {
        icon: 'lock',
        label: t('read only'),
        tooltip: t(
          'The model reads and changes nothing. A command asks, and runs only in a sandbox that lets it write nothing.',
        ),
      };
    case 'ask':
      return { icon: 'question', label: t('asks'), tooltip: t('Each change and each command asks.') };
    case 'auto-edit':
      return {
        icon: 'edit',
        label: t('edits unasked'),
        tooltip: t('Files of the folder are changed unasked; each command asks.'),
      };
    case 'full':
      return {
        icon: 'rocket',
        label: t('works unasked'),
        tooltip: t(
          'Files of the folder are changed unasked, and commands in the sandbox of Codex run unasked: they can read all that you can, secrets too. A command without a sandbox asks.',
        ),
      };
  }
}

/** `hasCodex`: its program is there, and with it the sandbox. */
export function shownPolicies(hasCodex: boolean, t: Translate): Readonly<Record<ToolPolicy, Words>> {
  const always = t('What lies outside the folder, what is protected and what holds secrets always asks.');
  const words = (policy: ToolPolicy): Words => {
    const { tooltip, ...rest } = policyWords(policy, t);
    // Nothing would keep a command from writing.
    const unsandboxed =
      policy === 'read-only'
        ? t('Codex was not found here: commands have no sandbox, and none runs.')
        : t('Codex was not found here: commands have no sandbox, and each one asks.');
    return { ...rest, tooltip: [tooltip, always, ...(hasCodex ? [] : [unsandboxed])].join('\n') };
  };
  return { 'read-only': words('read-only'), ask: words('ask'), 'auto-edit': words('auto-edit'), full: words('full') };
}

/** A row of the picker; null = as configured. */
export type PolicyRow = Words & { readonly policy: ToolPolicy | null; readonly description: string };

export function policyRows(own: ToolPolicy | null, configured: ToolPolicy, t: Translate): readonly PolicyRow[] {
  const inEffect = (policy: ToolPolicy | null) => (policy === own ? t('in effect') : '');
  return [
    {
      policy: null,
      icon: 'settings',
      label: t('As configured'),
      description: [policyWords(configured, t).label, inEffect(null)].filter(Boolean).join(' · '),
      tooltip: policyWords(configured, t).tooltip,
    },
    ...toolPolicies.map((policy) => ({ ...policyWords(policy, t), policy, description: inEffect(policy) })),
  ];
}

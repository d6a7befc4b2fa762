import { readFile } from 'node:fs/promises';
import type { Attachment, ReviewTarget, SandboxMode } from '../../model/index.ts';
import type { LaneTurn } from '../../ports/index.ts';
import type { AppServer } from '../../runtime/index.ts';
import { field } from './wire.ts';

type UserInput = AppServer.TurnStartParams['input'][number];

/** What the user gave to a turn, as the server takes it: other files are named in the text. */
export function inputOf({ text, attachments }: { readonly text: string; readonly attachments: readonly Attachment[] }) {
  const files = attachments.filter(({ kind }) => kind === 'file');
  const names = files.map(({ path }) => `- ${path}`).join('\n');
  const words = files.length === 0 ? text : `${text}\n\nAttached files:\n${names}`;
  const images = attachments.filter(({ kind }) => kind === 'image');
  return [
    { type: 'text', text: words, text_elements: [] },
    ...images.map(({ path }) => ({ type: 'localImage' as const, path })),
  ] satisfies UserInput[];
}

/**
 * The sandbox of one turn. `inEffect` is what the thread runs with, which knows the user's configuration (network access for
 * one); where that is of another kind, the strict form of the one that is asked for.
 */
export function sandboxPolicy(
  mode: SandboxMode,
  addDirs: readonly string[],
  inEffect: unknown,
): AppServer.SandboxPolicy {
  const networkAccess = field(inEffect, 'networkAccess') === true;
  switch (mode) {
    case 'danger-full-access':
      return { type: 'dangerFullAccess' };
    case 'read-only':
      return { type: 'readOnly', networkAccess: field(inEffect, 'type') === 'readOnly' && networkAccess };
    case 'workspace-write': {
      const known = field(inEffect, 'type') === 'workspaceWrite' ? inEffect : null;
      const roots = field(known, 'writableRoots');
      const configured = Array.isArray(roots) ? roots.filter((root) => typeof root === 'string') : [];
      return {
        type: 'workspaceWrite',
        writableRoots: [...new Set([...configured, ...addDirs])],
        networkAccess: known !== null && networkAccess,
        excludeTmpdirEnvVar: field(known, 'excludeTmpdirEnvVar') === true,
        excludeSlashTmp: field(known, 'excludeSlashTmp') === true,
      };
    }
  }
}

/** The schema for the answer, whose file was looked at before. Throws where it is gone since. */
export async function schemaOf({
  outputSchema,
}: LaneTurn): Promise<NonNullable<AppServer.TurnStartParams['outputSchema']> | null> {
  return outputSchema === null ? null : JSON.parse(await readFile(outputSchema, 'utf8'));
}

/** 0.169 reviews in the thread itself and nowhere else. */
export function reviewOf(target: ReviewTarget, threadId: string): AppServer.ReviewStartParams {
  return { threadId, target: wireTarget(target), delivery: 'inline' };
}

function wireTarget(target: ReviewTarget): AppServer.ReviewStartParams['target'] {
  switch (target.kind) {
    case 'uncommitted_changes':
      return { type: 'uncommittedChanges' };
    case 'base_branch':
      return { type: 'baseBranch', branch: target.branch };
    case 'commit':
      return { type: 'commit', sha: target.sha, title: target.title };
    case 'custom':
      return { type: 'custom', instructions: target.instructions };
  }
}

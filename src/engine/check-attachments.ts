import type { Attachment, TurnError } from '../model/index.ts';
import type { Lane } from '../ports/index.ts';

/** Null = the lane can take them. */
export function noImagesFor(lane: Lane, attachments: readonly Attachment[] = []): TurnError | null {
  const image = attachments.find(({ kind }) => kind === 'image');
  if (image === undefined || lane.capabilities.images) return null;
  return {
    code: 'bad_request',
    message: `${nameOf(lane)} takes no images (${image.label}).`,
    retryable: false,
    hint: 'Remove the image, or choose the Codex native lane.',
  };
}

function nameOf({ id }: Lane): string {
  switch (id) {
    case 'api':
      return 'The OpenAI API lane';
    case 'codex-native':
      return 'The Codex native lane';
  }
}

/** Why a prompt is not taken with them; null = it is. `check` says of one what is wrong with it. */
export async function wrongAttachment(
  attachments: readonly Attachment[],
  check: (attachment: Attachment) => Promise<string | null>,
): Promise<string | null> {
  const found = await Promise.all(attachments.map(check));
  return found.find((wrong) => wrong !== null) ?? null;
}

/** The name this endpoint goes by wherever it answers: model list, provider name, texts. */
export const PRACTICE_LABEL = 'practice (offline)';

/** Header on every answer, so that a client can tell practice from a real endpoint without reading the text. */
export const PRACTICE_HEADER = 'x-codex-lanes-practice';

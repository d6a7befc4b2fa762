// The few globals that every JavaScript runtime has and the ES library does not describe. Only the pure world sees this
// file; elsewhere the real declarations apply. Source: WHATWG DOM, interface AbortSignal.

interface AbortSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
  throwIfAborted(): void;
  addEventListener(type: 'abort', listener: () => void, options?: { readonly once?: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

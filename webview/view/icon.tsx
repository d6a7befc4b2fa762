import type { JSX } from 'preact';

/** A codicon. Meaning never rests on it alone: words or a label for screen readers stand beside it. */
export function Icon(props: { readonly name: string; readonly spin?: boolean; readonly class?: string }): JSX.Element {
  // Names come from the host too: anything but a plain name would be other classes.
  const name = /^[a-z0-9-]+$/.test(props.name) ? props.name : 'circle-outline';
  const spin = props.spin === true ? ' codicon-modifier-spin' : '';
  return <span class={`codicon codicon-${name}${spin} ${props.class ?? ''}`} aria-hidden="true" />;
}

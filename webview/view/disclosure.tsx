import type { ComponentChildren, JSX } from 'preact';
import { useHoldPlace } from '../hold-place.ts';
import { useApp } from './app-context.ts';

/** Whether the reader opened what `key` names; their choice outlives a reload. */
export function useExpanded(key: string, byDefault: boolean): { readonly open: boolean; readonly toggle: () => void } {
  const { store, actions } = useApp();
  const holdPlace = useHoldPlace();
  const open = store.expansion.value[key] ?? byDefault;
  return {
    open,
    toggle: () => {
      holdPlace();
      actions.setExpanded(key, !open);
    },
  };
}

type DisclosureProps = {
  readonly rowKey: string;
  readonly class: string;
  readonly head: ComponentChildren;
  readonly openByDefault?: boolean;
  /** Drawn only while open; null = there is nothing to open. */
  readonly body: (() => ComponentChildren) | null;
};

/** One line that opens. The whole line is the button. */
export function Disclosure(props: DisclosureProps): JSX.Element {
  const { open, toggle } = useExpanded(props.rowKey, props.openByDefault ?? false);
  if (props.body === null) {
    return (
      <div class={`row ${props.class}`}>
        <div class="head">{props.head}</div>
      </div>
    );
  }
  const id = `body-${props.rowKey}`;
  return (
    <div class={`row ${props.class}`}>
      <button type="button" class="head" aria-expanded={open} aria-controls={open ? id : undefined} onClick={toggle}>
        {props.head}
      </button>
      {open && (
        <div class="body" id={id}>
          {props.body()}
        </div>
      )}
    </div>
  );
}

import type { JSX } from 'preact';
import { Component } from 'preact';
import type { Entry } from '../state/index.ts';
import { sameEntry } from '../state/index.ts';
import { t } from '../strings.ts';
import { GroupRow, RowView } from './rows/index.ts';
import { RunningRow } from './running-row.tsx';

type SlotProps = { readonly entry: Entry };

/** Draws an entry when it changed, and keeps a row that can't be drawn from taking the page with it. */
export class EntrySlot extends Component<SlotProps, { readonly failed: Entry | null }> {
  override state = { failed: null };

  override shouldComponentUpdate(next: SlotProps, state: { readonly failed: Entry | null }): boolean {
    return state.failed !== this.state.failed || !sameEntry(next.entry, this.props.entry);
  }

  override componentDidCatch(): void {
    this.setState({ failed: this.props.entry });
  }

  override render({ entry }: SlotProps, { failed }: { readonly failed: Entry | null }): JSX.Element {
    if (failed !== null && sameEntry(failed, entry)) return <div class="row quiet">{t('rowNotShown')}</div>;
    switch (entry.kind) {
      case 'row':
        return (
          <RowView
            row={entry.row}
            turn={entry.turn}
            promptNumber={entry.promptNumber}
            folder={entry.folder}
            rerouted={entry.rerouted}
          />
        );
      case 'group':
        return <GroupRow groupKey={entry.key} rows={entry.rows} />;
      case 'running':
        return <RunningRow row={entry.row} turn={entry.turn} />;
    }
  }
}

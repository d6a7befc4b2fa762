import type { JSX } from 'preact';
import { Component } from 'preact';
import type { Place } from '../state/index.ts';
import { samePlace } from '../state/index.ts';
import { t } from '../strings.ts';
import { GroupMember, GroupRow, RowView } from './rows/index.ts';
import { RunningRow } from './running-row.tsx';

type SlotProps = { readonly place: Place };

/** Draws a place of the list when it changed, and keeps a row that can't be drawn from taking the page with it. */
export class EntrySlot extends Component<SlotProps, { readonly failed: Place | null }> {
  override state = { failed: null };

  override shouldComponentUpdate(next: SlotProps, state: { readonly failed: Place | null }): boolean {
    return state.failed !== this.state.failed || !samePlace(next.place, this.props.place);
  }

  override componentDidCatch(): void {
    this.setState({ failed: this.props.place });
  }

  override render({ place }: SlotProps, { failed }: { readonly failed: Place | null }): JSX.Element {
    if (failed !== null && samePlace(failed, place)) return <div class="row quiet">{t('rowNotShown')}</div>;
    const { entry, part } = place;
    switch (entry.kind) {
      case 'row':
        return (
          <RowView
            row={entry.row}
            turn={entry.turn}
            promptNumber={entry.promptNumber}
            folder={entry.folder}
            rerouted={entry.rerouted}
            slice={part.kind === 'slice' ? part : null}
          />
        );
      case 'group':
        return part.kind === 'member' ? (
          <GroupMember row={part.row} />
        ) : (
          <GroupRow groupKey={entry.key} rows={entry.rows} />
        );
      case 'running':
        return <RunningRow row={entry.row} turn={entry.turn} />;
    }
  }
}

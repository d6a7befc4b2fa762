import type { JSX } from 'preact';
import type { Row, TurnView } from '../../../src/model/index.ts';
import type { Slice } from '../../state/index.ts';
import { ApprovalRow } from './approval-row.tsx';
import { McpRow, SubagentRow, ToolRow, WebSearchRow } from './call-rows.tsx';
import { CommandRow } from './command-row.tsx';
import { FailureRow } from './failure-row.tsx';
import { FileChangeRow } from './file-change-row.tsx';
import { PlanRow } from './plan-row.tsx';
import { InterruptionRow, NoticeRow, RawRow, WarningRow } from './quiet-rows.tsx';
import { ReasoningRow } from './reasoning-row.tsx';
import { ReceiptRow } from './receipt-row.tsx';
import { TextRow } from './text-row.tsx';
import { UserRow } from './user-row.tsx';

/** The view of each kind of row. */
export function RowView(props: {
  readonly row: Row;
  readonly turn: TurnView | null;
  readonly promptNumber: number | null;
  readonly folder: string | null;
  readonly rerouted: boolean;
  /** Which slice of the row's text this place shows; left out = all of it. */
  readonly slice?: Slice | null;
}): JSX.Element {
  const { row, slice = null } = props;
  switch (row.kind) {
    case 'user':
      return <UserRow row={row} number={props.promptNumber} folder={props.folder} slice={slice} />;
    case 'text':
      return <TextRow row={row} slice={slice} />;
    case 'reasoning':
      return <ReasoningRow row={row} slice={slice} />;
    case 'command':
      return <CommandRow row={row} />;
    case 'file-change':
      return <FileChangeRow row={row} />;
    case 'mcp':
      return <McpRow row={row} />;
    case 'tool':
      return <ToolRow row={row} />;
    case 'web-search':
      return <WebSearchRow row={row} />;
    case 'subagent':
      return <SubagentRow row={row} />;
    case 'plan':
      return <PlanRow row={row} />;
    case 'approval':
      return <ApprovalRow row={row} />;
    case 'warning':
      return <WarningRow row={row} />;
    case 'notice':
      return <NoticeRow row={row} />;
    case 'raw':
      return <RawRow row={row} />;
    case 'failure':
      return <FailureRow row={row} asked={props.turn?.asked ?? null} />;
    case 'interruption':
      return <InterruptionRow row={row} />;
    case 'receipt':
      return <ReceiptRow row={row} rerouted={props.rerouted} />;
  }
}

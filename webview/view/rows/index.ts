export { GroupMember, GroupRow } from './group-row.tsx';
export { RowView } from './row-view.tsx';

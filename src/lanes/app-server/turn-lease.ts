import type { Lease } from '../../runtime/index.ts';

/** What a turn needs of its server. */
export type TurnLease = Pick<
  Lease,
  | 'request'
  | 'onNotification'
  | 'handle'
  | 'onStderr'
  | 'onWire'
  | 'observe'
  | 'endCommandsOf'
  | 'endServer'
  | 'ended'
  | 'pid'
  | 'generation'
  | 'notices'
  | 'vault'
>;

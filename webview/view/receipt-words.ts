import type { LaneSelection } from '../../src/model/index.ts';
import { t } from '../strings.ts';

/** Whether a receipt names the model that answered. */
export const isTold = (modelServed: string): boolean => modelServed !== 'unknown' && modelServed !== '';

export function laneWords(lane: LaneSelection | null): string {
  switch (lane) {
    case 'api':
      return t('laneApi');
    case 'codex-native':
      return t('laneNative');
    case 'auto':
      return t('laneAuto');
    case null:
      return t('laneNone');
  }
}

import type { WarningSource } from '../../src/model/index.ts';
import { t } from '../strings.ts';

/** Where a warning comes from, in words. */
export function warningSource(source: WarningSource): string {
  switch (source) {
    case 'process':
      return t('warningProcess');
    case 'history':
      return t('warningHistory');
    case 'thread':
      return t('warningThread');
    case 'config':
      return t('warningConfig');
    case 'provisioning':
      return t('warningProvisioning');
  }
}

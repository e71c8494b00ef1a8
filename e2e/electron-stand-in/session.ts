import { chromium } from './chromium.ts';
import { record } from './facts.ts';

type RequestHandler = (contents: null, permission: string, answer: (granted: boolean) => void) => void;
type CheckHandler = (contents: null, permission: string, origin: string) => boolean;

/** Electron's names for what a page can ask, and Chromium's names for the same. */
const permissions = {
  geolocation: 'geolocation',
  notifications: 'notifications',
  midiSysex: 'midi',
  'clipboard-read': 'clipboard-read',
} as const;

/**
 * https://www.electronjs.org/docs/latest/api/session: Chromium is told the answers beforehand, as it can't be made to
 * ask. Electron grants what no handler denies, and so does this.
 */
export const session = {
  defaultSession: {
    setPermissionRequestHandler(handler: RequestHandler) {
      for (const [permission, name] of Object.entries(permissions)) {
        handler(null, permission, (granted) => {
          record({ kind: 'permission', permission, granted });
          const setting = granted ? 'granted' : 'denied';
          chromium.browser.send('Browser.setPermission', { permission: { name }, setting }).catch(() => {});
        });
      }
    },
    setPermissionCheckHandler(handler: CheckHandler) {
      for (const permission of Object.keys(permissions)) {
        record({
          kind: 'permission',
          permission: `check:${permission}`,
          granted: handler(null, permission, ''),
        });
      }
    },
  },
};

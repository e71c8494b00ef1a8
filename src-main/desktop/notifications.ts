import { Notification } from 'electron';
import type { Notifier } from '../core/ports.ts';

/** Not every platform reports that a notification was closed; clicks on older ones than these are not heard. */
const keptAtMost = 32;

/** The desktop's own notifications; a click on one shows the window. Where there are none, nothing happens. */
export function createDesktopNotifier(show: () => void): Notifier {
  // A notification that is collected as garbage no longer reports its click.
  const shown = new Set<Notification>();
  return {
    notify({ title, body }) {
      if (!Notification.isSupported()) return;
      const notification = new Notification({ title, body });
      shown.add(notification);
      const [oldest] = shown;
      if (shown.size > keptAtMost && oldest !== undefined) shown.delete(oldest);
      notification.on('click', show);
      notification.on('close', () => shown.delete(notification));
      notification.show();
    },
  };
}

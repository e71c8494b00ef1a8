import { EventEmitter } from 'node:events';
import { beforeEach, expect, it, vi } from 'vitest';
import { createDesktopNotifier } from './notifications.ts';

const desktop = vi.hoisted(() => ({ notifications: [] as EventEmitter[], supported: true }));

vi.mock('electron', () => ({
  Notification: class extends EventEmitter {
    static isSupported = () => desktop.supported;
    show() {
      desktop.notifications.push(this);
    }
  },
}));

beforeEach(() => {
  desktop.notifications = [];
  desktop.supported = true;
});

const notice = { title: 'Corner Bakery wants a person', body: 'A complaint' };

it('shows the window on a click', () => {
  const show = vi.fn();
  createDesktopNotifier(show).notify(notice);
  desktop.notifications[0]?.emit('click');
  expect(show).toHaveBeenCalledOnce();
});

it('does nothing where there are no notifications', () => {
  desktop.supported = false;
  createDesktopNotifier(() => {}).notify(notice);
  expect(desktop.notifications).toEqual([]);
});

it('holds a bounded number, the latest, where nothing reports that one was closed', () => {
  const added = vi.spyOn(Set.prototype, 'add');
  const notifier = createDesktopNotifier(() => {});
  for (let count = 0; count < 100; count += 1) notifier.notify(notice);
  const last = desktop.notifications.at(-1);
  const at = added.mock.calls.findIndex(([value]) => value === last);
  const shown = added.mock.contexts[at] as Set<unknown>;
  added.mockRestore();
  expect([...shown]).toEqual(desktop.notifications.slice(-32));
  last?.emit('close');
  expect(shown.size).toBe(31);
});

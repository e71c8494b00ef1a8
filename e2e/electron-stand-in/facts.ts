/** What the desktop host did with parts of Electron that no page shows; specs ask for these. */
export type Fact =
  | { kind: 'scheme'; scheme: string; privileges: unknown }
  | { kind: 'window'; webPreferences: unknown }
  | { kind: 'window-shown' }
  | { kind: 'window-open'; url: string; action: string }
  | { kind: 'navigation'; url: string; prevented: boolean }
  | { kind: 'permission'; permission: string; granted: boolean }
  | { kind: 'tray'; tooltip: string; menu: string[] }
  | { kind: 'notification'; title: string; body: string }
  | { kind: 'second-instance' }
  | { kind: 'error-box'; title: string; content: string };

const facts: Fact[] = [];

export function record(fact: Fact): void {
  facts.push(fact);
}

/** The message with which a spec asks for the facts over the process's IPC channel, and the one that answers. */
export interface FactsRequest {
  type: 'facts';
}
export interface FactsAnswer {
  type: 'facts';
  facts: Fact[];
}

/** The message with which a spec clicks an item of the tray's menu. */
export interface TrayClick {
  type: 'tray-click';
  label: string;
}

process.on('message', (message: Partial<FactsRequest>) => {
  if (message.type === 'facts') process.send?.({ type: 'facts', facts } satisfies FactsAnswer);
});
// The channel alone must not keep the app running.
process.channel?.unref();

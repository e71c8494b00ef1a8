import { AsyncLocalStorage } from 'node:async_hooks';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Delivery } from '../../src-preload/contract/api.ts';
import type { CallEvent, CallView } from '../../src-preload/contract/calls.ts';
import { AccountService } from './account/account-service.ts';
import { OutboxWorker } from './afterwards/outbox-worker.ts';
import { WrapUp } from './afterwards/wrap-up.ts';
import { AlertService } from './alerts/alert-service.ts';
import { AwaitedCalls } from './awaited-calls/awaited-calls.ts';
import { CallLog } from './calls/call-log.ts';
import { CallService } from './calls/call-service.ts';
import { rebuildCall } from './calls/call-state.ts';
import { Recorder } from './calls/recorder.ts';
import { VoicemailKeeper } from './calls/voicemail-keeper.ts';
import type { Core, CoreOptions } from './core.ts';
import { AttachedNumberQueries } from './database/attached-numbers.ts';
import { CallQueries } from './database/calls.ts';
import { ContactQueries } from './database/contacts.ts';
import { DeskQueries } from './database/desk.ts';
import { openDatabase } from './database/open-database.ts';
import { OutboxQueries } from './database/outbox.ts';
import { RouteMemoryQueries } from './database/route-memory.ts';
import { SettingQueries } from './database/settings.ts';
import { TransferQueries } from './database/transfers.ts';
import { WebhookRequestQueries } from './database/webhook-requests.ts';
import { DeskService } from './desk/desk-service.ts';
import { DestinationService } from './destinations/destination-service.ts';
import { examine } from './doctor/doctor.ts';
import { messageOf } from './errors.ts';
import { NetService } from './net/net-service.ts';
import { NumberService } from './numbers/number-service.ts';
import type { Ports } from './ports.ts';
import { ProfileService } from './profile/profile-service.ts';
import { PromiseService } from './promises/promise-service.ts';
import { ExplainService } from './routing/explain-service.ts';
import { prepareRoutes } from './routing/prepare-routes.ts';
import { ReplayService } from './routing/replay-service.ts';
import { RouteMemory } from './routing/route-memory.ts';
import { RouteService } from './routing/route-service.ts';
import { OriginProofs } from './tunnel/origin-proofs.ts';
import { TunnelService } from './tunnel/tunnel-service.ts';
import { AuthTokens } from './webhooks/auth-tokens.ts';
import { createCallsWebhook } from './webhooks/calls-webhook.ts';
import { callLinks } from './webhooks/links.ts';
import { PlatformKeys } from './webhooks/platform-keys.ts';
import { RefusalBudget } from './webhooks/refusal-budget.ts';
import { RelaySocket } from './webhooks/relay-socket.ts';
import { createTransferWebhook } from './webhooks/transfer-webhook.ts';
import { WebhookServer } from './webhooks/webhook-server.ts';

/** How often calls are looked through for those whose end nobody reported. */
const sweepEveryMs = 60 * 1000;

/** How long a stop waits for summaries and webhooks under way; the next start goes on with them. */
const wrapUpPatienceMs = 1_500;

/** The one place where the rooms are wired together. Opens the database; nothing listens before `start`. */
export function createCore(options: CoreOptions, ports: Ports): Core {
  const { clock, logger, vault, notifier, models, outbound, texts, twilio, tunnels } = ports;
  mkdirSync(options.dataDir, { recursive: true, mode: 0o700 });
  const db = openDatabase(join(options.dataDir, 'patchbay.db'), { logger, clock });
  const accountDb = options.forgetsAccount ? openDatabase(':memory:', { logger, clock }) : db;
  const callQueries = new CallQueries(db);
  const contacts = new ContactQueries(db);
  const webhookRequests = new WebhookRequestQueries(db);
  const transfers = new TransferQueries(db);
  const outbox = new OutboxQueries(db);

  /** A notice that can't be shown must not cost a call anything. */
  const notify: typeof notifier.notify = (notice) => {
    try {
      notifier.notify(notice);
    } catch (thrown) {
      logger.error('A notice could not be shown', { problem: messageOf(thrown) });
    }
  };
  let backlog = 0;
  const onDeferred = (waiting: number) => {
    if (backlog === 0 && waiting > 0) {
      notify({
        title: 'The database can’t be written',
        body: 'Calls go on and are recorded as soon as it can.',
      });
    }
    backlog = waiting;
  };
  const recorder = new Recorder(db, { logger, clock, onDeferred });
  const deskService = new DeskService({ queries: new DeskQueries(db, contacts), clock, logger });
  deskService.load();
  const desk = () => deskService.current();

  let webhookUrl = '';
  const settings = new SettingQueries(accountDb);
  const attachedNumbers = new AttachedNumberQueries(accountDb, { onDelete: () => net.refresh() });
  const proofs = new OriginProofs({ clock });
  const goingLive = { twilio, db: accountDb, settings, desk, notifier: { notify }, clock, logger };
  const tunnel = new TunnelService({
    ...goingLive,
    tunnels,
    vault,
    proofs,
    fixedChoice: options.tunnel,
    twilioIsHere: options.twilioIsHere === true,
  });
  const publicOrigin = () => tunnel.publicUrl() ?? webhookUrl;
  const origins = () => [...new Set([publicOrigin(), ...tunnel.formerOrigins()])];
  const askedAt = new AsyncLocalStorage<string>();
  /** Where TwiML leads. Until a new public URL is proven, the one under which Twilio has just asked is sure to work. */
  const origin = () => tunnel.provenOrigin() ?? askedAt.getStore() ?? publicOrigin();
  const provenOrigin = () => tunnel.provenOrigin();
  const tokens = new AuthTokens({ vault, settings, clock, logger });
  const account = new AccountService({
    ...goingLive,
    vault,
    tokens,
    attachedNumbers: (accountSid) => attachedNumbers.countOf(accountSid),
  });
  const currentAccount = () => account.current();
  const profile = new ProfileService({ ...goingLive, account: currentAccount });
  const destinations = new DestinationService({
    ...goingLive,
    account: currentAccount,
    profileName: () => profile.current()?.name ?? null,
    provenOrigin,
  });
  const net = new NetService({
    ...goingLive,
    account: currentAccount,
    numbers: attachedNumbers,
    onMoved: () => void numbers.repoint(),
  });
  const numbers = new NumberService({
    ...goingLive,
    account: currentAccount,
    numbers: attachedNumbers,
    provenOrigin,
    publishNet: (onStep) => net.publish(onStep),
    netUrl: () => net.publishedUrl(),
  });
  const alerts = new AlertService({ ...goingLive, account: currentAccount });
  /** Calls to it come to Patchbay, now or once its workflow is attached. */
  const isOwnNumber = (number: string) =>
    attachedNumbers.holds(number) || desk().workflowByNumber.has(number);
  const memory = new RouteMemory({
    queries: new RouteMemoryQueries(db),
    recorder,
    notifier: { notify },
    isAttached: isOwnNumber,
    logger,
  });
  const routes = new RouteService({ desk, memory, outbound, recorder, webhookRequests, clock, logger });
  const ringSecondsFor = (destination: string, seconds: number) =>
    destinations.ringSecondsFor(destination, seconds);
  const explanations = new ExplainService({
    desk,
    contacts,
    eventsOf: (callId) => callQueries.eventsOf(callId),
    state: memory,
    secondsFor: ringSecondsFor,
  });
  const replays = new ReplayService({
    decidedCalls: (limit) => callQueries.decidedCalls(limit),
    pastTransfers: (limit) => transfers.past(limit),
    contacts,
    isAttached: isOwnNumber,
  });
  const log = new CallLog({ queries: callQueries, recorder, clock, logger });
  const promises = new PromiseService({ ...goingLive, recorder, log, texts, provenOrigin, origin });
  const awaited = new AwaitedCalls({
    desk,
    transfers,
    recorder,
    whyOutOfReach: (number) => numbers.whyOutOfReach(number),
    clock,
    logger,
  });
  const calls = new CallService({
    log,
    desk,
    routes,
    contacts,
    awaited,
    models,
    texts,
    twilio,
    links: callLinks(origin),
    ringSecondsFor,
    isOwnNumber,
    makePromise: (call) => promises.make(call),
    clock,
    logger,
  });
  const voicemails = new VoicemailKeeper({
    log,
    calls: callQueries,
    twilio,
    folder: join(options.dataDir, 'recordings'),
    clock,
    logger,
  });
  const worker = new OutboxWorker({ outbox, recorder, webhookRequests, outbound, clock, logger, notifier });
  const wrapUp = new WrapUp({
    log,
    calls: callQueries,
    contacts,
    outbox,
    worker,
    recorder,
    desk,
    models,
    clock,
    logger,
  });
  const refusals = new RefusalBudget(clock);
  const relay = new RelaySocket({ calls, tokens, origins, logger });
  const platformKeys = new PlatformKeys({ vault, clock, logger });
  const router = { desk, contacts, recorder, webhookRequests, clock, logger, refusals };
  const transfer = createTransferWebhook({ ...router, routes, platformKeys, awaited });
  const platformCalls = createCallsWebhook({ ...router, transfers });
  const server = new WebhookServer({
    proofs,
    destinations,
    promises,
    calls,
    desk,
    tokens,
    origins,
    askedAt,
    recorder,
    webhookRequests,
    clock,
    logger,
    refusals,
    transfer,
    platformCalls,
    relay,
  });

  deskService.onChange(() => {
    net.refresh();
    void numbers.repoint();
    prepareSoon();
  });
  tunnel.onChange(() => void numbers.repoint());
  account.onChange(() => {
    profile.start();
    alerts.start();
    net.refresh();
    void numbers.look();
  });

  const unsubscribe = log.subscribe((update) => {
    if (update.kind !== 'event' || update.event.fact.type !== 'transfer.decided') return;
    const { call } = update;
    notify({
      title: `${call.contact.name ?? call.from ?? 'A withheld number'} wants a person`,
      body: call.transfer?.reason ?? '',
      callId: call.id,
    });
  });
  let sweep: NodeJS.Timeout | undefined;
  let stopping: Promise<void> | undefined;

  /** In a turn of its own, so that neither a start nor an answer waits for it. */
  const prepareSoon = () => {
    setImmediate(() => {
      try {
        prepareRoutes(desk(), contacts, clock.now());
      } catch (thrown) {
        logger.error('Decisions could not be prepared', { problem: messageOf(thrown) });
      }
    });
  };

  const sweepLostCalls = () => {
    calls.endLostCalls().catch((thrown: unknown) => {
      logger.error('Lost calls could not be ended', { problem: messageOf(thrown) });
    });
  };

  const deliveryOf = (callId: string): Delivery | null => {
    const item = outbox.ofCall(callId);
    if (item === undefined) return null;
    const { url, state, attempts, nextAt, lastProblem } = item;
    return { url, state, attempts, nextAt, lastProblem };
  };

  const warnings = (): string[] => {
    const dead = outbox.countDead();
    return [
      ...deskService.warnings(),
      ...account.warnings(),
      ...tunnel.warnings(),
      ...numbers.warnings(),
      ...net.warnings(),
      ...awaited.warnings(),
      ...platformKeys.warnings(),
      ...(backlog > 0
        ? ['The database can’t be written right now: calls go on and are recorded later.']
        : []),
      ...(dead > 0
        ? [`${dead} after-call ${dead === 1 ? 'webhook was' : 'webhooks were'} given up: see the calls.`]
        : []),
    ];
  };

  async function stopEverything(): Promise<void> {
    clearInterval(sweep);
    unsubscribe();
    promises.stop();
    for (const service of [account, profile, destinations, numbers, alerts]) service.stop();
    await net.stop();
    await server.close();
    await tunnel.stop();
    calls.stop();
    await Promise.race([
      Promise.all([wrapUp.stop(), voicemails.stop(), worker.stop()]),
      wait(wrapUpPatienceMs),
    ]);
    await recorder.close();
    db.close();
    if (accountDb !== db) accountDb.close();
  }

  return {
    async start(deskYaml) {
      const open = log.restore();
      if (open > 0) logger.info('Open calls were rebuilt from their events', { open });
      webhookUrl = await server.listen(options.webhookPort);
      // Still in the turn in which the port was bound: no request has been read.
      const warnings = deskYaml === undefined ? [] : deskService.apply(deskYaml).warnings;
      prepareSoon();
      promises.start();
      wrapUp.start();
      voicemails.start();
      worker.start();
      sweepLostCalls();
      calls.resume();
      sweep = setInterval(sweepLostCalls, sweepEveryMs);
      sweep.unref();
      tunnel.start(Number(new URL(webhookUrl).port));
      for (const service of [account, profile, destinations, numbers, net, alerts]) service.start();
      return { webhookUrl, warnings };
    },
    stop() {
      stopping ??= stopEverything();
      return stopping;
    },
    status: () => ({
      webhookUrl,
      publicUrl: tunnel.publicUrl(),
      workflows: desk().desk.workflows.map(({ id, name, number, model }) => ({ id, name, number, model })),
      warnings: warnings(),
    }),
    applyDesk: (yaml) => deskService.apply(yaml),
    exportDesk: () => deskService.export(),
    setAway: (number, away) => deskService.setAway(number, away),
    openCalls: () => log.openCalls(),
    endLostCalls: () => calls.endLostCalls(),
    listCalls: (query) => callQueries.list(query),
    getCall(idOrSid) {
      const callId = log.idOf(idOrSid) ?? idOrSid;
      const events = callQueries.eventsOf(callId);
      const call = log.view(callId) ?? rebuildCall(events);
      if (call === null) return undefined;
      return {
        call,
        events,
        caller: contacts.card(call.from, call.id),
        delivery: deliveryOf(callId),
        alerts: alerts.ofCalls(sidsOf(call, events)),
        promise: promises.ofCall(call.id),
        platformCall: transfers.ofCall(call.id)?.platformCall ?? null,
      };
    },
    async recordingOf(callId) {
      const call = log.find(callId);
      return call && (await voicemails.read(call));
    },
    redeliver(callId) {
      const item = outbox.ofCall(callId);
      if (item === undefined) return undefined;
      outbox.revive(item.id, clock.now());
      worker.nudge();
      return deliveryOf(callId) ?? undefined;
    },
    coverageOf: (integrationId, from) => explanations.coverage(integrationId, from),
    replays,
    explainRoute: (question) => explanations.explain(question),
    explainCall: (idOrSid) => explanations.explainCall(log.idOf(idOrSid) ?? idOrSid),
    listTransfers: (query) => transfers.list(query),
    listPlatformCalls: (query) => transfers.platformCalls(query),
    setRetellKey: (key) => vault.set('RETELL_API_KEY', key),
    subscribe: (listener) => log.subscribe(listener),
    account,
    profile,
    destinations,
    numbers,
    tunnel,
    net,
    alerts,
    promises,
    examine: () =>
      examine({
        vault,
        account,
        profile,
        numbers,
        destinations,
        tunnel,
        net,
        desk,
        models,
        webhookUrl: () => webhookUrl || null,
        clock,
      }),
  };
}

/** Twilio's SIDs of a call and of the legs to the destinations that it rang. */
function sidsOf(call: CallView, events: readonly CallEvent[]): string[] {
  const legs = events.flatMap(({ fact }) => ('legSid' in fact && fact.legSid ? [fact.legSid] : []));
  return [...new Set([call.callSid, ...legs])];
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}

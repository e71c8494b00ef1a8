import { randomBytes } from 'node:crypto';
import type { Desk, Workflow } from '../../../src-preload/contract/desk.ts';
import type { DeskQueries } from '../database/desk.ts';
import { messageOf } from '../errors.ts';
import type { Clock, Logger } from '../ports.ts';
import { type CompiledIntegration, compileIntegration } from '../routing/compile-rules.ts';
import { withMemberAway } from './away-switch.ts';
import { warningsOf } from './desk-warnings.ts';
import { keyOf, parseDeskFile } from './parse-desk-file.ts';
import { writeDeskFile } from './write-desk-file.ts';

/** The desk in force, arranged for the questions that calls ask. */
export interface CompiledDesk {
  desk: Desk;
  workflowByNumber: ReadonlyMap<string, Workflow>;
  workflowById: ReadonlyMap<string, Workflow>;
  integrationById: ReadonlyMap<string, CompiledIntegration>;
  integrationByRouterKey: ReadonlyMap<string, CompiledIntegration>;
}

/** Compiles a desk once, so that a call costs a look into a map. */
export function compileDesk(desk: Desk): CompiledDesk {
  const integrations = desk.integrations.map((integration) => compileIntegration(integration, desk));
  return {
    desk,
    workflowByNumber: new Map(desk.workflows.map((workflow) => [workflow.number, workflow])),
    workflowById: new Map(desk.workflows.map((workflow) => [workflow.id, workflow])),
    integrationById: new Map(integrations.map((compiled) => [compiled.integration.id, compiled])),
    integrationByRouterKey: new Map(
      integrations.flatMap((compiled) => {
        const key = compiled.integration.routerKey;
        return key === undefined ? [] : [[key, compiled] as const];
      }),
    ),
  };
}

const emptyDesk: Desk = {
  patchbay: 1,
  integrations: [],
  groups: [],
  schedules: [],
  workflows: [],
  contacts: [],
};

export interface DeskServiceDeps {
  queries: Pick<DeskQueries, 'load' | 'replace'>;
  clock: Clock;
  logger: Logger;
}

/** Holds the desk in force: what the database keeps, compiled. Before `load` it is empty. */
export class DeskService {
  readonly #deps: DeskServiceDeps;
  readonly #listeners = new Set<() => void>();
  #current = compileDesk(emptyDesk);
  /** Null: not worked out since the start, which has no time for it. */
  #warnings: string[] | null = [];

  constructor(deps: DeskServiceDeps) {
    this.#deps = deps;
  }

  /** Puts the desk of the database in force. @throws what the database throws. */
  load(): void {
    this.#publish(compileDesk(this.#deps.queries.load()), null);
  }

  /**
   * Puts a desk file in force, all of it or nothing. An integration without a router key keeps the one that its id had,
   * or gets a new one.
   * @throws DeskFileError, or what the database throws; what was in force is then still in force.
   */
  apply(yaml: string): { warnings: string[] } {
    const { desk: parsed, warnings } = parseDeskFile(yaml);
    const desk = withRouterKeys(parsed, this.#current.desk);
    const compiled = compileDesk(desk);
    this.#deps.queries.replace(desk, this.#deps.clock.now());
    this.#publish(compiled, warnings);
    return { warnings };
  }

  /**
   * Takes a member of groups out of them for now, or brings it back; in force at once.
   * @throws NoSuchMemberError, or what the database throws
   */
  setAway(number: string, away: boolean): { warnings: string[] } {
    return this.apply(writeDeskFile(withMemberAway(this.#deps.queries.load(), number, away)));
  }

  /**
   * The desk in force as a desk file; applying it changes nothing. Comes from the database, because contacts of earlier
   * desk files are part of it. @throws what the database throws.
   */
  export(): string {
    return writeDeskFile(this.#deps.queries.load());
  }

  current(): CompiledDesk {
    return this.#current;
  }

  /** What in the desk in force does not do what it seems to. */
  warnings(): string[] {
    this.#warnings ??= warningsOf(this.#current.desk).map(
      ({ path, message }) => `${keyOf(path)}: ${message}`,
    );
    return [...this.#warnings];
  }

  /** Calls `listener` each time another desk is in force. @returns the way to unsubscribe. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #publish(compiled: CompiledDesk, warnings: string[] | null): void {
    this.#current = compiled;
    this.#warnings = warnings;
    for (const listener of [...this.#listeners]) {
      try {
        listener();
      } catch (error) {
        this.#deps.logger.error('A listener failed when the desk changed', { problem: messageOf(error) });
      }
    }
  }
}

function withRouterKeys(desk: Desk, before: Desk): Desk {
  const taken = new Set(desk.integrations.flatMap(({ routerKey }) => routerKey ?? []));
  const earlier = new Map(before.integrations.map(({ id, routerKey }) => [id, routerKey]));
  return {
    ...desk,
    integrations: desk.integrations.map((integration) => {
      if (integration.routerKey !== undefined) return integration;
      const kept = earlier.get(integration.id);
      const routerKey = kept === undefined || taken.has(kept) ? newRouterKey() : kept;
      return { ...integration, routerKey };
    }),
  };
}

/** 32 random bytes: nobody guesses it, and it needs no escaping in a URL. */
function newRouterKey(): string {
  return randomBytes(32).toString('base64url');
}

import { hash } from 'node:crypto';
import type { CompiledDesk } from '../desk/desk-service.ts';
import type { CompiledIntegration } from '../routing/compile-rules.ts';

const longestKey = 128;

/**
 * Finds integrations by the SHA-256 of their router key: how long a comparison takes then tells nothing about the keys.
 * Made anew when another desk is in force.
 */
export function routerKeyIndex(desk: () => CompiledDesk): (key: string) => CompiledIntegration | undefined {
  let indexed: CompiledDesk | undefined;
  let byDigest: ReadonlyMap<string, CompiledIntegration> = new Map();
  return (key) => {
    const current = desk();
    if (current !== indexed) {
      byDigest = new Map(
        [...current.integrationByRouterKey].map(([routerKey, compiled]) => [digestOf(routerKey), compiled]),
      );
      indexed = current;
    }
    return key.length > longestKey ? undefined : byDigest.get(digestOf(key));
  };
}

function digestOf(routerKey: string): string {
  return hash('sha256', routerKey, 'base64');
}

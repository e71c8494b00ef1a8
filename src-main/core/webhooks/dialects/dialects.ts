import type { DialectId } from '../../../../src-preload/contract/transfers.ts';
import { bland } from './bland.ts';
import { callcow } from './callcow.ts';
import type { Dialect } from './dialect.ts';
import { dograh } from './dograh.ts';
import { elevenlabs } from './elevenlabs.ts';
import { retell } from './retell.ts';
import { synthflow } from './synthflow.ts';
import { vapi } from './vapi.ts';

/** Every platform that Patchbay answers in its own words, by what stands behind the router key. */
export const dialects: Readonly<Record<DialectId, Dialect>> = {
  callcow,
  vapi,
  retell,
  elevenlabs,
  dograh,
  synthflow,
  bland,
};

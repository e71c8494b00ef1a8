import type { Carrier, ForwardingGuide } from '../../../src-preload/contract/forwarding.ts';

/** The carriers' forwarding codes, from resources/carrier-forwarding.yaml. */
export interface CarrierForwarding {
  carriers(): Carrier[];
  /** @returns undefined when there is no such carrier. */
  guide(request: {
    carrierId: string;
    /** The operator's Patchbay number, E.164. */
    number: string;
    ringSeconds?: number | undefined;
  }): ForwardingGuide | undefined;
}

/** Reads carrier-forwarding.yaml when it is first asked for. Asking @throws when the file does not fit its schema. */
export function carrierForwardingIn(_resourcesDir: string): CarrierForwarding {
  const notBuilt = () => {
    throw new Error('not built');
  };
  return { carriers: notBuilt, guide: notBuilt };
}

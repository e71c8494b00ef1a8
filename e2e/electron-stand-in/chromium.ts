import { Cdp } from './cdp.ts';

/** The Chromium that plays Electron's renderer processes; whoever starts the app starts it too and names it here. */
export const chromiumVariable = 'ELECTRON_STAND_IN_CHROMIUM';

const address = process.env[chromiumVariable];
if (address === undefined) throw new Error(`${chromiumVariable} must hold Chromium's DevTools address`);

export const chromium = await Cdp.connect(address);
// As with Electron, no renderer outlives the app and the app does not outlive its renderers' process.
chromium.browser.on('disconnected', () => process.exit(1));
process.on('disconnect', () => process.exit(1));

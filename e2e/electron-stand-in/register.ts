import { registerHooks } from 'node:module';

/**
 * `node --import …/register.ts out/main/index.js` runs the desktop host on Node: "electron" is the stand-in, everything
 * else is what it is.
 */
registerHooks({
  resolve(specifier, context, nextResolve) {
    if (specifier !== 'electron') return nextResolve(specifier, context);
    return { url: new URL('./electron.ts', import.meta.url).href, shortCircuit: true };
  },
});

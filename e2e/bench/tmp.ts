import { benchTokenToFrame } from './token-to-frame.ts';
for (let i=0;i<4;i++) console.log((await benchTokenToFrame(new URL('./token-host.ts', import.meta.url).pathname)).measured);

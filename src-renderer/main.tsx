import '@mantine/core/styles.css';
import './theme.css';
import { MantineProvider } from '@mantine/core';
import { createRoot } from 'react-dom/client';
import { messageOf } from '../src-main/core/errors.ts';
import { App } from './app.tsx';
import { connect } from './client.ts';
import { NoCoreScreen } from './screens/stranger/stranger-screen.tsx';
import { theme } from './theme.ts';

// A host that serves the page under a strict CSP names the nonce for Mantine's style tags here.
const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content;

async function start(): Promise<void> {
  const element = document.getElementById('root');
  if (element === null) throw new Error('index.html has no element with the id "root"');
  const root = createRoot(element);
  const content = await connect().then(
    (client) => <App client={client} />,
    (thrown: unknown) => <NoCoreScreen problem={messageOf(thrown)} />,
  );
  root.render(
    <MantineProvider
      theme={theme}
      defaultColorScheme="auto"
      {...(nonce === undefined ? {} : { getStyleNonce: () => nonce })}
    >
      {content}
    </MantineProvider>,
  );
}

void start();

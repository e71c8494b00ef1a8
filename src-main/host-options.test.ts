import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { defaultDataDir, isLoopbackHost, OptionError, readHostOptions } from './host-options.ts';

describe('readHostOptions', () => {
  it('has something sensible for everything that nobody set', () => {
    const options = readHostOptions([], {});
    expect(options).toMatchObject({
      webhookPort: 4747,
      uiPort: 4748,
      publicUrl: null,
      deskFile: null,
      exportFile: null,
      rehearsal: 'off',
      rehearsalSpeed: 1,
      rehearsalProfile: 'approved',
      twilioApiUrl: null,
      llmUrl: null,
    });
    expect(options.dataDir).toBe(defaultDataDir({}));
  });

  it('reads every option from the command line', () => {
    const args = ['--data-dir', 'd', '--webhook-port', '0', '--ui-port=65535', '--public-url'];
    const more = [
      'https://Patch.example.com:8443/',
      '--desk',
      'desk.yaml',
      '--export',
      'out.yaml',
      '--rehearsal',
    ];
    expect(readHostOptions([...args, ...more], {})).toMatchObject({
      dataDir: resolve('d'),
      webhookPort: 0,
      uiPort: 65_535,
      publicUrl: 'https://patch.example.com:8443',
      deskFile: resolve('desk.yaml'),
      exportFile: resolve('out.yaml'),
      rehearsal: 'on',
    });
  });

  it('reads every option from the environment, and the command line goes first', () => {
    const env = {
      PATCHBAY_DATA_DIR: '/data',
      PATCHBAY_WEBHOOK_PORT: '5001',
      PATCHBAY_UI_PORT: '5002',
      PATCHBAY_PUBLIC_URL: 'http://localhost:9000',
      PATCHBAY_DESK: '/desk.yaml',
      PATCHBAY_REHEARSAL: 'auto',
      PATCHBAY_REHEARSAL_SPEED: '2.5',
      PATCHBAY_REHEARSAL_PROFILE: 'in-review',
      PATCHBAY_TWILIO_API_URL: 'http://127.0.0.1:1234/twilio/',
      PATCHBAY_LLM_URL: 'http://192.168.1.5:11434/v1/',
    };
    expect(readHostOptions(['--webhook-port', '6001'], env)).toEqual({
      dataDir: resolve('/data'),
      webhookPort: 6001,
      uiPort: 5002,
      publicUrl: 'http://localhost:9000',
      deskFile: resolve('/desk.yaml'),
      exportFile: null,
      rehearsal: 'auto',
      rehearsalSpeed: 2.5,
      rehearsalProfile: 'in-review',
      twilioApiUrl: 'http://127.0.0.1:1234/twilio',
      llmUrl: 'http://192.168.1.5:11434/v1',
    });
  });

  it('takes an empty variable for one that is not set', () => {
    expect(readHostOptions([], { PATCHBAY_WEBHOOK_PORT: '', PATCHBAY_PUBLIC_URL: '' })).toMatchObject({
      webhookPort: 4747,
      publicUrl: null,
    });
  });

  it.each([
    [['--colour', 'red'], {}, '--colour'],
    [['stray'], {}, 'stray'],
    [['--webhook-port', 'http'], {}, '--webhook-port is "http"'],
    [['--webhook-port=-1'], {}, '--webhook-port is "-1"'],
    [['--ui-port', '65536'], {}, '--ui-port is "65536"'],
    [['--ui-port', '80.5'], {}, '--ui-port is "80.5"'],
    [['--ui-port', '0x50'], {}, '--ui-port is "0x50"'],
    [[], { PATCHBAY_UI_PORT: 'many' }, 'PATCHBAY_UI_PORT is "many"'],
    [['--public-url', 'patchbay.example.com'], {}, '--public-url'],
    [['--public-url', 'http://patchbay.example.com'], {}, '--public-url'],
    [['--public-url', 'https://patchbay.example.com/calls'], {}, 'an origin alone'],
    [[], { PATCHBAY_TWILIO_API_URL: 'http://api.example.com' }, 'PATCHBAY_TWILIO_API_URL'],
    [[], { PATCHBAY_TWILIO_API_URL: 'http://127.0.0.1.example.com' }, 'PATCHBAY_TWILIO_API_URL'],
    [[], { PATCHBAY_LLM_URL: 'ftp://127.0.0.1/v1' }, 'PATCHBAY_LLM_URL'],
    [[], { PATCHBAY_REHEARSAL: 'maybe' }, 'PATCHBAY_REHEARSAL'],
    [[], { PATCHBAY_REHEARSAL_SPEED: '0' }, 'PATCHBAY_REHEARSAL_SPEED is "0"'],
    [[], { PATCHBAY_REHEARSAL_SPEED: 'fast' }, 'PATCHBAY_REHEARSAL_SPEED is "fast"'],
    [[], { PATCHBAY_REHEARSAL_PROFILE: 'fine' }, 'PATCHBAY_REHEARSAL_PROFILE is "fine"'],
    [['--desk', ' '], {}, '--desk is empty'],
  ])('refuses %j with %j and names the option', (args, env, named) => {
    expect(() => readHostOptions(args, env)).toThrow(OptionError);
    expect(() => readHostOptions(args, env)).toThrow(named);
  });
});

describe('defaultDataDir', () => {
  it('follows each operating system', () => {
    expect(defaultDataDir({ XDG_DATA_HOME: '/xdg' }, 'linux')).toBe(join('/xdg', 'patchbay'));
    expect(defaultDataDir({}, 'linux')).toMatch(/\.local.share.patchbay$/);
    expect(defaultDataDir({}, 'darwin')).toMatch(/Library.Application Support.Patchbay$/);
    expect(defaultDataDir({ APPDATA: 'C:/Roaming' }, 'win32')).toBe(join('C:/Roaming', 'Patchbay'));
  });
});

describe('isLoopbackHost', () => {
  it.each(['localhost', '127.0.0.1', '127.1.2.3', '[::1]'])('%s is this machine', (host) => {
    expect(isLoopbackHost(host)).toBe(true);
  });
  it.each(['localhost.example.com', '127.0.0.1.nip.io', '10.0.0.1', '0.0.0.0', ''])('%s is not', (host) => {
    expect(isLoopbackHost(host)).toBe(false);
  });
});

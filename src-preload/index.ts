import { contextBridge, ipcRenderer } from 'electron';

/**
 * The bridge between the window and the main process, in a sandbox: the page learns that it runs on the desktop and
 * can ask for the MessagePort over which the API speaks. The port arrives as a window message "patchbay:port".
 */
const portChannel = 'patchbay:port';

contextBridge.exposeInMainWorld('patchbay', {
  host: 'desktop',
  requestPort: () => ipcRenderer.send(portChannel),
});

ipcRenderer.on(portChannel, (event) => {
  window.postMessage(portChannel, window.origin, event.ports);
});

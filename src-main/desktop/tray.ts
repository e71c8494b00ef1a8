import { Menu, nativeImage, Tray } from 'electron';

/** An icon beside the clock: a click shows the window, its menu ends the app. */
export function createTray(iconFile: string, actions: { show: () => void; quit: () => void }): Tray {
  const tray = new Tray(nativeImage.createFromPath(iconFile));
  tray.setToolTip('Patchbay');
  tray.setContextMenu(
    Menu.buildFromTemplate([
      { label: 'Open Patchbay', click: actions.show },
      { type: 'separator' },
      { label: 'Quit', click: actions.quit },
    ]),
  );
  tray.on('click', actions.show);
  return tray;
}

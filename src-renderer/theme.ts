import { createTheme } from '@mantine/core';

/** Mantine in Patchbay's colours: one accent, used sparingly; the rest of the palette is in theme.css. */
export const theme = createTheme({
  primaryColor: 'patch',
  primaryShade: { light: 7, dark: 4 },
  autoContrast: true,
  colors: {
    patch: [
      '#effbf8',
      '#d6f3ec',
      '#aee6d9',
      '#7dd5c2',
      '#4cc2ab',
      '#2ba592',
      '#1d8778',
      '#176c61',
      '#155850',
      '#134841',
    ],
  },
  defaultRadius: 'md',
  respectReducedMotion: true,
  cursorType: 'pointer',
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '20px' },
  components: {
    // The page itself never scrolls; locking it would only add a style tag that the CSP refuses.
    Drawer: { defaultProps: { lockScroll: false } },
  },
});

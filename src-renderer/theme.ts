import { createTheme } from '@mantine/core';

/** Mantine in Patchbay's colours: one accent, used sparingly; the rest of the palette is in theme.css. */
export const theme = createTheme({
  primaryColor: 'patch',
  primaryShade: 7,
  colors: {
    // Mantine's greys of the dark scheme, in step with theme.css.
    dark: [
      '#e9eaec',
      '#b8bcc2',
      '#9ba2aa',
      '#6f767e',
      '#3a3e44',
      '#2c2f34',
      '#25282c',
      '#1c1e21',
      '#17191b',
      '#131416',
    ],
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

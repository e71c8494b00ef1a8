import type { ReactNode } from 'react';

/** Line icons of 16 × 16, drawn in the text's colour; they are decoration, their words stand beside them. */
function Icon({ children }: { children: ReactNode }) {
  return (
    <svg
      width="16"
      height="16"
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {children}
    </svg>
  );
}

export const PhoneIcon = () => (
  <Icon>
    <path d="M3.2 2.5h2l1.1 2.9-1.4 1a7.6 7.6 0 0 0 4.7 4.7l1-1.4 2.9 1.1v2a1 1 0 0 1-1.1 1A11 11 0 0 1 2.2 3.6a1 1 0 0 1 1-1.1Z" />
  </Icon>
);
export const CopyIcon = () => (
  <Icon>
    <rect x="5.5" y="5.5" width="8" height="8" rx="2" />
    <path d="M10.5 3.5v-.2a1.3 1.3 0 0 0-1.3-1.3H3.8A1.8 1.8 0 0 0 2 3.8v5.4c0 .7.6 1.3 1.3 1.3h.2" />
  </Icon>
);
export const CheckIcon = () => (
  <Icon>
    <path d="m3 8.5 3.2 3.2L13 4.8" />
  </Icon>
);
export const CloseIcon = () => (
  <Icon>
    <path d="m4 4 8 8M12 4l-8 8" />
  </Icon>
);
export const ArrowIcon = () => (
  <Icon>
    <path d="M2.5 8h11M9.5 4l4 4-4 4" />
  </Icon>
);
export const WarningIcon = () => (
  <Icon>
    <path d="M8 2.3 14.2 13H1.8L8 2.3ZM8 6.5v3M8 11.3v.1" />
  </Icon>
);
export const PlayIcon = () => (
  <Icon>
    <path d="M4.5 3v10l8-5-8-5Z" />
  </Icon>
);
export const DeskIcon = () => (
  <Icon>
    <path d="M4 2h5l3.5 3.5V14H4zM9 2v3.5h3.5M6.5 8.5h3.5M6.5 11h3.5" />
  </Icon>
);
export const ChevronIcon = () => (
  <Icon>
    <path d="m6 3.5 4.5 4.5L6 12.5" />
  </Icon>
);

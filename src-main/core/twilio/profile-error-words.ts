import { consolePages } from './console-pages.ts';
import type { ErrorWords } from './error-catalogue.ts';

const link = consolePages.businessProfile;

/** Why Twilio rejected a Business Profile (Twilio's changelog, "Introducing Error Codes for Customer Profiles", 2024-04-29). */
export const profileErrorWords: Readonly<Record<number, ErrorWords>> = {
  18601: {
    says: 'Twilio could not verify that the business name and the website belong together.',
    remedy: 'Give the registered name of the business, and a website that shows it.',
    link,
  },
  18602: {
    says: 'Twilio could not verify the business’s registration number.',
    remedy: 'Check the number, its kind and the registered name against the registration papers.',
    link,
  },
  18603: {
    says: 'Twilio could not verify the business’s address.',
    remedy: 'Give the complete address as it is registered.',
    link,
  },
  18604: {
    says: 'Twilio could not verify the first authorized representative.',
    remedy: 'Check their name, title, phone number and e-mail address.',
    link,
  },
  18605: {
    says: 'Twilio could not verify the second authorized representative.',
    remedy: 'Check their name, title, phone number and e-mail address.',
    link,
  },
  18606: {
    says: 'The e-mail address is not at the website’s domain.',
    remedy: 'Give an e-mail address at that domain.',
    link,
  },
  18609: {
    says: 'Twilio does not take the authority with which the business is registered.',
    remedy: 'Choose the authority that gave out the registration number.',
    link,
  },
};

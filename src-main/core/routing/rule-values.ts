import type { RuleConditions } from '../../../src-preload/contract/desk.ts';

/** Upper and lower case and the space around it make no difference to what a form field says. */
export function plainValue(value: string): string {
  return value.trim().toLowerCase();
}

/** A condition on the contact as a value of the dimension "contact". */
export function contactValue(contact: NonNullable<RuleConditions['contact']>): string {
  return typeof contact === 'string' ? contact : tagValue(contact.tag);
}

/** A contact's tag as a value of the dimension "contact"; no tag is mistaken for "known" or "new". */
export function tagValue(tag: string): string {
  return `tag ${tag}`;
}

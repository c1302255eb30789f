// A household on the register for which no survey card stands any more. The rules of a country speak of what a survey
// says; this speaks of there being none, so it is the product's own.

/** As a pack's alert, without a rule. 15 days: as long as the longest of the pack's visits that lives hang on. */
export const NO_CARD = {
  code: 'no_card',
  severity: 'high',
  visit_within_days: 15,
  label: { en: 'On the register without a survey', zh: '在册但没有调查表' },
  plain: {
    en: 'The survey card was found to belong to another household, and no other card stands for this one. Its line stays: go and see who lives there, and survey them.',
    zh: '原调查表经核对属于另一户，本户已没有调查表。在册记录保留；请上门查看是谁居住，并重新调查。',
  },
  /** What is written when a card stands again. */
  again: { en: 'A survey card stands for the household again.', zh: '本户已重新有调查表。' },
} as const

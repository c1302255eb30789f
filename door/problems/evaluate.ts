import type { Catalogue } from './catalogue.ts'

export const evaluateProblems = {} satisfies Catalogue

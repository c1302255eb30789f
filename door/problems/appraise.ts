import type { Catalogue } from './catalogue.ts'

export const appraiseProblems = {} satisfies Catalogue

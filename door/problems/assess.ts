import type { Catalogue } from './catalogue.ts'

export const assessProblems = {} satisfies Catalogue

import type { Catalogue } from './catalogue.ts'

export const seeProblems = {} satisfies Catalogue

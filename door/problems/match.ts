import type { Catalogue } from './catalogue.ts'

export const matchProblems = {} satisfies Catalogue

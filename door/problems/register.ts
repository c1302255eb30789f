import type { Catalogue } from './catalogue.ts'

export const registerProblems = {} satisfies Catalogue

import type { Catalogue } from './catalogue.ts'

export const exitProblems = {} satisfies Catalogue

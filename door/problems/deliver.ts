import type { Catalogue } from './catalogue.ts'

export const deliverProblems = {} satisfies Catalogue

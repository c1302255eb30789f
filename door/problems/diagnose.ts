import type { Catalogue } from './catalogue.ts'

export const diagnoseProblems = {} satisfies Catalogue

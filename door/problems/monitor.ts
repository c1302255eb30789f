import type { Catalogue } from './catalogue.ts'

export const monitorProblems = {} satisfies Catalogue

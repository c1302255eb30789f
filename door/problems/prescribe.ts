import type { Catalogue } from './catalogue.ts'

export const prescribeProblems = {} satisfies Catalogue

import type { Catalogue } from './catalogue.ts'

export const surveyProblems = {} satisfies Catalogue

// One catalogue of problems (RFC 9457): a stable code, what happened, what to do, in both languages.
export interface ProblemKind {
  status: 400 | 401 | 403 | 404 | 409 | 413 | 415 | 422 | 423 | 429 | 500 | 503 | 507
  title: { en: string; zh: string }
  action: { en: string; zh: string }
}

export type Catalogue = Record<string, ProblemKind>

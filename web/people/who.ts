/** Who decides, in which role and where: what drafts and held decisions belong to. */
export function whoOf(session: { account_id: string | null; role: string; area_code: string | null }): string {
  return [session.account_id ?? 'public', session.role, session.area_code ?? ''].join(' ')
}

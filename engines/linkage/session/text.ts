/** A name as SQL writes it. */
export const quote = (identifier: string) => `"${identifier.replaceAll('"', '""')}"`
/** A text as SQL writes it. */
export const literal = (text: string) => `'${text.replaceAll("'", "''")}'`

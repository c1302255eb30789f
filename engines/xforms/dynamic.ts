// Is a default a constant (written into the instance) or an expression (set when the form opens)?

/** True for functions, paths, references and arithmetic; false for words, numbers, dates and their likes. */
export function isDynamic(written: string, type: string): boolean {
  const text = written.trim()
  if (text === '') return false
  if (/\$\{[^}]*\}/.test(text)) return true
  // Media defaults are file names, geographic ones numbers in a row; neither is arithmetic.
  if (['image', 'audio', 'video', 'file', 'geopoint', 'geotrace', 'geoshape'].includes(type))
    return /[\w-]+\([^)]*\)/.test(text)
  const bare = text.replaceAll(/'[^']*'|"[^"]*"/g, '')
  if (/(^|[^\p{L}\p{N}$-])[a-z][\w:-]*\(/iu.test(bare)) return true
  if (/^[-+]?[\d.]+$/.test(bare) || /^\d{4}-\d\d-\d\d/.test(bare) || /^\d\d:\d\d/.test(bare)) return false
  if (/^(\.\.?|\/)\//.test(bare) || /^\.\.?$/.test(bare)) return true
  if (/\s(div|mod)\s/.test(bare) || /[\d)]\s*[*+]\s*[\d(]/.test(bare) || /\d\s+-\s+\d|\d-\d+$/.test(bare)) {
    return !/^[\d-]+$/.test(bare) || /^\d+-\d+$/.test(bare)
  }
  return /\s[*+|]\s|\S\s-\s\S/.test(bare) && /\d/.test(bare)
}

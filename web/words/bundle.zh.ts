// Words of this language, shell and rooms together: one chunk, fetched by its readers alone.
export default import.meta.glob<Record<string, unknown>>(['./zh.json', '../../cycle/*/words.zh.json'], {
  eager: true,
  import: 'default',
})

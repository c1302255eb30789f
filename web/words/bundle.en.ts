// Words of this language, shell and rooms together: one chunk, fetched by its readers alone.
export default import.meta.glob<Record<string, unknown>>(['./en.json', '../../cycle/*/words.en.json'], {
  eager: true,
  import: 'default',
})

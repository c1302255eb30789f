// docs/cycle.md, made from cycle.ts: `node cycle/doc.ts` writes it, `node cycle/doc.ts --check` fails where it is stale.
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { cycle } from './cycle.ts'

const file = fileURLToPath(new URL('../docs/cycle.md', import.meta.url))

export function cycleDocument(): string {
  const rows = cycle.map(
    (room) =>
      `| ${room.number} | [${room.name}](../cycle/${room.folder}/README.md) | ${room.question.en}<br>${room.question.zh} | ${room.does.en} |`,
  )
  const tables = cycle.map((room) => {
    const list = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(', ') || 'nothing'
    return `| ${room.number} ${room.name} | ${list(room.writes)} | ${list(room.reads)} |`
  })
  return `# The campaign, step by step

Made from \`cycle/cycle.ts\` by \`node cycle/doc.ts\`; do not edit by hand.

Twelve rooms, in the campaign's own order. A room reads the tables of earlier rooms and writes its own: the table is
the door between rooms, and each table has one writing room.

| | room | asks | does |
| --- | --- | --- | --- |
${rows.join('\n')}

## Tables

| room | writes | reads |
| --- | --- | --- |
${tables.join('\n')}

The ground floor (\`registry/\`, \`door/\`) keeps areas, accounts, sessions, device keys, audit events, pack versions,
settings and jobs. \`household_road\` and \`timeline\` are views over all rooms, read by \`12-see\`.

## When two households are found to be one

Rooms 3 to 10 follow in the same transaction, and again when the link is withdrawn (\`door/follow.ts\`,
\`server/later-rooms.ts\`). No row is moved: \`plan_now\` and its like are the tables above with \`counts_for\`, the
household a row counts for today; \`household_id\` stays the one it was written for. \`11-evaluate\` does not follow: what
was drawn and found is evidence about a door on a day, and stays under the household that was drawn. Audit events do not
follow: they are chained, and say what was known then. Screens lead from the old number to the new household. The whole
table, with reasons: [decision 9](decisions/0009-what-follows-when-two-are-one.md).

The methods (\`engines/\`) know no table. The one under \`02-match\` also works alone, on files: \`doorstep link\`, see
[engines/linkage](../engines/linkage/README.md).
`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const made = cycleDocument()
  if (process.argv.includes('--check')) {
    if (readFileSync(file, 'utf8') !== made) {
      console.error('docs/cycle.md is stale: run node cycle/doc.ts')
      process.exit(1)
    }
  } else writeFileSync(file, made)
}

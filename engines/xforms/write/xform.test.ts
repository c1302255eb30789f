import { expect, test } from 'vitest'
import { attachmentsOf } from './attachments.ts'
import { buildForm } from '../form.ts'
import { readMarkdown } from '../read/markdown.ts'
import { HOUSEHOLD } from '../testform.ts'
import { toXForm } from './xform.ts'

const xform = (text: string) => {
  const { form, problems } = buildForm(readMarkdown(text))
  if (!form) throw new Error(JSON.stringify(problems))
  return toXForm(form)
}

test('one form, the same bytes; also after a journey through JSON', () => {
  expect(toXForm(HOUSEHOLD)).toBe(toXForm(JSON.parse(JSON.stringify(HOUSEHOLD)) as typeof HOUSEHOLD))
})

test('references are relative inside a repeat, absolute elsewhere', () => {
  const xml = toXForm(HOUSEHOLD)
  expect(xml).toContain('<bind nodeset="/data/member/wage" type="decimal" relevant=" ../age  &gt;= 16"')
  expect(xml).toContain('constraint=". &lt;=  /data/income "')
  expect(xml).toContain('calculate="count( /data/member [age &lt; 15])"')
})

test('repeat_count, choice filters, files and several languages', () => {
  const xml = xform(`
    | survey |
    | | type | name | label::English (en) | label::Chinese (zh) | repeat_count | choice_filter | hint::English (en) |
    | | integer | n | How many? | 多少人 | | | All of them |
    | | begin repeat | member | Member | 成员 | \${n} | | |
    | | select_one county | county | County | 县 | | | |
    | | select_one_from_file villages.csv | village | Village | 村 | | county = \${county} | |
    | | end repeat | | | | | | |
    | choices |
    | | list_name | name | label::English (en) | label::Chinese (zh) | code |
    | | county | hy | Huayuan | 花垣 | 433124 |
    | settings |
    | | default_language |
    | | Chinese (zh) |`)
  expect(xml).toContain('jr:count=" /data/n "')
  expect(xml).toContain('<instance id="villages" src="jr://file-csv/villages.csv"/>')
  expect(xml).toContain("instance('villages')/root/item[county =  current()/../county ]")
  expect(xml).toContain('<translation lang="Chinese (zh)" default="true()">')
  expect(xml).toContain('<text id="county-0"><value>花垣</value></text>')
  expect(xml).toContain('<text id="/data/n:hint"><value>-</value></text>')
  expect(xml).toContain('<code>433124</code>')
})

test('attachments: files of choices and pictures of labels, each once', () => {
  const { form } = buildForm(
    readMarkdown(`
    | survey |
    | | type | name | label | image |
    | | select_one_from_file villages.csv | v | V | map.png |
    | | select_one l | c | C | map.png |
    | | xml-external | prices | | |
    | choices |
    | | list_name | name | label | image |
    | | l | 1 | One | one.jpg |`),
  )
  expect(form && attachmentsOf(form)).toEqual(['villages.csv', 'prices.xml', 'map.png', 'one.jpg'])
})

test('what stands in settings, groups and defaults reaches the client where it looks for it', () => {
  const xml = xform(`
    | survey |
    | | type | name | label | intent | default |
    | | text | code | Code | | ./f-4 |
    | | text | when | When | | now() |
    | | text | brand | Brand | | C++ |
    | | select_one l | q | Q | | 1-1 |
    | | begin group | g | G | ex:org.example.app(x=\${code}) | |
    | | text | b | B | | |
    | | end group | | | | |
    | choices |
    | | list_name | name | label |
    | | l | 1-1 | A |
    | settings |
    | | form_id | client_editable |
    | | f | yes |`)
  expect(xml).toContain('<submission odk:client-editable="true"/>')
  expect(xml).toContain('<group ref="/data/g" intent="ex:org.example.app(x= /data/code )">')
  // A constant is written into the instance; only an expression is set when the form opens.
  for (const constant of ['<code>./f-4</code>', '<q>1-1</q>', '<brand>C++</brand>']) expect(xml).toContain(constant)
  expect(xml.match(/<setvalue[^>]*>/g)).toEqual([
    '<setvalue ref="/data/when" event="odk-instance-first-load" value="now()"/>',
  ])
})

test('indexed-repeat: what is read and its repeats by their whole paths, only indexes from where the question stands', () => {
  const xml = xform(`
    | survey |
    | | type | name | label | calculation |
    | | begin repeat | member | Member | |
    | | integer | age | Age | |
    | | calculate | place | | position(..) |
    | | calculate | before | | indexed-repeat(\${age}, \${member}, \${place} - 1) + \${age} |
    | | calculate | nested | | if(indexed-repeat(\${age}, \${member}, max(1, \${place})) > \${age}, 1, 0) |
    | | end repeat | | | |`)
  const of = (name: string) => new RegExp(`nodeset="/data/member/${name}"[^>]*calculate="([^"]*)"`).exec(xml)?.[1]
  const plain = (text: string | undefined) => text?.replaceAll(/\s+/g, ' ').trim()
  expect(plain(of('before'))).toBe('indexed-repeat( /data/member/age , /data/member , ../place - 1) + ../age')
  expect(plain(of('nested'))).toBe(
    'if(indexed-repeat( /data/member/age , /data/member , max(1, ../place )) &gt; ../age , 1, 0)',
  )
})

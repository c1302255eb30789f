import { Section, Stat, Stats } from '#ui/page.tsx'
import { Table } from '#ui/table/table.tsx'
import { Num } from '#ui/text.tsx'
import { useWords } from '#ui/words.tsx'
import type { Done, Preview } from './import-types.ts'

/** Sheets and files of what was sent, and what each is used for. */
export function Found(props: { preview: Preview }) {
  const t = useWords()
  const { preview } = props
  return (
    <Section title={t('survey:imports.found')}>
      <p className="d-says">
        {t('survey:imports.read_as', { encoding: preview.encoding.toUpperCase(), rows: preview.rows.in })}
      </p>
      <Table
        caption={t('survey:imports.found')}
        rows={preview.sheets}
        rowKey={(row) => row.sheet}
        columns={[
          {
            key: 'sheet',
            label: t('survey:imports.sheet'),
            value: (row) =>
              `${row.sheet || t('survey:imports.the_file')}${row.hidden ? ` (${t('survey:imports.hidden')})` : ''}`,
            primary: true,
            sortable: false,
          },
          { key: 'use', label: t('survey:imports.use'), value: (row) => t(`survey:use.${row.use}`), sortable: false },
          ...(['in', 'used', 'refused', 'unused'] as const).map((part) => ({
            key: part,
            label: t(`survey:sum.${part}`),
            value: (row: Preview['sheets'][number]) => row.rows[part],
            cell: (row: Preview['sheets'][number]) => <Num value={row.rows[part]} />,
            align: 'end' as const,
            width: 110,
            sortable: false,
          })),
        ]}
      />
      {preview.sheets.some((each) => each.titles.length > 0) && (
        <p>
          {t('survey:imports.titles')} {preview.sheets.flatMap((each) => each.titles).join(' · ')}
        </p>
      )}
      {preview.others.length > 0 && (
        <p style={{ overflowWrap: 'anywhere' }}>
          {t('survey:imports.others')} {preview.others.slice(0, 20).join(', ')}
          {preview.others.length > 20 && ` … (${preview.others.length})`}
        </p>
      )}
    </Section>
  )
}

/** What an import would do, in sums that add up, and the columns it would leave by name. */
export function Summary(props: { preview: Preview }) {
  const t = useWords()
  const { preview } = props
  const { rows, cells } = preview
  const unused = preview.sheets.flatMap((sheet) =>
    sheet.columns
      .filter((each) => each.use === 'unused' && each.cells.in > 0)
      .map((each) => ({ ...each, sheet: sheet.sheet })),
  )
  return (
    <Section title={t('survey:imports.summary')}>
      <Stats>
        <Stat label={t('survey:imports.households')} value={<Num value={preview.households} />} />
        <Stat label={t('survey:members')} value={<Num value={preview.people} />} />
        <Stat
          label={t('survey:imports.rows_used')}
          value={<Num value={rows.used} />}
          note={t('survey:imports.of', { n: rows.in })}
        />
        <Stat
          label={t('survey:imports.rows_refused')}
          value={<Num value={rows.refused} />}
          note={t('survey:imports.of', { n: rows.in })}
          tone={rows.refused > 0 ? 'seal' : 'plain'}
        />
        <Stat
          label={t('survey:imports.rows_unused')}
          value={<Num value={rows.unused} />}
          note={t('survey:imports.of', { n: rows.in })}
        />
      </Stats>
      <p>{t('survey:imports.cells_sum', { ...cells })}</p>
      {(preview.known > 0 || preview.changed > 0) && (
        <p>{t('survey:imports.came_before', { known: preview.known, changed: preview.changed })}</p>
      )}
      {unused.length > 0 && (
        <Table
          caption={t('survey:imports.unused')}
          rows={unused}
          rowKey={(row) => `${row.sheet}\n${row.column}`}
          height={320}
          columns={[
            { key: 'column', label: t('survey:imports.unused'), value: (row) => row.column, primary: true },
            {
              key: 'sheet',
              label: t('survey:imports.sheet'),
              value: (row) => row.sheet || t('survey:imports.the_file'),
            },
            { key: 'why', label: t('survey:imports.why'), value: (row) => t(`survey:unused.${row.why}`) },
            { key: 'cells', label: t('survey:imports.cells'), value: (row) => row.cells.in, align: 'end', width: 90 },
          ]}
        />
      )}
      {preview.problems.length > 0 && (
        <>
          <h3 style={{ margin: '24px 0 8px', fontSize: 16 }}>
            {t('survey:imports.refusals', { n: preview.problem_count, shown: preview.problems.length })}
          </h3>
          <Problems problems={preview.problems} />
        </>
      )}
    </Section>
  )
}

/** What could not be read, by row and column. */
export function Problems(props: { problems: Preview['problems'] }) {
  const t = useWords()
  return (
    <Table
      caption={t('survey:imports.report')}
      rows={props.problems.map((each, index) => ({ ...each, index }))}
      rowKey={(row) => String(row.index)}
      columns={[
        { key: 'row', label: t('survey:imports.row'), value: (row) => row.row, width: 80, align: 'end' },
        { key: 'column', label: t('survey:imports.column'), value: (row) => row.column, primary: true },
        { key: 'code', label: t('survey:what'), value: (row) => t(`survey:doubt.${row.code}`) },
        { key: 'got', label: t('survey:got'), value: (row) => row.got || '—' },
        { key: 'hint', label: t('survey:expected'), value: (row) => t(`survey:expects.${row.expects}`) },
      ]}
    />
  )
}

/** What an import has done, each number leading to what it counts. */
export function Report(props: { done: Done; kind: 'submissions' | 'register' }) {
  const t = useWords()
  const { done, kind } = props
  const records = kind === 'submissions' ? '/survey/submissions' : undefined
  return (
    <Section title={t('survey:imports.report')}>
      <Stats>
        <Stat label={t('survey:imports.read')} value={<Num value={done.rows_read} />} />
        <Stat
          label={t('survey:imports.accepted')}
          value={<Num value={done.rows_accepted} />}
          note={
            kind === 'submissions'
              ? t('survey:imports.as_households', { n: done.households, replaced: done.replaced })
              : null
          }
          {...(records && done.rows_accepted > 0 ? { href: records } : {})}
        />
        <Stat label={t('survey:imports.known')} value={<Num value={done.rows_known} />} />
        <Stat
          label={t('survey:imports.quarantined')}
          value={<Num value={done.rows_quarantined} />}
          {...(done.rows_quarantined > 0 ? { href: `/survey/quarantine?import=${done.batch_id}` } : {})}
          tone={done.rows_quarantined > 0 ? 'seal' : 'plain'}
        />
        <Stat label={t('survey:imports.rows_unused')} value={<Num value={done.rows_unused} />} />
      </Stats>
      {done.problems.length > 0 && <Problems problems={done.problems} />}
    </Section>
  )
}
